"""What open pages are told when a conversation moves and when people come and go."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import transaction

from accounts.models import Department, LiveEvent, User
from accounts.services import live, set_presence
from inbox.models import Conversation, Message
from omnichat.lib.errors import DomainError
from routing.models import Agent
from routing.services import (
    assign_conversation,
    drain_department,
    refresh_agents,
    release_conversations,
    route_messages,
    set_capacity,
    take_conversation,
)
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory, MessageFactory
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


def forget() -> None:
    LiveEvent.objects.all().delete()


def told() -> list[tuple]:
    rows = LiveEvent.objects.order_by("pk").values_list("kind", "audience", "object_id")
    return [(kind, set(audience.split()), about) for kind, audience, about in rows]


def over(conversation: Conversation, lead: str) -> set[str]:
    """Who reads it whoever has it."""
    return {"admins", lead, f"mentioned:{conversation.pk}"}


def user(person: User) -> str:
    return f"user:{person.pk}"


def assignee(person: User) -> str:
    return f"assignee:{person.pk}"


@pytest.fixture
def lead(sales) -> str:
    return f"leads:{sales.pk}"


@pytest.fixture
def queue(sales) -> str:
    return f"queue:{sales.pk}"


@pytest.fixture
def mine(people, sales) -> Conversation:
    """Of staff, counted."""
    made = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=made)
    Agent.objects.filter(user=people["staff"]).update(open_count=1)
    forget()
    return made


@pytest.fixture
def waiting(people, sales) -> Conversation:
    """Nobody's; staff of Sales may take it."""
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    for person in people.values():
        person.refresh_from_db()
    made = ConversationFactory(department=sales, waiting_reason="all_full")
    forget()
    return made


def close_sales(sales) -> None:
    """Nobody of Sales can be given anything."""
    Agent.objects.filter(user__department=sales).update(is_routable=False)


# --- By hand ------------------------------------------------------------------------------------
def test_handing_over_names_it_to_the_new_one_only(mine, people, lead):
    staff, colleague = people["staff"], people["colleague"]
    assign_conversation(conversation=mine, assignee=colleague, by=people["manager"])
    both = {user(staff), user(colleague)}
    assert told() == [
        ("conversation.changed", over(mine, lead) | {assignee(colleague)}, mine.public_id),
        ("queue.changed", {assignee(staff)}, None),
        ("me.changed", both, None),
        ("me.changed", both, None),  # counted anew
    ]


def test_another_department_takes_it_from_the_leads_of_the_first(mine, people, billing, lead):
    staff, other = people["staff"], people["other_staff"]
    assign_conversation(conversation=mine, assignee=other, by=people["admin"])
    now = over(mine, f"leads:{billing.pk}") | {assignee(other)}
    assert told()[:2] == [
        ("conversation.changed", now, mine.public_id),
        ("queue.changed", {lead, assignee(staff)}, None),
    ]
    assert {about for _kind, _groups, about in told()[2:]} == {None}


def test_taking_takes_it_from_those_who_could_have_taken_it(waiting, people, lead, queue):
    staff = people["staff"]
    take_conversation(conversation=waiting, by=staff)
    assert told() == [
        ("conversation.changed", over(waiting, lead) | {assignee(staff)}, waiting.public_id),
        ("queue.changed", {queue}, None),
        ("me.changed", {user(staff)}, None),
    ]


@pytest.mark.parametrize("why", ["full", "not at work", "has somebody", "done", "foreign"])
def test_what_cannot_be_taken_is_not_told(waiting, people, why):
    by = people["other_staff" if why == "foreign" else "staff"]
    if why == "full":
        Agent.objects.update(open_count=8)
    elif why == "not at work":
        Agent.objects.update(is_routable=False, reason="checked_out")
    elif why == "has somebody":
        Conversation.objects.update(assignee=people["colleague"])
    elif why == "done":
        Conversation.objects.update(status="resolved")
    with pytest.raises(DomainError):
        take_conversation(conversation=waiting, by=by)
    assert told() == []


def test_what_cannot_be_handed_over_is_not_told(mine, people):
    Agent.objects.filter(user=people["colleague"]).update(is_routable=False, reason="checked_out")
    for person in (people["staff"], people["colleague"]):
        with pytest.raises(DomainError):
            assign_conversation(conversation=mine, assignee=person, by=people["manager"])
    assert told() == []


# --- By itself ----------------------------------------------------------------------------------
def test_giving_back_names_it_to_the_queue_and_not_to_who_had_it(mine, people, sales, lead, queue):
    staff = people["staff"]
    close_sales(sales)
    assert release_conversations(user_id=staff.pk, why="checked_out") == 1
    waits = over(mine, lead) | {queue}
    assert told() == [
        ("conversation.changed", waits, mine.public_id),
        ("queue.changed", {assignee(staff)}, None),
        ("me.changed", {user(staff)}, None),
        ("me.changed", {user(staff)}, None),  # counted anew
        ("conversation.changed", waits, mine.public_id),  # why it waits
    ]


def test_nothing_to_give_back_is_nothing_to_tell(people):
    assert release_conversations(user_id=people["staff"].pk, why="checked_out") == 0
    assert told() == []


@pytest.fixture
def new(people, sales, organisation) -> Message:
    """The first message of somebody, on a channel of Sales; not routed yet."""
    channel = ChannelFactory(default_department=sales)
    conversation = ConversationFactory(identity__channel=channel)
    made = MessageFactory(conversation=conversation, text="mua hàng", keywords=None)
    forget()
    return made


