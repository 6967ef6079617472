"""Facts of people's days of work: planned, worked, late, away, taking work.

Counted by the timesheet (`workforce.timesheet_days`), so that HR and reports tell the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from django.db.models import Min

from accounts.models import User
from accounts.workplace import workplace_zone
from reporting.clockwork import Stretch
from reporting.cycles import DerivedFact
from reporting.histories import read_presence
from reporting.models import Fact
from reporting.services.rollups import mark_days
from reporting.services.writing import replace_facts
from workforce.attendance_records import Flag
from workforce.models import ShiftAssignment, TimeEntry
from workforce.shift_times import DAY, day_bounds, local_date
from workforce.timesheet import Day
from workforce.timesheet_days import first_counted_month, read_months

Kind = Fact.Kind
KINDS = (Kind.WORKED, Kind.PLANNED, Kind.ROUTABLE, Kind.LATE, Kind.LEFT_EARLY)
KINDS += (Kind.ABSENT, Kind.LEAVE)
# A day of a person has no row of its own: its source is both numbers in one.
DAYS_TO_A_PERSON = 1_000_000
A_MINUTE = 60


def follow_days_of_work(*, since: datetime, at: datetime) -> None:
    """Count the month of `since` and those after it, up to the day of `at`.

    Call under the lock of the facts.
    """
    for month in months_of_work(at):
        if _next(month) > local_date(since, workplace_zone()):
            follow_month(month, at)


def months_to_repair(at: datetime) -> list[date]:
    """This month and the last, in which something may still change, and those never counted."""
    months = months_of_work(at)
    return [month for month in months if month in months[-2:] or not _is_counted(month)]


def _is_counted(month: date) -> bool:
    facts = Fact.objects.filter(kind__in=KINDS, day__range=(month, _next(month) - DAY))
    return facts.exists()


def months_of_work(at: datetime) -> list[date]:
    """Those with anything to count, up to the one of `at`, the oldest first."""
    first, zone = first_counted_month(), workplace_zone()
    planned = ShiftAssignment.objects.aggregate(first=Min("date"))["first"]
    entered = TimeEntry.objects.aggregate(first=Min("checked_in_at"))["first"]
    days = [planned, entered and local_date(entered, zone)]
    if first is None or not any(days):
        return []
    month = max(first, min(day for day in days if day).replace(day=1))
    months = []
    while month <= local_date(at, zone):
        months.append(month)
        month = _next(month)
    return months


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def follow_month(month: date, at: datetime) -> None:
    """Count one month, up to the day of `at`. Call under the lock of the facts."""
    zone = workplace_zone()
    last = min(local_date(at, zone), _next(month) - DAY)
    people = list(User.objects.exclude(department=None).order_by("pk"))
    stored = Fact.objects.filter(kind__in=KINDS, day__range=(month, last))
    facts = [*_attendance(people, month, last, zone, at), *_taking(people, month, last, zone, at)]
    mark_days(replace_facts(stored, facts))


def _attendance(
    people: Sequence[User], month: date, last: date, zone: tzinfo, at: datetime
) -> Iterator[DerivedFact]:
    for counted in read_months(people, month, at=at):
        for row in counted.rows:
            if row.day.date <= last:
                yield from _of_day(counted.person, row.day, zone)


def _of_day(person: User, day: Day, zone: tzinfo) -> Iterator[DerivedFact]:
    found = {
        Kind.WORKED: day.worked_minutes,
        Kind.PLANNED: day.planned_minutes,
        Kind.LATE: day.late_minutes,
        Kind.LEFT_EARLY: day.early_minutes,
        Kind.LEAVE: day.leave_minutes,
    }
    for kind, minutes in found.items():
        if minutes:
            label = day.symbol[:24] if kind == Kind.LEAVE else ""
            yield _fact(kind, person, day.date, minutes * A_MINUTE, zone, label)
    if Flag.ABSENT in day.flags:
        yield _fact(Kind.ABSENT, person, day.date, day.planned_minutes * A_MINUTE, zone)


def _taking(
    people: Sequence[User], month: date, last: date, zone: tzinfo, at: datetime
) -> Iterator[DerivedFact]:
    """How long each took work on each day."""
    start, end = day_bounds(month, zone)[0], min(day_bounds(last, zone)[1], at)
    presence = read_presence([person.pk for person in people], start)
    for person in people:
        seconds: dict[date, float] = {}
        for since, until in presence.get(person.pk, ()):
            for on, length in _by_day(max(since, start), min(until, end), zone):
                seconds[on] = seconds.get(on, 0.0) + length
        for on, length in seconds.items():
            if int(length):
                yield _fact(Kind.ROUTABLE, person, on, int(length), zone)


def _by_day(start: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[date, float]]:
    """A stretch cut at midnight; nothing of one that ends before it begins."""
    while start < end:
        on = local_date(start, zone)
        until: Stretch = day_bounds(on, zone)
        yield on, (min(until[1], end) - start).total_seconds()
        start = until[1]


def _fact(
    kind: Kind, person: User, on: date, seconds: int, zone: tzinfo, label: str = ""
) -> DerivedFact:
    return DerivedFact(
        kind=kind.value,
        source_id=person.pk * DAYS_TO_A_PERSON + on.toordinal(),
        conversation_id=None,
        cycle_number=0,
        actor_id=person.pk,
        department_id=person.department_id,
        channel_id=None,
        label=label,
        keyword="",
        started_at=None,
        at=day_bounds(on, zone)[0],
        day=on,
        hour=0,
        count=1,
        seconds=seconds,
        business_seconds=seconds,
        hours_id=None,
    )
