"""Time at work that a lead enters afterwards, because nobody checked in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.models import TimeEntry
from workforce.services.corrections import MAX_LENGTH, BadCorrection, EndBeforeStart
from workforce.services.months import refuse_locked_months, require_may_settle
from workforce.timesheet_days import dates_of_work


class EntryOverlaps(DomainError):
    code = "entry_overlaps"


class NotAdded(DomainError):
    code = "entry_was_recorded"


@transaction.atomic
def add_entry(
    *,
    user: User,
    actor: User,
    began: datetime,
    ended: datetime,
    note: str,
    ip: str | None = None,
    at: datetime | None = None,
) -> TimeEntry:
    """Enter time at work that was not recorded, and why; it is marked as entered.

    Locks the month. Raises NotTheirs, MonthLocked, EndBeforeStart, BadCorrection and
    EntryOverlaps, each with its field.
    """
    require_may_settle(actor=actor, people=[user])
    return write_entry(user=user, actor=actor, began=began, ended=ended, note=note, ip=ip, at=at)


def write_entry(
    *,
    user: User,
    actor: User,
    began: datetime,
    ended: datetime,
    note: str,
    ip: str | None = None,
    at: datetime | None = None,
) -> TimeEntry:
    """Do what `add_entry` does for whoever may: call it in a transaction that has asked."""
    _check(began, ended, at or timezone.now())
    refuse_locked_months(user_ids=[user.pk], dates=dates_of_work(user.pk, [began]))
    _refuse_overlap(user, began, ended)
    entry = TimeEntry.objects.create(
        user=user,
        checked_in_at=began,
        checked_out_at=ended,
        corrected_in_at=began,
        corrected_out_at=ended,
        is_added=True,
        correction_note=note,
        corrected_by=actor,
    )
    _tell("time_added", entry, actor, note, ip)
    return entry


@transaction.atomic
def remove_added_entry(*, entry: TimeEntry, actor: User, ip: str | None = None) -> None:
    """Take out what was entered by mistake; what was recorded stays.

    Locks the month. Raises NotTheirs, MonthLocked, NotAdded. Removing it again does nothing.
    """
    require_may_settle(actor=actor, people=[entry.user])
    erase_entry(entry=entry, actor=actor, ip=ip)


def erase_entry(*, entry: TimeEntry, actor: User, ip: str | None = None) -> None:
    """Do what `remove_added_entry` does for whoever may, in a transaction that has asked."""
    entry = TimeEntry.objects.select_related("user").filter(pk=entry.pk).first()
    if entry is None:
        return
    if not entry.is_added:
        raise NotAdded(_("This was recorded by a check-in: it can be corrected, not removed."))
    began = entry.corrected_in_at or entry.checked_in_at
    refuse_locked_months(user_ids=[entry.user_id], dates=dates_of_work(entry.user_id, [began]))
    count, _rows = TimeEntry.objects.filter(pk=entry.pk, is_added=True).delete()
    if count:
        _tell("time_removed", entry, actor, entry.correction_note, ip)


def _check(began: datetime, ended: datetime, at: datetime) -> None:
    if ended <= began:
        raise EndBeforeStart(_("The end is before the start."), field="ended")
    if ended > at:
        raise BadCorrection(_("This time has not come yet."), field="ended")
    if ended - began > MAX_LENGTH:
        raise BadCorrection(_("Longer than a day."), field="ended")


def _refuse_overlap(user: User, began: datetime, ended: datetime) -> None:
    """Two entries of one person never share time; an open one lasts."""
    entries = TimeEntry.objects.filter(user=user).annotate(
        start=Coalesce("corrected_in_at", "checked_in_at"),
        end=Coalesce("corrected_out_at", "checked_out_at"),
    )
    entries = entries.filter(Q(end=None) | Q(end__gt=began), start__lt=ended)
    if other := entries.order_by("start").first():
        zone = workplace_zone()
        text = _("There is an entry at that time already, from %(start)s on: correct that one.")
        start = other.start.astimezone(zone)
        raise EntryOverlaps(text % {"start": f"{start:%H:%M %d/%m}"}, field="began")


def _tell(action: str, entry: TimeEntry, actor: User, note: str, ip: str | None) -> None:
    zone = workplace_zone()
    times = {
        "checked_in": entry.corrected_in_at or entry.checked_in_at,
        "checked_out": entry.corrected_out_at or entry.checked_out_at,
    }
    changes = {
        name: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") for name, moment in times.items()
    }
    record(action, actor=actor, target=entry.user, changes=changes | {"note": note}, ip=ip)
