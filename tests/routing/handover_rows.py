"""Shifts that run now, for the hand-over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from routing.models import Agent
from tests.workforce.timesheet_rows import shift
from workforce.models import Shift, ShiftAssignment, TimeEntry

MINUTE = timedelta(minutes=1)


def shift_until(
    user: User, ends_at: datetime, *, name: str = "Day", starts_at: datetime | None = None
) -> ShiftAssignment:
    """A published shift that began six hours ago unless said, with 15 minutes to hand over."""
    known = Shift.objects.filter(name=name, department=user.department).first()
    return ShiftAssignment.objects.create(
        user=user,
        shift=known or shift(user.department, name=name),
        date=timezone.localdate(),
        starts_at=starts_at or timezone.now() - timedelta(hours=6),
        ends_at=ends_at,
        handover_at=ends_at - 15 * MINUTE,
        planned_minutes=360,
        published_at=timezone.now() - timedelta(days=3),
    )


def came_before_the_shift(user: User) -> None:
    at = timezone.now() - timedelta(hours=6)
    TimeEntry.objects.filter(user=user).update(checked_in_at=at)
    User.objects.filter(pk=user.pk).update(presence_since=at)


def reason_of(user: User) -> str:
    return Agent.objects.get(user=user).reason
