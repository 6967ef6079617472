"""The sparkline of a tile: a line without axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporting.charts.axes import Point
from reporting.charts.lines import Spot, joined, split_at_gaps
from reporting.charts.numbers import Number, checked
from reporting.charts.scales import at

WIDTH = 200
HEIGHT = 28  # of the line; below it the template leaves room before the words
MARGIN = 4  # the ring of the last point stays inside


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The run of a figure; it shows the shape, the tile beside it says the number."""

    line: str
    area: str
    end: Point


def sparkline_of(values: Sequence[Number | None]) -> Sparkline | None:
    """From the lowest value to the highest; a steady figure runs in the middle.

    None when there is no value at all.
    """
    figures = [checked(value) for value in values]
    known = [value for value in figures if value is not None]
    if not known:
        return None
    pieces = [
        [(x, height_of(value, min(known), max(known))) for x, value in piece]
        for piece in split_at_gaps(places_of(len(figures)), figures)
    ]
    line = "".join(joined(piece) for piece in pieces)
    area = "".join(ground(piece) for piece in pieces if len(piece) > 1)
    x, y = pieces[-1][-1]
    return Sparkline(line, area, Point(at(x), at(y), "3"))


def places_of(count: int) -> list[float]:
    """From edge to edge; a single value is the newest and stands at the end."""
    if count == 1:
        return [WIDTH - MARGIN]
    return [MARGIN + (WIDTH - 2 * MARGIN) * place / (count - 1) for place in range(count)]


def height_of(value: Decimal, low: Decimal, high: Decimal) -> float:
    share = float((high - value) / (high - low)) if high > low else 0.5
    return MARGIN + (HEIGHT - 2 * MARGIN) * share


def ground(piece: Sequence[Spot]) -> str:
    return f"{joined(piece)}V{HEIGHT}H{at(piece[0][0])}Z"
