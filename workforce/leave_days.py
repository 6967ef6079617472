"""Granted leave day by day, as the roster and the timesheet read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import pgettext_lazy

from workforce.attendance_records import DayPart, LeaveKind
from workforce.models import Leave
from workforce.models.leave import label_of
from workforce.shift_times import DAY

PARTS = {
    DayPart.FIRST_HALF: pgettext_lazy("leave", "first half of the day"),
    DayPart.SECOND_HALF: pgettext_lazy("leave", "second half of the day"),
}


@dataclass(frozen=True, slots=True)
class LeaveDay:
    """One date of a granted leave; `name` is in the reader's language."""

    leave_id: int
    symbol: str
    name: str
    kind: LeaveKind
    part: DayPart

    @property
    def words(self) -> str:
        """The name, and which half of the day if it is one."""
        half = PARTS.get(self.part)
        return f"{self.name}, {half}" if half else self.name

    @property
    def is_away(self) -> bool:
        """Is there no work at all on this date?"""
        return self.kind == LeaveKind.AWAY and self.part == DayPart.WHOLE


def leave_days(
    user_ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, LeaveDay]]:
    """Return by person and date who has leave from `first` to `last`; one statement."""
    rows = Leave.objects.granted().filter(user__in=user_ids).between(first, last)
    fields = ("user", "first", "last", "pk", "type__symbol", "type__name", "type__kind", "part")
    found: dict[int, dict[date, LeaveDay]] = defaultdict(dict)
    for user_id, begins, ends, pk, symbol, name, kind, part in rows.values_list(*fields):
        day = LeaveDay(pk, symbol, label_of(name), LeaveKind(kind), DayPart(part))
        on = max(begins, first)
        while on <= min(ends, last):
            found[user_id][on] = day
            on += DAY
    return found


def away_days(
    user_ids: Collection[int], first: date, last: date
) -> dict[tuple[int, date], LeaveDay]:
    """Return by (person, date) who has a whole day off; half a day leaves the other to work."""
    found = leave_days(user_ids, first, last)
    return {
        (user_id, on): day
        for user_id, days in found.items()
        for on, day in days.items()
        if day.is_away
    }
