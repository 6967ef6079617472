"""Business hours written down, so that what was counted by them can be counted again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from routing.sla_time import BusinessHours

# The first version of a department's hours holds for everything before it was noted.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def as_json(hours: BusinessHours | None) -> dict:
    """JSON-safe and the same for the same hours; empty is open round the clock."""
    if hours is None:
        return {}
    return {
        "zone": str(hours.zone),
        "week": [sorted(list(interval) for interval in day) for day in hours.week],
        "exceptions": {
            on.isoformat(): sorted(list(interval) for interval in intervals)
            for on, intervals in sorted(hours.exceptions)
        },
        "holidays": sorted(on.isoformat() for on in hours.holidays),
    }


def from_json(noted: dict) -> BusinessHours | None:
    """The hours that `as_json` wrote."""
    if not noted:
        return None
    return BusinessHours(
        zone=ZoneInfo(noted["zone"]),
        week=tuple(_intervals(day) for day in noted["week"]),
        exceptions=tuple(
            (date.fromisoformat(on), _intervals(intervals))
            for on, intervals in noted["exceptions"].items()
        ),
        holidays=frozenset(date.fromisoformat(on) for on in noted["holidays"]),
    )


def _intervals(noted: list) -> tuple[tuple[int, int], ...]:
    return tuple((opens, closes) for opens, closes in noted)
