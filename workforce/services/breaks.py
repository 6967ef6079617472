"""Going on a break within the time at work, and coming back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from omnichat.lib.errors import DomainError
from workforce.models import Break, TimeEntry
from workforce.services.attendance import NotCheckedIn, tell_availability_changed

MAX_BREAK_MINUTES = 480  # the longest anybody may announce


class AlreadyOnBreak(DomainError):
    code = "already_on_break"


class NotOnBreak(DomainError):
    code = "not_on_break"


@transaction.atomic
def start_break(
    *, user: User, reason: str, minutes: int | None = None, at: datetime | None = None
) -> tuple[Break, bool]:
    """Begin a break, expected to last `minutes`; returns it and whether it is new.

    Nothing is assigned to the person meanwhile; what they have stays theirs. Pressing twice
    finds the break that lasts. Locks the time entry. Raises NotCheckedIn, and AlreadyOnBreak
    when a break with another reason lasts.
    """
    entry = _lock_entry(user)
    if entry is None:
        raise NotCheckedIn(_("You are not checked in, so there is nothing to take a break from."))
    if lasting := entry.breaks.filter(ended_at=None).first():
        if lasting.reason == reason:
            return lasting, False
        raise AlreadyOnBreak(_("You are on a break already. Come back from it first."))
    # A clock that was set back must not put a break before the check-in or into another break.
    ended = entry.breaks.aggregate(last=Max("ended_at"))["last"]
    started_at = max(filter(None, (at or timezone.now(), entry.checked_in_at, ended)))
    taken = Break.objects.create(
        entry=entry,
        reason=reason,
        started_at=started_at,
        expected_back_at=started_at + timedelta(minutes=minutes) if minutes else None,
    )
    tell_availability_changed([user.pk])
    return taken, True


@transaction.atomic
def end_break(*, user: User, at: datetime | None = None) -> Break:
    """End the break that lasts; the person takes work again if they did before it.

    Locks the time entry. Raises NotOnBreak, also for the second of two calls.
    """
    entry = _lock_entry(user)
    taken = entry.breaks.filter(ended_at=None).first() if entry else None
    if taken is None:
        raise NotOnBreak(_("You are not on a break, so there is nothing to come back from."))
    # A clock that was set back must not make a negative break.
    taken.ended_at = max(at or timezone.now(), taken.started_at)
    taken.save(update_fields=["ended_at"])
    tell_availability_changed([user.pk])
    return taken


def _lock_entry(user: User) -> TimeEntry | None:
    """The open entry; whoever begins or ends a break, or checks out, waits for it."""
    return TimeEntry.objects.open().filter(user=user).select_for_update(no_key=True).first()
