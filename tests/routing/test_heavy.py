"""Conversations that take more of a place than others: neither in the way, nor waiting for ever."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.models import Conversation
from inbox.services import resolve_conversation
from routing.models import Agent
from routing.services import assign_next, drain_department
from routing.services.heavy import KEPT_AFTER
from tests.factories import ChannelFactory, ConversationFactory

pytestmark = pytest.mark.django_db
FULL = (None, "all_full")


@pytest.fixture
def weighing(organisation, sales):
    """`weighing(50)` is a channel whose conversations take so much of a place."""
    return lambda percent: ChannelFactory(load_percent=percent, default_department=sales)


@pytest.fixture
def two(people) -> list[Agent]:
    """Staff and colleague, with three places each."""
    rows = Agent.objects.filter(user__in=[people["staff"], people["colleague"]]).order_by("pk")
    rows.update(capacity=3)
    return list(rows)


def waits(channel, count: int = 1, *, minutes: float = 0, **fields) -> list[Conversation]:
    since = timezone.now() - timedelta(minutes=minutes)
    about = {"identity__channel": channel, "department": channel.default_department}
    return ConversationFactory.create_batch(count, waiting_since=since, **about, **fields)


def why(*rows: Conversation) -> list[tuple]:
    found = Conversation.objects.in_bulk([row.pk for row in rows])
    rows = [found[row.pk] for row in rows]
    return [(row.assignee and row.assignee.username, row.waiting_reason) for row in rows]


def serve(channel, people, rounds: int) -> None:
    """Each round the oldest of each person is done, and lighter ones keep coming."""
    for _round in range(rounds):
        waits(channel, 4)
        for name in ("staff", "colleague"):
            done = Conversation.objects.open_of(people[name].pk).order_by("pk").first()
            if done is not None:
                resolve_conversation(conversation=done, by=people[name])
        drain_department(channel.default_department_id)


# --- In the way --------------------------------------------------------------------------------
def test_heavy_ones_in_front_do_not_hide_light_ones_that_fit(people, sales, weighing, two):
    """However many they are: they are told, and no longer looked at."""
    Agent.objects.update(capacity=1)
    heavy, light = waits(weighing(200), 5, minutes=4), waits(weighing(100), 3)
    assert drain_department(sales.pk, limit=4) == 2
    assert why(*heavy) == [FULL] * 5
    assert why(*light) == [("staff", ""), ("colleague", ""), FULL]


def test_the_limit_holds(people, sales, weighing, two):
    waits(weighing(100), 5)
    assert drain_department(sales.pk, limit=2) == 2
    assert drain_department(sales.pk, limit=0) == 0
    assert drain_department(sales.pk) == 3


def test_each_without_a_department_is_tried(people, weighing):
    """One that no channel and no word leads anywhere says nothing about those behind it."""
    nowhere = ConversationFactory(department=None)
    (known,) = waits(weighing(100))
    Conversation.objects.filter(pk=known.pk).update(department=None)
    assert drain_department(None) == 1
    assert why(nowhere, known) == [(None, "no_department"), ("staff", "")]
    with CaptureQueriesContext(connection) as queries:
        assert drain_department(None) == 0
    assert len(queries) == 2  # which policy, and who has not been told


# --- Waiting for ever --------------------------------------------------------------------------
@pytest.mark.parametrize(("minutes", "is_served"), [(6, True), (4, False)])
def test_lighter_ones_do_not_starve_one_that_has_waited_long(
    people, sales, weighing, two, commits, minutes, is_served
):
    light = weighing(100)
    waits(light, 6)
    assert drain_department(sales.pk) == 6
    (heavy,) = waits(weighing(300), minutes=minutes)
    serve(light, people, rounds=4)
    assert (why(heavy) != [FULL]) == is_served


def test_only_the_one_nearest_to_room_is_kept(people, sales, weighing, two, commits):
    light = weighing(100)
    mine = waits(light, 6)
    assert drain_department(sales.pk) == 6
    (heavy,) = waits(weighing(300), minutes=6)
    assert drain_department(sales.pk) == 0
    behind = waits(light, 2)
    for row in mine[:2]:
        row.refresh_from_db()
        resolve_conversation(conversation=row, by=row.assignee)
    names = [name for name, _reason in why(*behind)]
    assert sorted(names, key=str) == [None, "colleague"]
    assert why(heavy) == [FULL]


@pytest.mark.parametrize(
    "change",
    [
        {"priority": 1},
        {"waiting_since": timezone.now() - timedelta(hours=2)},
        {"due_at": timezone.now() - timedelta(hours=2)},
    ],
)
def test_what_is_served_before_it_does_not_wait_for_it(people, sales, weighing, two, change):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    Agent.objects.filter(user=people["staff"]).update(capacity=4, open_count=2)
    waits(weighing(300), minutes=6, waiting_reason="all_full")
    (light,) = waits(weighing(100))
    Conversation.objects.filter(pk=light.pk).update(**change)
    assert drain_department(sales.pk) == 1
    assert why(light) == [("staff", "")]


@pytest.mark.parametrize(
    ("percent", "fields"),
    [
        (400, {}),  # nobody has so many places
        (300, {"waiting_reason": "guard"}),
        (300, {"department": "billing"}),
        (300, {"assignee": "colleague"}),
    ],
)
def test_nothing_is_kept_that_would_help_nobody(
    people, sales, billing, weighing, two, percent, fields
):
    known = {"billing": billing, "colleague": people["colleague"]}
    fields = {name: known.get(value, value) for name, value in fields.items()}
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    Agent.objects.filter(user=people["staff"]).update(open_count=2)
    (heavy,) = waits(weighing(percent), minutes=60, waiting_reason="all_full")
    Conversation.objects.filter(pk=heavy.pk).update(**fields)
    (light,) = waits(weighing(100))
    assert assign_next(conversation_id=light.pk) is not None
    assert why(light) == [("staff", "")]


def test_a_message_that_has_just_come_leaves_the_room_too(
    write, channel, people, words, sales, weighing
):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    Agent.objects.filter(user=people["staff"]).update(capacity=3, open_count=2)
    (heavy,) = waits(weighing(300), minutes=6, waiting_reason="all_full")
    new = write("mua")
    assert why(heavy, new) == [FULL, FULL]
    Conversation.objects.filter(pk=heavy.pk).update(
        waiting_since=timezone.now() - KEPT_AFTER + timedelta(seconds=5)
    )
    assert why(write("mua", sender="kh-2")) == [("staff", "")]


def test_without_heavier_channels_nothing_is_asked(write, people, words):
    with CaptureQueriesContext(connection) as queries:
        write("mua")
    assert not [q for q in queries.captured_queries if 'load_percent" >' in q["sql"]]
