"""What the pages of the timesheet draw: amounts in words, marks of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms, template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workforce.attendance_records import Flag, LeaveKind
from workforce.labour_rules import DayKind
from workforce.leave_days import LeaveDay
from workforce.roster_forms import DayField
from workforce.time_words import days, hours, month_name, pay_class, short_date, weekday
from workforce.timesheet_days import DayRow
from workforce.timesheet_forms import LocalMomentField

register = template.Library()
for word in (hours, days, weekday, short_date, month_name, pay_class):
    register.filter(word)

# The first that a day has is the one its cell shows.
FLAGS: dict[Flag, tuple[str, str | Promise]] = {
    Flag.IN_PROGRESS: ("ok", gettext_lazy("at work now")),
    Flag.MISSING_CHECK_OUT: ("bad", gettext_lazy("check-out missing")),
    Flag.MISSING_CHECK_IN: ("bad", gettext_lazy("check-in missing")),
    Flag.BACKWARDS: ("bad", gettext_lazy("ends before it starts")),
    Flag.ABSENT: ("bad", gettext_lazy("absent")),
    Flag.TOO_SHORT: ("warn", gettext_lazy("less than half a day")),
    Flag.WORKED_ON_LEAVE: ("warn", gettext_lazy("worked on leave")),
    Flag.CORRECTED: ("", gettext_lazy("corrected")),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A few words about a day, in a colour."""

    tone: str
    text: str


@register.filter
def request_input(field: forms.BoundField) -> str:
    """The kind of input a field of a request's form wants."""
    if isinstance(field.field, forms.ChoiceField):
        return "select"
    inputs = {DayField: "date", LocalMomentField: "datetime-local"}
    return inputs.get(type(field.field), "text")


@register.filter
def marks(row: DayRow) -> list[Mark]:
    """Everything there is to say about a day."""
    return list(_marks(row))


@register.filter
def cell_symbol(row: DayRow) -> str:
    """The symbol of a day; who was planned and did not come has a dash, not only a colour."""
    return "–" if Flag.ABSENT in row.day.flags else row.day.symbol


@register.filter
def cell_tone(row: DayRow) -> str:
    """The colour of a day's cell in the sheet of a team."""
    if row.day.is_unresolved or Flag.ABSENT in row.day.flags:
        return "bad"
    if row.day.late_minutes or row.day.early_minutes or Flag.TOO_SHORT in row.day.flags:
        return "warn"
    if row.day.kind in (DayKind.HOLIDAY, DayKind.IN_LIEU):
        return "ok"
    return _tone_of_leave(row.leave) if row.leave else ""


@register.filter
def cell_words(row: DayRow) -> str:
    """The same for those who do not see colours."""
    return ", ".join(mark.text for mark in _marks(row))


def _tone_of_leave(leave: LeaveDay) -> str:
    """Leave that costs pay warns; annual leave and what the insurance pays look different."""
    tones = {"P": "info", "KL": "warn"}
    return tones.get(leave.symbol, "violet" if leave.kind == LeaveKind.AWAY else "")


def _marks(row: DayRow) -> Iterator[Mark]:
    day = row.day
    if row.leave:
        yield Mark(_tone_of_leave(row.leave), row.leave.words)
    if row.holiday:
        yield Mark("info", row.holiday)
    elif day.kind == DayKind.IN_LIEU:
        yield Mark("info", _("day off in lieu"))
    for flag, (tone, text) in FLAGS.items():
        if flag in day.flags:
            yield Mark(tone, str(text))
    if row.is_off_site:
        yield Mark("warn", _("outside the office"))
    if day.late_minutes:
        text = ngettext("late %(count)d minute", "late %(count)d minutes", day.late_minutes)
        yield Mark("warn", text % {"count": day.late_minutes})
    if day.early_minutes:
        text = ngettext(
            "left %(count)d minute early", "left %(count)d minutes early", day.early_minutes
        )
        yield Mark("warn", text % {"count": day.early_minutes})
    yield from _marks_of_agreements(row)


def _marks_of_agreements(row: DayRow) -> Iterator[Mark]:
    """What was agreed for the day, and what counts nothing because nobody did."""
    agreed = row.agreed
    if agreed.overtime:
        minutes = sum(end - start for start, end in agreed.overtime)
        yield Mark("info", _("overtime agreed, %(hours)s h") % {"hours": hours(minutes)})
    if agreed.late_minutes:
        words = {"count": agreed.late_minutes}
        yield Mark("info", _("coming %(count)d min later is agreed") % words)
    if agreed.early_minutes:
        words = {"count": agreed.early_minutes}
        yield Mark("info", _("leaving %(count)d min earlier is agreed") % words)
    if row.day.uncounted_minutes:
        words = {"hours": hours(row.day.uncounted_minutes)}
        yield Mark("warn", _("%(hours)s h of overtime not approved") % words)
