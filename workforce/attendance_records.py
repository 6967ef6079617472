"""What a day of the timesheet is read from: plan, entries, leave. Pure; instants are aware.

What is worked out from an instant is kept: the classifier asks for it again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from workforce.intervals import (
    FAR_AHEAD,
    Stretch,
    difference,
    instant_at,
    intersection,
    minute_of,
    union,
)
from workforce.shift_times import ShiftTimes


class Flag(StrEnum):
    MISSING_CHECK_IN = "missing_check_in"
    MISSING_CHECK_OUT = "missing_check_out"
    AUTO_CLOSED = "auto_closed"
    BACKWARDS = "backwards"  # ends before it begins: a clock was set, or a typing mistake
    IN_PROGRESS = "in_progress"
    CORRECTED = "corrected"
    ABSENT = "absent"
    TOO_SHORT = "too_short"  # came, but for less than half a day
    WORKED_ON_LEAVE = "worked_on_leave"


# A day with one of these has a wrong sum: it must be corrected before the month is locked.
UNRESOLVED = frozenset(
    {Flag.MISSING_CHECK_IN, Flag.MISSING_CHECK_OUT, Flag.AUTO_CLOSED, Flag.BACKWARDS}
)
# With one of these the sum is not, or not yet, what the day was.
UNCERTAIN = UNRESOLVED | {Flag.IN_PROGRESS}


class DayPart(StrEnum):
    """Halves of the planned working time, not of the clock."""

    WHOLE = "whole"
    FIRST_HALF = "first_half"
    SECOND_HALF = "second_half"


class LeaveKind(StrEnum):
    AWAY = "away"  # P, KL, Ô, TS, NB: no work
    TRIP = "trip"  # CT: work where nobody checks in
    REMOTE = "remote"  # R: work elsewhere, checked in and out


@dataclass(frozen=True, slots=True)
class Leave:
    """An approved leave, trip or day of remote work; `symbol` as the sheet shows a whole day."""

    symbol: str
    part: DayPart = DayPart.WHOLE
    kind: LeaveKind = LeaveKind.AWAY

    @property
    def excuses_the_day(self) -> bool:
        """Is nobody expected to check in?"""
        return self.kind != LeaveKind.REMOTE and self.part == DayPart.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What was agreed for a date: stretches of overtime, minutes of coming later, of leaving."""

    overtime: tuple[Stretch, ...] = ()
    late_minutes: int = 0
    early_minutes: int = 0


NOTHING_AGREED = Agreed()


@dataclass(frozen=True, kw_only=True)
class Break:
    """Without an end it lasts as long as its entry (or shift)."""

    started_at: datetime
    ended_at: datetime | None = None
    is_paid: bool = False
    is_corrected: bool = False

    @cached_property
    def stretch(self) -> Stretch:
        end = FAR_AHEAD if self.ended_at is None else minute_of(self.ended_at)
        return minute_of(self.started_at), end


@dataclass(frozen=True, kw_only=True)
class PlannedShift:
    """One person's shift. Grace: minutes that may be late (in) or early (out) unnoticed."""

    starts_at: datetime
    ends_at: datetime
    breaks: tuple[Break, ...] = ()
    grace_in_minutes: int = 0
    grace_out_minutes: int = 0

    def __post_init__(self) -> None:
        if min(self.grace_in_minutes, self.grace_out_minutes) < 0:
            raise ValueError("grace is not negative")

    @cached_property
    def stretch(self) -> Stretch:
        return minute_of(self.starts_at), minute_of(self.ends_at)

    @cached_property
    def unpaid_breaks(self) -> list[Stretch]:
        unpaid = union(b.stretch for b in self.breaks if not b.is_paid)
        return intersection(unpaid, [self.stretch])

    @cached_property
    def working_time(self) -> list[Stretch]:
        return difference(union([self.stretch]), self.unpaid_breaks)


def planned_shift(
    times: ShiftTimes, *, grace_in_minutes: int = 0, grace_out_minutes: int = 0
) -> PlannedShift:
    """Return a shift whose unpaid break, planned without a time, is put in its middle."""
    start, minutes = minute_of(times.starts_at), min(times.unpaid_break_minutes, times.minutes)
    middle = start + (times.minutes - minutes) // 2
    unpaid = Break(started_at=instant_at(middle), ended_at=instant_at(middle + minutes))
    return PlannedShift(
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        breaks=(unpaid,) if minutes else (),
        grace_in_minutes=grace_in_minutes,
        grace_out_minutes=grace_out_minutes,
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """From a check-in to its check-out; a corrected time stands in front of the recorded one."""

    checked_in_at: datetime | None
    checked_out_at: datetime | None = None
    corrected_in_at: datetime | None = None
    corrected_out_at: datetime | None = None
    is_auto_closed: bool = False
    breaks: tuple[Break, ...] = ()
    has_corrected_break: bool = False

    @cached_property
    def began(self) -> int | None:
        instant = self.corrected_in_at or self.checked_in_at
        return None if instant is None else minute_of(instant)

    @cached_property
    def ended(self) -> int | None:
        recorded = None if self.is_auto_closed else self.checked_out_at
        instant = self.corrected_out_at or recorded
        return None if instant is None else minute_of(instant)

    @property
    def is_corrected(self) -> bool:
        return bool(self.corrected_in_at or self.corrected_out_at or self.has_corrected_break)
