"""Whose timesheets somebody looks after, and what the month of all of them comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Department, User
from accounts.workplace import workplace_zone
from workforce.labour_rules import DayKind, PayClass, rules_on
from workforce.models import ShiftAssignment, TimeEntry, TimeRules
from workforce.shift_times import day_bounds
from workforce.timesheet_days import PersonMonth, dates_of

# In the order a sheet shows them; what was worked in normal hours at night is paid more as well.
PAID_MORE = tuple(name for name in PayClass if name != PayClass.NORMAL_DAY)


@dataclass(frozen=True, slots=True)
class TeamTotals:
    """Sums over people: minutes, half days, times."""

    half_days: int
    planned_half_days: int
    planned_minutes: int
    worked_minutes: int
    late_minutes: int
    early_minutes: int
    late_times: int
    early_times: int
    overtime_minutes: int
    minutes: dict[PayClass, int]


def team_of(viewer: User, department: Department | None, month: date) -> QuerySet[User]:
    """Return whom the month is about: those in a department, and all who worked or were planned."""
    zone, dates = workplace_zone(), dates_of(month)
    start, end = day_bounds(dates[0], zone)[0], day_bounds(dates[-1], zone)[1]
    entries = TimeEntry.objects.filter(
        user=OuterRef("pk"), checked_in_at__gte=start, checked_in_at__lt=end
    )
    shifts = ShiftAssignment.objects.published().between(dates[0], dates[-1])
    is_in_a_team = Q(is_active=True) & ~Q(department=None)
    people = User.objects.visible_to(viewer).filter(
        is_in_a_team | Exists(entries) | Exists(shifts.filter(user=OuterRef("pk")))
    )
    if department is not None:
        people = people.filter(department=department)
    return people.select_related("department").order_by("display_name", "pk")


def team_totals(months: Sequence[PersonMonth], today: date) -> TeamTotals:
    """Add up people's months; what is planned only as far as `today`, itself included."""
    minutes: Counter[PayClass] = Counter()
    for month in months:
        minutes.update(month.totals.minutes)
    return TeamTotals(
        half_days=sum(month.worked_half_days for month in months),
        planned_half_days=2 * sum(planned_days(month) for month in months),
        planned_minutes=sum(planned_until(month, today) for month in months),
        worked_minutes=sum(month.totals.worked_minutes for month in months),
        late_minutes=sum(month.totals.late_minutes for month in months),
        early_minutes=sum(month.totals.early_minutes for month in months),
        late_times=sum(month.totals.late_times for month in months),
        early_times=sum(month.totals.early_times for month in months),
        overtime_minutes=sum(month.totals.overtime_minutes for month in months),
        minutes={name: minutes[name] for name in PAID_MORE},
    )


def planned_days(month: PersonMonth) -> int:
    """Return on how many days of the month something is planned."""
    return sum(row.day.planned_minutes > 0 for row in month.rows)


def planned_until(month: PersonMonth, today: date) -> int:
    """Return the minutes planned up to a date, itself included."""
    return sum(row.day.planned_minutes for row in month.rows if row.day.date <= today)


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the sheet, and how many people came."""

    date: date
    is_off: bool
    is_today: bool
    present: int


def columns_of(months: Sequence[PersonMonth], today: date) -> list[Column]:
    """Return the days of the sheet; none without people."""
    present = Counter(row.day.date for month in months for row in month.rows if row.entries)
    return [
        Column(
            date=row.day.date,
            is_off=row.day.kind == DayKind.REST,
            is_today=row.day.date == today,
            present=present[row.day.date],
        )
        for row in (months[0].rows if months else ())
    ]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """What a kind of time is paid, since when, and how much of it there was."""

    name: PayClass
    percent: int
    since: date
    minutes: int


def classes_of(totals: TeamTotals, month: date) -> list[ClassLine]:
    """Return the kinds that are paid more, by the rules in force at the end of the month."""
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    rules = rules_on(dates_of(month)[-1], table)
    return [
        ClassLine(name, rules.percents[name], rules.effective_from, totals.minutes[name])
        for name in PAID_MORE
    ]
