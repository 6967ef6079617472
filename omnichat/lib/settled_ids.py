"""Following a table by its ids without missing one that becomes visible late.

Ids are given out before transactions end, so a higher one may be seen before a lower one. A
position only walks up to an id that was the highest when transactions ran which have all ended
since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.db import connection, models


class Position(Protocol):
    """How far somebody has come. Rows up to `ready_id` may be looked at: no transaction that
    could still bring one of them is open. `noted_id` will be ready when all that ran then has
    ended.
    """

    ready_id: int
    ready_at: datetime | None
    noted_id: int
    noted_at: datetime | None
    noted_transaction: int


def settle(position: Position, table: type[models.Model], now: datetime) -> None:
    """Let the noted id be ready once everything that ran when it was noted has ended.

    Call under the lock of the position's row; saving it is the caller's.
    """
    # The id before the transactions: whoever has taken a lower one is among them.
    newest = table.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    oldest, following = _transactions()
    # A number from the future is another server's: the database was moved.
    if position.noted_transaction <= oldest or position.noted_transaction > following:
        position.ready_id, position.ready_at = position.noted_id, position.noted_at
        position.noted_id, position.noted_at = newest, now
        position.noted_transaction = following
        if oldest == following:  # nothing else is running
            position.ready_id, position.ready_at = newest, now


def _transactions() -> tuple[int, int]:
    """Number of the oldest transaction that still writes, and of the next one to begin.

    SQLite has one writer, and this is it.
    """
    if connection.vendor != "postgresql":
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT txid_snapshot_xmin(s), txid_snapshot_xmax(s) FROM txid_current_snapshot() AS s"
        )
        return cursor.fetchone()
