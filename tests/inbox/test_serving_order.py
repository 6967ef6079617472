"""The one order of the queue."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.models import Conversation, Priority
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def row(**minutes_from_noon) -> Conversation:
    moments = {
        name: value if name == "priority" else NOON + timedelta(minutes=value)
        for name, value in minutes_from_noon.items()
    }
    return ConversationFactory(**{"waiting_since": NOON} | moments)


def order() -> list[Conversation]:
    return list(Conversation.objects.waiting().in_serving_order())


def test_priority_goes_before_the_window_it_before_the_deadline_it_before_the_wait(organisation):
    waits = row(waiting_since=-60)
    is_due = row(due_at=30)
    is_due_first = row(due_at=20)
    window = row(reply_window_ends_at=300)
    window_first = row(reply_window_ends_at=200, due_at=500)
    window_first_due = row(reply_window_ends_at=200, due_at=400)
    urgent = row(priority=Priority.URGENT, waiting_since=60)
    low = row(priority=Priority.LOW, waiting_since=-600, due_at=-10, reply_window_ends_at=1)

    assert order() == [
        *(urgent, window_first_due, window_first, window),
        *(is_due_first, is_due, waits, low),
    ]


def test_equal_ones_stand_by_the_time_they_waited_and_then_by_age(organisation):
    first, second = row(), row()
    longer = row(waiting_since=-1)

    assert order() == [longer, first, second]
