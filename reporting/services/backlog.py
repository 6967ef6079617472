"""Looking four times an hour at how much is unresolved."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from inbox.models import Conversation
from reporting.models import BacklogSnapshot

EVERY_MINUTES = 15
HOUR = timedelta(hours=1)
# Since when the customer waits, from and to; the names are columns of the snapshot.
AGES = {
    "age_under_1h": (None, HOUR),
    "age_1h_4h": (HOUR, 4 * HOUR),
    "age_4h_24h": (4 * HOUR, 24 * HOUR),
    "age_1d_3d": (24 * HOUR, 72 * HOUR),
    "age_over_3d": (72 * HOUR, None),
}


def take_backlog_snapshot(*, at: datetime | None = None) -> int:
    """Keep what is unresolved now, once for each quarter of an hour; returns the rows written.

    A quarter that nobody was there to see stays empty.
    """
    at = at or timezone.now()
    quarter = quarter_of(at)
    if BacklogSnapshot.objects.filter(at=quarter).exists():
        return 0
    rows = [BacklogSnapshot(at=quarter, **row) for row in backlog_at(at)]
    # Two workers may look at once: the first one is kept.
    BacklogSnapshot.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def quarter_of(at: datetime) -> datetime:
    """The quarter of an hour a moment lies in, by its beginning."""
    return at.replace(minute=at.minute - at.minute % EVERY_MINUTES, second=0, microsecond=0)


def backlog_at(at: datetime) -> list[dict]:
    """What is unresolved now, by department and channel, with ages as of `at`."""
    status = Conversation.Status
    is_open = Q(status=status.OPEN)
    unresolved = Conversation.objects.unresolved().order_by()
    return list(
        unresolved.values("department_id", "channel_id").annotate(
            open_count=Count("pk", filter=is_open),
            waiting_count=Count("pk", filter=~is_open),
            unassigned_count=Count("pk", filter=is_open & Q(assignee=None)),
            **{name: Count("pk", filter=aged(at, *age)) for name, age in AGES.items()},
        )
    )


def aged(at: datetime, younger: timedelta | None, older: timedelta | None) -> Q:
    """Those whose customer waits for so long at `at`."""
    found = Q(status=Conversation.Status.OPEN, waiting_since__isnull=False)
    if younger is not None:
        found &= Q(waiting_since__lte=at - younger)
    if older is not None:
        found &= Q(waiting_since__gt=at - older)
    return found
