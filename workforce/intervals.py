"""Stretches of time in whole minutes: together, cut out of each other, measured. Pure.

A stretch is `(first, end)`: minutes since 1970 in UTC, the end not included. So lengths are time
that really passes, whatever the clocks on the wall do.

Rounding: an instant counts as the minute it lies in, its seconds are dropped. 08:12:59 is 08:12, as
the sheet shows it; every length is then a difference of times shown, and sums of lengths are exact.

All functions but `union` take stretches as `union` returns them: in order, apart, none empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from workforce.shift_times import MINUTE, in_utc

Stretch = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Before and after every instant a datetime can hold.
LONG_AGO = -(10**10)
FAR_AHEAD = 10**10


def minute_of(instant: datetime) -> int:
    """Return the minute an instant lies in; a naive one is refused."""
    # Seconds as a float are exact to a fraction of a microsecond until the year 2100 and beyond.
    return int(in_utc(instant).timestamp() // 60)


def instant_at(minute: int) -> datetime:
    """Return the instant, in UTC, at which a minute begins."""
    return EPOCH + minute * MINUTE


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join what overlaps or touches; drop what is empty or ends before it starts."""
    stretches = list(stretches)
    if len(stretches) < 2:
        return [one for one in stretches if one[0] < one[1]]
    joined: list[Stretch] = []
    for first, end in sorted(stretches):
        if end <= first:
            continue
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return joined


def intersection(these: Iterable[Stretch], those: Iterable[Stretch]) -> list[Stretch]:
    """Return what lies in both."""
    those = list(those)
    # Both are in order and apart, so what they share is too.
    return [
        (max(first, other_first), min(end, other_end))
        for first, end in these
        for other_first, other_end in those
        if first < other_end and other_first < end
    ]


def difference(these: Iterable[Stretch], those: Iterable[Stretch]) -> list[Stretch]:
    """Return what of `these` lies in none of `those`."""
    left = list(these)
    for cut_first, cut_end in those:
        if not left:
            break
        kept = []
        for first, end in left:
            if first < cut_first:
                kept.append((first, min(end, cut_first)))
            if cut_end < end:
                kept.append((max(first, cut_end), end))
        left = kept
    return left


def within(stretches: Iterable[Stretch], first: int, end: int) -> list[Stretch]:
    """Return what lies between two minutes."""
    return [
        (max(start, first), min(stop, end))
        for start, stop in stretches
        if start < end and first < stop
    ]


def length(stretches: Iterable[Stretch]) -> int:
    """Return how many minutes they are together."""
    return sum(end - first for first, end in stretches)


def split(stretches: Iterable[Stretch], minutes: int) -> tuple[list[Stretch], list[Stretch]]:
    """Return the first `minutes` of them and the rest; none if `minutes` is not positive."""
    taken: list[Stretch] = []
    rest: list[Stretch] = []
    for first, end in stretches:
        cut = first + max(0, min(minutes, end - first))
        taken.append((first, cut))
        rest.append((cut, end))
        minutes -= cut - first
    return union(taken), union(rest)
