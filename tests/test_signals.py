"""Every signal is heard, with its kwargs, once what it tells of is committed; never before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

import accounts.signals
import inbox.signals
import workforce.signals
from accounts import services as accounts_services
from accounts.models import Department, User
from inbox import services as inbox_services
from inbox.channels.base import InboundEvent
from inbox.models import Conversation, Message
from tests.factories import ChannelFactory, ConversationFactory, MessageFactory
from workforce import services as workforce_services
from workforce.models import TimeEntry

MODULES = (accounts.signals, inbox.signals, workforce.signals)
ALL = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Signal)
}
NEW_PASSWORD = "a horse of her own"


class Ear:
    """Remembers what one signal told, by whom, and whether a transaction was open then."""

    def __init__(self) -> None:
        self.heard: list[dict] = []
        self.senders: list[object] = []
        self.was_open: list[bool] = []

    def __call__(self, sender, signal, **kwargs) -> None:
        self.heard.append(kwargs)
        self.senders.append(sender)
        self.was_open.append(connection.in_atomic_block)


@contextmanager
def listening(*names: str) -> Iterator[dict[str, Ear]]:
    ears = {name: Ear() for name in names}
    for name, ear in ears.items():
        ALL[name].connect(ear, weak=False)
    try:
        yield ears
    finally:
        for name, ear in ears.items():
            ALL[name].disconnect(ear)


def event(text: str = "xin chào", key: str = "e1") -> InboundEvent:
    return InboundEvent(platform="zalo", sender="+84900000001", text=text, raw="{}", event_key=key)


# --- What makes each of them speak --------------------------------------------------------------
def create_person(people, sales) -> dict:
    person = accounts_services.create_user(
        username="mai",
        password=NEW_PASSWORD,
        display_name="Mai",
        role="staff",
        department=sales,
        actor=people["admin"],
    )
    return {"user_ids": [person.pk]}


def change_person(people, sales) -> dict:
    accounts_services.update_user(
        user=people["staff"], actor=people["admin"], changes={"display_name": "Mai"}
    )
    return {"user_ids": [people["staff"].pk]}


def set_presence(people, sales) -> dict:
    accounts_services.set_presence(user=people["staff"], presence="busy")
    return {"user_ids": [people["staff"].pk]}


def create_department(people, sales) -> dict:
    made = accounts_services.create_department(name="Kho", actor=people["admin"])
    return {"department_ids": [made.pk]}


def change_department(people, sales) -> dict:
    accounts_services.update_department(
        department=sales, actor=people["admin"], changes={"priority": 1}
    )
    return {"department_ids": [sales.pk]}


def receive(people, sales) -> dict:
    receipts = inbox_services.receive(
        channel=ChannelFactory(), events=[event("one", "1"), event("two", "2")]
    )
    return {"message_ids": [receipt.message_id for receipt in receipts]}


def reply(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    message = inbox_services.send_reply(
        conversation=conversation, author=people["staff"], text="Dạ"
    )
    return {"conversation_id": conversation.pk, "message_id": message.pk}


def resolve(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    inbox_services.resolve_conversation(conversation=conversation, by=people["staff"])
    return {"conversation_id": conversation.pk, "assignee_id": people["staff"].pk}


def complete_last(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    message = MessageFactory(conversation=conversation)
    inbox_services.complete_message(message=message, by=people["staff"])
    return {"conversation_id": conversation.pk, "assignee_id": people["staff"].pk}


def reopen(people, sales) -> dict:
    channel = ChannelFactory()
    inbox_services.receive(channel=channel, events=[event(key="1")])
    conversation = Conversation.objects.get()
    inbox_services.resolve_conversation(conversation=conversation, by=people["admin"])
    inbox_services.receive(channel=channel, events=[event(key="2")])
    return {"conversation_id": conversation.pk}


def undo(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    inbox_services.resolve_conversation(conversation=conversation, by=people["staff"])
    inbox_services.undo_resolve(conversation=conversation, by=people["staff"])
    return {"conversation_id": conversation.pk}


def snooze(people, sales) -> dict:
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    until = timezone.now() + timedelta(hours=1)
    inbox_services.snooze_conversation(conversation=conversation, until=until, by=people["staff"])
    return {"conversation_id": conversation.pk}


def wake(people, sales) -> dict:
    conversation = ConversationFactory(
        department=sales, assignee=people["staff"], status="snoozed", snoozed_until=timezone.now()
    )
    inbox_services.wake_snoozed()
    return {"conversation_id": conversation.pk}


def check_in(people, sales) -> dict:
    TimeEntry.objects.all().delete()
    workforce_services.check_in(user=people["staff"])
    return {"user_ids": [people["staff"].pk]}


def check_out(people, sales) -> dict:
    workforce_services.check_out(user=people["colleague"])
    return {"user_ids": [people["colleague"].pk]}


CASES = [
    ("people_changed", create_person, User),
    ("people_changed", change_person, User),
    ("people_changed", set_presence, User),
    ("departments_changed", create_department, Department),
    ("departments_changed", change_department, Department),
    ("messages_received", receive, Message),
    ("reply_sent", reply, Conversation),
    ("conversation_resolved", resolve, Conversation),
    ("conversation_resolved", complete_last, Conversation),
    ("conversation_reopened", reopen, Conversation),
    ("resolve_undone", undo, Conversation),
    ("snooze_changed", snooze, Conversation),
    ("snooze_changed", wake, Conversation),
    ("availability_changed", check_in, TimeEntry),
    ("availability_changed", check_out, TimeEntry),
]
each_case = pytest.mark.parametrize(("name", "act", "sender"), CASES)


def test_every_signal_has_a_case():
    assert {name for name, _act, _sender in CASES} == set(ALL)
    assert len(ALL) < 10


@each_case
def test_it_is_heard_with_its_kwargs_after_the_commit(
    people, sales, name, act, sender, django_capture_on_commit_callbacks
):
    with listening(name) as ears:
        with django_capture_on_commit_callbacks() as callbacks:
            expected = act(people, sales)
            assert ears[name].heard == []
        for callback in callbacks:
            callback()
    assert ears[name].heard == [expected]
    assert ears[name].senders == [sender]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_when_it_is_heard(people, sales):
    """With real commits: a listener may do its own work without holding the teller's locks."""
    with listening("people_changed", "availability_changed") as ears:
        expected = change_person(people, sales)
    for ear in ears.values():
        assert (ear.heard, ear.was_open) == ([expected], [False])


