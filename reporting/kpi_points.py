"""From figures to points, from points to a score, and the nearest way to a better one. Pure.

A figure at its target has all points of its weight, at its zero point and beyond none; between the
two they run in a line, and nothing is worth more than its weight. Which of both is the larger says
whether high or low is good.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FULL = 100
# A step that one can take: so much of the way between the zero point and the target.
STEP = 0.25


@dataclass(frozen=True, slots=True)
class Aim:
    """Where all points are, and where none are."""

    target: float
    zero: float

    def share(self, value: float) -> float:
        """How much of the points a figure is worth, 0 to 1."""
        return min(max((value - self.zero) / (self.target - self.zero), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a person. `value` None has no data, `aim` None no target: neither counts.

    `is_whole`: it comes in whole numbers. `is_past`: what is done cannot be undone, such as days on
    which somebody came late.
    """

    value: float | None
    aim: Aim | None
    weight: float
    is_whole: bool = False
    is_past: bool = False

    @property
    def share(self) -> float | None:
        return None if self.value is None or self.aim is None else self.aim.share(self.value)


@dataclass(frozen=True, slots=True)
class Points:
    """`points` of `weight`; without data None of 0. The weights of a person come to 100."""

    points: float | None
    weight: float


def points_of(parts: Sequence[Part]) -> list[Points]:
    """The points of each part; the weights of those without data go to the others."""
    counted = sum(part.weight for part in parts if part.share is not None)
    found = []
    for part in parts:
        if part.share is None or not counted:
            found.append(Points(None, 0.0))
        else:
            weight = FULL * part.weight / counted
            found.append(Points(part.share * weight, weight))
    return found


def overall(points: Sequence[Points]) -> float | None:
    """The score, 0 to 100; None where nothing counts."""
    known = [one.points for one in points if one.points is not None]
    return min(math.fsum(known), float(FULL)) if known else None


@dataclass(frozen=True, slots=True)
class Way:
    """Taking the figure of part `place` to `value` adds `gain` points and makes it `score`."""

    place: int
    value: float
    gain: float
    score: float


def nearest_way(parts: Sequence[Part]) -> Way | None:
    """The step that adds most; None where every figure that can change is at its target."""
    points = points_of(parts)
    score = overall(points)
    best: Way | None = None
    for place, (part, now) in enumerate(zip(parts, points, strict=True)):
        value = _after_a_step(part)
        if value is None or now.points is None:
            continue
        gain = part.aim.share(value) * now.weight - now.points
        if gain > 0 and (best is None or gain > best.gain):
            best = Way(place, value, gain, min(score + gain, float(FULL)))
    return best


def _after_a_step(part: Part) -> float | None:
    """Where a step towards the target leads, never past it; None where there is none to take."""
    if part.value is None or part.aim is None or part.is_past:
        return None
    target, zero = part.aim.target, part.aim.zero
    left = target - part.value
    if left == 0 or (left > 0) != (target > zero):
        return None
    length = STEP * abs(target - zero)
    if part.is_whole:
        length = max(math.floor(length), 1)
    if abs(left) <= length:
        return target
    return part.value + math.copysign(length, left)
