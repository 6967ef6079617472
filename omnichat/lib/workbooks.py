"""Workbooks for spreadsheets, written row by row so that a long one takes no memory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 4_194_304  # bytes of a workbook before it goes to disk
# What no XML may hold; a name that has one would spoil the whole file.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def workbook_of(rows: Iterable[Iterable[object]], title: str) -> IO[bytes]:
    """Write a workbook row by row and return it as a file, read from its beginning.

    Every text is written as a text: a name that begins with = is no formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet, value: object) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, CONTROLS.sub("", value))
    cell.data_type = "s"
    return cell
