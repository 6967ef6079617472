"""Rows that the tests of the roster begin with: shifts on the wall of Ho Chi Minh City."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from workforce.models import Shift, ShiftAssignment

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
HTML = {"accept": "text/html"}


def shift_of(department, name: str = "Day", hours: str = "08-17", **fields) -> Shift:
    """`hours` are those of start and end, as `22-06`; an hour of break from 08-17 on."""
    start, end = (time(int(part) % 24) for part in hours.split("-"))
    fields = {"unpaid_break_minutes": 60 if hours == "08-17" else 0} | fields
    return Shift.objects.create(
        name=name, department=department, starts_at=start, ends_at=end, **fields
    )


def plan(user, shift: Shift, on: date, *, published: bool = False) -> ShiftAssignment:
    row = shift.plan_for(user, on, ZONE, published_at=timezone.now() if published else None)
    row.save()
    return row


def rows() -> list[tuple]:
    """Everything planned, as (who, shift, date, is it published)."""
    found = ShiftAssignment.objects.order_by("date", "starts_at", "user__username")
    return [
        (row.user.username, row.shift.name, row.date.isoformat(), row.published_at is not None)
        for row in found.select_related("user", "shift")
    ]
