"""Tables of opening balances as a spreadsheet writes them: reading the cells. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from omnichat.lib.csv_files import BadTable, plain_cell, split_table
from omnichat.lib.text import fold

MAX_BYTES = 204_800
MAX_ROWS = 1_000
MAX_CELL_CHARS = 80  # of what is repeated of a cell
MAX_DAYS = 999
FIRST_YEAR, LAST_YEAR = 2000, 2099
COLUMNS = ("username", "type", "days", "date")
# Headings as they are written in either language, without marks.
HEADINGS = {
    "username": "username",
    "user name": "username",
    "sign in name": "username",
    "ten dang nhap": "username",
    "type": "type",
    "kind": "type",
    "kind of leave": "type",
    "loai": "type",
    "loai nghi": "type",
    "loai phep": "type",
    "loai ngay nghi": "type",
    "days": "days",
    "balance": "days",
    "so ngay": "days",
    "con lai": "days",
    "so du": "days",
    "date": "date",
    "as of": "date",
    "on": "date",
    "ngay": "date",
    "tinh den ngay": "date",
    "tinh den": "date",
}
NUMBER = re.compile(r"[+-]?\d{1,6}([.,]\d{1,6})?", re.ASCII)
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
WRITTEN_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)


@dataclass(slots=True)
class OpeningRow:
    """One line of the table: somebody had so many days of a kind on a date.

    What a cell says wrongly is None, with a code in `errors` by its column.
    """

    number: int  # as a spreadsheet counts its rows
    cells: list[str]  # the four as they stood
    username: str = ""
    type: str = ""
    days: Decimal | None = None
    date: date | None = None
    errors: dict[str, str] = field(default_factory=dict)


def read_opening_table(text: str) -> list[OpeningRow]:
    """Read CSV separated by comma, semicolon or tab, with or without headings.

    Without headings the columns are those of COLUMNS, in that order. Wrong cells come as errors
    of their row; raises BadTable when there are no rows to speak of.
    """
    text = text.removeprefix("\ufeff").strip("\r\n")
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise BadTable("too_large", limit=MAX_BYTES // 1024)
    lines, _delimiter = split_table(text)
    columns = _columns(lines[0]) if lines else None
    numbered = [
        (number, cells)
        for number, cells in enumerate(lines, start=1)
        if any(cell.strip() for cell in cells) and not (columns and number == 1)
    ]
    if not numbered:
        raise BadTable("empty")
    if len(numbered) > MAX_ROWS:
        raise BadTable("too_many_rows", limit=MAX_ROWS)
    places = columns or {name: place for place, name in enumerate(COLUMNS)}
    return [_row(number, cells, places) for number, cells in numbered]


def _columns(heading: list[str]) -> dict[str, int] | None:
    """Return where each column stands; None where the first row is none of headings."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(heading):
        if (name := HEADINGS.get(fold(cell))) is not None:
            columns.setdefault(name, place)
    if len(columns) < 2:
        return None
    for name in COLUMNS:
        if name not in columns:
            raise BadTable("no_column", column=name)
    return columns


def _row(number: int, cells: list[str], places: dict[str, int]) -> OpeningRow:
    found = [
        plain_cell(cells[places[name]].strip()) if places[name] < len(cells) else ""
        for name in COLUMNS
    ]
    row = OpeningRow(number=number, cells=[cell[:MAX_CELL_CHARS] for cell in found])
    row.username, row.type = found[0], found[1]
    row.days, row.date = _days(found[2]), _date(found[3])
    for name, value in (("username", row.username), ("type", row.type)):
        if not value:
            row.errors[name] = "missing"
    if row.days is None:
        row.errors["days"] = "no_days"
    elif abs(row.days) > MAX_DAYS:
        row.errors["days"] = "too_many_days"
    elif row.days != round(row.days, 2):
        row.errors["days"] = "too_precise"
    if row.date is None:
        row.errors["date"] = "no_date"
    return row


def _days(text: str) -> Decimal | None:
    """`7,5` as well as `7.5`."""
    if not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def _date(text: str) -> date | None:
    """`2026-12-31`, `31/12/2026` and `31.12.2026`."""
    if found := ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := WRITTEN_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    return on if FIRST_YEAR <= year <= LAST_YEAR else None
