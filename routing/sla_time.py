"""Business hours as arithmetic: open or not, how long between, when is it due. Pure.

Hours are minutes on the wall of one zone; what is returned are instants in UTC. Where the clocks
jump, the rule of `workforce.shift_times` holds: an hour that comes twice counts from its first
coming, one that is left out begins when the clocks go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from workforce.shift_times import DAY, MINUTE, in_utc, instant_of, local_date

# From and to in minutes since midnight on the wall; 1440 is the end of the day.
Interval = tuple[int, int]
# From and to as instants; the end is not included.
Stretch = tuple[datetime, datetime]

MINUTES_A_DAY = 24 * 60
# How far ahead hours are looked for: whoever never opens gets no answer instead of a search
# without an end, and a promise beyond it has no deadline.
LOOK_AHEAD_DAYS = 400
NOTHING = timedelta()


def minutes_of(opens_at: time, closes_at: time) -> Interval:
    """Return opening and closing time as an interval; midnight closes at the end of the day."""
    end = closes_at.hour * 60 + closes_at.minute
    return opens_at.hour * 60 + opens_at.minute, end or MINUTES_A_DAY


@dataclass(frozen=True)
class BusinessHours:
    """When somebody answers: the hours of the week, other ones on some dates, holidays.

    `week` has the intervals of Monday to Sunday. `exceptions` replace all hours of their date,
    on a holiday too; without intervals it is closed.
    """

    zone: tzinfo
    week: tuple[tuple[Interval, ...], ...]
    exceptions: tuple[tuple[date, tuple[Interval, ...]], ...] = ()
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Is it business time at this instant?"""
        at = in_utc(at)
        return any(start <= at < end for start, end in self._stretches(at, days=2))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first instant from `at` on at which it is open: `at` itself while it is."""
        for start, _end in self._stretches(at):
            return start
        return None

    def next_closing(self, at: datetime) -> datetime | None:
        """When it closes next after `at`; None when it never opens, or never closes again."""
        end = None
        for start, until in self._stretches(at):
            if end is not None and start > end:
                return end
            end = until
        # Open round the clock: where the search ends is no closing.
        horizon = local_date(at, self.zone) + (LOOK_AHEAD_DAYS - 1) * DAY
        return end if end and local_date(end - MINUTE, self.zone) < horizon else None

    def add_minutes(self, start: datetime, minutes: int) -> datetime | None:
        """The instant at which so many minutes of business time have passed since `start`."""
        return self.add_seconds(start, minutes * 60)

    def add_seconds(self, start: datetime, seconds: float) -> datetime | None:
        """The same in seconds; None when it lies more than LOOK_AHEAD_DAYS ahead.

        At the end of the day is the closing itself, not the next opening. No time at all is due at
        `start`, open or not.
        """
        left = timedelta(seconds=seconds)
        if left <= NOTHING:
            return in_utc(start)
        for begins, ends in self._stretches(start):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        return None

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Business time from `start` to `end`; 0 when the end is not after the start."""
        start, end = in_utc(start), in_utc(end)
        if end <= start:
            return 0.0
        days = (local_date(end, self.zone) - local_date(start, self.zone)).days + 2
        stretches = self._stretches(start, days=days)
        passed = (min(until, end) - begins for begins, until in stretches if begins < end)
        return sum(passed, NOTHING).total_seconds()

    def _stretches(self, start: datetime, days: int = LOOK_AHEAD_DAYS) -> Iterator[Stretch]:
        """What is open from `start` on, in order; those that touch are not joined."""
        start = in_utc(start)
        first = local_date(start, self.zone)
        for number in range(days):
            for begins, ends in self._opening(first + number * DAY):
                if ends > start:
                    yield max(begins, start), ends

    def _opening(self, on: date) -> tuple[Stretch, ...]:
        """The instants of one date's hours."""
        known = self._known.get(on)
        if known is None:
            instants = (self._instants(on, interval) for interval in self._intervals(on))
            known = self._known[on] = _join(instants)
        return known

    def _instants(self, on: date, interval: Interval) -> Stretch:
        return self._instant(on, interval[0]), self._instant(on, interval[1])

    def _instant(self, on: date, minutes: int) -> datetime:
        days, minutes = divmod(minutes, MINUTES_A_DAY)
        return instant_of(on + days * DAY, time(*divmod(minutes, 60)), self.zone)

    def _intervals(self, on: date) -> tuple[Interval, ...]:
        if on in self._exceptions:
            return self._exceptions[on]
        return () if on in self.holidays else self._week[on.weekday()]

    @cached_property
    def _exceptions(self) -> dict[date, tuple[Interval, ...]]:
        return {on: tuple(sorted(intervals)) for on, intervals in self.exceptions}

    @cached_property
    def _week(self) -> tuple[tuple[Interval, ...], ...]:
        return tuple(tuple(sorted(intervals)) for intervals in self.week)

    @cached_property
    def _known(self) -> dict[date, tuple[Stretch, ...]]:
        return {}


def _join(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Drop the empty ones and join those that overlap; they come in order of their beginning."""
    joined: list[Stretch] = []
    for begins, ends in stretches:
        if begins >= ends:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return tuple(joined)


class AlwaysOpen:
    """The same questions where every hour counts."""

    def is_open(self, at: datetime) -> bool:
        return True

    def next_opening(self, at: datetime) -> datetime | None:
        return in_utc(at)

    def next_closing(self, at: datetime) -> datetime | None:
        return None

    def add_seconds(self, start: datetime, seconds: float) -> datetime | None:
        return in_utc(start) + max(NOTHING, timedelta(seconds=seconds))

    def seconds_between(self, start: datetime, end: datetime) -> float:
        return max(NOTHING, in_utc(end) - in_utc(start)).total_seconds()


ALWAYS_OPEN = AlwaysOpen()
