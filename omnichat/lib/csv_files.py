"""Writing CSV files that a spreadsheet opens as they are, and takes for nothing but text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

# A cell that begins like this is a formula to a spreadsheet; an apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def write_csv(rows: Iterable[Iterable[object]], heading: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a CSV file that Excel opens as UTF-8; numbers stay numbers."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(list(heading))
    for row in rows:
        yield writer.writerow([safe_cell(c) if isinstance(c, str) else c for c in row])
