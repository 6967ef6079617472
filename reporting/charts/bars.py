"""Bars: one, several beside each other, or stacked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reporting.charts.axes import Bar, Drawing, Frame, Plot, draw, plot_of
from reporting.charts.lines import paths_of
from reporting.charts.scales import at
from reporting.charts.series import BarChart, Kind, Series

GROUP_SHARE = 0.64  # of a slot is bars, the rest is room between the slots
MAX_GROUP = 47
MAX_BAR = 32
BAR_GAP = 3
STACK_GAP = 1.5
RADIUS = 3

LOOKS = {Kind.MAIN: "col", Kind.SECOND: "col is-2", Kind.BAD: "col is-bad"}


def bar_drawing(chart: BarChart, frame: Frame) -> Drawing:
    """A whole bar chart on one frame; the chart is not empty."""
    plot = plot_of(chart, frame, highest(chart))
    centres = plot.slots(len(chart.x))
    make = stacked_bars if chart.stacked else grouped_bars
    return draw(
        chart,
        plot,
        centres,
        bars=make(chart.bars, plot, centres),
        paths=paths_of(plot, centres, chart.lines),
    )


def highest(chart: BarChart) -> Decimal:
    """The top of the highest bar, stack or line."""
    if not chart.stacked:
        return max(chart.all_values)
    stacks = [
        sum((one.values[place] or Decimal(0) for one in chart.bars), Decimal(0))
        for place in range(len(chart.x))
    ]
    lines = [value for one in chart.lines for value in one.values if value is not None]
    return max([*stacks, *lines])


def grouped_bars(series: Sequence[Series], plot: Plot, centres: Sequence[float]) -> list[Bar]:
    """Side by side around the middle of each slot; a zero is no bar."""
    if not series:
        return []
    slot = (plot.right - plot.left) / len(centres)
    gap = min(BAR_GAP, slot * 0.04)
    group = min(slot * GROUP_SHARE, max(MAX_GROUP, MAX_GROUP / 2 * len(series)))
    width = min((group - gap * (len(series) - 1)) / len(series), MAX_BAR)
    whole = width * len(series) + gap * (len(series) - 1)
    return [
        bar(one, centre - whole / 2 + (width + gap) * number, width, plot.y(value), plot.bottom)
        for place, centre in enumerate(centres)
        for number, one in enumerate(series)
        if (value := one.values[place])
    ]


def stacked_bars(series: Sequence[Series], plot: Plot, centres: Sequence[float]) -> list[Bar]:
    """On top of each other, the first series at the bottom, a hairline between two."""
    slot = (plot.right - plot.left) / len(centres)
    width = min(slot * GROUP_SHARE, MAX_BAR)
    bars = []
    for place, centre in enumerate(centres):
        below = Decimal(0)
        for one in series:
            if not (value := one.values[place]):
                continue
            foot = plot.y(below) - (STACK_GAP if below else 0)
            below += value
            # However small a part is, it stays visible.
            top = min(plot.y(below), foot - 0.5)
            bars.append(bar(one, centre - width / 2, width, top, foot))
    return bars


def bar(series: Series, x: float, width: float, top: float, foot: float) -> Bar:
    height = foot - top
    radius = min(RADIUS, width / 4, height / 2)
    css = LOOKS.get(series.kind, "")
    tone = "" if css else series.kind.value
    return Bar(at(x), at(top), at(width), at(height), at(radius), css, tone)
