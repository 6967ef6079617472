"""Checking in and out."""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import set_presence
from accounts.services.live import tell_people
from omnichat.lib.errors import DomainError
from workforce.models import Break, TimeEntry
from workforce.signals import availability_changed

MAX_TRIES = 10


class NotCheckedIn(DomainError):
    code = "not_checked_in"


@transaction.atomic
def check_in(*, user: User, at: datetime | None = None) -> tuple[TimeEntry, bool]:
    """Open a time entry and take work; returns it and whether it is new.

    Pressing twice, or on two devices, finds the entry that is open: a partial unique index lets
    only one exist.
    """
    entry, is_new = _open_entry(user, at or timezone.now())
    if is_new:
        set_presence(user=user, presence=User.Presence.AVAILABLE)
        tell_availability_changed([user.pk])
    return entry, is_new


@transaction.atomic
def check_out(*, user: User, at: datetime | None = None) -> TimeEntry:
    """Close the open time entry, with the break in it, and take no more work.

    Locks the entry. Raises NotCheckedIn, also for the second of two calls.
    """
    entry = TimeEntry.objects.open().filter(user=user).select_for_update(no_key=True).first()
    if entry is None:
        raise NotCheckedIn(_("You are not checked in, so there is nothing to end."))
    close_entries(TimeEntry.objects.filter(pk=entry.pk), at=at or timezone.now())
    entry.refresh_from_db()
    set_presence(user=user, presence=User.Presence.OFFLINE)
    tell_availability_changed([user.pk])
    return entry


@transaction.atomic
def follow_people(*, user_ids: list[int]) -> None:
    """Take in what accounts changed: a deactivated person's time entry ends."""
    _end_time_of(User.objects.filter(pk__in=user_ids, is_active=False))
    tell_availability_changed(user_ids)


def end_time_of_deactivated() -> int:
    """End time entries whose people were deactivated while the news of it was lost."""
    return _end_time_of(User.objects.filter(is_active=False))


def _end_time_of(people: QuerySet[User]) -> int:
    return close_entries(TimeEntry.objects.filter(user__in=people), at=timezone.now())


@transaction.atomic
def close_entries(entries: QuerySet[TimeEntry], *, at: datetime, **columns: object) -> int:
    """End those of these entries that are open, with the breaks in them; returns how many.

    `columns` are written beside the end. Safe in several processes at once.
    """
    ids = list(entries.open().values_list("pk", flat=True))
    if not ids:
        return 0
    # A clock that was set back must make neither a negative stretch nor a negative break.
    closed = TimeEntry.objects.open().filter(pk__in=ids)
    count = closed.update(checked_out_at=Greatest(F("checked_in_at"), at), **columns)
    lasting = Break.objects.filter(entry__in=ids, ended_at=None)
    lasting = lasting.exclude(entry__checked_out_at=None)
    lasting.update(ended_at=Greatest(F("started_at"), at))
    return count


def _open_entry(user: User, at: datetime) -> tuple[TimeEntry, bool]:
    """Open an entry or find the open one; returns it and whether it is new.

    A check-out may end the one that was in the way before it is read: then it is tried again.
    """
    for _try in range(MAX_TRIES):
        try:
            with transaction.atomic():
                return TimeEntry.objects.create(user=user, checked_in_at=at), True
        except IntegrityError as error:
            fault = error
        if entry := TimeEntry.objects.open().filter(user=user).first():
            return entry, False
    raise fault


def tell_availability_changed(user_ids: list[int]) -> None:
    """Let open pages and routing know, once this is committed."""
    tell_people(user_ids)
    send = partial(availability_changed.send_robust, sender=TimeEntry, user_ids=user_ids)
    transaction.on_commit(send)
