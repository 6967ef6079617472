"""Leaving alone for a while what a job failed at, so that it does not stop what is behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

LEFT_ALONE = timedelta(minutes=5)


class Aside:
    """The rows one job of this process failed at a moment ago; for jobs whose rows have no mark.

    Another worker finds out for itself.
    """

    def __init__(self) -> None:
        self._failed_at: dict[int, datetime] = {}

    def put(self, pk: int, at: datetime) -> None:
        self._failed_at[pk] = at

    def ids(self, at: datetime) -> list[int]:
        """Those to leave alone; the others are forgotten, also when the clock was set back."""
        now = timedelta(0)
        self._failed_at = {
            pk: then for pk, then in self._failed_at.items() if now <= at - then < LEFT_ALONE
        }
        return list(self._failed_at)
