"""Requests to let other times of a day count than those recorded."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from omnichat.lib.errors import DomainError
from workforce.models import Request, TimeEntry
from workforce.services.added_entries import erase_entry, write_entry
from workforce.services.corrections import MAX_LENGTH, write_correction
from workforce.services.months import refuse_locked_months
from workforce.services.request_kinds.base import BadRequest, RequestKind
from workforce.shift_times import DAY, in_utc
from workforce.timesheet_days import dates_of_work

KEPT = ("corrected_in_at", "corrected_out_at", "correction_note", "corrected_by_id")


class CorrectedSince(DomainError):
    code = "corrected_since"


class AttendanceCorrection(RequestKind):
    """From when to when somebody really worked; the entry of that day is corrected, or added."""

    details = ("starts_at", "ends_at")
    needed = details

    def prepare(self, request: Request, at: datetime) -> None:
        if request.starts_at and request.ends_at:
            request.first = dates_of_work(request.user_id, [request.starts_at])[0]
            request.time_entry = _entry_of(request)

    def check(self, request: Request, at: datetime) -> None:
        if request.starts_at is None or request.ends_at is None:
            return
        if request.ends_at <= request.starts_at:
            raise BadRequest(_("The end is before the start."), field="ends_at")
        if request.ends_at > at:
            raise BadRequest(_("This time has not come yet."), field="ends_at")
        if request.ends_at - request.starts_at > MAX_LENGTH:
            raise BadRequest(_("Longer than a day."), field="ends_at")

    def apply(self, request: Request, actor: User, at: datetime, ip: str | None) -> dict:
        note = request.description[:200] or str(request)
        times = {"began": request.starts_at, "ended": request.ends_at, "note": note}
        entry = request.time_entry
        if entry is None:
            added = write_entry(user=request.user, actor=actor, ip=ip, at=at, **times)
            return {"added": added.pk}
        before = _kept(entry)
        entry = write_correction(entry=entry, actor=actor, ip=ip, at=at, **times)
        return {"entry": entry.pk, "before": before, "after": _kept(entry)}

    def undo(self, request: Request, actor: User, at: datetime, ip: str | None) -> None:
        if pk := request.effect.get("added"):
            if entry := TimeEntry.objects.filter(pk=pk).first():
                erase_entry(entry=entry, actor=actor, ip=ip)
            return
        entry = TimeEntry.objects.filter(pk=request.effect["entry"]).first()
        if entry is None:
            raise CorrectedSince(_("The entry is no longer there."))
        # The months before the entry, as whoever corrects it does.
        began = entry.corrected_in_at or entry.checked_in_at
        dates = dates_of_work(request.user_id, [began, entry.checked_in_at])
        refuse_locked_months(user_ids=[request.user_id], dates=dates)
        entry = TimeEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if _kept(entry) != request.effect["after"]:
            text = _("The entry was corrected again since. Correct it in the timesheet instead.")
            raise CorrectedSince(text)
        TimeEntry.objects.filter(pk=entry.pk).update(**request.effect["before"])
        changes = {"date": request.first.isoformat(), "request": request.pk}
        record("correction_undone", actor=actor, target=request.user, changes=changes, ip=ip)


def _entry_of(request: Request) -> TimeEntry | None:
    """The entry that lies on these times, else the nearest one of that working day."""
    began, ended = request.starts_at, request.ends_at
    entries = TimeEntry.objects.filter(
        user=request.user_id, checked_in_at__gte=began - 2 * DAY, checked_in_at__lt=ended + 2 * DAY
    )
    found = [
        entry
        for entry in entries.exclude(checked_out_at=None)
        if dates_of_work(request.user_id, [_began(entry)])[0] == request.first
    ]
    return min(found, key=lambda entry: abs(_began(entry) - began), default=None)


def _began(entry: TimeEntry) -> datetime:
    return entry.corrected_in_at or entry.checked_in_at


def _kept(entry: TimeEntry) -> dict[str, object]:
    """What a correction changes, JSON-safe; times in UTC, so that two are compared as texts."""
    values = {name: getattr(entry, name) for name in KEPT}
    return {
        name: in_utc(value).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
