"""Filling an empty database with the demo company. Deterministic but for the present moment."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, Organisation, User
from accounts.services import create_department, create_user
from inbox import services as inbox
from inbox.channels.base import InboundEvent
from inbox.models import Channel, Contact, ContactIdentity, Conversation, OutboundPart
from omnichat.demo import content
from omnichat.demo.content import DemoConversation
from omnichat.lib.errors import DomainError
from routing import services as routing
from workforce.services import check_in

SALES, CUSTOMER_SERVICE = "Sales", "CustomerService"
# Sign-in name, the brief's password, display name, role, department.
PEOPLE = (
    ("admin", "adminpass", "Phan Đức Anh", User.Role.ADMIN, None),
    ("manager", "managerpass", "Trần Thu Trang", User.Role.MANAGER, SALES),
    ("staff1", "staff1pass", "Nguyễn Thị Lan", User.Role.STAFF, CUSTOMER_SERVICE),
    ("staff2", "staff2pass", "Lê Thu Hà", User.Role.STAFF, SALES),
)
AT_WORK = ("staff1", "staff2")
CHECKED_IN_BEFORE = timedelta(hours=2)
ANSWERS_BY = {SALES: "staff2", CUSTOMER_SERVICE: "staff1"}


class OtherPeopleHere(DomainError):
    code = "other_people_here"


def is_seeded() -> bool:
    """True when the demo is here; raises OtherPeopleHere when somebody else is."""
    names = set(User.objects.values_list("username", flat=True))
    demo = {person[0] for person in PEOPLE}
    if names - demo:
        raise OtherPeopleHere("This database has people of its own; the demo stays out of it.")
    return names == demo


@transaction.atomic
def seed_demo(*, reply_url: str = "", on_progress: Callable[[int], object] = int) -> int:
    """Create the demo company; returns the number of conversations.

    Everything passes the same services as real work. `on_progress` hears 1 per conversation.
    """
    now = timezone.now()
    Organisation.objects.create(pk=1, name=content.COMPANY, sign_in_help=content.SIGN_IN_HELP)
    people = _create_people()
    for name in AT_WORK:
        check_in(user=people[name], at=now - CHECKED_IN_BEFORE)
    routing.refresh_agents(user_ids=[person.pk for person in people.values()])
    departments = {d.name: d for d in Department.objects.all()}
    for word, department, weight in content.KEYWORDS:
        routing.create_keyword(
            word=word,
            department=departments[department],
            weight=Decimal(weight),
            actor=people["admin"],
        )
    channel = Channel.objects.create(
        name="Sao Mai", secret=secrets.token_urlsafe(32), reply_url=reply_url
    )
    told = sorted(content.CONVERSATIONS, key=lambda c: -(c.age_minutes + _length(c)))
    for conversation in told:
        _tell(conversation, channel, people, now)
        on_progress(1)
    _pretend_it_was_delivered()
    for sender, note in content.CONTACT_NOTES.items():
        _note(sender, note, people)
    return len(told)


def _create_people() -> dict[str, User]:
    admin = None
    for number, name in enumerate((SALES, CUSTOMER_SERVICE), start=1):
        department = Department.objects.filter(name=name).first()
        if department is None:
            create_department(name=name, actor=None, priority=100 * number)
    departments = {d.name: d for d in Department.objects.all()}
    people: dict[str, User] = {}
    for username, password, display_name, role, department in PEOPLE:
        person = create_user(
            username=username,
            password=secrets.token_urlsafe(32),
            display_name=display_name,
            email=f"{username}@saomai.example",
            role=role,
            department=departments.get(department),
            actor=admin,
        )
        # The brief's passwords are too short for anybody else.
        person.set_password(password)
        person.save(update_fields=["password"])
        people[username] = person
        admin = admin or person
    return people


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
    for part in OutboundPart.objects.select_related("message"):
        OutboundPart.objects.filter(pk=part.pk).update(
            state=OutboundPart.State.SENT, sent_at=part.message.sent_at, attempts=1
        )


def _note(sender: str, note: str, people: dict[str, User]) -> None:
    identity = ContactIdentity.objects.select_related("contact").get(external_id=sender)
    contact = identity.contact
    inbox.update_contact(contact=contact, author=people["staff1"], name=contact.name, note=note)
