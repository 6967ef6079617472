"""Which pay class each worked minute has: day or night, normal or overtime, rest or holiday. Pure.

A night shift belongs to the local date it starts, with all its minutes: what follows midnight has
the kind of that date, also when the next date is a holiday.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, tzinfo
from functools import lru_cache

from workforce.attendance_records import PlannedShift
from workforce.intervals import (
    FAR_AHEAD,
    Stretch,
    difference,
    instant_at,
    intersection,
    length,
    minute_of,
    split,
    union,
    within,
)
from workforce.labour_rules import DayKind, PayClass, Rules
from workforce.shift_times import DAY, instant_of, local_date

REST = (PayClass.REST_DAY, PayClass.REST_NIGHT)
# The classes of day and night where the whole day is overtime.
CLASSES_OF_DAYS_OFF = {
    DayKind.REST: REST,
    DayKind.IN_LIEU: REST,
    DayKind.HOLIDAY: (PayClass.HOLIDAY_DAY, PayClass.HOLIDAY_NIGHT),
}


def minutes_by_class(
    worked: list[Stretch],
    *,
    kind: DayKind,
    shift: PlannedShift | None,
    rules: Rules,
    zone: tzinfo,
    used_minutes: int = 0,
    approved: list[Stretch] | None = None,
) -> dict[PayClass, int]:
    """Share out the worked minutes; classes without any are left out.

    `used_minutes`: what half a day of leave has used up of the normal minutes. `approved`: the
    only overtime that counts; None: all of it does.
    """
    if not worked:
        return {}
    night = night_time(worked[0][0], worked[-1][1], rules, zone)
    if kind in CLASSES_OF_DAYS_OFF:
        in_day, in_night = CLASSES_OF_DAYS_OFF[kind]
        worked = worked if approved is None else intersection(worked, approved)
        found = {in_day: difference(worked, night), in_night: intersection(worked, night)}
    else:
        quota = max(0, normal_minutes_of(shift, rules) - used_minutes)
        found = _of_an_ordinary_day(worked, night, shift, quota, approved)
    return {name: length(part) for name, part in found.items() if part}


def _of_an_ordinary_day(
    worked: list[Stretch],
    night: list[Stretch],
    shift: PlannedShift | None,
    quota: int,
    approved: list[Stretch] | None,
) -> Mapping[PayClass, list[Stretch]]:
    normal, overtime = normal_and_overtime(worked, shift, quota)
    overtime = overtime if approved is None else intersection(overtime, approved)
    in_day, in_night = difference(overtime, night), intersection(overtime, night)
    # Decree 145/2020, article 57: more for a night after overtime in the day, so order matters.
    first_in_day = in_day[0][0] if in_day else FAR_AHEAD
    after_day = within(in_night, first_in_day, FAR_AHEAD)
    return {
        PayClass.NORMAL_DAY: difference(normal, night),
        PayClass.NORMAL_NIGHT: intersection(normal, night),
        PayClass.OVERTIME_DAY: in_day,
        PayClass.OVERTIME_NIGHT: difference(in_night, after_day),
        PayClass.OVERTIME_NIGHT_AFTER_DAY: after_day,
    }


def normal_minutes_of(shift: PlannedShift | None, rules: Rules) -> int:
    """Return how many minutes are normal on an ordinary day.

    A shift shorter than a normal day is all that is normal on it (Labour Code, article 107: what
    is outside the hours agreed is overtime).
    """
    if shift is None:
        return rules.normal_minutes
    return min(rules.normal_minutes, length(shift.working_time))


def normal_and_overtime(
    worked: list[Stretch], shift: PlannedShift | None, quota: int
) -> tuple[list[Stretch], list[Stretch]]:
    """Divide an ordinary day where its normal minutes, the quota, are full.

    Normal is first what lies in the shift, then, in order of time, what lies outside: who comes
    ten minutes late and stays ten longer has no overtime, who comes at 04:00 has it from 04:00 on.
    """
    if shift is None:
        return split(worked, quota)
    inside, more_inside = split(within(worked, *shift.stretch), quota)
    outside, more_outside = split(difference(worked, [shift.stretch]), quota - length(inside))
    return union([*inside, *outside]), union([*more_inside, *more_outside])


def night_time(first: int, end: int, rules: Rules, zone: tzinfo) -> list[Stretch]:
    """Return the night hours of the zone between two minutes."""
    nights = []
    on, last = local_date(instant_at(first), zone) - DAY, local_date(instant_at(end), zone)
    while on <= last:
        nights.append(night_of(on, rules, zone))
        on += DAY
    return within(union(nights), first, end)


def night_of(on: date, rules: Rules, zone: tzinfo) -> Stretch:
    """Return the night that begins on a local date; longer or shorter where clocks jump."""
    return _night(on, rules.night_from, rules.night_until, zone)


@lru_cache(4096)  # the same few nights for everybody of a team
def _night(on: date, begins: time, ends: time, zone: tzinfo) -> Stretch:
    ends_on = on + DAY if ends <= begins else on
    return minute_of(instant_of(on, begins, zone)), minute_of(instant_of(ends_on, ends, zone))


def percent_minutes(minutes: Mapping[PayClass, int], rules: Rules) -> int:
    """Return the minutes times their percents: 60 minutes at 150 are 9000."""
    return sum(count * rules.percents[name] for name, count in minutes.items())
