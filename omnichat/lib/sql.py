"""Statements written by hand, for the few paths where the time to build one counts.

Building a statement with the ORM costs more than PostgreSQL needs to run it. Here the text is
fixed, and each connection to PostgreSQL prepares it once and keeps it. Only the modules named
`*_sql.py` and `accounts.services.live` use this; everything else is not called often enough.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor
from psycopg.types.json import Jsonb


class Condition(NamedTuple):
    """A part of a WHERE, with the values for it."""

    sql: str
    values: list


class Json:
    """A value for a JSON column."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def run(sql: str, values: Sequence[object]) -> list[tuple]:
    """Run one statement in the current transaction and return its rows.

    Moments, ids and JSON come back as the database has them; see `moment` and `uuid`.
    """
    is_postgresql = connection.vendor == "postgresql"
    values = [_for_postgresql(v) if is_postgresql else _for_sqlite(v) for v in values]
    if not is_postgresql or connection.execute_wrappers or connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    # Not Django's own cursor, which puts the values into the text: nothing could stay prepared.
    cursor = Cursor(connection.connection)
    with connection.wrap_database_errors:
        # Asked for: Django switches psycopg's own preparing off.
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall() if cursor.description else []


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