def test_what_is_given_out_leaves_the_common_queue(new, people, lead):
    route_messages(message_ids=[new.pk])
    new.conversation.refresh_from_db()
    got_it = new.conversation.assignee
    assert got_it in (people["staff"], people["colleague"])
    now = over(new.conversation, lead) | {assignee(got_it)}
    assert told() == [
        ("conversation.changed", now, new.conversation.public_id),
        ("queue.changed", {"common"}, None),
        ("me.changed", {user(got_it)}, None),
    ]


def test_what_nobody_can_have_waits_in_its_department(new, sales, lead, queue):
    close_sales(sales)
    route_messages(message_ids=[new.pk])
    now = over(new.conversation, lead) | {queue}
    assert told() == [
        ("conversation.changed", now, new.conversation.public_id),
        ("queue.changed", {"common"}, None),
    ]
    forget()
    route_messages(message_ids=[new.pk])  # where it stands already
    assert told() == []


@pytest.mark.parametrize("text", ["muốn mua", "alo"])
def test_words_found_later_are_told_to_who_reads_it(mine, people, sales, lead, text):
    KeywordFactory(word="mua", department=sales)
    line = MessageFactory(conversation=mine, text=text, keywords=None)
    forget()
    route_messages(message_ids=[line.pk])
    marked = ("conversation.changed", over(mine, lead) | {assignee(people["staff"])})
    assert told() == ([(*marked, mine.public_id)] if "mua" in text else [])


def test_why_a_whole_queue_waits_is_told_once_without_names(people, sales, lead, queue):
    close_sales(sales)
    first, *_others = ConversationFactory.create_batch(3, department=sales)
    forget()
    assert drain_department(sales.pk) == 0
    names = [about for _kind, _groups, about in told()]
    assert [kind for kind, _groups, _about in told()] == ["conversation.changed", "queue.changed"]
    assert names == [first.public_id, None]
    assert told()[1][1] == {"admins", lead, queue}
    forget()
    assert drain_department(sales.pk) == 0
    assert told() == []


# --- People -------------------------------------------------------------------------------------
def test_presence_is_told_when_it_changes(people):
    staff = people["staff"]
    set_presence(user=staff, presence=User.Presence.BUSY)
    assert told() == [("me.changed", {user(staff)}, None)]
    set_presence(user=staff, presence=User.Presence.BUSY)
    assert len(told()) == 1
    refresh_agents(user_ids=[staff.pk])
    department = staff.department_id
    team = {"admins", f"leads:{department}", f"queue:{department}"}
    assert told()[1:] == [("me.changed", {user(staff)}, None), ("queue.changed", team, None)]
    refresh_agents(user_ids=[staff.pk])
    assert len(told()) == 3


def test_capacity(people):
    staff = people["staff"]
    agent = Agent.objects.get(user=staff)
    set_capacity(agent=agent, capacity=9, actor=people["manager"])
    assert told() == [("me.changed", {user(staff)}, None)]


def test_coming_and_going(people):
    staff = people["staff"]
    check_in(user=staff)  # is in already
    assert told() == []
    check_out(user=staff)
    with pytest.raises(DomainError):
        check_out(user=staff)
    once = ("me.changed", {user(staff)}, None)
    assert told() == [once, once]  # what they say of themselves, and that they are at work
    check_in(user=staff)
    assert told() == [once] * 4


# --- One transaction ----------------------------------------------------------------------------
ACTS = {
    "assign": lambda p, c: assign_conversation(
        conversation=c, assignee=p["colleague"], by=p["manager"]
    ),
    "release": lambda p, c: release_conversations(user_id=p["staff"].pk, why="checked_out"),
    "capacity": lambda p, c: set_capacity(
        agent=Agent.objects.get(user=p["staff"]), capacity=9, actor=p["manager"]
    ),
    "presence": lambda p, c: set_presence(user=p["staff"], presence=User.Presence.BUSY),
    "check out": lambda p, c: check_out(user=p["staff"]),
    "check in": lambda p, c: check_in(user=p["manager"]),
    "route": lambda p, c: route_messages(message_ids=[_unrouted(c).pk]),
}


def _unrouted(conversation: Conversation) -> Message:
    Conversation.objects.filter(pk=conversation.pk).update(assignee=None)
    Agent.objects.update(open_count=0)
    return conversation.messages.get()


def rows() -> list:
    models = (Conversation, Message, Agent, User)
    return [list(model.objects.order_by("pk").values()) for model in models]


class _BrokenError(Exception):
    pass


@pytest.mark.parametrize("act", ACTS)
def test_what_is_rolled_back_was_never_told(mine, people, act):
    before = rows()
    with suppress(_BrokenError), transaction.atomic():
        ACTS[act](people, mine)
        assert told() != []
        raise _BrokenError
    assert told() == []
    assert rows() == before


@pytest.mark.parametrize("act", [name for name in ACTS if name != "route"])
def test_what_could_not_be_told_has_not_happened(mine, people, monkeypatch, act):
    def fail(*args):
        raise _BrokenError

    before = rows()
    monkeypatch.setattr(live, "tell_step", fail)
    with pytest.raises(_BrokenError):
        ACTS[act](people, mine)
    assert rows() == before


def test_what_could_not_be_told_was_not_given_out(new, people, monkeypatch):
    """The step is left to the sweep, whole."""

    def fail(*args):
        raise _BrokenError

    before = rows()
    monkeypatch.setattr(live, "tell_step", fail)
    route_messages(message_ids=[new.pk])
    assert rows() == before
