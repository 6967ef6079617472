"""Rows a timesheet is counted from, written as on the wall of the workplace."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.models import Shift, ShiftAssignment, TimeEntry
from workforce.shift_times import in_utc, instant_of

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)
IN_NOVEMBER = "2026-11-23 10:00"
IN_DECEMBER = "2026-12-02 10:00"


def moment(text: str) -> datetime:
    """`2026-10-05 08:00` at the workplace, in UTC."""
    local = datetime.fromisoformat(text)
    return instant_of(local.date(), local.time(), workplace_zone())


def shift(
    department, starts: str = "08:00", ends: str = "17:00", unpaid: int = 60, **more
) -> Shift:
    """The day shift unless said otherwise: eight hours, an hour's lunch, five minutes' grace."""
    return Shift.objects.create(
        name=more.pop("name", f"{starts}-{ends}"),
        department=department,
        starts_at=time.fromisoformat(starts),
        ends_at=time.fromisoformat(ends),
        unpaid_break_minutes=unpaid,
        **more,
    )


def plan(person: User, planned: Shift, *days: str, is_published: bool = True) -> None:
    """Plan a shift on these dates, as the roster stores it."""
    for day in days:
        times = planned.times_on(date.fromisoformat(day), workplace_zone())
        ShiftAssignment.objects.create(
            user=person,
            shift=planned,
            date=times.date,
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            planned_minutes=times.planned_minutes,
            published_at=times.starts_at - timedelta(days=7) if is_published else None,
        )


def worked(person: User, start: str, end: str | None, **more) -> TimeEntry:
    """An entry from a moment to another; the end may be a time of the same day."""
    began = moment(start)
    if end is not None and len(end) == 5:
        end = f"{start[:10]} {end}"
    ended = None if end is None else moment(end)
    assert ended is None or in_utc(ended) >= began
    return TimeEntry.objects.create(user=person, checked_in_at=began, checked_out_at=ended, **more)
