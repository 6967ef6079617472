"""Figures as the reader's language writes them, and checked before they are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import get_format
from django.utils.numberformat import format as format_number

Number = int | float | Decimal

NOTHING = "–"
GROUPING = 3  # Django's Vietnamese names the separator of thousands but not where it stands


def exact(value: Number) -> Decimal:
    """The figure as it is written: 0.1 is a tenth, not the float next to it."""
    return Decimal(str(value))


def checked(value: Number | None) -> Decimal | None:
    """A figure that can be drawn from 0 upwards; None stays None. Raises ValueError."""
    if value is None:
        return None
    figure = exact(value)
    if not figure.is_finite() or figure < 0:
        raise ValueError(f"A chart is drawn from 0 upwards and cannot show {value}.")
    return figure


def is_whole(values: Iterable[Decimal | None]) -> bool:
    """Counts of something: then an axis shows no half ones."""
    return all(value is None or value == value.to_integral_value() for value in values)


def written(value: Number | None, decimals: int | None = None, unit: str = "") -> str:
    """`1.348`, `3,4p`, `95.8%`; a dash for None.

    `decimals`: by default none for a whole figure, else one. `unit` is glued to the figure.
    """
    if value is None:
        return NOTHING
    figure = exact(value)
    if decimals is None:
        decimals = 0 if is_whole([figure]) else 1
    rounded = figure.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    number = format_number(
        rounded,
        get_format("DECIMAL_SEPARATOR"),
        decimals,
        grouping=GROUPING,
        thousand_sep=get_format("THOUSAND_SEPARATOR"),
        force_grouping=True,
    )
    return f"{number}{unit}"
