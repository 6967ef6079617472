"""Days of a timesheet as text: times as the clocks of a zone show them, on one date.

An entry is `08:00-17:00`, several are separated by `;`. Behind it may stand `unpaid 12:00-13:00`,
`paid 10:00-10:15`, `auto` (closed by the machine), `in=07:59` and `out=17:05` (corrections).
A time is `?` (not known), `06:00+` (the next date), `23:55<` (the date before), `01:30+Z` (UTC).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from workforce.attendance_records import Break, Entry, PlannedShift
from workforce.labour_rules import PayClass, Rules

TIME = re.compile(r"(?P<time>\d\d:\d\d(?::\d\d)?)(?P<days>[+<]?)(?P<utc>Z?)")
DAYS = {"": 0, "+": 1, "<": -1}

# The figures of the Labour Code for a week of six days; a test states what it changes.
RULES = Rules(
    effective_from=date(2000, 1, 1),
    night_from=time(22),
    night_until=time(6),
    normal_minutes=480,
    rest_weekdays=frozenset({6}),
    percents={
        PayClass.NORMAL_DAY: 100,
        PayClass.NORMAL_NIGHT: 130,
        PayClass.OVERTIME_DAY: 150,
        PayClass.OVERTIME_NIGHT: 200,
        PayClass.OVERTIME_NIGHT_AFTER_DAY: 210,
        PayClass.REST_DAY: 200,
        PayClass.REST_NIGHT: 270,
        PayClass.HOLIDAY_DAY: 300,
        PayClass.HOLIDAY_NIGHT: 390,
    },
    full_day_minutes=360,
    half_day_minutes=120,
    auto_close_minutes=240,
)


def instant(text: str, on: date, zone: tzinfo) -> datetime | None:
    if text == "?":
        return None
    found = TIME.fullmatch(text)
    at = time.fromisoformat(found["time"])
    on += timedelta(days=DAYS[found["days"]])
    return datetime.combine(on, at, UTC if found["utc"] else zone).astimezone(UTC)


def pair(text: str, on: date, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    first, end = text.split("-")
    return instant(first, on, zone), instant(end, on, zone)


def breaks(words: list[str], on: date, zone: tzinfo) -> tuple[Break, ...]:
    found = []
    for kind, times in zip(words, words[1:], strict=False):
        if kind in ("paid", "unpaid"):
            start, end = pair(times, on, zone)
            found.append(Break(started_at=start, ended_at=end, is_paid=kind == "paid"))
    return tuple(found)


def entries(text: str, on: date, zone: tzinfo) -> list[Entry]:
    return [_entry(one.split(), on, zone) for one in text.split(";") if one.strip()]


def _entry(words: list[str], on: date, zone: tzinfo) -> Entry:
    checked_in_at, checked_out_at = pair(words[0], on, zone)
    corrections = dict(word.split("=") for word in words if "=" in word)
    return Entry(
        checked_in_at=checked_in_at,
        checked_out_at=checked_out_at,
        corrected_in_at=instant(corrections.get("in", "?"), on, zone),
        corrected_out_at=instant(corrections.get("out", "?"), on, zone),
        is_auto_closed="auto" in words,
        breaks=breaks(words, on, zone),
    )


def shift(text: str | None, on: date, zone: tzinfo) -> PlannedShift | None:
    """A shift is written like an entry; its grace is five minutes on both sides."""
    if text is None:
        return None
    times, *words = text.split()
    starts_at, ends_at = pair(times, on, zone)
    return PlannedShift(
        starts_at=starts_at,
        ends_at=ends_at,
        breaks=breaks(words, on, zone),
        grace_in_minutes=5,
        grace_out_minutes=5,
    )
