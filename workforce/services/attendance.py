"""Checking in and out."""

from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.services import set_presence
from accounts.services.live import tell_people
from omnichat.lib.errors import DomainError
from workforce.attendance_records import LeaveKind
from workforce.models import Break, Leave, OfficeNetwork, TimeEntry
from workforce.shift_ends import shift_end_of
from workforce.signals import availability_changed
from workforce.timesheet_days import EARLY_MINUTES

MAX_TRIES = 10
STAY_MINUTES = 30  # one more stretch beyond the shift
STAY = timedelta(minutes=STAY_MINUTES)
PRESSED_TWICE = timedelta(minutes=1)
# Granted by a lead: who has one of these works elsewhere.
ELSEWHERE = (LeaveKind.TRIP, LeaveKind.REMOTE)


class NotCheckedIn(DomainError):
    code = "not_checked_in"


class NoShiftToEnd(DomainError):
    code = "no_shift_to_end"


class OutsideOffice(DomainError):
    code = "outside_office"


@transaction.atomic
def check_in(
    *, user: User, at: datetime | None = None, address: str | None = None
) -> tuple[TimeEntry, bool]:
    """Open a time entry and take work; returns it and whether it is new.

    Pressing twice, or on two devices, finds the entry that is open: a partial unique index lets
    only one exist. From an `address` outside the office the entry is marked, or OutsideOffice
    raised, as the organisation chose; without an address nobody asks.
    """
    at = at or timezone.now()
    is_off_site = address is not None and _is_off_site(user, address, at)
    entry, is_new = _open_entry(user, at, is_off_site=is_off_site)
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
def stay_longer(*, user: User, at: datetime | None = None) -> datetime:
    """Go on half an hour beyond the end of the shift, or of the stay so far; returns until when.

    What is over by now counts from now. While a whole stretch is left of the stay it changes
    nothing: however often it is pressed, nobody is kept longer than they can foresee.
    Locks the entry. Raises NotCheckedIn, NoShiftToEnd.
    """
    at = at or timezone.now()
    entry = TimeEntry.objects.open().filter(user=user).select_for_update(no_key=True).first()
    if entry is None:
        raise NotCheckedIn(_("You cannot stay longer: you are not checked in."))
    end = shift_end_of(user.pk, at)
    if end is None:
        raise NoShiftToEnd(_("You cannot stay longer: no shift of yours is ending."))
    if end.stays_until and end.stays_until > at + STAY - PRESSED_TWICE:
        return end.stays_until
    until = max(end.leaves_at, at) + STAY
    TimeEntry.objects.filter(pk=entry.pk).update(stays_until=until)
    tell_availability_changed([user.pk])
    return until


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


def _is_off_site(user: User, address: str, at: datetime) -> bool:
    """Is a check-in from here marked? Raises OutsideOffice where it is refused."""
    networks = list(OfficeNetwork.objects.filter(is_active=True))
    if not networks or any(network.holds(address) for network in networks):
        return False
    organisation = Organisation.objects.first() or Organisation()
    rule = organisation.off_site_check_in
    if rule == Organisation.OffSite.ALLOWED or _works_elsewhere(user, at):
        return False
    # Who is in already, from the office, is told so and not refused.
    is_in = TimeEntry.objects.open().filter(user=user).exists()
    if rule == Organisation.OffSite.REFUSED and not is_in:
        text = _(
            "Check in from the network of the office; you are at %(address)s. If you work "
            "elsewhere today, ask your manager to enter remote work or a business trip."
        )
        raise OutsideOffice(text % {"address": address})
    return True


def _works_elsewhere(user: User, at: datetime) -> bool:
    """Has a lead granted remote work or a trip for now, or for a beginning this near?"""
    soon = at + timedelta(minutes=EARLY_MINUTES)
    leaves = Leave.objects.granted().filter(user=user, type__kind__in=ELSEWHERE)
    return leaves.filter(starts_at__lte=soon, ends_at__gt=at).exists()


def _open_entry(user: User, at: datetime, *, is_off_site: bool) -> tuple[TimeEntry, bool]:
    """Open an entry or find the open one; returns it and whether it is new.

    A check-out may end the one that was in the way before it is read: then it is tried again.
    """
    for _try in range(MAX_TRIES):
        try:
            with transaction.atomic():
                entry = TimeEntry.objects.create(
                    user=user, checked_in_at=at, is_off_site=is_off_site
                )
                return entry, True
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
