"""Statements written by hand, for the few paths where the time to build one counts.

Building a statement with the ORM costs more than PostgreSQL needs to run it. Here the text is
fixed, and each connection to PostgreSQL prepares it once and keeps it. The way of a webhook uses
this: the modules named `*_sql.py` and what their statements are put together with.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import DEFERRED, Model
from psycopg import Connection, Cursor
from psycopg.types.json import Jsonb

Row = TypeVar("Row", bound=Model)


class Condition(NamedTuple):
    """A part of a WHERE, with the values for it."""

    sql: str
    values: list


class Json:
    """A value for a JSON column."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Of(NamedTuple):
    """As a value: the id that an earlier step of the same call returns, behind a fixed text."""

    step: str
    before: str = ""

    def __str__(self) -> str:
        """Write it for PostgreSQL. Both parts are the program's own, never a caller's text."""
        found = f"(SELECT id FROM {self.step})"  # noqa: S608
        return f"('{self.before}' || {found})" if self.before else found


class Step(NamedTuple):
    """One INSERT or UPDATE of `run_together`; it ends by returning a column named `id`."""

    name: str
    sql: str
    values: Sequence[object]


def run(sql: str, values: Sequence[object]) -> list[tuple]:
    """Run one statement that returns rows in the current transaction, and return them.

    Moments, ids and JSON come back as the database has them; see `moment` and `uuid`.
    """
    database = connections[DEFAULT_DB_ALIAS]  # asked once: `connection` looks it up each time
    is_postgresql = database.vendor == "postgresql"
    values = [_for_postgresql(v) if is_postgresql else _for_sqlite(v) for v in values]
    if not is_postgresql or database.execute_wrappers or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    database.ensure_connection()
    database.validate_no_broken_transaction()
    cursor = _cursor(database.connection)
    with database.wrap_database_errors:
        # At the first call, not only after some.
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()


def run_together(*steps: Step) -> dict[str, int | None]:
    """Run steps that do not depend on each other but for ids, and return the first id of each.

    PostgreSQL gets them as one statement: one way there and back, and one plan to keep. All of
    them see the tables as they were before, whatever their order here. SQLite, which is in the
    same process, runs one after the other. An id is None where nothing was written; what is
    given that id (`Of`) then fails, since no column that takes one may be empty.
    """
    if not steps:
        return {}
    if connection.vendor == "postgresql":
        texts = tuple((s.name, s.sql, tuple(map(_text_of, s.values))) for s in steps)
        values = [v for s in steps for v in s.values if not isinstance(v, Of)]
        row = run(_as_one(texts), values)[0]
        return {s.name: found for s, found in zip(steps, row, strict=True)}
    ids: dict[str, int | None] = {}
    for step in steps:
        values = [_known(v, ids) if isinstance(v, Of) else v for v in step.values]
        rows = run(step.sql, values)
        ids[step.name] = rows[0][0] if rows else None
    return ids


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Around one `run_together`: a transaction, where its one statement is not one by itself."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


class _Kept(threading.local):
    """The cursor of this thread's connection."""

    cursor: Cursor | None = None


_kept = _Kept()


def _cursor(connection: Connection) -> Cursor:
    """One for all statements of a connection: it knows how to write and read each type by then.

    Not Django's own, which puts the values into the text: nothing could stay prepared.
    """
    cursor = _kept.cursor
    if cursor is None or cursor.connection is not connection:
        cursor = _kept.cursor = Cursor(connection)
    return cursor


@cache
def _columns(model: type[Model]) -> dict[str, None]:
    """Names of the columns, in their order."""
    return dict.fromkeys(field.attname for field in model._meta.concrete_fields)


def _known(value: Of, ids: dict[str, int | None]) -> int | str | None:
    found = ids[value.step]
    return f"{value.before}{found}" if value.before and found is not None else found


def _text_of(value: object) -> str:
    return str(value) if isinstance(value, Of) else "%s"


@lru_cache(maxsize=256)
def _as_one(texts: tuple[tuple[str, str, tuple[str, ...]], ...]) -> str:
    """Write the steps as one statement; each is its name, its SQL and the text of its values."""
    parts = []
    for name, sql, given in texts:
        first, *others = sql.split("%s")
        ends = zip(given, others, strict=True)
        parts.append(f"{name} AS ({first}{''.join(value + end for value, end in ends)})")
    ids = ", ".join(f"(SELECT min(id) FROM {name})" for name, _sql, _given in texts)  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT {ids}"


def part_of(model: type[Row], **columns: object) -> Row:
    """A stored row with these columns in hand; another one is asked of the database when read.

    Quicker than calling the model, which makes a default of every field it was not given. A name
    that is no column raises KeyError.
    """
    names = _columns(model)
    if not names.keys() >= columns.keys():
        raise KeyError(*sorted(columns.keys() - names.keys()))
    row = model(*[columns.get(name, DEFERRED) for name in names])
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def moment(value: datetime | str | None) -> datetime | None:
    """Read a moment out of a row of `run`."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def uuid(value: UUID | str) -> UUID:
    """Read a UUID out of a row of `run`."""
    return value if isinstance(value, UUID) else UUID(value)


def _for_postgresql(value: object) -> object:
    return Jsonb(value.value) if isinstance(value, Json) else value


def _for_sqlite(value: object) -> object:
    """As Django's fields store it there."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID):
        return value.hex
    return json.dumps(value.value) if isinstance(value, Json) else value
