"""The heat map, which is a table: weekday by hour, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from reporting.charts.numbers import Number, checked, is_whole, written
from reporting.charts.series import require_label

# From which share of the largest figure on a cell has the depth 1, 2 … 5.
DEPTHS = (Decimal("0.1"), Decimal("0.25"), Decimal("0.375"), Decimal("0.55"), Decimal("0.75"))
NARROW_PX = 448  # what all cells of a row share where the table is narrowest (css: 30rem)
CHARACTER_PX = 7
CELL_PADDING_PX = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in words and how deep its colour is, 0 to 5."""

    text: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """`values[row][column]`; None is "not known". Labels are short: `T2`, `16`.

    `label` says the finding and is the caption; `row_name` heads the column of row labels.
    """

    template: ClassVar[str] = "reporting/charts/_heat.html"

    label: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[Number | None]]
    unit: str = ""
    decimals: int | None = None
    row_name: str = ""
    empty: str = ""

    def __post_init__(self) -> None:
        require_label(self.label)
        if len(self.values) != len(self.rows):
            raise ValueError(f"{len(self.values)} rows of values for {len(self.rows)} labels.")
        if any(len(row) != len(self.columns) for row in self.values):
            raise ValueError(f"Every row has {len(self.columns)} values, one a column.")
        figures = [[checked(value) for value in row] for row in self.values]
        object.__setattr__(self, "values", figures)

    @property
    def is_empty(self) -> bool:
        return all(value is None for row in self.values for value in row)

    @property
    def empty_sentence(self) -> str:
        return self.empty or _("No data for this period yet.")

    @property
    def corner(self) -> str:
        return self.row_name or _("Day")

    @property
    def lines(self) -> list[tuple[str, list[Cell]]]:
        """Each row's label and cells."""
        known = [value for row in self.values for value in row if value is not None]
        decimals = (0 if is_whole(known) else 1) if self.decimals is None else self.decimals
        most = max(known, default=Decimal(0))
        return [
            (
                str(label),
                [Cell(written(v, decimals, self.unit), depth_of(v, most)) for v in row],
            )
            for label, row in zip(self.rows, self.values, strict=True)
        ]

    @property
    def column_width(self) -> int | None:
        """Pixels a column needs when figures would run into each other on a narrow screen."""
        texts = [*map(str, self.columns), *(c.text for _label, cells in self.lines for c in cells)]
        needed = max(map(len, texts), default=0) * CHARACTER_PX + CELL_PADDING_PX
        return needed if needed * len(self.columns) > NARROW_PX else None


def depth_of(value: Decimal | None, most: Decimal) -> int:
    """0 for next to nothing, 5 for the busiest."""
    if not value or not most:
        return 0
    return sum(value / most >= share for share in DEPTHS)
