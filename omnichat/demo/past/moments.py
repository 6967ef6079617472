"""Moments as whole milliseconds since 1970: a million of them are reckoned with here. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def ms_of(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def midnight(on: date, zone: tzinfo) -> int:
    """When a date begins on the wall of a zone."""
    return ms_of(datetime.combine(on, time(), tzinfo=zone))
