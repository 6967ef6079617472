"""Files of keywords: reading what a spreadsheet wrote, writing what it reads again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from omnichat.lib.csv_files import DELIMITERS, BadTable, plain_cell, split_table
from omnichat.lib.text import fold
from routing.keyword_rules import (
    MAX_NOTE_CHARS,
    MAX_WORD_CHARS,
    ends_before_it_begins,
    synonym_fault,
    tidy,
    tidy_synonyms,
)
from routing.models import is_weight

MAX_BYTES = 2_097_152
MAX_ROWS = 20_000
MAX_CELL_CHARS = 200  # of what is repeated of a wrong cell
FIRST_COLUMNS = ("word", "department", "weight", "active")
# Files of before have none of these: what a keyword has there then stays.
OTHER_COLUMNS = ("synonyms", "valid_from", "valid_to", "channel", "priority", "note")
COLUMNS = FIRST_COLUMNS + OTHER_COLUMNS
CLEAR = "-"  # in a cell of the other columns: nothing, where an empty cell keeps what is there
PRIORITIES = ("urgent", "high", "normal", "low")  # by number from 1
# Headings as they are written in either language, without marks.
HEADINGS = {
    "word": "word",
    "keyword": "word",
    "tu khoa": "word",
    "tu": "word",
    "department": "department",
    "phong": "department",
    "phong ban": "department",
    "weight": "weight",
    "trong so": "weight",
    "active": "active",
    "in use": "active",
    "dang dung": "active",
    "bat": "active",
    "synonyms": "synonyms",
    "tu dong nghia": "synonyms",
    "dong nghia": "synonyms",
    "valid from": "valid_from",
    "counts from": "valid_from",
    "tu ngay": "valid_from",
    "valid to": "valid_to",
    "counts until": "valid_to",
    "den ngay": "valid_to",
    "channel": "channel",
    "kenh": "channel",
    "priority": "priority",
    "sets the priority": "priority",
    "uu tien": "priority",
    "note": "note",
    "ghi chu": "note",
}
PRIORITY_WORDS = {
    **{name: number for number, name in enumerate(PRIORITIES, 1)},
    **{str(number): number for number in range(1, len(PRIORITIES) + 1)},
    "khan cap": 1,
    "khan": 1,
    "cao": 2,
    "thuong": 3,
    "binh thuong": 3,
    "thap": 4,
}
YES = {"yes", "y", "true", "1", "on", "co", "dang dung", "bat", "x"}
NO = {"no", "n", "false", "0", "off", "khong", "tat"}


@dataclass(slots=True)
class FileRow:
    """One line of a file. `weight` and `is_active` are None where the cell is empty."""

    number: int  # as a spreadsheet counts: the heading is 1
    word: str = ""
    department: str = ""
    weight: Decimal | None = None
    is_active: bool | None = None
    # What stands in the other columns, JSON-safe; empty cells are missing. The channel is a name.
    others: dict[str, object] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)  # the cells as they stood, by COLUMNS
    errors: list[dict] = field(default_factory=list)  # {column, code, params}

    def refuse(self, column: str, code: str, **params) -> None:
        self.errors.append({"column": column, "code": code, "params": params})


@dataclass(slots=True)
class KeywordFile:
    rows: list[FileRow]
    delimiter: str  # comma, semicolon or tab


def read_keyword_file(raw: bytes) -> KeywordFile:
    """Read CSV in UTF-8, with or without a mark, separated by comma, semicolon or tab.

    Wrong rows come with their errors; raises BadTable when there are no rows to speak of.
    """
    if len(raw) > MAX_BYTES:
        raise BadTable("too_large", limit=MAX_BYTES // 1_048_576)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable("not_utf8") from error
    if "\0" in text:
        raise BadTable("not_utf8")
    first, separator, rest = text.lstrip("\r\n").partition("\n")
    is_hint = first.strip().lower() in ("sep=,", "sep=;", "sep=")  # Excel's own
    text = rest if is_hint else first + separator + rest
    lines, delimiter = split_table(text)
    if not lines or not text.strip():
        raise BadTable("empty")
    columns = _columns(lines[0])
    numbered = [
        (number, cells)
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not numbered:
        raise BadTable("empty")
    if len(numbered) > MAX_ROWS:
        raise BadTable("too_many_rows", limit=MAX_ROWS)
    rows = [_row(number, cells, columns) for number, cells in numbered]
    return KeywordFile(rows=rows, delimiter=DELIMITERS[delimiter])


def _columns(heading: list[str]) -> dict[str, int]:
    """Return where each column stands; unknown ones are left alone."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(heading):
        name = HEADINGS.get(fold(cell))
        if name is not None:
            columns.setdefault(name, position)
    for name in ("word", "department"):
        if name not in columns:
            raise BadTable("no_column", column=name)
    return columns


