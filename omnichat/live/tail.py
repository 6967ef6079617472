"""The tail: live events in the order of their ids, each once, none lost."""

from __future__ import annotations

import time
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from accounts.models import LiveEvent

# A transaction may commit this long after it took its id.
LATE_SECONDS = 10
# Ids that may still come; after a jump of the sequence only the newest of the missing.
MAX_GAPS = 1_000
BATCH = 1_000


class News(NamedTuple):
    """One live event as it was read."""

    id: int
    kind: str
    audience: tuple[str, ...]
    object_id: UUID | None


class Tail:
    """Remembers how far it has read; ids that were skipped are asked for again for a while."""

    def __init__(self) -> None:
        self._top: int | None = None
        self._gaps: dict[int, float] = {}  # id -> when it was first missing

    def read(self) -> list[News]:
        """Return what was committed since the last call. The first call only takes its place."""
        now = time.monotonic()
        if self._top is None:
            self._begin(now)
            return []
        rows = self._wanted().values_list("pk", "kind", "audience", "object_id")[:BATCH]
        found = [News(pk, kind, tuple(groups.split()), about) for pk, kind, groups, about in rows]
        for news in found:
            if news.id <= self._top:
                del self._gaps[news.id]
            else:
                self._miss(range(self._top + 1, news.id), now)
                self._top = news.id
        self._forget(now)
        return found

    def has_rewound(self) -> bool:
        """Was the database put back, so that new ids are below what was read? Begin again then."""
        newest = LiveEvent.objects.aggregate(newest=Max("pk"))["newest"]
        if newest is None or self._top is None or newest >= self._top:
            return False
        self._top = None
        return True

    def _wanted(self) -> QuerySet[LiveEvent]:
        rows = LiveEvent.objects.order_by("pk")
        if not self._gaps:
            return rows.filter(pk__gt=self._top)
        # From the lowest gap on: the alternative alone would have the whole table read.
        rows = rows.filter(pk__gte=min(self._gaps))
        return rows.filter(Q(pk__gt=self._top) | Q(pk__in=list(self._gaps)))

    def _begin(self, now: float) -> None:
        """Start behind the newest; what is being written at this moment may have a lower id."""
        self._gaps = {}
        self._top = LiveEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
        first = max(self._top - MAX_GAPS, 0) + 1
        there = set(LiveEvent.objects.filter(pk__gte=first).values_list("pk", flat=True))
        self._miss((pk for pk in range(first, self._top) if pk not in there), now)

    def _miss(self, ids, now: float) -> None:
        if isinstance(ids, range):
            ids = ids[-MAX_GAPS:]
        self._gaps.update(dict.fromkeys(ids, now))

    def _forget(self, now: float) -> None:
        """Give up ids that were rolled back."""
        for pk, since in list(self._gaps.items()):
            if now - since <= LATE_SECONDS and len(self._gaps) <= MAX_GAPS:
                break  # in the order they were missed
            del self._gaps[pk]
