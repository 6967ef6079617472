"""Work that waits in rows: claim, lease, back off, give up. The rows are the queue.

A worker claims one due row for the length of a lease, works outside the transaction, and
finishes with an UPDATE that only the holder of the claim can make. A killed worker's row is due
again when its lease ends. PostgreSQL lets any number of workers skip each other's rows; SQLite
takes turns because its transactions are IMMEDIATE.
"""

import random
import secrets
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone


class QueuedRow(models.Model):
    """The columns that make a row claimable."""

    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=32, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True


def due(at: datetime) -> Q:
    """Rows whose time has come and that nobody holds."""
    return Q(run_after__lte=at) & (Q(lease_until=None) | Q(lease_until__lt=at))


def claim(rows: models.QuerySet, *, lease: timedelta, **changes) -> QueuedRow | None:
    """Take the first of `rows` that is due, or None. `changes` are written with the claim.

    The row comes back with the attempt counted and `locked_by` set to this claim's own token.
    """
    now = timezone.now()
    rows = rows.filter(due(now))
    if not rows.exists():  # a look costs no write lock on SQLite
        return None
    with transaction.atomic():
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        claimed = {
            "attempts": row.attempts + 1,
            "lease_until": now + lease,
            "locked_by": secrets.token_hex(16),
            **changes,
        }
        type(row)._default_manager.filter(pk=row.pk).update(**claimed)
        for name, value in claimed.items():
            setattr(row, name, value)
    return row


def finish(row: QueuedRow, **changes) -> bool:
    """Write the outcome if the claim still holds; False when the lease ran out to another."""
    held = type(row)._default_manager.filter(
        pk=row.pk, locked_by=row.locked_by, attempts=row.attempts
    )
    return held.update(lease_until=None, locked_by="", **changes) == 1


def backoff(attempt: int, steps: tuple[int, ...]) -> timedelta:
    """Return the wait after the `attempt`-th try (from 1), in seconds from `steps`, +-20 %.

    Past the last step its value is kept. The jitter keeps a recovered platform from being hit
    by everything at once.
    """
    seconds = steps[min(attempt, len(steps)) - 1]
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311
