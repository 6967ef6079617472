"""The sheet a line or bar chart is drawn on: frame, axes, labels, and what a drawing holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporting.charts.numbers import written
from reporting.charts.scales import (
    LABEL_GAP_EM,
    Span,
    at,
    decimals_of,
    nice_ticks,
    text_width,
    thinned,
)
from reporting.charts.series import XYChart

TICK_GAP = 8  # between the text of a tick and its line
BASELINE = 4  # from the middle of a line of text down to its baseline
OVERHANG = 8  # the last label may reach so far past the plot
MAX_HINTS = 62  # two months of days; more would be too narrow to point at


@dataclass(frozen=True, slots=True)
class Frame:
    """A viewBox and its margins, in units that are pixels where the drawing is not scaled."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    font: int


FRAMES = {
    "card": Frame(640, 190, left=34, right=16, top=14, bottom=26, font=11),
    "side": Frame(440, 190, left=34, right=16, top=14, bottom=26, font=11),
    "narrow": Frame(300, 180, left=34, right=16, top=14, bottom=26, font=11),
    "wide": Frame(1160, 222, left=40, right=10, top=8, bottom=26, font=11),
    "paper": Frame(880, 190, left=34, right=16, top=14, bottom=26, font=13),
}
# A phone gets a drawing of its own: one made for a wide card would shrink to unreadable letters.
PHONE = Frame(330, 200, left=26, right=12, top=14, bottom=26, font=12)


@dataclass(frozen=True, slots=True)
class Text:
    """A word in the drawing; `anchor` is the class "mid", "end" or nothing."""

    x: str
    y: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot and the text beside it."""

    y: str
    text_x: str
    text_y: str
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A line: a class of the stylesheet, or a `tone` that names a colour of the theme."""

    d: str
    css: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `css` and `tone` as of a path."""

    x: str
    y: str
    width: str
    height: str
    radius: str
    css: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A ring around one value."""

    x: str
    y: str
    radius: str = "4"


@dataclass(frozen=True, slots=True)
class Hint:
    """A strip of the plot that answers the mouse with all figures of its place."""

    x: str
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template writes, in the order in which it is painted."""

    frame: Frame
    left: str
    right: str
    top: str
    depth: str
    ticks: Sequence[Tick]
    labels: Sequence[Text]
    areas: Sequence[str] = ()
    bars: Sequence[Bar] = ()
    paths: Sequence[Path] = ()
    points: Sequence[Point] = ()
    value: Text | None = None
    hints: Sequence[Hint] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """The part of a frame inside the axes."""

    frame: Frame
    left: float
    right: float
    top: float
    bottom: float
    ticks: Sequence[Decimal]

    def y(self, value: Decimal) -> float:
        return self.bottom - float(value / self.ticks[-1]) * (self.bottom - self.top)

    def even(self, count: int) -> list[float]:
        """Places of points from edge to edge; a single one stands in the middle."""
        if count == 1:
            return [(self.left + self.right) / 2]
        step = (self.right - self.left) / (count - 1)
        return [self.left + step * place for place in range(count)]

    def slots(self, count: int) -> list[float]:
        """The middles of equally wide slots."""
        slot = (self.right - self.left) / count
        return [self.left + slot * (place + 0.5) for place in range(count)]


def plot_of(chart: XYChart, frame: Frame, top: Decimal) -> Plot:
    """The plot for figures up to `top`; long figures of the axis push it to the right."""
    ticks = nice_ticks(top, is_whole=chart.is_whole)
    longest = max(text_width(text, frame.font) for text in tick_texts(chart, ticks))
    return Plot(
        frame=frame,
        left=max(frame.left, round(longest) + TICK_GAP),
        right=frame.width - frame.right,
        top=frame.top,
        bottom=frame.height - frame.bottom,
        ticks=ticks,
    )


def tick_texts(chart: XYChart, ticks: Sequence[Decimal]) -> list[str]:
    decimals = decimals_of(ticks[1])
    return [written(tick, decimals, chart.unit) for tick in ticks]


def ticks_of(chart: XYChart, plot: Plot) -> list[Tick]:
    texts = tick_texts(chart, plot.ticks)
    return [
        Tick(at(y), at(plot.left - TICK_GAP), at(y + BASELINE), text)
        for tick, text in zip(plot.ticks, texts, strict=True)
        for y in [plot.y(tick)]
    ]


def x_labels(chart: XYChart, plot: Plot, centres: Sequence[float]) -> list[Text]:
    """Labels below the plot, thinned until none touches the next; edges are kept inside."""
    frame, found, spans = plot.frame, [], []
    for centre, label in zip(centres, map(str, chart.x), strict=True):
        half = text_width(label, frame.font) / 2
        edge = plot.right + OVERHANG
        if centre + half > edge:
            x, anchor, span = edge, "end", Span(edge - 2 * half, edge)
        elif centre - half < 0:
            x, anchor, span = 0, "", Span(0, 2 * half)
        else:
            x, anchor, span = centre, "mid", Span(centre - half, centre + half)
        found.append(Text(at(x), at(frame.height - 6), label, anchor))
        spans.append(span)
    return [found[place] for place in thinned(spans, frame.font * LABEL_GAP_EM)]


def hints_of(chart: XYChart, plot: Plot, centres: Sequence[float]) -> list[Hint]:
    """What the mouse reads at each place; none on a phone, which has no mouse."""
    if plot.frame is PHONE or len(centres) > MAX_HINTS:
        return []
    width = (plot.right - plot.left) / len(centres)
    names = chart.table_head[1:]
    return [
        Hint(
            at(centre - width / 2),
            at(width),
            "\n".join([label, *(f"{n}: {t}" for n, t in zip(names, texts, strict=True))]),
        )
        for centre, (label, texts) in zip(centres, chart.table_rows, strict=True)
    ]


def draw(chart: XYChart, plot: Plot, centres: Sequence[float], **marks) -> Drawing:
    """The sheet with its axes and the marks a kind of chart puts on it."""
    return Drawing(
        frame=plot.frame,
        left=at(plot.left),
        right=at(plot.right),
        top=at(plot.top),
        depth=at(plot.bottom - plot.top),
        ticks=ticks_of(chart, plot),
        labels=x_labels(chart, plot, centres),
        hints=hints_of(chart, plot, centres),
        **marks,
    )
