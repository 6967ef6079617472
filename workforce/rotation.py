"""What to write into a roster: a repeating pattern for a range of dates, or a week copied.

Dates and keys only: how long a shift is on its date is decided by `shift_times`, so a night
copied into the night of a clock change gets its own length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workforce.shift_times import DAY

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Rotation:
    """A pattern that repeats: for each day of the cycle the key of a shift, or None for rest.

    `starts_on` is a date that is day 0 of the cycle for a person without an offset; the pattern
    holds before it as well. A cycle of 14 days keeps its weekdays, one of 8 wanders.
    """

    days: tuple[str | None, ...]
    starts_on: date

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a rotation has at least one day")


@dataclass(frozen=True, slots=True)
class Placement:
    """One shift of one person on one local date (the date it starts)."""

    person_id: int
    date: date
    shift: str


class SkipReason(StrEnum):
    TAKEN = "taken"  # the person already has a shift on this date
    AWAY = "away"  # leave, or another reason not to plan the person on this date
    HOLIDAY = "holiday"  # nobody is planned on this date
    OVERLAP = "overlap"  # with time of the person that is published, as a night before


@dataclass(frozen=True, slots=True)
class Skipped:
    placement: Placement
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Plan:
    """What to add, and what was wanted but left out; each in the order it was wanted."""

    added: tuple[Placement, ...]
    skipped: tuple[Skipped, ...]


def rotation_dates(
    rotation: Rotation, first: date, last: date, *, offset_days: int = 0
) -> list[tuple[date, str]]:
    """Return (date, shift key) for the working days from `first` to `last`, both included.

    A person with `offset_days` is so many days further in the cycle.
    """
    days = (first + n * DAY for n in range((last - first).days + 1))
    keys = ((day, _key_on(rotation, day, offset_days)) for day in days)
    return [(day, key) for day, key in keys if key is not None]


def plan_rotation(
    rotation: Rotation,
    offsets: dict[int, int],
    first: date,
    last: date,
    *,
    existing: Iterable[Placement] = (),
    away: Collection[tuple[int, date]] = (),
    holidays: Collection[date] = (),
) -> Plan:
    """Return what the rotation adds for several people: `offsets` is days by person id."""
    wanted = [
        Placement(person_id, day, key)
        for person_id, offset in offsets.items()
        for day, key in rotation_dates(rotation, first, last, offset_days=offset)
    ]
    return fill(wanted, existing, away, holidays)


def copy_week(
    placements: Iterable[Placement],
    from_week: date,
    to_week: date,
    *,
    away: Collection[tuple[int, date]] = (),
) -> Plan:
    """Return what copying adds: the week that begins on `from_week` into that on `to_week`.

    `placements` is the roster with both weeks. Both dates fall on the same weekday.
    """
    move = to_week - from_week
    if move.days % WEEK_DAYS:
        raise ValueError("a week is copied to the same weekdays")
    roster = list(placements)
    wanted = [
        Placement(one.person_id, one.date + move, one.shift)
        for one in roster
        if from_week <= one.date < from_week + WEEK_DAYS * DAY
    ]
    return fill(wanted, roster, away)


def fill(
    wanted: Iterable[Placement],
    existing: Iterable[Placement],
    away: Collection[tuple[int, date]] = (),
    holidays: Collection[date] = (),
) -> Plan:
    """Return what of `wanted` can be added without touching what is there.

    A date on which a person already has a shift, whichever, stays as it is: somebody decided
    about that date, and a second shift could overlap. So doing the same again adds nothing. Two
    shifts wanted on one free date are both added; the same one wanted twice is added once.
    """
    taken = {(one.person_id, one.date) for one in existing}
    gone, closed = set(away), set(holidays)
    added: list[Placement] = []
    skipped: list[Skipped] = []
    for one in dict.fromkeys(wanted):
        person_day = (one.person_id, one.date)
        if person_day in taken:
            skipped.append(Skipped(one, SkipReason.TAKEN))
        elif person_day in gone:
            skipped.append(Skipped(one, SkipReason.AWAY))
        elif one.date in closed:
            skipped.append(Skipped(one, SkipReason.HOLIDAY))
        else:
            added.append(one)
    return Plan(tuple(added), tuple(skipped))


def _key_on(rotation: Rotation, day: date, offset_days: int) -> str | None:
    return rotation.days[((day - rotation.starts_on).days + offset_days) % len(rotation.days)]
