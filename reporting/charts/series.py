"""What a page hands to a line or a bar chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.charts.numbers import Number, checked, is_whole, written


class Kind(StrEnum):
    """What a series is, which is how it looks: colours follow from the meaning."""

    MAIN = "main"
    PREV = "prev"  # the period before: a dashed grey line, over bars too
    GOAL = "goal"  # the target: a dashed amber line, over bars too
    SECOND = "second"
    INFO = "info"
    VIOLET = "violet"
    WARN = "warn"
    BAD = "bad"


LINES_ONLY = (Kind.PREV, Kind.GOAL)


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A swatch and its word; `key` and `tone` are data-k and data-s of the swatch."""

    label: str
    key: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over time. None is "not known": a gap in a line, a dash in the table."""

    label: str
    values: Sequence[Number | None]
    kind: str = Kind.MAIN

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "values", [checked(value) for value in self.values])


def require_label(label: str) -> None:
    """Raises ValueError without the sentence that stands for the drawing."""
    if not str(label).strip():
        raise ValueError("A chart needs a label: the sentence for those who cannot see it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class XYChart:
    """Series over the same `x`, one label a value.

    `unit` is short and glued to every figure ("%", "p", " phút"). `decimals`: by default none for
    whole figures, else one. `size`, by the column the card stands in: "card", "side" (about a
    third of the page), "narrow" (20rem), "wide" (the whole page) or "paper" (printed). `x_name`
    heads the first column of the table. `empty` is the sentence shown when there is nothing to
    draw.
    """

    template: ClassVar[str] = "reporting/charts/_chart.html"

    label: str
    x: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    decimals: int | None = None
    size: str = "card"
    x_name: str = ""
    empty: str = ""

    def __post_init__(self) -> None:
        require_label(self.label)
        for one in self.series:
            if len(one.values) != len(self.x):
                raise ValueError(
                    f"{one.label}: {len(one.values)} values for {len(self.x)} labels of x."
                )

    @property
    def is_empty(self) -> bool:
        """Nothing to draw: a goal alone is no figure."""
        measured = [one for one in self.series if one.kind != Kind.GOAL]
        return all(value is None for one in measured for value in one.values)

    @property
    def empty_sentence(self) -> str:
        return self.empty or _("No data for this period yet.")

    @property
    def all_values(self) -> list[Decimal]:
        return [value for one in self.series for value in one.values if value is not None]

    @property
    def is_whole(self) -> bool:
        return is_whole(self.all_values)

    def text(self, value: Decimal | None) -> str:
        """A figure of this chart in words; all have as many decimals."""
        decimals = (0 if self.is_whole else 1) if self.decimals is None else self.decimals
        return written(value, decimals, self.unit)

    @property
    def table_head(self) -> list[str]:
        return [self.x_name or pgettext("chart", "Time"), *(one.label for one in self.series)]

    @property
    def table_rows(self) -> list[tuple[str, list[str]]]:
        """The same figures as the drawing: label of x, and a text for each series."""
        return [
            (str(label), [self.text(one.values[place]) for one in self.series])
            for place, label in enumerate(self.x)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart(XYChart):
    """Lines; `area` fills the ground under the main one."""

    area: bool = True

    @property
    def legend(self) -> list[LegendItem]:
        return [line_legend(one) for one in self.series]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart(XYChart):
    """Bars beside each other, or `stacked` from the first series upwards."""

    stacked: bool = False

    @property
    def legend(self) -> list[LegendItem]:
        return [bar_legend(one) for one in self.series]

    @property
    def bars(self) -> list[Series]:
        return [one for one in self.series if one.kind not in LINES_ONLY]

    @property
    def lines(self) -> list[Series]:
        return [one for one in self.series if one.kind in LINES_ONLY]


def line_legend(series: Series) -> LegendItem:
    if series.kind == Kind.MAIN:
        return LegendItem(series.label)
    if series.kind in LINES_ONLY:
        return LegendItem(series.label, key=series.kind)
    # The pale green of second bars would be too faint for a line.
    return LegendItem(series.label, tone="info" if series.kind == Kind.SECOND else series.kind)


def bar_legend(series: Series) -> LegendItem:
    is_second = series.kind == Kind.SECOND
    return LegendItem(series.label, key="2") if is_second else line_legend(series)
