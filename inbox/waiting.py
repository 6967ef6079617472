"""How long customers wait, in the groups of the list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation

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


def wait_seconds(conversation: Conversation, *, now: datetime) -> float:
    since = conversation.waiting_since or now
    return max(0.0, (now - since).total_seconds())
