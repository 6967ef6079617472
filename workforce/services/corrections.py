"""Correcting a time entry: what was recorded stays, what counts stands beside it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from accounts.workplace import workplace_zone
from omnichat.lib.errors import DomainError
from workforce.intervals import minute_of
from workforce.models import Break, TimeEntry
from workforce.services.months import refuse_locked_months, require_may_settle
from workforce.timesheet_days import dates_of_work

# A check-in moves by a day at most: what lies further away is another entry.
MAX_MOVE = timedelta(days=1)
MAX_LENGTH = timedelta(days=1)


class BadCorrection(DomainError):
    code = "bad_correction"
    status = 400


class EndBeforeStart(BadCorrection):
    code = "end_before_start"


@transaction.atomic
def correct_entry(
    *,
    entry: TimeEntry,
    actor: User,
    began: datetime,
    ended: datetime | None,
    note: str,
    ip: str | None = None,
    at: datetime | None = None,
) -> TimeEntry:
    """Let these times count instead of the recorded ones, from when to when, and say why.

    A time within the recorded minute is no correction. `ended` None: as recorded, and the only
    choice while the entry is open. Locks the months, then the entry. Raises NotTheirs,
    MonthLocked, EndBeforeStart and BadCorrection, each with its field.
    """
    require_may_settle(actor=actor, people=[entry.user])
    times = {"began": began, "ended": ended}
    return write_correction(entry=entry, actor=actor, note=note, ip=ip, at=at, **times)


def write_correction(
    *,
    entry: TimeEntry,
    actor: User,
    began: datetime,
    ended: datetime | None,
    note: str,
    ip: str | None = None,
    at: datetime | None = None,
) -> TimeEntry:
    """Do what `correct_entry` does for whoever may: call it in a transaction that has asked."""
    at = at or timezone.now()
    entry = TimeEntry.objects.select_related("user").get(pk=entry.pk)
    before = entry.corrected_in_at or entry.checked_in_at
    dates = dates_of_work(entry.user_id, [before, began])
    refuse_locked_months(user_ids=[entry.user_id], dates=dates)
    entry = TimeEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    _check(entry, began, ended, at)
    old = _shown(entry)
    recorded = None if entry.is_auto_closed else entry.checked_out_at
    # What a lead entered was never recorded: it stays a correction, whatever its times.
    is_in_same = not entry.is_added and _is_same(began, entry.checked_in_at)
    is_out_same = ended is None or (not entry.is_added and _is_same(ended, recorded))
    entry.corrected_in_at = None if is_in_same else began
    entry.corrected_out_at = None if is_out_same else ended
    is_corrected = bool(entry.corrected_in_at or entry.corrected_out_at)
    entry.correction_note = note if is_corrected else ""
    entry.corrected_by = actor if is_corrected else None
    entry.save(
        update_fields=["corrected_in_at", "corrected_out_at", "correction_note", "corrected_by"]
    )
    changes = {name: [old[name], value] for name, value in _shown(entry).items()}
    record(
        "time_corrected", actor=actor, target=entry.user, changes=changes | {"note": note}, ip=ip
    )
    return entry


@transaction.atomic
def correct_break(
    *,
    taken: Break,
    actor: User,
    began: datetime,
    ended: datetime | None,
    note: str,
    ip: str | None = None,
    at: datetime | None = None,
) -> Break:
    """Let these times of a break count; `ended` None: it did not take place.

    What was recorded stays beside them. Locks the month, then the entry. Raises NotTheirs,
    MonthLocked, EndBeforeStart and BadCorrection, each with its field.
    """
    at = at or timezone.now()
    taken = Break.objects.select_related("entry__user").get(pk=taken.pk)
    entry = taken.entry
    require_may_settle(actor=actor, people=[entry.user])
    dates = dates_of_work(entry.user_id, [entry.corrected_in_at or entry.checked_in_at])
    refuse_locked_months(user_ids=[entry.user_id], dates=dates)
    entry = TimeEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    taken.refresh_from_db(fields=["ended_at", "corrected_start_at", "corrected_end_at"])
    if taken.ended_at is None:
        raise BadCorrection(_("This break lasts: correct it once it is over."), field="began")
    if ended is None:
        began = ended = taken.started_at
    else:
        _check_break(entry, began, ended, at)
    before = _break_words(taken)
    is_as_recorded = _is_same(began, taken.started_at) and _is_same(ended, taken.ended_at)
    taken.corrected_start_at = None if is_as_recorded else began
    taken.corrected_end_at = None if is_as_recorded else ended
    taken.save(update_fields=["corrected_start_at", "corrected_end_at"])
    changes = {"break": [before, _break_words(taken)], "note": note}
    record("break_corrected", actor=actor, target=entry.user, changes=changes, ip=ip)
    return taken


def _check_break(entry: TimeEntry, began: datetime, ended: datetime, at: datetime) -> None:
    if ended < began:
        raise EndBeforeStart(_("The end is before the start."), field="ended")
    if ended > at:
        raise BadCorrection(_("This time has not come yet."), field="ended")
    text = _("Outside the time at work of this entry.")
    if minute_of(began) < minute_of(entry.corrected_in_at or entry.checked_in_at):
        raise BadCorrection(text, field="began")
    end = entry.corrected_out_at or entry.checked_out_at
    if end is not None and minute_of(ended) > minute_of(end):
        raise BadCorrection(text, field="ended")


def _break_words(taken: Break) -> str:
    """`12:00-12:45` as it counts; nothing for one that did not take place."""
    start = taken.corrected_start_at or taken.started_at
    end = taken.corrected_end_at or taken.ended_at
    zone = workplace_zone()
    if end is None or _is_same(start, end):
        return ""
    return f"{start.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}"


def _check(entry: TimeEntry, began: datetime, ended: datetime | None, at: datetime) -> None:
    is_open = entry.checked_out_at is None
    if abs(began - entry.checked_in_at) > MAX_MOVE:
        text = _("More than a day away from the check-in that was recorded.")
        raise BadCorrection(text, field="began")
    if began > at:
        raise BadCorrection(_("This time has not come yet."), field="began")
    if is_open and ended is not None:
        text = _("Still at work: correct the end after the check-out.")
        raise BadCorrection(text, field="ended")
    if entry.is_auto_closed and ended is None:
        raise BadCorrection(_("Say when the work ended."), field="ended")
    end = ended or entry.checked_out_at
    if end is None:
        return
    if end < began and not _is_same(end, began):
        raise EndBeforeStart(_("The end is before the start."), field="ended")
    if end > at:
        raise BadCorrection(_("This time has not come yet."), field="ended")
    if end - began > MAX_LENGTH:
        raise BadCorrection(_("Longer than a day."), field="ended")


def _is_same(one: datetime, other: datetime | None) -> bool:
    return other is not None and minute_of(one) == minute_of(other)


def _shown(entry: TimeEntry) -> dict[str, str]:
    """What counts, on the wall of the workplace, for the audit."""
    zone = workplace_zone()
    recorded = None if entry.is_auto_closed else entry.checked_out_at
    times = {
        "checked_in": entry.corrected_in_at or entry.checked_in_at,
        "checked_out": entry.corrected_out_at or recorded,
    }
    return {
        name: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
        for name, moment in times.items()
    }
