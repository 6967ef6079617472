"""Lines and the area under the main one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from reporting.charts.axes import Drawing, Frame, Path, Plot, Point, Text, draw, plot_of
from reporting.charts.scales import at, text_width
from reporting.charts.series import Kind, LineChart, Series

VALUE_ABOVE = 10  # from the last point up to the baseline of its figure
VALUE_BELOW = 20  # where there is no room above
VALUE_ASIDE = 8  # the figure reaches so far past its point

LOOKS = {Kind.MAIN: "line", Kind.PREV: "line is-2", Kind.GOAL: "goal"}
# Painted in this order, so that what matters most lies on top.
LAYERS = (Kind.PREV, Kind.GOAL, Kind.BAD, Kind.WARN, Kind.VIOLET, Kind.INFO, Kind.SECOND, Kind.MAIN)

Spot = tuple[float, float]


def line_drawing(chart: LineChart, frame: Frame) -> Drawing:
    """A whole line chart on one frame; the chart is not empty."""
    plot = plot_of(chart, frame, max(chart.all_values))
    centres = plot.even(len(chart.x))
    main = [one for one in chart.series if one.kind == Kind.MAIN]
    by_series = [pieces for one in main if (pieces := pieces_of(plot, centres, one))]
    pieces = [piece for of_one in by_series for piece in of_one]
    ends = [of_one[-1][-1] for of_one in by_series]
    lonely = [piece[0] for piece in pieces if len(piece) == 1 and piece[0] not in ends]
    return draw(
        chart,
        plot,
        centres,
        areas=areas_of(plot, pieces) if chart.area and len(main) == 1 else (),
        paths=paths_of(plot, centres, chart.series),
        points=[
            *(Point(at(x), at(y), "3") for x, y in lonely),
            *(Point(at(x), at(y)) for x, y in ends),
        ],
        value=last_value(chart, plot, main[0], ends[0]) if len(main) == 1 and ends else None,
    )


def split_at_gaps(
    centres: Sequence[float], values: Sequence[Decimal | None]
) -> Iterator[list[tuple[float, Decimal]]]:
    """The pieces of a line between its gaps, as places and values."""
    places = zip(centres, values, strict=True)
    for is_gap, piece in groupby(places, key=lambda place: place[1] is None):
        if not is_gap:
            yield list(piece)


def pieces_of(plot: Plot, centres: Sequence[float], series: Series) -> list[list[Spot]]:
    """The pieces of a line as spots on the plot."""
    return [
        [(x, plot.y(value)) for x, value in piece]
        for piece in split_at_gaps(centres, series.values)
    ]


def joined(piece: Sequence[Spot]) -> str:
    """`M34 164L132 126`; a single spot becomes a line of no length, which is a round dot."""
    if len(piece) == 1:
        return f"M{at(piece[0][0])} {at(piece[0][1])}h0"
    return "M" + "L".join(f"{at(x)} {at(y)}" for x, y in piece)


def areas_of(plot: Plot, pieces: Sequence[Sequence[Spot]]) -> list[str]:
    bottom = at(plot.bottom)
    return [f"{joined(piece)}V{bottom}H{at(piece[0][0])}Z" for piece in pieces if len(piece) > 1]


def paths_of(plot: Plot, centres: Sequence[float], series: Sequence[Series]) -> list[Path]:
    """The lines, the least important first."""
    ordered = sorted(series, key=lambda one: LAYERS.index(one.kind))
    return [path for one in ordered if (path := path_of(plot, centres, one)).d]


def path_of(plot: Plot, centres: Sequence[float], series: Series) -> Path:
    if series.kind == Kind.GOAL and len(known := set(series.values)) == 1 and None not in known:
        return Path(f"M{at(plot.left)} {at(plot.y(known.pop()))}H{at(plot.right)}", "goal")
    d = "".join(joined(piece) for piece in pieces_of(plot, centres, series))
    css = LOOKS.get(series.kind, "")
    tone = "" if css else "info" if series.kind == Kind.SECOND else series.kind.value
    return Path(d, css, tone)


def last_value(chart: LineChart, plot: Plot, series: Series, end: Spot) -> Text:
    """The figure of the last point, beside its ring."""
    x, y = end
    value = next(value for value in reversed(series.values) if value is not None)
    text = chart.text(value)
    has_room = y - VALUE_ABOVE - plot.frame.font >= 0
    baseline = at(y - VALUE_ABOVE if has_room else y + VALUE_BELOW)
    if x - text_width(text, plot.frame.font) < plot.left:
        return Text(at(x), baseline, text, "mid")
    return Text(at(x + VALUE_ASIDE), baseline, text, "end")
