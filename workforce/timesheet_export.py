"""The month of a team as a sheet: a row for each person, written as CSV or XLSX. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workforce.day_symbols import HOLIDAY, IN_LIEU, WORKED
from workforce.time_words import pay_class
from workforce.timesheet_days import PersonMonth
from workforce.timesheet_team import PAID_MORE

SYMBOLS = (WORKED, HOLIDAY, IN_LIEU)


def sheet_rows(months: Sequence[PersonMonth], dates: Sequence[date]) -> Iterator[list[object]]:
    """Yield the heading, then a row for each person: symbols by day, days, minutes, state.

    Minutes and not hours: they are exact, and whoever adds them up gets what the pages show.
    """
    symbols = [*SYMBOLS, *sorted({s for m in months for s in m.totals.half_days} - set(SYMBOLS))]
    yield [
        _("Person"),
        _("Sign-in name"),
        _("Department"),
        *(f"{on:%d/%m}" for on in dates),
        *(_("Days %(symbol)s") % {"symbol": symbol} for symbol in symbols),
        _("Planned, minutes"),
        _("Worked, minutes"),
        _("Late, times"),
        _("Late, minutes"),
        _("Left early, times"),
        _("Left early, minutes"),
        _("Overtime, minutes"),
        *(_("%(kind)s, minutes") % {"kind": pay_class(name).capitalize()} for name in PAID_MORE),
        _("Days to settle"),
        pgettext("timesheet", "State"),
    ]
    for month in months:
        yield _row(month, dates, symbols)


def _row(month: PersonMonth, dates: Sequence[date], symbols: Sequence[str]) -> list[object]:
    shown = {row.day.date: row.day.symbol for row in month.rows}
    totals, department = month.totals, month.person.department
    return [
        month.person.display_name,
        month.person.username,
        department.name if department else "",
        *(shown.get(on, "") for on in dates),
        *(totals.half_days.get(symbol, 0) / 2 for symbol in symbols),
        totals.planned_minutes,
        totals.worked_minutes,
        totals.late_times,
        totals.late_minutes,
        totals.early_times,
        totals.early_minutes,
        totals.overtime_minutes,
        *(totals.minutes.get(name, 0) for name in PAID_MORE),
        ", ".join(f"{on:%d/%m}" for on in month.totals.unresolved),
        state_words(month),
    ]


def state_words(month: PersonMonth) -> str:
    words = {
        "locked": pgettext("timesheet", "locked"),
        "approved": pgettext("timesheet", "approved"),
        "open": pgettext("timesheet", "open"),
    }
    return words[month.state]
