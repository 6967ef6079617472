"""Time as facts count it: on the wall, in business hours of its day, while somebody was there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from routing.sla_time import BusinessHours

Stretch = tuple[datetime, datetime]


class Measured(NamedTuple):
    """Whole seconds; None for what has no duration."""

    seconds: int | None = None
    business_seconds: int | None = None
    hours_id: int | None = None


NOT_MEASURED = Measured()


class Version(NamedTuple):
    """Hours in force from a moment on; without hours it is open round the clock."""

    pk: int
    effective_from: datetime
    hours: BusinessHours | None


class Clockwork:
    """What durations are measured with; made once for many facts."""

    def __init__(
        self,
        zone: tzinfo,
        versions: Mapping[int | None, Sequence[Version]],
        presence: Mapping[int, Sequence[Stretch]],
    ) -> None:
        """`versions` of each department, the oldest first, those under None for the others;

        `presence`: when people took work, in order and without overlaps.
        """
        self._zone = zone
        self._versions = versions
        self._presence = presence

    def local(self, at: datetime) -> tuple[date, int]:
        """Day and hour on the clocks of the workplace."""
        there = at.astimezone(self._zone)
        return there.date(), there.hour

    def measure(
        self, department_id: int | None, at: datetime, stretches: Sequence[Stretch] | None
    ) -> Measured:
        """The length of `stretches`, by the wall and by the hours that were in force at `at`."""
        if stretches is None:
            return NOT_MEASURED
        version = self._version(department_id, at)
        wall = sum(max((end - start).total_seconds(), 0.0) for start, end in stretches)
        business = wall
        if version is not None and version.hours is not None:
            business = sum(version.hours.seconds_between(start, end) for start, end in stretches)
        return Measured(int(wall), int(business), version.pk if version else None)

    def taking_work(self, user_id: int, start: datetime, end: datetime) -> list[Stretch]:
        """When somebody took work between two moments; all of it where nothing is known."""
        known = self._presence.get(user_id)
        if not known or start < known[0][0]:
            return [(start, end)]
        first = max(bisect_right(known, start, key=lambda stretch: stretch[0]) - 1, 0)
        found = []
        for since, until in known[first:]:
            if since >= end:
                break
            if until > start:
                found.append((max(since, start), min(until, end)))
        return found

    def _version(self, department_id: int | None, at: datetime) -> Version | None:
        versions = self._versions.get(department_id) or self._versions.get(None) or ()
        found = None
        for version in versions:
            if version.effective_from > at:
                break
            found = version
        return found
