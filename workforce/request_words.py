"""Requests in words: what somebody asks for, in a line and in rows of name and value."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workforce.leave_cost import Calendar, leave_cost
from workforce.leave_days import PARTS
from workforce.models import Request, ShiftAssignment
from workforce.overtime_limits import Exceeded, Span
from workforce.roster_words import shift_words
from workforce.services.leave_ledger import day_words
from workforce.time_words import hours, short_date

Kind = Request.Kind

ASKS = {
    Kind.LEAVE: lambda: pgettext("request", "asks for leave"),
    Kind.LATE_EARLY: lambda: pgettext("request", "asks to come late or leave early"),
    Kind.OVERTIME: lambda: pgettext("request", "asks for overtime"),
    Kind.REMOTE: lambda: pgettext("request", "asks to work remotely"),
    Kind.TRIP: lambda: pgettext("request", "asks for a business trip"),
    Kind.ATTENDANCE_CORRECTION: lambda: pgettext("request", "asks to correct the timesheet"),
    Kind.SHIFT_CHANGE: lambda: pgettext("request", "asks to change a shift"),
    Kind.RAISE: lambda: pgettext("request", "asks for a raise"),
    Kind.TRANSFER: lambda: pgettext("request", "asks for a transfer"),
    Kind.OTHER: lambda: pgettext("request", "has another request"),
}
# Who writes is who reads: the same, said to oneself.
TONES = {"pending": "warn", "approved": "ok", "rejected": "bad", "cancelled": "", "closed": ""}


def headline(request: Request) -> str:
    """`asks for leave Wed 25/11`: what follows a person's name."""
    asks = ASKS[Kind(request.kind)]()
    when = days_words(request)
    return f"{asks} {when}" if when else asks


def days_words(request: Request) -> str:
    """`Wed 25/11`, or `25/11 – 27/11`; nothing where no day is named."""
    if request.first is None:
        return ""
    if request.last is None or request.last == request.first:
        return short_date(request.first)
    return f"{request.first:%d/%m} – {request.last:%d/%m}"


def summary(request: Request, calendar: Calendar | None = None) -> str:
    """What it is about beside the days, in a few words; `calendar` as for `leave_cost`."""
    kind = request.kind
    if kind in (Kind.LEAVE, Kind.REMOTE, Kind.TRIP):
        return _days_away(request, calendar)
    if kind == Kind.LATE_EARLY and request.minutes:
        text = ngettext("%(count)d minute", "%(count)d minutes", request.minutes)
        return f"{request.get_side_display()}, {text % {'count': request.minutes}}"
    if kind in (Kind.OVERTIME, Kind.ATTENDANCE_CORRECTION) and request.starts_at:
        return span_words(request.starts_at, request.ends_at)
    if kind == Kind.SHIFT_CHANGE:
        return _change_words(request)
    if kind == Kind.RAISE and request.amount:
        return raise_words(request)
    if kind == Kind.TRANSFER and request.to_department:
        return _("to %(department)s") % {"department": request.to_department}
    return ""


def span_words(starts_at: datetime, ends_at: datetime | None) -> str:
    """`18:00–20:00`, with the date of the end where it is another day."""
    start = timezone.localtime(starts_at)
    if ends_at is None:
        return f"{start:%H:%M}–…"
    end = timezone.localtime(ends_at)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%H:%M %d/%m}"
    return f"{start:%H:%M}–{until}"


def raise_words(request: Request) -> str:
    """`from 9 500 000 to 10 500 000 ₫ a month`."""
    amount = money(request.amount)
    if request.amount_before:
        words = {"before": money(request.amount_before), "amount": amount}
        asked = _("from %(before)s to %(amount)s a month") % words
    else:
        asked = _("to %(amount)s a month") % {"amount": amount}
    if request.is_approved and request.amount_granted not in (None, request.amount):
        words = {"asked": asked, "granted": money(request.amount_granted)}
        return _("%(asked)s; granted: %(granted)s") % words
    return asked


def money(amount: int) -> str:
    """`10.500.000 ₫` as the reader's language groups it."""
    return f"{amount:,}".replace(",", get_format("THOUSAND_SEPARATOR")) + " ₫"


def planned_words(row: ShiftAssignment) -> str:
    """`Sat 28/11 Chiều 13:00–21:00`."""
    zone = timezone.get_current_timezone()
    start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    return f"{short_date(row.date)} {row.shift.name} {start:%H:%M}–{end:%H:%M}"


def cost_words(cost: Decimal) -> str:
    """`1,5 days`."""
    whole = int(cost) if cost == int(cost) else 2
    text = ngettext("%(days)s day", "%(days)s days", whole)
    return text % {"days": day_words(cost)}


def limit_words(one: Exceeded) -> str:
    """`61 hours of overtime in the month, at most 60`."""
    words = {"hours": hours(one.minutes), "most": hours(one.limit.minutes)}
    texts = {
        Span.DAY: _("%(hours)s hours in the day with the shift, at most %(most)s"),
        Span.MONTH: _("%(hours)s hours of overtime in the month, at most %(most)s"),
        Span.YEAR: _("%(hours)s hours of overtime in the year, at most %(most)s"),
    }
    return texts[one.limit.span] % words


def _days_away(request: Request, calendar: Calendar | None) -> str:
    parts = []
    if request.leave_type is not None:
        parts.append(request.leave_type.label)
    if request.first is not None:
        span = (request.first, request.last or request.first)
        # What was taken stays what it was, whatever the calendar says by now.
        taken = request.effect.get("days")
        is_taken = request.is_approved and taken is not None
        parts.append(
            cost_words(Decimal(taken))
            if is_taken
            else cost_words(leave_cost(*span, request.part, calendar))
        )
        if half := PARTS.get(request.part):
            parts.append(str(half))
    return ", ".join(parts)


def _change_words(request: Request) -> str:
    own = planned_words(request.assignment) if request.assignment else ""
    if request.colleague_assignment is not None:
        words = {
            "own": own,
            "theirs": planned_words(request.colleague_assignment),
            "person": request.colleague,
        }
        return _("%(own)s against %(theirs)s of %(person)s") % words
    if request.colleague is not None:
        return _("%(own)s to %(person)s") % {"own": own, "person": request.colleague}
    if request.wanted_shift is not None:
        words = {"own": own, "shift": shift_words(request.wanted_shift)}
        return _("%(own)s becomes %(shift)s") % words
    return own
