"""The working time of the demo company: what a lead finds, at whatever hour it begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from omnichat.demo.people import PEOPLE, PRESENT
from routing.models import Agent, KeywordVersion
from tests.workforce.timesheet_rows import moment
from workforce.availability import Reason, availability, availability_of
from workforce.models import AvailabilityInterval, Leave, ShiftAssignment, TimeEntry, TimesheetMonth
from workforce.shift_times import local_date
from workforce.timesheet_days import read_months

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """All sixty days, written once for this file and rolled back after it."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            KeywordVersion.objects.get_or_create(pk=1)
            with TestCase.captureOnCommitCallbacks(execute=True):
                call_command("seed_demo")
            yield
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def months() -> list:
    """Everybody's months of the history."""
    people = list(User.objects.exclude(department=None).select_related("department"))
    now = timezone.now()
    first = local_date(now, timezone.get_default_timezone()).replace(day=1)
    wanted = {(first - DAY * n).replace(day=1) for n in (0, 1, 45)}
    return [one for month in sorted(wanted) for one in read_months(people, month, at=now)]


def test_people_came_late_left_early_stayed_on_and_did_not_come(company):
    found = [one.totals for one in months()]
    assert sum(totals.late_times for totals in found) >= 20
    assert sum(totals.early_times for totals in found) >= 5
    assert sum(totals.overtime_minutes for totals in found) >= 1_000
    absent = [
        (one.person.username, row.day.date)
        for one in months()
        for row in one.rows
        if "absent" in row.day.flags
    ]
    assert [name for name, _on in absent] == ["kieu"]


def test_a_lead_finds_a_forgotten_check_out_and_one_that_was_corrected(company):
    closed = TimeEntry.objects.filter(is_auto_closed=True).order_by("checked_in_at")
    assert [(e.user.username, e.corrected_out_at is not None) for e in closed] == [
        ("bao", True),
        ("tung", False),
    ]
    assert [one.person.username for one in months() if one.totals.unresolved] == ["tung"]


def test_leave_is_past_and_to_come_and_nobody_at_work_is_on_it(company):
    now = timezone.now()
    symbols = set(Leave.objects.filter(ends_at__lt=now).values_list("type__symbol", flat=True))
    assert symbols == {"P", "Ô", "R"}
    assert Leave.objects.filter(starts_at__gt=now).count() >= 3
    people = {user.pk: user for user in User.objects.filter(username__in=PRESENT)}
    reasons = {people[pk].username: one.reason for pk, one in availability_of(people).items()}
    assert Reason.ON_LEAVE not in reasons.values()


def test_next_week_is_a_draft_and_this_one_is_published(company):
    rows = ShiftAssignment.objects.all()
    today = timezone.localdate()
    monday = today + DAY * (7 - today.weekday())
    assert rows.filter(date__gte=monday).published().count() == 0
    assert rows.filter(date__gte=monday).drafts().count() > 20
    assert rows.filter(date__lt=monday).drafts().count() == 0


def test_past_months_are_approved_and_locked(company):
    months = TimesheetMonth.objects.exclude(approved_at=None)
    assert months.exclude(locked_at=None).count() >= 5
    assert months.filter(locked_at=None).count() >= 5


def test_the_history_of_availability_has_no_gaps_and_ends_in_the_truth(company):
    for user in User.objects.filter(is_active=True):
        rows = list(AvailabilityInterval.objects.filter(user=user).order_by("since", "pk"))
        assert [row.until for row in rows] == [*(row.since for row in rows[1:]), None]
        assert rows[-1].reason == availability(user).reason


@pytest.mark.parametrize("clock", ["00:30", "03:00", "09:00", "14:00", "20:30", "23:30"])
def test_whatever_the_hour_the_same_people_take_work(commits, time_machine, clock):
    time_machine.move_to(moment(f"2026-11-24 {clock}"))
    KeywordVersion.objects.get_or_create(pk=1)
    call_command("seed_demo", "--days", "3")
    takes_work = [name for name, *_rest in PEOPLE if name.startswith("staff")]
    for name in takes_work:
        assert availability(User.objects.get(username=name)).reason == Reason.TAKING_WORK
    with_room = Agent.objects.with_room().values_list("user__username", flat=True)
    assert sorted(with_room) == takes_work
