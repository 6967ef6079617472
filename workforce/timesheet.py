"""One person's day of the timesheet: minutes, pay classes, symbol, flags. Pure.

No clock and no database: the caller hands in the rules in force, the holidays, the plan, the
entries that belong to the date, the approved leave and the zone of the workplace. The same
arguments give the same day, in whatever order the entries come.

Minutes are whole and really pass: see `intervals` for the rounding. `pay_classes` says which
minute is paid as what, `attended_time` what counts as being there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from workforce.attendance_records import (
    NOTHING_AGREED,
    UNCERTAIN,
    UNRESOLVED,
    Agreed,
    DayPart,
    Entry,
    Flag,
    Leave,
    LeaveKind,
    PlannedShift,
)
from workforce.attended_time import (
    expected_time,
    late_and_early,
    read_entries,
    unpaid_time,
    without_grace,
)
from workforce.day_symbols import half_days_of, symbol_of
from workforce.intervals import difference, intersection, length, minute_of, union
from workforce.labour_rules import (
    NORMAL_CLASSES,
    DayKind,
    Holiday,
    PayClass,
    Rules,
    kind_of_day,
)
from workforce.pay_classes import minutes_by_class, percent_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of one person.

    `worked_minutes` is the sum of `minutes`: presence without unpaid breaks and without what the
    grace cuts off; `uncounted_minutes` is overtime beside it that needed an approval and has none.
    `late_minutes` and `early_minutes` are those beyond what was agreed. `break_minutes`: paid and
    unpaid, each minute once. `leave_minutes`: planned
    minutes (without a plan, those of a normal day) that a leave or trip covers.
    `half_days`: what the day counts for, by symbol, a whole day being 2; an ordinary day that
    is unresolved or unfinished counts no work yet. Work on a day off is not among them: the
    pay classes hold it, and it earns no day.
    """

    date: date
    kind: DayKind
    planned_minutes: int
    worked_minutes: int
    break_minutes: int
    uncounted_minutes: int
    late_minutes: int
    early_minutes: int
    leave_minutes: int
    minutes: Mapping[PayClass, int]
    percent_minutes: int
    symbol: str
    half_days: Mapping[str, int]
    flags: frozenset[Flag]

    @property
    def overtime_minutes(self) -> int:
        return sum(count for name, count in self.minutes.items() if name.is_overtime)

    @property
    def is_unresolved(self) -> bool:
        return bool(self.flags & UNRESOLVED)


def classify_day(
    on: date,
    *,
    rules: Rules,
    holidays: Collection[Holiday],
    zone: tzinfo,
    shift: PlannedShift | None = None,
    entries: Collection[Entry] = (),
    leave: Leave | None = None,
    agreed: Agreed = NOTHING_AGREED,
    as_of: datetime | None = None,
) -> Day:
    """Classify the local date `on`; `as_of` is now, for a day that may not be over.

    Raises ValueError for rules that are not in force on the date.
    """
    if not rules.are_in_force(on):
        raise ValueError(f"these rules are not in force on {on}")
    kind = kind_of_day(on, rules, holidays)
    shift = _without_days_off(shift, kind, entries)
    read = read_entries(entries, shift=shift, rules=rules, as_of=as_of)
    expected = expected_time(shift, leave)
    presence = without_grace(read.presence, shift, expected)
    unpaid = unpaid_time(presence, read.unpaid_breaks, shift)
    worked = difference(presence, unpaid)
    leave_minutes = _leave_minutes(kind, shift, leave, rules)
    minutes = minutes_by_class(
        worked,
        kind=kind,
        shift=shift,
        rules=rules,
        zone=zone,
        used_minutes=0 if leave is None or leave.part == DayPart.WHOLE else leave_minutes,
        approved=union(agreed.overtime) if rules.overtime_needs_approval else None,
    )
    late, early = _beyond_agreed(late_and_early(read, shift, expected, rules), agreed)
    counted = sum(minutes.values())
    normal = sum(minutes.get(name, 0) for name in NORMAL_CLASSES)
    flags = set(read.flags)
    if not entries:
        flags |= _flags_without_entries(shift, leave, as_of)
    elif kind == DayKind.ORDINARY and not flags & UNCERTAIN:
        flags |= _flags_of_work(normal, leave, rules)
    half_days = half_days_of(kind, leave, normal, flags, rules)
    return Day(
        date=on,
        kind=kind,
        planned_minutes=length(shift.working_time) if shift else 0,
        worked_minutes=counted,
        break_minutes=length(union([*unpaid, *intersection(read.paid_breaks, presence)])),
        uncounted_minutes=length(worked) - counted,
        late_minutes=late,
        early_minutes=early,
        leave_minutes=leave_minutes,
        minutes=minutes,
        percent_minutes=percent_minutes(minutes, rules),
        symbol=symbol_of(leave, half_days, flags),
        half_days=half_days,
        flags=frozenset(flags),
    )


def _without_days_off(
    shift: PlannedShift | None, kind: DayKind, entries: Collection[Entry]
) -> PlannedShift | None:
    """A roster copied from the week before plans holidays too. The day off is the law's."""
    is_off = kind in (DayKind.HOLIDAY, DayKind.IN_LIEU) and not entries
    return None if is_off else shift


def _beyond_agreed(minutes: tuple[int, int], agreed: Agreed) -> tuple[int, int]:
    """What is left of coming late and leaving early."""
    late, early = minutes
    return max(0, late - agreed.late_minutes), max(0, early - agreed.early_minutes)


def _flags_without_entries(
    shift: PlannedShift | None, leave: Leave | None, as_of: datetime | None
) -> set[Flag]:
    """Absent is who was planned, not excused, and did not come until the shift was over."""
    if shift is None or (leave and leave.excuses_the_day):
        return set()
    is_over = as_of is None or minute_of(as_of) >= shift.stretch[1]
    return {Flag.ABSENT} if is_over else set()


def _flags_of_work(normal_minutes: int, leave: Leave | None, rules: Rules) -> set[Flag]:
    if leave and leave.excuses_the_day:
        is_work = leave.kind == LeaveKind.TRIP or not normal_minutes
        return set() if is_work else {Flag.WORKED_ON_LEAVE}
    return {Flag.TOO_SHORT} if normal_minutes < rules.half_day_minutes else set()


def _leave_minutes(
    kind: DayKind, shift: PlannedShift | None, leave: Leave | None, rules: Rules
) -> int:
    """Days off need no leave: it covers nothing there."""
    if leave is None or leave.kind == LeaveKind.REMOTE or kind != DayKind.ORDINARY:
        return 0
    planned = length(shift.working_time) if shift else rules.normal_minutes
    if leave.part == DayPart.WHOLE:
        return planned
    first_half = planned // 2
    return first_half if leave.part == DayPart.FIRST_HALF else planned - first_half
