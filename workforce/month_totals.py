"""Sums over the days of one person's month, or of any days. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workforce.attendance_records import Flag
from workforce.labour_rules import PayClass
from workforce.timesheet import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotals:
    """Exact sums: minutes, and half days by symbol (a whole day is 2).

    `percent_minutes` is added up day by day, so rules that change within the month are kept.
    `unresolved`: the dates to correct before the month can be locked. `unfinished`: the dates on
    which someone is still at work.
    """

    planned_minutes: int
    worked_minutes: int
    break_minutes: int
    late_minutes: int
    early_minutes: int
    leave_minutes: int
    late_times: int
    early_times: int
    minutes: Mapping[PayClass, int]
    percent_minutes: int
    half_days: Mapping[str, int]
    unresolved: tuple[date, ...]
    unfinished: tuple[date, ...]
    absent: tuple[date, ...]

    @property
    def overtime_minutes(self) -> int:
        return sum(count for name, count in self.minutes.items() if name.is_overtime)

    @property
    def can_be_locked(self) -> bool:
        return not (self.unresolved or self.unfinished)


def month_totals(days: Iterable[Day]) -> MonthTotals:
    """Add up days of one person, in whatever order; raises ValueError for a date given twice."""
    days = sorted(days, key=lambda day: day.date)
    if len({day.date for day in days}) != len(days):
        raise ValueError("a date is counted twice")
    minutes: Counter[PayClass] = Counter()
    half_days: Counter[str] = Counter()
    for day in days:
        minutes.update(day.minutes)
        half_days.update(day.half_days)
    return MonthTotals(
        planned_minutes=sum(day.planned_minutes for day in days),
        worked_minutes=sum(day.worked_minutes for day in days),
        break_minutes=sum(day.break_minutes for day in days),
        late_minutes=sum(day.late_minutes for day in days),
        early_minutes=sum(day.early_minutes for day in days),
        leave_minutes=sum(day.leave_minutes for day in days),
        late_times=sum(day.late_minutes > 0 for day in days),
        early_times=sum(day.early_minutes > 0 for day in days),
        minutes=dict(minutes),
        percent_minutes=sum(day.percent_minutes for day in days),
        half_days=dict(half_days),
        unresolved=tuple(day.date for day in days if day.is_unresolved),
        unfinished=tuple(day.date for day in days if Flag.IN_PROGRESS in day.flags),
        absent=tuple(day.date for day in days if Flag.ABSENT in day.flags),
    )
