"""What open pages are told of each change in the inbox: to whom, of what, and only with it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from accounts.models import LiveEvent, User
from accounts.services import live, notify
from inbox import services
from inbox.channels.base import Outcome, SendResult
from inbox.models import Conversation, Message, OutboundPart
from inbox.services import delivery
from omnichat.lib.errors import DomainError
from tests.deliveries import event
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SENT = SendResult(Outcome.SENT)
REFUSED = SendResult(Outcome.REFUSED, failure=OutboundPart.Failure.CHANNEL_OFF)


class World:
    """A conversation of `staff` in Sales, and the names of the groups around it."""

    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self.staff, self.manager = people["staff"], people["manager"]
        self.sales = self.staff.department
        self.talk = ConversationFactory(department=self.sales, assignee=self.staff)
        self.lines = [
            MessageFactory(conversation=self.talk, sent_at=NOW + timedelta(seconds=n))
            for n in range(2)
        ]
        self.leads = f"leads:{self.sales.pk}"
        self.queue = f"queue:{self.sales.pk}"
        self.has_it = f"assignee:{self.staff.pk}"
        self.me = f"user:{self.staff.pk}"
        self.id = self.talk.public_id
        # Who reads it whoever has it.
        self.over = {"admins", self.leads, f"mentioned:{self.talk.pk}"}
        self.all = self.over | {self.has_it}

    def leave_it_to_nobody(self) -> None:
        self.set(assignee=None)

    def set(self, **columns) -> None:
        Conversation.objects.filter(pk=self.talk.pk).update(**columns)
        self.talk.refresh_from_db()

    def write(self, text: str = "alo", **fields):
        sender = fields.pop("sender", self.talk.identity.external_id)
        return services.receive(
            channel=self.talk.channel, events=[event(text, sender=sender, **fields)]
        )

    def reply(self, by: str = "staff", **fields) -> Message:
        author = self.people[by]
        return services.send_reply(conversation=self.talk, author=author, text="Dạ", **fields)

    def note(self, text: str = "Khách quen", **fields) -> Message:
        return services.add_note(conversation=self.talk, author=self.staff, text=text, **fields)

    def resolve(self, by: str = "staff") -> None:
        services.resolve_conversation(conversation=self.talk, by=self.people[by])

    def undo(self, by: str = "staff") -> None:
        services.undo_resolve(conversation=self.talk, by=self.people[by])

    def complete(self, line: int, by: str = "staff") -> None:
        services.complete_message(message=self.lines[line], by=self.people[by])

    def part(self, state: str = OutboundPart.State.QUEUED) -> OutboundPart:
        """A reply that waits to be sent, told already."""
        part = self.reply().parts.get()
        OutboundPart.objects.filter(pk=part.pk).update(state=state)
        forget()
        part.refresh_from_db()
        return part


@pytest.fixture
def world(people) -> World:
    made = World(people)
    forget()
    return made


def forget() -> None:
    LiveEvent.objects.all().delete()


def told() -> list[tuple]:
    """Everything that was told, in its order."""
    rows = LiveEvent.objects.order_by("pk").values_list("kind", "audience", "object_id")
    return [(kind, set(audience.split()), about) for kind, audience, about in rows]


# --- Messages -----------------------------------------------------------------------------------
def test_a_customers_message(world):
    world.write(external_id="m1")
    assert told() == [("message.created", world.all, world.id)]
    forget()
    world.write(external_id="m1")  # delivered again
    assert told() == []


def test_the_first_message_of_somebody_new_is_for_every_lead(world):
    world.write(sender="new")
    new = Conversation.objects.exclude(pk=world.talk.pk).get()
    # Nobody can have been mentioned in it.
    assert told() == [("message.created", {"admins", "common"}, new.public_id)]


def test_each_message_of_a_delivery_is_told(world):
    events = [event(str(n), sender=world.talk.identity.external_id) for n in range(3)]
    services.receive(channel=world.talk.channel, events=events)
    assert told() == [("message.created", world.all, world.id)] * 3


def test_a_customer_who_comes_back_takes_it_from_who_had_it(world):
    world.resolve()
    forget()
    world.write()
    waits = world.over | {world.queue}
    assert told() == [
        ("conversation.changed", waits, world.id),
        ("queue.changed", {world.has_it}, None),
        ("message.created", waits, world.id),
    ]


def test_a_reply(world):
    world.reply()
    assert told() == [("message.created", world.all, world.id)]


def test_a_reply_takes_what_waits_out_of_the_queue_without_naming_it(world):
    world.leave_it_to_nobody()
    world.reply(by="manager")
    assert told() == [
        ("message.created", world.over, world.id),
        ("queue.changed", {world.queue}, None),
    ]


def test_a_reply_takes_the_mark_of_the_draft_away_for_its_author_only(world):
    services.save_draft(conversation=world.talk, author=world.staff, text="Dạ")
    forget()
    world.reply()
    assert told() == [
        ("message.created", world.all, world.id),
        ("conversation.changed", {world.me}, world.id),
    ]


def test_a_note(world):
    world.note()
    assert told() == [("message.created", world.all, world.id)]


def test_a_note_tells_whom_it_calls_of_their_rights_first(world):
    world.note("@Colleague @Manager")
    called = {f"user:{world.people[name].pk}" for name in ("colleague", "manager")}
    assert told() == [
        ("me.changed", called, None),
        ("message.created", world.all, world.id),
    ]


@pytest.mark.parametrize("say", ["reply", "note"])
def test_the_same_form_again_tells_nothing(world, say):
    form = uuid.uuid4()
    getattr(world, say)(submission=form)
    forget()
    getattr(world, say)(submission=form)
    assert told() == []


# --- State --------------------------------------------------------------------------------------
def test_resolving(world):
    world.resolve()
    assert told() == [("conversation.changed", world.all, world.id)]


def test_resolving_takes_it_out_of_the_queue_without_naming_it(world):
    world.leave_it_to_nobody()
    world.resolve(by="manager")
    assert told() == [
        ("conversation.changed", world.over, world.id),
        ("queue.changed", {world.queue}, None),
    ]


@pytest.mark.parametrize("line", [0, 1], ids=["one of two", "the last"])
def test_completing(world, line):
    world.complete(line)
    assert told() == [("conversation.changed", world.all, world.id)]
    world.talk.refresh_from_db()
    assert world.talk.is_resolved is (line == 1)


def test_undoing_a_resolve(world):
    world.resolve()
    forget()
    world.undo()
    assert told() == [("conversation.changed", world.all, world.id)]


def test_undoing_puts_it_back_into_the_queue_and_names_it_there_again(world):
    world.leave_it_to_nobody()
    world.resolve(by="manager")
    forget()
    world.undo(by="manager")
    assert told() == [("conversation.changed", world.over | {world.queue}, world.id)]


def test_looking_is_told_to_the_own_windows_once(world):
    for _time in range(2):
        services.mark_seen(conversation=world.talk, user=world.staff)
        world.talk.refresh_from_db()
    assert told() == [("conversation.changed", {world.me}, world.id)]


def test_looking_answers_the_bell_too(world):
    path = world.talk.path
    values = {"kind": "assigned", "dedup_key": "a", "params": {"contact": "Hoa", "by": ""}}
    notify(user_ids=[world.staff.pk], path=path, **values)
    forget()
    services.mark_seen(conversation=world.talk, user=world.staff)
    assert told() == [
        ("conversation.changed", {world.me}, world.id),
        ("me.changed", {world.me}, None),
    ]


def test_who_lost_it_while_they_opened_it_is_told_nothing_of_it(world):
    Conversation.objects.update(assignee=world.people["colleague"])
    services.mark_seen(conversation=world.talk, user=world.staff)
    assert told() == []
    assert Conversation.objects.get().seen_at is None


def test_marking_as_unread_is_told_to_the_own_windows(world):
    services.mark_unread(conversation=world.talk, by=world.staff)
    assert told() == [("conversation.changed", {world.me}, world.id)]


def test_a_contact_is_told_to_who_reads_one_of_their_conversations_done_or_not(world):
    contact = world.talk.contact
    other = ConversationFactory(identity__contact=contact)
    done = ConversationFactory(
        identity__contact=contact, status="resolved", department=world.sales, assignee=world.staff
    )
    ConversationFactory()  # somebody else's
    services.update_contact(contact=contact, author=world.staff, name="Hoa", note="")
    changed = "conversation.changed"
    assert told() == [
        (changed, world.all, world.id),
        (changed, {"admins", "common", f"mentioned:{other.pk}"}, other.public_id),
        (changed, {"admins", world.leads, f"mentioned:{done.pk}", world.has_it}, done.public_id),
    ]


def test_drafts_are_told_to_their_author_and_viewers_to_all(world):
    say = {"conversation": world.talk, "author": world.manager}
    services.save_draft(**say, text="D")
    services.save_draft(**say, text="Dạ")
    services.forget_draft(**say)
    services.forget_draft(**say)
    services.note_viewer(conversation=world.talk, user=world.manager, is_typing=True)
    services.note_viewer(conversation=world.talk, user=world.manager, is_typing=True)
    services.stop_typing(conversation=world.talk, user=world.manager)
    services.stop_typing(conversation=world.talk, user=world.manager)
    mark = ("conversation.changed", {f"user:{world.manager.pk}"}, world.id)
    look = ("conversation.viewers", world.all, world.id)
    assert told() == [mark, mark, look, look]


# --- Delivery -----------------------------------------------------------------------------------
def deliver(monkeypatch, result: SendResult, meanwhile=lambda: None) -> None:
    def send(part):
        meanwhile()
        return result

    monkeypatch.setattr(delivery, "_send", send)
    delivery.deliver(delivery.claim_part())


@pytest.mark.parametrize("result", [SENT, SendResult(Outcome.RETRY)], ids=["sent", "later"])
def test_how_a_delivery_ended(world, monkeypatch, result):
    world.part()
    deliver(monkeypatch, result)
    assert told() == [("message.status", world.all, world.id)]


def test_a_failed_one_rings_the_authors_bell(world, monkeypatch):
    world.part()
    deliver(monkeypatch, REFUSED)
    assert told() == [
        ("message.status", world.all, world.id),
        ("me.changed", {world.me}, None),
    ]


def test_who_lost_it_while_it_was_sent_is_not_told_and_who_got_it_is(world, monkeypatch):
    world.part()
    colleague = world.people["colleague"]
    deliver(monkeypatch, SENT, lambda: Conversation.objects.update(assignee=colleague))
    new = world.over | {f"assignee:{colleague.pk}"}
    assert told() == [("message.status", new, world.id)]


def test_an_outcome_that_no_longer_counts_is_not_told(world, monkeypatch):
    part = world.part()
    taken = OutboundPart.objects.filter(pk=part.pk)
    deliver(monkeypatch, SENT, lambda: taken.update(locked_by="another", attempts=7))
    assert told() == []


def test_sending_again(world):
    part = world.part(OutboundPart.State.FAILED)
    Conversation.objects.update(assignee=world.people["colleague"])  # `part` knows it as it was
    services.retry_part(part=part)
    new = world.over | {f"assignee:{world.people['colleague'].pk}"}
    assert told() == [("message.status", new, world.id)]


# --- Refused, rolled back, failed ---------------------------------------------------------------
REFUSALS = {
    "reply to what is another's": lambda w: w.reply(by="colleague"),
    "reply beside an answer": lambda w: w.reply(seen_id=0),
    "reply to what is done": lambda w: (w.set(status="resolved"), w.reply()),
    "reply with a used form": lambda w: w.reply(submission=w.form),
    "note with a used form": lambda w: w.note(submission=w.form),
    "resolve what is another's": lambda w: w.resolve(by="colleague"),
    "resolve twice": lambda w: (w.set(status="resolved"), w.resolve()),
    "undo what is open": lambda w: w.undo(),
    "undo what another did": lambda w: (w.resolve(), forget(), w.undo(by="manager")),
    "complete what is another's": lambda w: w.complete(0, by="colleague"),
    "complete twice": lambda w: (
        Message.objects.filter(pk=w.lines[0].pk).update(completed_at=NOW),
        w.complete(0),
    ),
    "mark another's as unread": lambda w: services.mark_unread(conversation=w.talk, by=w.manager),
    "send again what is on its way": lambda w: services.retry_part(
        part=OutboundPart.objects.first()
    ),
}


@pytest.mark.parametrize("refused", REFUSALS)
def test_what_is_refused_tells_nothing(world, refused):
    world.form = uuid.uuid4()
    world.reply(by="manager", submission=world.form)
    forget()
    with pytest.raises(DomainError):
        REFUSALS[refused](world)
    assert told() == []


ACTS = {
    "receive": lambda w: w.write(),
    "receive from somebody new": lambda w: w.write(sender="new"),
    "reopen": lambda w: (w.resolve(), forget(), w.write()),
    "reply": lambda w: w.reply(),
    "note": lambda w: w.note("@Colleague"),
    "resolve": lambda w: w.resolve(),
    "undo": lambda w: (w.resolve(), forget(), w.undo()),
    "complete one": lambda w: w.complete(0),
    "complete all": lambda w: w.complete(1),
    "see": lambda w: services.mark_seen(conversation=w.talk, user=w.staff),
    "mark as unread": lambda w: services.mark_unread(conversation=w.talk, by=w.staff),
    "contact": lambda w: services.update_contact(
        contact=w.talk.contact, author=w.staff, name="Hoa", note="VIP"
    ),
    "draft": lambda w: services.save_draft(conversation=w.talk, author=w.staff, text="Dạ"),
    "look": lambda w: services.note_viewer(conversation=w.talk, user=w.manager),
    "deliver": lambda w: delivery.deliver(delivery.claim_part()),
    "send again": lambda w: services.retry_part(
        part=OutboundPart.objects.get(state=OutboundPart.State.FAILED)
    ),
}


@pytest.fixture
def ready(world, monkeypatch) -> World:
    """Something to send, and something to send again."""
    monkeypatch.setattr(delivery, "_send", lambda part: SENT)
    world.part(OutboundPart.State.FAILED)
    world.part()
    world.set(status="open", waiting_since=NOW - timedelta(minutes=1))
    return world


def rows() -> dict[str, list]:
    """Everything pages show; not the ledger of deliveries, nor the claims of the worker."""
    models = [*apps.get_app_config("inbox").get_models(), User]
    kept = {m.__name__: list(m.objects.order_by("pk").values()) for m in models}
    del kept["WebhookEvent"]
    kept["OutboundPart"] = [(row["id"], row["sent_at"]) for row in kept["OutboundPart"]]
    return kept


class _BrokenError(Exception):
    pass


@pytest.mark.parametrize("act", ACTS)
def test_what_is_rolled_back_was_never_told(ready, act):
    before = rows()
    with suppress(_BrokenError), transaction.atomic():
        ACTS[act](ready)
        assert told() != []
        raise _BrokenError
    assert told() == []
    assert rows() == before


@pytest.mark.parametrize("act", [name for name in ACTS if name not in ("reopen", "undo")])
def test_what_could_not_be_told_has_not_happened(ready, monkeypatch, act):
    """The change and its news are one transaction of the service's own."""

    def fail(*args):
        raise _BrokenError

    before = rows()
    monkeypatch.setattr(live, "tell_step", fail)
    with suppress(_BrokenError):
        ACTS[act](ready)
    assert rows() == before
