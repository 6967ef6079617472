"""The rows a timesheet is counted from: plans, entries and their breaks, read without models.

A month of many people would spend its time making those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from workforce import models
from workforce.attendance_records import Break
from workforce.models import ShiftAssignment, TimeEntry
from workforce.shift_times import MINUTE, ShiftTimes


@dataclass(frozen=True)
class Plan:
    """A published shift of somebody; the grace and the paid break are its template's."""

    user_id: int
    date: date
    starts_at: datetime
    ends_at: datetime
    planned_minutes: int
    name: str
    paid_break_minutes: int
    grace_in_minutes: int
    grace_out_minutes: int

    @cached_property
    def times(self) -> ShiftTimes:
        """The hours as they were planned then, whatever the template says by now."""
        minutes = (self.ends_at - self.starts_at) // MINUTE
        return ShiftTimes(
            date=self.date,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            paid_break_minutes=self.paid_break_minutes,
            unpaid_break_minutes=max(0, minutes - self.planned_minutes),
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A time entry. Not the model: a month of many people would spend its time making those."""

    pk: int
    user_id: int
    checked_in_at: datetime
    checked_out_at: datetime | None
    corrected_in_at: datetime | None
    corrected_out_at: datetime | None
    is_auto_closed: bool
    is_off_site: bool
    note: str
    corrected_by: str | None
    breaks: list[Break] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """When the work began, as it counts."""
        return self.corrected_in_at or self.checked_in_at

    @property
    def ended(self) -> datetime | None:
        """When the work ended, as it counts; None when nobody knows."""
        return self.corrected_out_at or (None if self.is_auto_closed else self.checked_out_at)

    @property
    def is_corrected(self) -> bool:
        is_break = any(taken.is_corrected for taken in self.breaks)
        return bool(self.corrected_in_at or self.corrected_out_at or is_break)


def published_plans(ids: Collection[int], first: date, last: date) -> Iterable[Plan]:
    """What these people are planned for: a draft is nobody's duty yet."""
    planned = ShiftAssignment.objects.published().between(first, last).filter(user__in=ids)
    rows = planned.order_by("date", "starts_at", "pk").values_list(
        "user_id",
        "date",
        "starts_at",
        "ends_at",
        "planned_minutes",
        "shift__name",
        "shift__paid_break_minutes",
        "shift__grace_in_minutes",
        "shift__grace_out_minutes",
    )
    return (Plan(*row) for row in rows)


def entries_of(ids: Sequence[int], start: datetime, end: datetime) -> Iterable[Recorded]:
    """The entries that begin between two moments, with their breaks."""
    entries = TimeEntry.objects.filter(
        user__in=ids, checked_in_at__gte=start, checked_in_at__lt=end
    )
    taken = models.Break.objects.filter(entry__in=entries).order_by("started_at", "pk")
    breaks = defaultdict(list)
    fields = ("started_at", "ended_at", "corrected_start_at", "corrected_end_at", "reason")
    for entry, start, end, corrected_start, corrected_end, reason in taken.values_list(
        "entry_id", *fields
    ):
        is_corrected = corrected_start is not None
        if is_corrected:
            start, end = corrected_start, corrected_end
        is_paid = reason in models.Break.PAID
        breaks[entry].append(
            Break(started_at=start, ended_at=end, is_paid=is_paid, is_corrected=is_corrected)
        )
    rows = entries.order_by("checked_in_at", "pk").values_list(
        "pk",
        "user_id",
        "checked_in_at",
        "checked_out_at",
        "corrected_in_at",
        "corrected_out_at",
        "is_auto_closed",
        "is_off_site",
        "correction_note",
        "corrected_by__display_name",
    )
    return (Recorded(*row, breaks=breaks[row[0]]) for row in rows)


def by_person(rows: Iterable) -> Mapping[int, list]:
    """Rows with a `user_id`, under it; nothing for whoever has none."""
    found = defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def by_date(shifts: Iterable[Plan]) -> Mapping[date, list[Plan]]:
    """One person's shifts under their dates."""
    found = defaultdict(list)
    for shift in shifts:
        found[shift.date].append(shift)
    return found
