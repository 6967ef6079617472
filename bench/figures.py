"""Arithmetic and printing of what was measured. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

PERCENTILES = (50, 95, 99)


def percentile(sorted_values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all values do not exceed (nearest rank)."""
    if not sorted_values:
        raise ValueError("no values")
    if not 0 < percent <= 100:
        raise ValueError("a percentile lies above 0 and at most at 100")
    rank = math.ceil(len(sorted_values) * percent / 100)
    return sorted_values[rank - 1]


def summary(values: Iterable[float]) -> dict[str, float]:
    """p50, p95, p99 and the number of values."""
    ordered = sorted(values)
    found = {f"p{p}": round(percentile(ordered, p), 2) for p in PERCENTILES} if ordered else {}
    return {"count": len(ordered)} | found


def ratio(value: float | None, ceiling: float | None) -> float | None:
    """`value` as a share of `ceiling`; None when one of them is missing."""
    return round(value / ceiling, 4) if value and ceiling else None


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns side by side, the first to the left, numbers to the right."""
    cells = [[_text(value) for value in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        first, *others = zip(row, widths, strict=True)
        told = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        lines.append("  " + "  ".join(told).rstrip())
    return "\n".join(lines)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"
    return str(value)
