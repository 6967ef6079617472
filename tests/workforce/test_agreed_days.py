"""What was agreed for a day and what the timesheet makes of it."""

from datetime import date, time

import pytest

from tests.workforce.timesheet_rows import moment
from workforce.labour_rules import PayClass
from workforce.models import DayAgreement, LeaveType, Shift, ShiftAssignment, TimeEntry, TimeRules
from workforce.services import approve_request, cancel_request, submit_request
from workforce.timesheet_days import read_month

pytestmark = pytest.mark.django_db
# A Monday of a month that is over for every test.
ON = date(2026, 10, 5)


@pytest.fixture
def staff(people):
    """Planned 08:00-17:00 with an hour of break, worked 08:40-20:00."""
    user = people["staff"]
    shift = Shift.objects.create(
        name="Ngày",
        department=user.department,
        starts_at=time(8),
        ends_at=time(17),
        unpaid_break_minutes=60,
    )
    ShiftAssignment.objects.create(
        user=user,
        shift=shift,
        date=ON,
        starts_at=moment("2026-10-05 08:00"),
        ends_at=moment("2026-10-05 17:00"),
        planned_minutes=480,
        published_at=moment("2026-10-01 08:00"),
    )
    TimeEntry.objects.create(
        user=user,
        checked_in_at=moment("2026-10-05 08:40"),
        checked_out_at=moment("2026-10-05 20:00"),
    )
    return user


def day(user):
    return next(row for row in read_month(user, ON.replace(day=1)).rows if row.day.date == ON).day


def agree(people, staff, kind: str, **details):
    at = moment("2026-10-05 07:00")
    request = submit_request(user=staff, kind=kind, description="x", details=details, at=at)
    return approve_request(request=request, actor=people["manager"], at=at)


def overtime(people, staff, start: str = "17:00", end: str = "19:00"):
    times = {"starts_at": moment(f"2026-10-05 {start}"), "ends_at": moment(f"2026-10-05 {end}")}
    return agree(people, staff, "overtime", **times)


def test_minutes_agreed_are_not_late_and_withdrawn_they_are(people, staff):
    assert day(staff).late_minutes == 40
    request = agree(people, staff, "late_early", first=ON, side="late", minutes=30)
    assert day(staff).late_minutes == 10

    cancel_request(request=request, actor=people["manager"])
    assert day(staff).late_minutes == 40
    assert DayAgreement.objects.get().withdrawn_at is not None


def test_all_overtime_counts_where_no_approval_is_needed(people, staff):
    before = day(staff)
    assert before.overtime_minutes == 140
    overtime(people, staff)
    assert day(staff) == before


def test_only_approved_overtime_counts_where_the_rules_say_so(people, staff):
    TimeRules.objects.update(overtime_needs_approval=True)
    without = day(staff)
    assert (without.overtime_minutes, without.uncounted_minutes) == (0, 140)
    assert without.worked_minutes == 480

    request = overtime(people, staff)
    approved = day(staff)
    assert approved.minutes == {PayClass.NORMAL_DAY: 480, PayClass.OVERTIME_DAY: 80}
    assert (approved.overtime_minutes, approved.uncounted_minutes) == (80, 60)

    cancel_request(request=request, actor=people["manager"])
    assert day(staff) == without


def test_on_a_day_off_only_approved_time_counts(people):
    TimeRules.objects.update(overtime_needs_approval=True)
    user, sunday = people["staff"], date(2026, 10, 4)
    TimeEntry.objects.create(
        user=user,
        checked_in_at=moment("2026-10-04 08:00"),
        checked_out_at=moment("2026-10-04 12:00"),
    )
    at = moment("2026-10-03 07:00")
    times = {"starts_at": moment("2026-10-04 09:00"), "ends_at": moment("2026-10-04 11:00")}
    request = submit_request(user=user, kind="overtime", details=times, description="x", at=at)
    approve_request(request=request, actor=people["manager"], at=at)

    rows = read_month(user, ON.replace(day=1)).rows
    worked = next(row.day for row in rows if row.day.date == sunday)
    assert worked.minutes == {PayClass.REST_DAY: 120}


def test_remote_work_and_trips_mark_the_day(people, staff):
    for kind, on, symbol in (("remote", ON, "R"), ("trip", date(2026, 10, 6), "CT")):
        request = agree(people, staff, kind, first=on)
        assert request.leave_type == LeaveType.objects.get(symbol=symbol)
        rows = read_month(staff, ON.replace(day=1)).rows
        row = next(row for row in rows if row.day.date == on)
        assert row.leave.symbol == symbol
