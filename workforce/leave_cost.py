"""How many days a leave takes: what the timesheet would call a day of leave, and no other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from workforce.attendance_records import DayPart
from workforce.holidays import as_rules, holidays_around
from workforce.labour_rules import DayKind, kind_of_day, rules_on
from workforce.models import TimeRules
from workforce.shift_times import DAY

HALF = Decimal("0.5")


Calendar = tuple[list, list]  # the rules, the holidays


def leave_cost(
    first: date, last: date, part: str = DayPart.WHOLE, calendar: Calendar | None = None
) -> Decimal:
    """Return the days that leave from `first` to `last`, both included, takes.

    `calendar` is `calendar_of` dates around them, for many costs in two statements.
    """
    days = len(ordinary_dates(first, last, calendar))
    return Decimal(days) * (1 if part == DayPart.WHOLE else HALF)


def ordinary_dates(first: date, last: date, calendar: Calendar | None = None) -> list[date]:
    """Return the dates that are neither weekly rest, nor a holiday, nor a day in lieu of one.

    Where no rules are in force every date is one. Two statements for any number.
    """
    table, holidays = calendar or calendar_of(first, last)
    dates = [first + n * DAY for n in range((last - first).days + 1)]
    return [on for on in dates if _is_ordinary(on, table, holidays)]


def calendar_of(first: date, last: date) -> Calendar:
    """Read what says of dates from `first` to `last` which of them are ordinary."""
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    return table, as_rules(holidays_around(first, last))


def _is_ordinary(on: date, table: list, holidays: list) -> bool:
    try:
        rules = rules_on(on, table)
    except LookupError:
        return True
    return kind_of_day(on, rules, holidays) == DayKind.ORDINARY
