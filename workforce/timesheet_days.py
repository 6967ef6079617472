"""People's days of a month as the timesheet counts them, read in a fixed number of statements.

The arithmetic is in `timesheet` and its neighbours; here rows become what those read. An entry
belongs to the date of its shift: what came before midnight and after it is one night.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce import labour_rules
from workforce.agreed_days import agreed_days
from workforce.attendance_records import (
    NOTHING_AGREED,
    Agreed,
    Break,
    Entry,
    Leave,
    PlannedShift,
    planned_shift,
)
from workforce.day_symbols import HOLIDAY, WORKED
from workforce.holidays import as_rules, holidays_around
from workforce.labour_rules import Rules, rules_on
from workforce.leave_days import LeaveDay, leave_days
from workforce.models import TimeRules, TimesheetMonth
from workforce.month_totals import MonthTotals, month_totals
from workforce.shift_times import DAY, MINUTE, day_bounds, local_date, work_date
from workforce.timesheet import Day, classify_day
from workforce.timesheet_records import (
    Plan,
    Recorded,
    by_date,
    by_person,
    entries_of,
    published_plans,
)

# Who checks in so long before a shift, or again so soon after it, means that shift.
EARLY_MINUTES = 120
LATE_MINUTES = 60
# Beyond the month: a shift of the evening before, and a correction that moved a check-in.
SPILL = timedelta(days=2)


@dataclass(slots=True)
class DayRow:
    """One day of one person, with the rows it was counted from."""

    day: Day
    shifts: list[Plan] = field(default_factory=list)
    entries: list[Recorded] = field(default_factory=list)
    holiday: str = ""
    leave: LeaveDay | None = None
    agreed: Agreed = NOTHING_AGREED

    @property
    def is_off_site(self) -> bool:
        """Did a check-in of this day come from outside the office?"""
        return any(entry.is_off_site for entry in self.entries)

    @property
    def is_empty(self) -> bool:
        """Nothing was planned, done or given off."""
        is_work = self.shifts or self.entries or self.agreed != NOTHING_AGREED
        return not (is_work or self.holiday or self.leave or self.day.symbol)


@dataclass(slots=True)
class PersonMonth:
    """The month of one person; `record` says whether it is approved or locked."""

    person: User
    rows: list[DayRow]
    totals: MonthTotals
    record: TimesheetMonth | None

    @property
    def worked_half_days(self) -> int:
        return self.totals.half_days.get(WORKED, 0)

    @property
    def leave_half_days(self) -> dict[str, int]:
        """Half days by the symbol of what is no work at the desk."""
        others = (WORKED, HOLIDAY)
        return {s: count for s, count in self.totals.half_days.items() if s not in others}

    @property
    def is_approved(self) -> bool:
        return self.record is not None and self.record.approved_at is not None

    @property
    def is_locked(self) -> bool:
        return self.record is not None and self.record.locked_at is not None

    @property
    def state(self) -> str:
        """open, approved or locked."""
        if self.is_locked:
            return "locked"
        return "approved" if self.is_approved else "open"


@dataclass(slots=True)
class _Tables:
    """What is the same for everybody: zone, rules by date, holidays, the moment of reading."""

    zone: tzinfo
    rules: Mapping[date, Rules]
    holidays: Collection[labour_rules.Holiday]
    names: Mapping[date, str]
    at: datetime


def dates_of(month: date) -> list[date]:
    """Return all dates of the month that begins on `month`."""
    count = monthrange(month.year, month.month)[1]
    return [month + timedelta(days=number) for number in range(count)]


def first_counted_month() -> date | None:
    """Return the month in which the first rules come into force; nothing is counted before."""
    first = TimeRules.objects.aggregate(first=Min("effective_from"))["first"]
    return first and first.replace(day=1)


def read_months(
    people: Sequence[User], month: date, *, at: datetime | None = None
) -> list[PersonMonth]:
    """Count the month of each of these people, in their order: nine statements for any number."""
    dates = dates_of(month)
    tables = _read_tables(dates, at or timezone.now())
    start = day_bounds(dates[0], tables.zone)[0] - SPILL
    end = day_bounds(dates[-1], tables.zone)[1] + SPILL
    ids = [person.pk for person in people]
    shifts = by_person(published_plans(ids, dates[0] - DAY, dates[-1] + DAY))
    entries = by_person(entries_of(ids, start, end))
    records = {
        record.user_id: record
        for record in TimesheetMonth.objects.filter(user__in=ids, month=month)
    }
    leaves = leave_days(ids, dates[0], dates[-1])
    agreed = agreed_days(ids, dates[0], dates[-1])
    idle = {on: _count(on, tables, [], []) for on in tables.rules}
    months = []
    for person in people:
        pk = person.pk
        given_off = leaves.get(pk, {}), agreed.get(pk, {})
        rows = list(_days_of(tables, idle, shifts[pk], entries[pk], *given_off))
        totals = month_totals(row.day for row in rows)
        months.append(PersonMonth(person, rows, totals, records.get(person.pk)))
    return months


def read_month(person: User, month: date, *, at: datetime | None = None) -> PersonMonth:
    """Count the month of one person."""
    return read_months([person], month, at=at)[0]


def dates_of_work(user_id: int, instants: Iterable[datetime]) -> list[date]:
    """Return the dates that work of this person belongs to if it begins at these instants."""
    instants, zone = list(instants), workplace_zone()
    around = [local_date(instant, zone) for instant in instants]
    shifts = list(published_plans([user_id], min(around) - DAY, max(around) + DAY))
    return [work_date_of(instant, by_date(shifts), zone) for instant in instants]


def _read_tables(dates: Sequence[date], at: datetime) -> _Tables:
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    days = holidays_around(dates[0], dates[-1])
    return _Tables(
        zone=workplace_zone(),
        rules={
            on: rules_on(on, table)
            for on in dates
            if any(rules.are_in_force(on) for rules in table)
        },
        holidays=as_rules(days),
        names={day.date: day.name for day in days if day.is_confirmed},
        at=at,
    )


def _days_of(
    tables: _Tables,
    idle: Mapping[date, DayRow],
    shifts: Sequence[Plan],
    entries: Sequence[Recorded],
    leaves: Mapping[date, LeaveDay],
    agreed: Mapping[date, Agreed],
) -> Iterator[DayRow]:
    """Yield a person's days; those without anything are the same for everybody."""
    planned, worked = by_date(shifts), defaultdict(list)
    for entry in entries:
        worked[work_date_of(entry.began, planned, tables.zone)].append(entry)
    for on in tables.rules:
        if planned.get(on) or worked.get(on) or on in leaves or on in agreed:
            days = planned.get(on, []), worked.get(on, [])
            yield _count(on, tables, *days, leaves.get(on), agreed.get(on, NOTHING_AGREED))
        else:
            yield idle[on]


