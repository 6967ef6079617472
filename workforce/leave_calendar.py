"""What the calendar of a team's leave shows: people x days, who is there, what comes up.

Rows come as plain values and a line of cells as one text, as in the month of the roster: a team
of 200 has six thousand cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Department, User
from workforce.attendance_records import DayPart, LeaveKind
from workforce.leave_coming import Coming, read_coming, span_words
from workforce.leave_cost import ordinary_dates
from workforce.leave_days import LeaveDay, leave_days
from workforce.leave_team import Asked, Team, read_asked, read_team
from workforce.models import Holiday, LeaveBlackout, LeaveType, ShiftAssignment
from workforce.roster_month import EMPTY, OFF, joined
from workforce.roster_page import leave_chip, people_of
from workforce.services.leave_ledger import balances_of, day_words
from workforce.shift_times import DAY
from workforce.timesheet_days import dates_of

COMING_DAYS = 30
MAX_COMING = 30  # entries of the list; the month above has all
MAX_BLACKOUTS = 12
# The same as in the timesheet: what costs pay warns.
TONES = {"P": "info", "KL": "warn"}
WAITING, HIDDEN = "?", "–"


@dataclass(frozen=True, slots=True)
class Column:
    date: date
    is_off: bool
    is_today: bool
    is_hold: bool
    holiday: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person's month: the `<td>`s of its days, and what is left of each kind of leave."""

    person: User
    cells: SafeString
    balances: list[str]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What stands in a cell, and what it means."""

    text: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Days on which nobody is to ask for leave."""

    when: str
    name: str
    departments: str
    is_shown: bool


@dataclass(slots=True)
class LeaveCalendar:
    columns: list[Column]
    lines: list[Line]
    accounts: list[LeaveType]
    symbols: list[Symbol]
    need: int
    cover: SafeString
    short_days: int
    coming: list[Coming]
    more_coming: int
    holds: list[Hold]
    free_kinds: str
    unconfirmed: list[str]
    risk: Coming | None


def read_leave_calendar(
    viewer: User, department: Department, month: date, *, today: date
) -> LeaveCalendar:
    """Read a department's month as far as the viewer may see it, in a fixed number of statements.

    In the running month the next 30 days are read as well, to say what a request would leave.
    """
    dates = dates_of(month)
    until = today + COMING_DAYS * DAY
    last = max(dates[-1], until) if dates[0] <= today <= dates[-1] else dates[-1]
    visible = ShiftAssignment.objects.visible_to(viewer)
    people = people_of(visible, [department], dates)
    by_id = {person.pk: person for person in people}
    leaves = leave_days(list(by_id), dates[0], last)
    team = read_team(viewer, department, people, visible, leaves, dates[0], last)
    ordinary = set(ordinary_dates(dates[0], last))
    asked = read_asked(viewer, by_id, min(dates[0], today), max(last, until))
    types = list(LeaveType.objects.active())
    accounts = [type for type in types if type.is_counted and type.days_per_year > 0]
    holds = _holds(department, dates)
    columns, unconfirmed = _columns(dates, ordinary, holds, today)
    cover, short_days = _cover(team, columns)
    found = read_coming(viewer, by_id, asked, team, ordinary, (today, until, last))
    seen: dict[str, Symbol] = {}
    lines = _lines(viewer, people, columns, leaves, asked, accounts, seen)
    return LeaveCalendar(
        columns=columns,
        lines=lines,
        accounts=accounts,
        symbols=sorted(seen.values(), key=lambda symbol: symbol.text),
        need=team.need,
        cover=cover,
        short_days=short_days,
        coming=found[:MAX_COMING],
        more_coming=max(0, len(found) - MAX_COMING),
        holds=[_hold(row, dates) for row in holds][:MAX_BLACKOUTS],
        free_kinds=", ".join(
            type.label for type in types if not type.is_restricted and type.kind == LeaveKind.AWAY
        ),
        unconfirmed=unconfirmed,
        risk=next((one for one in found if one.short_on), None),
    )


# --- Reading -----------------------------------------------------------------------------------
def _holds(department: Department, dates: Sequence[date]) -> list[LeaveBlackout]:
    """Read the days without leave of the month and after it; two statements."""
    rows = LeaveBlackout.objects.of_department(department.pk).filter(last__gte=dates[0])
    return list(rows.prefetch_related("departments").order_by("first", "pk"))


def _hold(row: LeaveBlackout, dates: Sequence[date]) -> Hold:
    departments = ", ".join(sorted(department.name for department in row.departments.all()))
    return Hold(span_words(row.first, row.last), row.name, departments, row.first <= dates[-1])


