"""Many rows at a time: COPY on PostgreSQL, bulk_create on SQLite. Ids are taken in advance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, models, transaction

BATCH = 500
TO_ESCAPE = re.compile(r"[\\\t\n\r]")
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


class Table(NamedTuple):
    """A model and the columns that are written; JSON columns hold JSON already."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Return ids nobody else will get, rising. Call in the transaction that writes them."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "nextval(pg_get_serial_sequence(%s, 'id'))"
            cursor.execute(f"SELECT {sequence} FROM generate_series(1, %s)", [table, count])  # noqa: S608
            return [row[0] for row in cursor.fetchall()]
        # One writer at a time, and an id that is written moves the counter on.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + 1 + count))


def work_in_bulk() -> None:
    """Lift what protects visitors from long statements; one lost commit is told again.

    For this transaction: with the machine its last commit may be lost, the one before is whole.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
        cursor.execute("SET LOCAL statement_timeout TO 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout TO 0")


def settle_tables(tables: Iterable[str]) -> None:
    """Tell the planner how much there is now, and which pages everybody sees the same."""
    may_vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    for table in tables:
        if may_vacuum:
            _vacuum(table)
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


def _vacuum(table: str) -> None:
    """Outside of a transaction, so what is set is set back by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout TO 0")
        try:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        finally:
            cursor.execute("RESET statement_timeout")


def write(table: Table, rows: Sequence[tuple]) -> None:
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(table.name, table.columns, rows)
    else:
        _bulk_create(table, rows)


def rewrite(table: Table, rows: Sequence[tuple]) -> None:
    """Change rows that are there: the first column is the id."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        for pk, *values in rows:
            changed = dict(zip(table.columns[1:], values, strict=True))
            table.model._default_manager.filter(pk=pk).update(**changed)
        return
    names = ", ".join(table.columns)
    changed = ", ".join(f"{name} = news.{name}" for name in table.columns[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE news ON COMMIT DROP AS SELECT {names} FROM {table.name} LIMIT 0"  # noqa: S608
        )
        _copy("news", table.columns, rows)
        cursor.execute(
            f"UPDATE {table.name} AS own SET {changed} FROM news WHERE own.id = news.id"  # noqa: S608
        )
        cursor.execute("DROP TABLE news")


def _copy(name: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    texts = _TEXTS
    lines = "\n".join(["\t".join([texts[type(value)](value) for value in row]) for row in rows])
    statement = f"COPY {name} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(lines + "\n")


def _escaped(text: str) -> str:
    if TO_ESCAPE.search(text) is None:
        return text
    for sign, escape in ESCAPES:
        text = text.replace(sign, escape)
    return text


_TEXTS: dict[type, Callable[[object], str]] = {
    type(None): lambda value: "\\N",
    str: _escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    UUID: str,
}


def _bulk_create(table: Table, rows: Sequence[tuple]) -> None:
    fields = [_field_of(table.model, column) for column in table.columns]
    is_json = [isinstance(field, models.JSONField) for field in fields]
    made = [
        table.model(
            **{
                column: json.loads(value) if json_ and value is not None else value
                for column, value, json_ in zip(table.columns, row, is_json, strict=True)
            }
        )
        for row in rows
    ]
    table.model._default_manager.bulk_create(made, BATCH)


def _field_of(model: type[models.Model], column: str) -> models.Field:
    return next(f for f in model._meta.concrete_fields if f.attname == column)
