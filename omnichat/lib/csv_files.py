"""CSV between us and spreadsheets: written so that nothing is taken for a formula, and read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

# A cell that begins like this is a formula to a spreadsheet; an apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


class BadTable(Exception):
    """A file as a whole cannot be read; `code` says why."""

    def __init__(self, code: str, **params) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def split_table(text: str) -> tuple[list[list[str]], str]:
    """Return the lines of a table as cells, and its delimiter: the one its first line has most of.

    Raises BadTable `not_csv`.
    """
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), delimiter
    except csv.Error as error:
        raise BadTable("not_csv") from error


def plain_cell(cell: str) -> str:
    """Take away the apostrophe that `safe_cell` put before a formula."""
    is_guarded = cell[:1] == "'" and cell[1:2] in FORMULA_STARTS and len(cell) > 1
    return cell[1:] if is_guarded else cell


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
