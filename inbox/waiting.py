"""How long customers wait, in the groups of the list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from inbox.deadlines import SOON_SECONDS
from inbox.models import Conversation, Priority

LONG_WAIT_MINUTES = 15
MEDIUM_WAIT_MINUTES = 5


@dataclass(slots=True)
class Group:
    """One heading of the list and its rows."""

    key: str
    label: str
    is_late: bool = False
    rows: list[Conversation] = field(default_factory=list)


def group_by_wait(rows: Iterable[Conversation], *, now: datetime) -> list[Group]:
    """Sort rows (the longest-waiting first) under over 15, 5 to 15 and under 5 minutes."""
    late = Group("late", _("Waiting over 15 minutes"), is_late=True)
    medium = Group("medium", _("5 to 15 minutes"))
    fresh = Group("fresh", _("Under 5 minutes"))
    for row in rows:
        minutes = wait_seconds(row, now=now) / 60
        if minutes > LONG_WAIT_MINUTES:
            late.rows.append(row)
        elif minutes >= MEDIUM_WAIT_MINUTES:
            medium.rows.append(row)
        else:
            fresh.rows.append(row)
    return [group for group in (late, medium, fresh) if group.rows]


def group_by_deadline(rows: Iterable[Conversation], *, now: datetime) -> list[Group]:
    """Put rows, in the order of deadlines, under what they are about.

    Each heading names a stretch of that order, so a row is under it by its place, not moved there.
    """
    groups: dict[str, Group] = {}
    for row in rows:
        key, label, is_late = _heading(row, now)
        groups.setdefault(key, Group(key, label, is_late)).rows.append(row)
    return list(groups.values())


def _heading(row: Conversation, now: datetime) -> tuple[str, str, bool]:
    if row.priority == Priority.URGENT:
        return "urgent", _("Urgent"), True
    if row.priority == Priority.HIGH:
        return "high", _("High priority"), False
    if row.priority == Priority.LOW:
        return "low", _("Low priority"), False
    if row.due_at is None:
        (group,) = group_by_wait([row], now=now)
        return group.key, group.label, group.is_late
    seconds = (row.due_at - now).total_seconds()
    if seconds <= 0:
        return "overdue", _("Overdue"), True
    if seconds <= SOON_SECONDS:
        return "soon", _("Due soon"), False
    return "later", _("In time"), False


def wait_seconds(conversation: Conversation, *, now: datetime) -> float:
    since = conversation.waiting_since or now
    return max(0.0, (now - since).total_seconds())
