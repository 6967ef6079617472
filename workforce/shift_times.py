"""When a shift really is: its hours on the wall, on one date in one zone, as instants.

Where the clocks jump, one rule holds for starts and ends alike, so that shifts which meet on the
wall also meet in time:
- a local time that the clocks leave out (spring) is the first minute that exists after it;
- a local time that comes twice (autumn) is its first coming.
So 22:00-06:00 is 8 hours, but 7 in the night that loses one and 9 in the night that gains one,
and a shift that lies wholly in the left-out hour has 0 minutes.

Everything returned is UTC; every duration is in whole minutes that pass, not minutes on the wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShiftBreak:
    """A break that every shift of this kind has, taken when the person can."""

    minutes: int
    is_paid: bool

    def __post_init__(self) -> None:
        if self.minutes < 0:
            raise ValueError("a break has no negative length")


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """The hours of a shift on the wall, as its template says them.

    An end that is not after the start is on the next date; equal times are a whole day.
    """

    starts_at: time
    ends_at: time
    breaks: tuple[ShiftBreak, ...] = ()

    @property
    def is_past_midnight(self) -> bool:
        return self.ends_at <= self.starts_at


@dataclass(frozen=True, slots=True)
class Span:
    """Time from `starts_at` up to, but not including, `ends_at`; both in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if in_utc(self.ends_at) < in_utc(self.starts_at):
            raise ValueError("a span ends before it starts")
        if self.starts_at.utcoffset() or self.ends_at.utcoffset():
            raise ValueError("a span is in UTC")

    @property
    def minutes(self) -> int:
        """Minutes from start to end."""
        return minutes_between(self.starts_at, self.ends_at)

    def overlaps(self, other: Span) -> bool:
        """Do they share any time?"""
        return max(self.starts_at, other.starts_at) < min(self.ends_at, other.ends_at)


@dataclass(frozen=True, slots=True)
class ShiftTimes(Span):
    """A shift on one date: `date` is the local date it starts on the wall."""

    date: date
    paid_break_minutes: int = 0
    unpaid_break_minutes: int = 0

    @property
    def planned_minutes(self) -> int:
        """Minutes that count as work: paid breaks do, unpaid ones do not. Never below 0."""
        return max(0, self.minutes - self.unpaid_break_minutes)


def shift_times(hours: ShiftHours, on: date, zone: tzinfo) -> ShiftTimes:
    """Return the instants of a shift that starts on the local date `on`."""
    ends_on = on + DAY if hours.is_past_midnight else on
    return ShiftTimes(
        date=on,
        starts_at=instant_of(on, hours.starts_at, zone),
        ends_at=instant_of(ends_on, hours.ends_at, zone),
        paid_break_minutes=sum(b.minutes for b in hours.breaks if b.is_paid),
        unpaid_break_minutes=sum(b.minutes for b in hours.breaks if not b.is_paid),
    )


@lru_cache(4096)  # a month of many people asks for the same bounds and nights again and again
def instant_of(on: date, at: time, zone: tzinfo) -> datetime:
    """Return the UTC instant of a local time; the rule for jumps is the module's."""
    local = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    while not _exists(local, zone):
        local = local.replace(second=0, microsecond=0) + MINUTE
    return local.replace(tzinfo=zone).astimezone(UTC)


def day_bounds(on: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return where a local date begins and where the next one does: 23, 24 or 25 hours apart."""
    return instant_of(on, time.min, zone), instant_of(on + DAY, time.min, zone)


def local_date(instant: datetime, zone: tzinfo) -> date:
    """Return the date on the wall at an instant."""
    return instant.astimezone(zone).date()


def work_date(
    instant: datetime,
    shifts: Iterable[ShiftTimes],
    zone: tzinfo,
    *,
    early_minutes: int = 0,
    late_minutes: int = 0,
) -> date:
    """Return the date that work at an instant belongs to.

    That of the shift it lies in: 03:00 of a night shift belongs to the evening before. Up to
    `early_minutes` before its start and `late_minutes` after its end also belong to a shift, to
    the nearest one if there are two, and to the later one if both are as near. Outside every
    shift it is the date on the wall.
    """
    instant = in_utc(instant)
    early, late = early_minutes * MINUTE, late_minutes * MINUTE
    near = [s for s in shifts if s.starts_at - early <= instant < s.ends_at + late]
    if not near:
        return local_date(instant, zone)
    nearest = min(near, key=lambda s: (_distance(instant, s), instant - s.starts_at))
    return nearest.date


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the whole minutes that pass; a minute that only began does not count."""
    return (in_utc(end) - in_utc(start)) // MINUTE


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC; a naive one is refused.

    Python subtracts and compares two datetimes of one zone by the wall, jumps forgotten: only in
    UTC do differences say how much time passes.
    """
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("an instant has a zone")
    return instant.astimezone(UTC)


def _exists(local: datetime, zone: tzinfo) -> bool:
    """Do the clocks of the zone ever show this naive local time?"""
    there_and_back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None, fold=0) == local


def _distance(instant: datetime, shift: ShiftTimes) -> timedelta:
    """How far outside the shift; 0 inside."""
    return max(shift.starts_at - instant, instant - shift.ends_at, timedelta())
