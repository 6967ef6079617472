"""The groups of the list."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.models import Conversation
from inbox.waiting import group_by_wait, wait_seconds

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def waiting(**since) -> Conversation:
    return Conversation(waiting_since=NOW - timedelta(**since))


@pytest.mark.parametrize(
    ("since", "label"),
    [
        ({"seconds": 0}, "Under 5 minutes"),
        ({"minutes": 4, "seconds": 59}, "Under 5 minutes"),
        ({"minutes": 5}, "5 to 15 minutes"),
        ({"minutes": 15}, "5 to 15 minutes"),
        ({"minutes": 15, "seconds": 1}, "Waiting over 15 minutes"),
        ({"days": 3}, "Waiting over 15 minutes"),
    ],
)
def test_the_border_of_each_group(settings, since, label):
    settings.LANGUAGE_CODE = "en"
    groups = group_by_wait([waiting(**since)], now=NOW)
    assert [str(group.label) for group in groups] == [label]


def test_groups_keep_the_order_and_empty_ones_are_left_out():
    rows = [waiting(hours=1), waiting(minutes=20), waiting(minutes=1)]
    groups = group_by_wait(rows, now=NOW)
    assert [group.rows for group in groups] == [rows[:2], rows[2:]]
    assert [group.is_late for group in groups] == [True, False]


def test_nobody_waits_a_negative_time():
    assert wait_seconds(waiting(minutes=-5), now=NOW) == 0
    assert wait_seconds(Conversation(waiting_since=None), now=NOW) == 0
