"""What a company and the law say about a day's minutes, as data with effective dates. Pure.

No figure of the law stands here: a `Rules` comes from a table the owner edits. The texts behind
the classes: Labour Code 45/2019, articles 98 (pay), 105-107 (hours, night, overtime), 111 and 112
(weekly rest, holidays); Decree 145/2020, articles 55-57 (how the percents add up).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum


class PayClass(StrEnum):
    """What a worked minute is paid as; every minute has exactly one."""

    NORMAL_DAY = "normal_day"
    NORMAL_NIGHT = "normal_night"
    OVERTIME_DAY = "overtime_day"
    OVERTIME_NIGHT = "overtime_night"
    # On an ordinary day, when overtime was already worked in day time before it.
    OVERTIME_NIGHT_AFTER_DAY = "overtime_night_after_day"
    REST_DAY = "rest_day"
    REST_NIGHT = "rest_night"
    HOLIDAY_DAY = "holiday_day"
    HOLIDAY_NIGHT = "holiday_night"

    @property
    def is_overtime(self) -> bool:
        return self not in NORMAL_CLASSES


NORMAL_CLASSES = frozenset({PayClass.NORMAL_DAY, PayClass.NORMAL_NIGHT})


class DayKind(StrEnum):
    """`IN_LIEU`: off because a holiday fell on a weekly rest day; worked, it is paid as one."""

    ORDINARY = "ordinary"
    REST = "rest"
    HOLIDAY = "holiday"
    IN_LIEU = "in_lieu"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A paid day off. One that is not confirmed is an ordinary day until it is."""

    date: date
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One row of the table: in force from a date to another, both included.

    `night_from`-`night_until`: local times, usually past midnight.
    `normal_minutes`: the most a day has before overtime begins.
    `rest_weekdays`: 0 is Monday. Someone who rests on other days gets a copy with theirs.
    `percents`: of the normal hour, for every class.
    `full_day_minutes`, `half_day_minutes`: the normal minutes from which a day counts as whole
    or half.
    `auto_close_minutes`: how long after the end of the shift an entry may stay open.
    `is_grace_deducted`: who is later than the grace is late from its end, not from the start.
    `overtime_needs_approval`: overtime that nobody approved counts nothing.
    """

    effective_from: date
    effective_until: date | None = None
    night_from: time
    night_until: time
    normal_minutes: int
    rest_weekdays: frozenset[int]
    percents: Mapping[PayClass, int]
    full_day_minutes: int
    half_day_minutes: int
    auto_close_minutes: int
    is_grace_deducted: bool = False
    overtime_needs_approval: bool = False

    def __post_init__(self) -> None:
        missing = set(PayClass) - set(self.percents)
        if missing:
            raise ValueError(f"no percent for {', '.join(sorted(missing))}")
        if not 0 < self.half_day_minutes <= self.full_day_minutes:
            raise ValueError("half a day is more than nothing and at most a whole one")
        if self.normal_minutes < 0 or self.auto_close_minutes < 0:
            raise ValueError("minutes are not negative")

    def are_in_force(self, on: date) -> bool:
        until = self.effective_until or date.max
        return self.effective_from <= on <= until


def rules_on(on: date, table: Iterable[Rules]) -> Rules:
    """Return the rules in force on a date: of several, those that began last.

    Raises LookupError when there are none: nothing is ever counted by a guess.
    """
    found = [rules for rules in table if rules.are_in_force(on)]
    if not found:
        raise LookupError(f"no rules in force on {on}")
    return max(found, key=lambda rules: rules.effective_from)


def kind_of_day(on: date, rules: Rules, holidays: Collection[Holiday]) -> DayKind:
    """Say what a date is. A holiday on a weekly rest day is a holiday, the higher of the two."""
    confirmed = {holiday.date for holiday in holidays if holiday.is_confirmed}
    if on in confirmed:
        return DayKind.HOLIDAY
    if on.weekday() in rules.rest_weekdays:
        return DayKind.REST
    if on in days_in_lieu(confirmed, rules.rest_weekdays):
        return DayKind.IN_LIEU
    return DayKind.ORDINARY


def days_in_lieu(confirmed: Collection[date], rest_weekdays: Collection[int]) -> set[date]:
    """Return the days off for holidays on weekly rest days: for each the next working day.

    Labour Code, article 111(3). Two such holidays in a row give the next two working days.
    """
    if len(set(rest_weekdays)) == 7:
        return set()
    given: set[date] = set()
    for holiday in sorted(confirmed):
        if holiday.weekday() not in rest_weekdays:
            continue
        day = holiday
        while day.weekday() in rest_weekdays or day in confirmed or day in given:
            day += timedelta(days=1)
        given.add(day)
    return given