def _row(number: int, cells: list[str], columns: dict[str, int]) -> FileRow:
    def cell(name: str) -> str:
        position = columns.get(name)
        return cells[position] if position is not None and position < len(cells) else ""

    row = FileRow(number=number, raw=[cell(name)[:MAX_CELL_CHARS] for name in COLUMNS])
    row.word = tidy(plain_cell(cell("word")))
    row.department = tidy(plain_cell(cell("department")))
    if not fold(row.word):
        row.refuse("word", "no_letters")
    elif len(row.word) > MAX_WORD_CHARS:
        row.refuse("word", "too_long", limit=MAX_WORD_CHARS)
    if not row.department:
        row.refuse("department", "no_department")
    _read_weight(row, cell("weight").strip())
    _read_active(row, cell("active").strip())
    for name in OTHER_COLUMNS:
        if text := plain_cell(cell(name)).strip():
            _read_other(row, name, "" if text == CLEAR else text)
    return row


def _read_weight(row: FileRow, text: str) -> None:
    if not text:
        return
    try:
        # At most four figures are meaningful; a longer text is no weight.
        weight = Decimal(plain_cell(text).replace(",", ".")) if len(text) <= 12 else None
    except InvalidOperation:
        weight = None
    if weight is None or not weight.is_finite() or not is_weight(weight):
        row.refuse("weight", "weight_range")
    elif weight != round(weight, 2):
        row.refuse("weight", "weight_places")
    else:
        row.weight = round(weight, 2)


def _read_active(row: FileRow, text: str) -> None:
    folded = fold(text)
    if folded in YES:
        row.is_active = True
    elif folded in NO:
        row.is_active = False
    elif text:
        row.refuse("active", "active_unknown")


def _read_other(row: FileRow, name: str, text: str) -> None:
    """Read a cell of the newer columns; "" stands for nothing."""
    if name == "synonyms":
        row.others[name] = synonyms = tidy_synonyms([text])
        if fault := synonym_fault(row.word, synonyms):
            row.refuse(name, f"synonym_{fault[0]}", synonym=fault[1][:MAX_WORD_CHARS])
    elif name in ("valid_from", "valid_to"):
        day = _day(text) if text else None
        if text and day is None:
            row.refuse(name, "no_date")
        row.others[name] = day and day.isoformat()
    elif name == "priority":
        row.others[name] = PRIORITY_WORDS.get(fold(text))
        if text and row.others[name] is None:
            row.refuse(name, "no_priority")
    else:  # a channel is looked up later, where the rows are
        row.others[name] = tidy(text)
        if name == "note" and len(row.others[name]) > MAX_NOTE_CHARS:
            row.refuse(name, "note_too_long", limit=MAX_NOTE_CHARS)


def _day(text: str) -> date | None:
    """Read 2026-11-28 or 28/11/2026, as programs and as people here write it."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def dates_fault(valid_from: str | None, valid_to: str | None) -> bool:
    """Return whether two ISO days stand the wrong way round."""
    days = [day and date.fromisoformat(day) for day in (valid_from, valid_to)]
    return ends_before_it_begins(*days)
