"""Are enough people planned: counts per shift and per half hour of a day, and where it is short.

A need is a number of people wanted from one instant to another, as a shift template's minimum on
a date. Needs that overlap add up (three for the day shift and two for the late one are five in
the hours they share), so a day whose shifts are all filled is short in no half hour.

People are counted, not shifts: who is planned twice at one time is one person. All instants are
UTC; hand in the shifts of the date before as well, for nights reach into the morning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from workforce.shift_times import MINUTE, Span, day_bounds

SLOT_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Need(Span):
    """At least `minimum` people are wanted; `shift` is the template's key."""

    shift: str
    minimum: int


@dataclass(frozen=True, slots=True)
class Presence(Span):
    """One person's planned shift."""

    shift: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Coverage(Span):
    """People planned against people wanted over a span."""

    planned: int
    minimum: int

    @property
    def missing(self) -> int:
        """How many people too few; never below 0."""
        return max(0, self.minimum - self.planned)

    @property
    def surplus(self) -> int:
        """How many people more than wanted; never below 0."""
        return max(0, self.planned - self.minimum)

    @property
    def is_short(self) -> bool:
        return self.missing > 0


def shift_coverage(need: Need, presences: Iterable[Presence]) -> Coverage:
    """Return how many people are planned in a shift: those of its key at its time."""
    people = {p.person_id for p in presences if p.shift == need.shift and p.overlaps(need)}
    return Coverage(need.starts_at, need.ends_at, len(people), need.minimum)


def window_coverage(need: Need, presences: Iterable[Presence]) -> Coverage:
    """Return the fewest people at any one time of a window, whatever their shifts are called."""
    pieces = _pieces(need, [need], presences)
    planned = min(piece.planned for piece in pieces)
    return Coverage(need.starts_at, need.ends_at, planned, need.minimum)


def day_coverage(
    on: date,
    zone: tzinfo,
    needs: Iterable[Need],
    presences: Iterable[Presence],
    *,
    slot_minutes: int = SLOT_MINUTES,
) -> list[Coverage]:
    """Return the slots of a local date, 48 half hours as a rule, 46 or 50 where clocks jump.

    A slot shows its worst moment: of the times within it, the one that misses most people, then
    the one with the fewest. Somebody who comes ten minutes late does not cover it.
    """
    needs, presences = list(needs), list(presences)
    start, end = day_bounds(on, zone)
    slots = []
    while start < end:
        until = min(start + slot_minutes * MINUTE, end)
        pieces = _pieces(Span(start, until), needs, presences)
        worst = min(pieces, key=lambda piece: (-piece.missing, piece.planned))
        slots.append(Coverage(start, until, worst.planned, worst.minimum))
        start = until
    return slots


def short_stretches(
    on: date, zone: tzinfo, needs: Iterable[Need], presences: Iterable[Presence]
) -> list[Coverage]:
    """Return the times of a local date with too few people, exact to the minute, in order.

    Each piece has one pair of numbers; neighbours with the same pair are one piece.
    """
    pieces = _pieces(Span(*day_bounds(on, zone)), list(needs), list(presences))
    return [piece for piece in pieces if piece.is_short]


def _pieces(span: Span, needs: Sequence[Need], presences: Iterable[Presence]) -> list[Coverage]:
    """A span cut where a number changes; neighbours with the same numbers are one piece."""
    near = [p for p in presences if p.overlaps(span)]
    wanted = [n for n in needs if n.overlaps(span)]
    edges = {edge for one in (*near, *wanted) for edge in (one.starts_at, one.ends_at)}
    inner = sorted(edge for edge in edges if span.starts_at < edge < span.ends_at)
    cuts = [span.starts_at, *inner, span.ends_at]
    pieces: list[Coverage] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        planned = len({p.person_id for p in near if p.starts_at <= start < p.ends_at})
        minimum = sum(n.minimum for n in wanted if n.starts_at <= start < n.ends_at)
        if pieces and (pieces[-1].planned, pieces[-1].minimum) == (planned, minimum):
            start = pieces.pop().starts_at
        pieces.append(Coverage(start, end, planned, minimum))
    return pieces