def work_date_of(instant: datetime, planned: Mapping[date, list], zone: tzinfo) -> date:
    """Return the date that work which begins at an instant belongs to."""
    on = local_date(instant, zone)
    near = [shift.times for day in (on - DAY, on, on + DAY) for shift in planned.get(day, ())]
    return work_date(instant, near, zone, early_minutes=EARLY_MINUTES, late_minutes=LATE_MINUTES)


def _count(
    on: date,
    tables: _Tables,
    shifts: list[Plan],
    entries: list[Recorded],
    leave: LeaveDay | None = None,
    agreed: Agreed = NOTHING_AGREED,
) -> DayRow:
    paid_minutes = sum(shift.paid_break_minutes for shift in shifts)
    day = classify_day(
        on,
        rules=tables.rules[on],
        holidays=tables.holidays,
        zone=tables.zone,
        shift=plan_of_day(shifts),
        entries=_records_of(entries, paid_minutes),
        leave=Leave(leave.symbol, leave.part, leave.kind) if leave else None,
        agreed=agreed,
        as_of=tables.at,
    )
    return DayRow(day, shifts, entries, tables.names.get(on, ""), leave, agreed)


def plan_of_day(shifts: Sequence[Plan]) -> PlannedShift | None:
    """One shift as it is; several of a day as one, with what lies between them as a break."""
    plans = [
        planned_shift(
            shift.times,
            grace_in_minutes=shift.grace_in_minutes,
            grace_out_minutes=shift.grace_out_minutes,
        )
        for shift in shifts
    ]
    if len(plans) < 2:
        return plans[0] if plans else None
    between = [
        Break(started_at=plan.ends_at, ended_at=after.starts_at)
        for plan, after in zip(plans, plans[1:], strict=False)
    ]
    return PlannedShift(
        starts_at=plans[0].starts_at,
        ends_at=max(plan.ends_at for plan in plans),
        breaks=(*(taken for plan in plans for taken in plan.breaks), *between),
        grace_in_minutes=plans[0].grace_in_minutes,
        grace_out_minutes=plans[-1].grace_out_minutes,
    )


def _records_of(entries: Iterable[Recorded], paid_minutes: int) -> list[Entry]:
    """Entries as the classifier reads them; of the breaks, the shift's paid minutes are paid."""
    records = []
    for entry in entries:
        breaks: list[Break] = []
        for taken in entry.breaks:
            free = 0 if taken.is_paid else paid_minutes
            split = taken.started_at + free * MINUTE
            if taken.ended_at is not None:
                split = min(split, taken.ended_at)
            paid_until = taken.ended_at if taken.is_paid else split
            breaks.append(Break(started_at=taken.started_at, ended_at=paid_until, is_paid=True))
            if not taken.is_paid:
                breaks.append(Break(started_at=split, ended_at=taken.ended_at))
                paid_minutes -= (split - taken.started_at) // MINUTE
        records.append(
            Entry(
                checked_in_at=entry.checked_in_at,
                checked_out_at=entry.checked_out_at,
                corrected_in_at=entry.corrected_in_at,
                corrected_out_at=entry.corrected_out_at,
                is_auto_closed=entry.is_auto_closed,
                breaks=tuple(breaks),
                has_corrected_break=any(taken.is_corrected for taken in entry.breaks),
            )
        )
    return records
