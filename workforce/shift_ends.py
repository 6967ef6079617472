"""When somebody's time at work is planned to end, and from when on they may hand over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workforce.availability import LONGEST_ENTRY
from workforce.models import ShiftAssignment, TimeEntry
from workforce.shift_times import DAY


@dataclass(frozen=True, slots=True)
class ShiftEnd:
    """The end of what somebody works now: of several shifts without a gap, of the last one.

    `stays_until` is set while they stay longer than that.
    """

    name: str
    ends_at: datetime
    opens_at: datetime
    stays_until: datetime | None = None

    @property
    def leaves_at(self) -> datetime:
        return max(self.ends_at, self.stays_until or self.ends_at)


def shift_end_of(user_id: int, at: datetime) -> ShiftEnd | None:
    """The end of the shift that runs, else of the last one within the open time entry."""
    entry = TimeEntry.objects.open().filter(user=user_id).first()
    shifts = ShiftAssignment.objects.published().filter(user=user_id)
    shifts = shifts.filter(ends_at__gt=at - LONGEST_ENTRY, starts_at__lte=at + 2 * DAY)
    rows = list(shifts.select_related("shift").order_by("starts_at", "pk"))
    running = [row for row in rows if row.starts_at <= at < row.ends_at]
    if running:
        row = _last_without_gap(max(running, key=lambda row: row.ends_at), rows)
    else:
        over = [row for row in rows if entry and entry.checked_in_at < row.ends_at <= at]
        if not over:
            return None
        row = max(over, key=lambda row: row.ends_at)
    stays_until = entry.stays_until if entry else None
    return ShiftEnd(
        name=row.shift.name,
        ends_at=row.ends_at,
        opens_at=row.handover_at or row.ends_at,
        stays_until=stays_until if stays_until and stays_until > row.ends_at else None,
    )


def _last_without_gap(row: ShiftAssignment, rows: Sequence[ShiftAssignment]) -> ShiftAssignment:
    """`rows` are in the order of their starts."""
    for later in rows:
        if later.starts_at <= row.ends_at < later.ends_at:
            row = later
    return row
