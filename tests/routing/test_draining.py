"""What waits is given out in its order, and nothing that cannot be hides what can."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.models import Conversation
from routing.models import Agent
from routing.services import drain_department, draining
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


def test_heavy_ones_in_front_do_not_hide_light_ones_that_fit(people, sales, weighing, two):
    """However many they are: they are told, and no longer looked at."""
    Agent.objects.update(capacity=1)
    heavy, light = waits(weighing(200), 5, minutes=4), waits(weighing(100), 3)
    assert drain_department(sales.pk, limit=4) == 2
    assert why(*heavy) == [FULL] * 5
    assert why(*light) == [("staff", ""), ("colleague", ""), FULL]


def updates(queries) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].startswith('UPDATE "inbox_conversation"')]


def test_a_long_queue_is_told_a_few_at_a_time_and_once(people, sales, weighing, two, monkeypatch):
    """Not again when somebody comes or goes: that changes no row, and locks none."""
    monkeypatch.setattr(draining, "WRITE_CHUNK", 3)
    Agent.objects.update(capacity=1, open_count=1)
    rows = waits(weighing(100), 8)
    events = LiveEvent.objects.filter(kind="queue.changed")
    before = events.count()
    with CaptureQueriesContext(connection) as queries:
        drain_department(sales.pk)
    assert why(*rows) == [FULL] * 8
    assert len(updates(queries)) == 3  # of 3, 3 and 1; the first was told when it was decided
    told = events.count()
    assert told == before + 1

    Agent.objects.filter(pk=two[0].pk).update(is_routable=False, reason="on_break")
    with CaptureQueriesContext(connection) as queries:
        drain_department(sales.pk)
    assert updates(queries) == []
    assert events.count() == told


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
