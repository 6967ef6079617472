"""Who could be given work when: the intervals, and what time alone changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import LiveEvent, User
from routing.models import Agent
from tests.factories import UserFactory
from tests.workforce.timesheet_rows import moment, plan, shift
from workforce.models import AvailabilityInterval, Leave, LeaveType, ShiftAssignment, TimeEntry
from workforce.services import (
    check_in,
    check_out,
    end_break,
    follow_time,
    record_availability,
    repair_history,
    start_break,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def history(user: User) -> list[tuple[str, str | None, str | None]]:
    """(reason, since, until) as minutes on the wall of the workplace."""

    def clock(at):
        return at and timezone.localtime(at).strftime("%d %H:%M")

    rows = AvailabilityInterval.objects.filter(user=user).order_by("since", "pk")
    return [(row.reason, clock(row.since), clock(row.until)) for row in rows]


def reasons(user: User) -> list[str]:
    return [reason for reason, _since, _until in history(user)]


@pytest.fixture
def worker(organisation) -> User:
    """At work since eight; the shift is to end at five."""
    user = UserFactory(presence="available", presence_since=moment("2026-11-23 08:00"))
    plan(user, shift(user.department), "2026-11-23")
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 08:00"))
    return user


def test_what_somebody_does_is_one_interval_after_the_other(people, commits):
    staff = people["staff"]
    start_break(user=staff, reason="meal")
    end_break(user=staff)
    check_out(user=staff)
    check_in(user=staff)
    assert reasons(staff) == ["on_break", "taking_work", "checked_out", "taking_work"]
    rows = list(AvailabilityInterval.objects.filter(user=staff).order_by("since", "pk"))
    assert [row.until for row in rows] == [*(row.since for row in rows[1:]), None]


def test_an_interval_begins_when_the_reason_did_however_late_it_is_written(worker):
    record_availability([worker.pk], at=moment("2026-11-23 09:00"))
    assert record_availability([worker.pk], at=moment("2026-11-23 12:00")) == []
    assert record_availability([worker.pk], at=moment("2026-11-23 17:20")) == [worker.pk]
    assert history(worker) == [
        ("taking_work", "23 08:00", "23 17:00"),
        ("shift_ended", "23 17:00", None),
    ]


def test_a_reason_that_began_before_the_last_one_is_dated_by_the_look(worker):
    """Away since yesterday is "shift not started" from midnight on, not from yesterday on."""
    TimeEntry.objects.update(checked_out_at=moment("2026-11-23 17:05"))
    record_availability([worker.pk], at=moment("2026-11-23 17:06"))
    plan(worker, ShiftAssignment.objects.get().shift, "2026-11-24")
    record_availability([worker.pk], at=moment("2026-11-24 00:00"))
    assert history(worker) == [
        ("checked_out", "23 17:05", "24 00:00"),
        ("shift_not_started", "24 00:00", None),
    ]


def test_a_clock_that_was_set_back_makes_no_negative_interval(worker):
    record_availability([worker.pk], at=moment("2026-11-23 17:30"))
    TimeEntry.objects.update(checked_out_at=moment("2026-11-23 16:00"))
    record_availability([worker.pk], at=moment("2026-11-23 16:30"))
    assert history(worker) == [
        ("shift_ended", "23 17:00", "23 17:00"),
        ("checked_out", "23 17:00", None),
    ]


def test_one_lasts_and_none_is_negative(worker):
    record_availability([worker.pk], at=moment("2026-11-23 09:00"))
    row = AvailabilityInterval.objects.get()
    for change in ({"until": None}, {"until": row.since - MINUTE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AvailabilityInterval.objects.create(
                user=worker, reason="busy", since=row.since, **change
            )


def test_the_end_of_a_shift_is_noticed_and_told_once(worker):
    Agent.objects.create(user=worker, capacity=8, is_routable=True, reason="taking_work")
    record_availability([worker.pk], at=moment("2026-11-23 16:00"))
    LiveEvent.objects.all().delete()
    assert follow_time(at=moment("2026-11-23 16:59")) == 0
    assert not LiveEvent.objects.exists()
    assert follow_time(at=moment("2026-11-23 17:00")) == 1
    assert LiveEvent.objects.exists()
    assert reasons(worker) == ["taking_work", "shift_ended"]
    assert follow_time(at=moment("2026-11-23 17:00:01")) == 0


def test_leave_that_begins_or_ends_is_noticed(worker):
    Leave.objects.create(
        user=worker,
        type=LeaveType.objects.get(symbol="P"),
        first="2026-11-23",
        last="2026-11-23",
        part="second_half",
        starts_at=moment("2026-11-23 12:00"),
        ends_at=moment("2026-11-24 00:00"),
    )
    record_availability([worker.pk], at=moment("2026-11-23 11:00"))
    assert follow_time(at=moment("2026-11-23 12:00:01")) == 1
    assert history(worker)[-1] == ("on_leave", "23 12:00", None)
    TimeEntry.objects.update(checked_out_at=moment("2026-11-23 12:01"))
    assert follow_time(at=moment("2026-11-24 00:00:01")) == 1
    assert history(worker)[-1] == ("checked_out", "23 12:01", None)


def test_a_draft_ends_nothing(worker):
    ShiftAssignment.objects.update(published_at=None)
    record_availability([worker.pk], at=moment("2026-11-23 16:00"))
    assert follow_time(at=moment("2026-11-23 17:00:01")) == 0


def test_what_was_missed_is_found_by_the_repair(worker):
    record_availability([worker.pk], at=moment("2026-11-23 16:00"))
    late = moment("2026-11-23 17:30")
    assert follow_time(at=late) == 0
    assert repair_history(at=late) == 1
    assert repair_history(at=late) == 0
    assert history(worker)[-1] == ("shift_ended", "23 17:00", None)


def test_many_people_cost_a_fixed_number_of_statements(worker, django_assert_max_num_queries):
    users = UserFactory.create_batch(30, department=worker.department)
    record_availability([user.pk for user in users], at=moment("2026-11-23 08:00"))
    kind = ShiftAssignment.objects.get().shift
    for user in users:
        plan(user, kind, "2026-11-24")
    with django_assert_max_num_queries(10):
        assert len(record_availability([u.pk for u in users], at=moment("2026-11-24 07:00"))) == 30