def _columns(
    dates: Sequence[date],
    ordinary: Collection[date],
    holds: Sequence[LeaveBlackout],
    today: date,
) -> tuple[list[Column], list[str]]:
    """The days of the month, and the holidays in it that nobody has confirmed; one statement."""
    rows = Holiday.objects.filter(date__range=(dates[0], dates[-1]))
    named = {row.date: row.name for row in rows if row.is_confirmed}
    columns = [
        Column(
            date=on,
            is_off=on not in ordinary,
            is_today=on == today,
            is_hold=any(row.first <= on <= row.last for row in holds),
            holiday=named.get(on, ""),
        )
        for on in dates
    ]
    return columns, [f"{row.date:%d/%m}: {row.name}" for row in rows if not row.is_confirmed]


# --- The table ---------------------------------------------------------------------------------
def _lines(
    viewer: User,
    people: Sequence[User],
    columns: Sequence[Column],
    leaves: Mapping[int, Mapping[date, LeaveDay]],
    asked: Iterable[Asked],
    accounts: Sequence[LeaveType],
    seen: dict[str, Symbol],
) -> list[Line]:
    """Draw everybody's month, and note in `seen` which symbols it has."""
    waiting: dict[int, dict[date, Asked]] = defaultdict(dict)
    for one in asked:
        for column in columns:
            if one.first <= column.date <= one.last:
                waiting[one.user_id].setdefault(column.date, one)
    known = {person.pk for person in people if may_see_account(viewer, person)}
    balances = balances_of(known) if accounts else {}
    found = []
    for person in people:
        of_person = leaves.get(person.pk, {}), waiting.get(person.pk, {})
        cells = joined(_cells(viewer, person, columns, *of_person, seen))
        account = [
            day_words(balances.get((person.pk, type.pk), Decimal(0))) if person.pk in known else ""
            for type in accounts
        ]
        found.append(Line(person, cells, account))
    return found


def may_see_account(viewer: User, person: User) -> bool:
    """As `LeaveLedgerEntry.objects.visible_to`: all, own staff's and the own, or the own."""
    is_staff = person.role == User.Role.STAFF
    return viewer.is_admin or viewer == person or (viewer.is_manager and is_staff)


def _cells(
    viewer: User,
    person: User,
    columns: Sequence[Column],
    leaves: Mapping[date, LeaveDay],
    waiting: Mapping[date, Asked],
    seen: dict[str, Symbol],
) -> Iterator[SafeString]:
    """A leave goes before a request; on a day off its symbol stands on the colour of the day."""
    for column in columns:
        leave, asked = leaves.get(column.date), waiting.get(column.date)
        if chip := leave and leave_chip(leave, person, viewer):
            symbol = _symbol_of(leave, is_hidden=chip.id is None)
            seen.setdefault(symbol.text, symbol)
            half = "" if leave.part == DayPart.WHOLE else "/2"
            tone = "" if column.is_off else symbol.tone
            yield _td(symbol.text + half, tone, chip.words, is_off=column.is_off)
        elif asked:
            symbol = Symbol(WAITING, "info", pgettext("request", "waits for a decision"))
            seen.setdefault(symbol.text, symbol)
            tone, words = ("" if column.is_off else symbol.tone), f"{asked.words}, {symbol.words}"
            yield _td(WAITING, tone, words, is_wait=True, is_off=column.is_off)
        else:
            yield OFF if column.is_off else EMPTY


def _symbol_of(leave: LeaveDay, *, is_hidden: bool) -> Symbol:
    if is_hidden:
        return Symbol(HIDDEN, "violet", _("away"))
    tone = TONES.get(leave.symbol, "violet" if leave.kind == LeaveKind.AWAY else "ok")
    return Symbol(leave.symbol, tone, leave.name)


@lru_cache(1024)  # thousands of cells, a few dozen kinds of them
def _td(
    text: str, tone: str = "", words: str = "", *, is_wait: bool = False, is_off: bool = False
) -> SafeString:
    return format_html(
        "<td{}{}{}>{}{}</td>",
        format_html(' data-s="{}"', tone) if tone else "",
        format_html(' class="{}"', "is-wait") if is_wait and tone else "",
        format_html(" {}", "data-off") if is_off else "",
        text,
        format_html('<span class="vh"> {}</span>', words) if words else "",
    )


def _cover(team: Team, columns: Sequence[Column]) -> tuple[SafeString, int]:
    """How many are at work each day, and on how many days they are too few."""
    cells, short_days = [], 0
    for column in columns:
        if column.is_off and column.date not in team.planned:
            cells.append(OFF)
            continue
        missing = team.missing(column.date)
        short_days += missing > 0
        cells.append(
            _td(
                str(len(team.at_work(column.date))),
                "bad" if missing else "",
                _too_few(missing) if missing else "",
            )
        )
    return joined(cells), short_days


def _too_few(missing: int) -> str:
    return ngettext("%(n)d too few", "%(n)d too few", missing) % {"n": missing}
