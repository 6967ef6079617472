"""Two leads who enter the same day at once: one entry."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from accounts.models import User
from tests.races.together import at_once, words
from workforce.models import TimeEntry
from workforce.services import add_entry, remove_added_entry

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _add(user: User, actor: User, hour: int) -> str:
    times = {
        "began": datetime(2026, 10, 19, hour, tzinfo=UTC),
        "ended": datetime(2026, 10, 19, hour + 8, tzinfo=UTC),
    }
    add_entry(user=user, actor=actor, note="máy hỏng", **times)
    return "done"


def test_entries_that_share_time_are_entered_once(rounds, company):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        told = words(at_once([partial(_add, staff, lead, 1 + n % 4) for n in range(32)]))
        assert (told["done"], told["entry_overlaps"]) == (1, 31)
        assert TimeEntry.objects.filter(user=staff, is_added=True).count() == 1


def test_what_was_entered_is_taken_out_once(rounds, company):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        _add(staff, lead, 1)
        entry = TimeEntry.objects.get(user=staff, is_added=True)
        at_once([partial(remove_added_entry, entry=entry, actor=lead)] * 16)
        assert not TimeEntry.objects.filter(user=staff, is_added=True).exists()