@each_case
def test_nothing_is_told_of_what_was_rolled_back(
    people, sales, name, act, sender, django_capture_on_commit_callbacks
):
    with (
        listening(name) as ears,
        django_capture_on_commit_callbacks(execute=True),
        transaction.atomic(),
    ):
        act(people, sales)
        transaction.set_rollback(True)
    assert ears[name].heard == []


@each_case
def test_a_listener_that_fails_undoes_nothing_and_stops_nobody(
    people, sales, name, act, sender, django_capture_on_commit_callbacks
):
    def broken(**kwargs) -> None:
        raise RuntimeError("a listener's own trouble")

    with listening(name) as ears:
        ALL[name].connect(broken, weak=False)
        ALL[name].receivers.insert(0, ALL[name].receivers.pop())  # the first to be asked
        ALL[name].sender_receivers_cache.clear()
        try:
            with django_capture_on_commit_callbacks(execute=True):
                expected = act(people, sales)
        finally:
            ALL[name].disconnect(broken)
    assert expected in ears[name].heard


@pytest.mark.parametrize(
    ("name", "act"),
    [
        (
            "people_changed",
            lambda people: accounts_services.set_presence(
                user=people["staff"], presence="available"
            ),
        ),
        (
            "people_changed",
            lambda people: accounts_services.update_user(
                user=people["staff"], actor=people["admin"], changes={"role": "staff"}
            ),
        ),
        (
            "availability_changed",
            lambda people: workforce_services.check_in(user=people["staff"]),
        ),
        (
            "departments_changed",
            lambda people: accounts_services.update_department(
                department=people["staff"].department,
                actor=people["admin"],
                changes={"name": "Sales"},
            ),
        ),
    ],
)
def test_what_changed_nothing_is_not_told(people, name, act, django_capture_on_commit_callbacks):
    with listening(name) as ears, django_capture_on_commit_callbacks(execute=True):
        act(people)
    assert ears[name].heard == []


def test_a_repeat_of_a_delivery_is_not_told(people, django_capture_on_commit_callbacks):
    channel = ChannelFactory()
    inbox_services.receive(channel=channel, events=[event()])
    with listening("messages_received") as ears, django_capture_on_commit_callbacks(execute=True):
        inbox_services.receive(channel=channel, events=[event()])
    assert ears["messages_received"].heard == []


def test_completing_all_but_the_last_is_not_a_resolve(
    people, sales, django_capture_on_commit_callbacks
):
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    first = MessageFactory(conversation=conversation)
    MessageFactory(conversation=conversation)
    with (
        listening("conversation_resolved") as ears,
        django_capture_on_commit_callbacks(execute=True),
    ):
        inbox_services.complete_message(message=first, by=people["staff"])
    assert ears["conversation_resolved"].heard == []
