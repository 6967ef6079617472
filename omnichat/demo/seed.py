"""Filling an empty database with the demo company. Deterministic but for the present moment."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, LiveEvent, Notification, Organisation, User
from inbox import services as inbox
from inbox.channels.base import InboundEvent
from inbox.models import (
    CannedReply,
    CannedReplyUse,
    Channel,
    Contact,
    ContactIdentity,
    Conversation,
    Message,
    OutboundPart,
)
from inbox.services.notes import add_note
from omnichat.demo import content
from omnichat.demo.attendance_rows import (
    settle_past_months,
    write_availability,
    write_working_time,
)
from omnichat.demo.auto_replies import write_auto_replies
from omnichat.demo.canned import CANNED_REPLIES, SWITCHED_OFF, USED_SHARE
from omnichat.demo.common import CUSTOMER_SERVICE, SALES
from omnichat.demo.content import DemoConversation
from omnichat.demo.deadlines import follow_all, write_deadlines
from omnichat.demo.history import DAYS, SEED, Historian
from omnichat.demo.history_rows import Writer
from omnichat.demo.hours import DAY
from omnichat.demo.people import EVERYBODY, PEOPLE, REGISTRATIONS
from omnichat.demo.people_rows import (
    bring_to_the_present,
    colleagues_of,
    create_people,
    set_capacities,
)
from omnichat.demo.request_rows import write_leave_accounts, write_leaves, write_requests
from omnichat.demo.roster_rows import write_shifts
from omnichat.lib.errors import DomainError
from routing import services as routing
from routing.keyword_index import current_dictionary, stored_version
from routing.models import Keyword
from routing.services.conflicts import UNUSED_DAYS
from workforce.services import check_in

AT_WORK = ("staff1", "staff2")
CHECKED_IN_BEFORE = timedelta(hours=2)
NEWS = timedelta(minutes=12)  # what is older has been read
ANSWERS_BY = {SALES: "staff2", CUSTOMER_SERVICE: "staff1"}

__all__ = ["PEOPLE", "OtherPeopleHere", "is_seeded", "seed_demo"]


class OtherPeopleHere(DomainError):
    code = "other_people_here"


def is_seeded() -> bool:
    """True when the demo is here; raises OtherPeopleHere when somebody else is."""
    names = set(User.objects.values_list("username", flat=True))
    demo = {person[0] for person in EVERYBODY}
    if names - demo - {username for username, *_rest in REGISTRATIONS}:
        raise OtherPeopleHere("This database has people of its own; the demo stays out of it.")
    return names >= demo


@transaction.atomic
def seed_demo(
    *,
    reply_url: str = "",
    days: int = DAYS,
    on_progress: Callable[[int], object] = int,
    say: Callable[[str], object] = str,
) -> int:
    """Create the demo company; returns the number of conversations.

    What is going on passes the same services as real work; what is long over is written in bulk.
    `days` is how far back it goes, `on_progress` hears 1 per conversation, `say` the steps.
    """
    now = timezone.now()
    say("people, departments, keywords")
    Organisation.objects.create(pk=1, name=content.COMPANY, sign_in_help=content.SIGN_IN_HELP)
    people = create_people(now)
    for name in AT_WORK:
        check_in(user=people[name], at=now - CHECKED_IN_BEFORE)
        User.objects.filter(pk=people[name].pk).update(presence_since=now - CHECKED_IN_BEFORE)
    routing.refresh_agents(user_ids=[person.pk for person in people.values()])
    set_capacities(people)
    departments = {d.name: d for d in Department.objects.all()}
    for word, department, weight in content.KEYWORDS:
        routing.create_keyword(
            word=word,
            department=departments[department],
            weight=Decimal(weight),
            actor=people["admin"],
        )
    # Older than the history: what no customer wrote in it stands among the weak ones.
    Keyword.objects.update(created_at=now - DAY * (DAYS + UNUSED_DAYS))
    channel = Channel.objects.create(
        name="Sao Mai",
        secret=secrets.token_urlsafe(32),
        reply_url=reply_url,
        created_at=now - DAY * (DAYS + 30),
    )
    write_auto_replies(channel, people["admin"])
    say(f"{days} days of conversations")
    count = _write_history(now, days, people, departments, channel, on_progress)
    say("what is going on now")
    told = sorted(content.CONVERSATIONS, key=lambda c: -(c.age_minutes + _length(c)))
    for conversation in told:
        _tell(conversation, channel, people, now)
        on_progress(1)
    _pretend_it_was_delivered()
    bring_to_the_present(people, now)
    write_availability(people, now)
    write_deadlines(people["admin"])
    follow_all(now)
    for number, (sender, note) in enumerate(content.CONTACT_NOTES.items(), start=1):
        _note(sender, note, people, now - DAY * (5 * number))
    _tell_what_is_new(people, now)
    LiveEvent.objects.all().delete()  # no page is open yet
    return count + len(told)


def _write_history(
    now: datetime,
    days: int,
    people: dict[str, User],
    departments: dict[str, Department],
    channel: Channel,
    on_progress: Callable[[int], object],
) -> int:
    """Plan and write the past, with working time and canned replies; returns how many."""
    colleagues = colleagues_of(people, now)
    taken = {word for one in content.CONVERSATIONS for word in (one.name, one.sender)}
    historian = Historian(now=now, zone=colleagues[0].zone, colleagues=colleagues, taken=taken)
    told = historian.past(days) + historian.present()
    writer = Writer(
        channel=channel,
        people=people,
        departments=departments,
        dictionary=current_dictionary(stored_version()),
        rng=historian.rng,
    )
    writer.write(told, on_progress)
    write_working_time(colleagues, people, now, days, historian.rng)
    write_shifts(colleagues, people, now, days)
    write_leave_accounts(people, now)
    write_leaves(people, now, days)
    write_requests(people, now)
    settle_past_months(people, now)
    _write_canned_replies(people, departments, now)
    return len(told)


def _write_canned_replies(
    people: dict[str, User], departments: dict[str, Department], now: datetime
) -> None:
    """Sentences with uses at moments when that person did send a reply."""
    rng = Random(SEED)  # noqa: S311 - a demo, not a secret
    replies = Message.objects.filter(direction="outbound", sent_at__gt=now - DAY * 30)
    sent = list(replies.values_list("author_id", "author__department__name", "sent_at"))
    uses = []
    for shortcut, title, text, department, share in CANNED_REPLIES:
        canned = CannedReply.objects.create(
            department=departments.get(department),
            shortcut=shortcut,
            title=title,
            text=text,
            is_active=shortcut not in SWITCHED_OFF,
            updated_by=people["manager" if department == SALES else "han"],
            updated_at=now - DAY * rng.randint(4, 75),
            created_at=now - DAY * 80,
        )
        fitting = [one for one in sent if department in ("", one[1])]
        count = min(len(fitting), round(len(sent) * USED_SHARE * share / 100))
        uses += [
            CannedReplyUse(canned_reply=canned, user_id=author_id, used_at=at)
            for author_id, _department, at in rng.sample(fitting, count)
        ]
    CannedReplyUse.objects.bulk_create(uses, 1000)


def _tell(told: DemoConversation, channel: Channel, people: dict[str, User], now: datetime) -> None:
    """Let one conversation happen, turn by turn, at its own times."""
    at = now - timedelta(minutes=told.age_minutes + _length(told))
    conversation = None
    staff = people.get(ANSWERS_BY.get(told.department, ""))
    for turn in told.turns:
        at += timedelta(minutes=turn.minutes)
        if turn.who == "customer":
            conversation = _receive(told, turn.text, channel, at)
        else:
            inbox.send_reply(conversation=conversation, author=staff, text=turn.text, at=at)
    if told.state == "resolved":
        inbox.resolve_conversation(conversation=conversation, by=staff, at=at)
    elif told.state == "open" and told.age_minutes > 5 and told.age_minutes % 3:
        Conversation.objects.filter(pk=conversation.pk).update(seen_at=now)


def _receive(told: DemoConversation, text: str, channel: Channel, at: datetime) -> Conversation:
    raw = {"platform": told.platform, "sender": told.sender, "content": text}
    event = InboundEvent(
        platform=told.platform,
        sender=told.sender,
        text=text,
        raw=json.dumps(raw, ensure_ascii=False),
        sender_name=told.name,
        phone=told.sender if told.sender.startswith("+") else "",
    )
    receipt = inbox.receive(channel=channel, events=[event], at=at)[0]
    routing.route_messages(message_ids=[receipt.message_id], at=at)
    identity = ContactIdentity.objects.get(
        channel=channel, platform=told.platform, external_id=told.sender
    )
    Contact.objects.filter(pk=identity.contact_id, created_at__gt=at).update(created_at=at)
    return Conversation.objects.get(identity=identity)


def _length(told: DemoConversation) -> int:
    """Minutes from the first turn to the last."""
    return sum(turn.minutes for turn in told.turns)


def _pretend_it_was_delivered() -> None:
    """The replies of the past have long arrived; nothing of them is sent now."""
    undone = OutboundPart.objects.filter(state=OutboundPart.State.QUEUED).select_related("message")
    for part in undone:
        OutboundPart.objects.filter(pk=part.pk).update(
            state=OutboundPart.State.SENT, sent_at=part.message.sent_at, attempts=1
        )


def _tell_what_is_new(people: dict[str, User], now: datetime) -> None:
    """Call Lan in a note; of the notifications of the past only the latest are unread."""
    sender, author, called, text = content.CALL
    conversation = Conversation.objects.get(identity__external_id=sender)
    at = conversation.last_message_at - timedelta(minutes=1)
    author, called = people[author], people[called]
    add_note(
        conversation=conversation,
        author=author,
        text=text,
        mentioned=[called.public_id],
        at=at,
    )
    Notification.objects.filter(created_at__lt=now - NEWS).update(read_at=now - NEWS)


def _note(sender: str, note: str, people: dict[str, User], at: datetime) -> None:
    """A note from an earlier time: a customer who has one is known for longer."""
    identity = ContactIdentity.objects.select_related("contact").get(external_id=sender)
    contact = identity.contact
    inbox.update_contact(contact=contact, author=people["staff1"], name=contact.name, note=note)
    Contact.objects.filter(pk=contact.pk).update(note_at=at, created_at=at - DAY * 90)
