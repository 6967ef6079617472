"""What the month of the roster shows: people x days, cover against the minimum, hours.

A team of 200 has six thousand cells, so rows come as plain values and a line of cells is made as
one text: a template that met each cell would take longer than everything else together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Department, User
from workforce.attendance_records import DayPart
from workforce.labour_rules import rules_on
from workforce.leave_days import LeaveDay, leave_days
from workforce.models import Holiday, Shift, ShiftAssignment, TimeRules
from workforce.roster_page import leave_chip, people_of, shifts_of
from workforce.roster_words import shift_words
from workforce.timesheet_days import dates_of

# Of one person and date: shift, planned minutes, is it published.
Planned = tuple[int, int, bool]


OFF, EMPTY = format_html("<td data-off>{}</td>", ""), format_html("<td>{}</td>", "")


@dataclass(frozen=True, slots=True)
class Column:
    date: date
    is_off: bool
    is_today: bool
    holiday: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person's month; `cells` are the `<td>`s of its days."""

    person: User
    cells: SafeString
    minutes: int


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One shift: by day how many people, and how many are too few."""

    shift: Shift
    code: str
    cells: SafeString


@dataclass(frozen=True, slots=True)
class Code:
    """What a cell says instead of a shift's name."""

    text: str
    color: str
    words: str


@dataclass(slots=True)
class RosterMonth:
    columns: list[Column]
    lines: list[Line]
    cover: list[CoverLine]
    codes: list[Code]
    drafts: int
    missing: int


def read_roster_month(
    viewer: User, departments: Collection[Department], month: date, *, today: date
) -> RosterMonth:
    """Read a month of these departments as far as the viewer may see it, in seven statements."""
    dates = dates_of(month)
    visible = ShiftAssignment.objects.visible_to(viewer)
    people = people_of(visible, departments, dates)
    ids = [person.pk for person in people]
    fields = ("user", "date", "shift", "planned_minutes", "is_published")
    rows = visible.filter(user__in=ids).between(dates[0], dates[-1]).with_state()
    planned: dict[int, dict[date, list[Planned]]] = defaultdict(lambda: defaultdict(list))
    in_order = rows.order_by("date", "starts_at", "pk").values_list(*fields)
    for user_id, on, *one in in_order:
        planned[user_id][on].append(tuple(one))
    used = {one[0] for days in planned.values() for of_day in days.values() for one in of_day}
    active, by_id = shifts_of(viewer, departments, used)
    codes = _codes([by_id[pk] for pk in sorted(used | {shift.pk for shift in active})])
    leaves = leave_days(ids, dates[0], dates[-1])
    columns = _columns(dates, today)
    here = [person for person in people if person.is_active]
    cover, missing = _cover(active, codes, columns, here, planned, leaves)
    return RosterMonth(
        columns=columns,
        lines=[
            _line(person, columns, planned[person.pk], leaves.get(person.pk, {}), codes, viewer)
            for person in people
        ],
        cover=cover,
        codes=list(codes.values()),
        drafts=sum(
            not one[2]
            for person in here
            for of_day in planned[person.pk].values()
            for one in of_day
        ),
        missing=missing,
    )


def _codes(shifts: Iterable[Shift]) -> dict[int, Code]:
    """The hour a shift begins at; of several with one, the others get a letter as well."""
    found: dict[int, Code] = {}
    taken: dict[str, int] = {}
    for shift in sorted(shifts, key=lambda s: (s.starts_at, s.ends_at, s.pk)):
        hour = f"{shift.starts_at:%H}"
        count = taken[hour] = taken.get(hour, 0) + 1
        letter = "" if count == 1 else chr(ord("a") + min(count, 26) - 1)
        found[shift.pk] = Code(hour + letter, shift.color, shift_words(shift))
    return found


def _columns(dates: Sequence[date], today: date) -> list[Column]:
    table = [rules.as_rules() for rules in TimeRules.objects.all()]
    holidays = Holiday.objects.filter(date__range=(dates[0], dates[-1]), is_confirmed=True)
    names = dict(holidays.values_list("date", "name"))
    return [
        Column(on, on in names or _is_rest(on, table), on == today, names.get(on, ""))
        for on in dates
    ]


def _is_rest(on: date, table: list) -> bool:
    in_force = any(rules.are_in_force(on) for rules in table)
    return in_force and on.weekday() in rules_on(on, table).rest_weekdays


def _line(
    person: User,
    columns: Sequence[Column],
    planned: Mapping[date, list[Planned]],
    leaves: Mapping[date, LeaveDay],
    codes: Mapping[int, Code],
    viewer: User,
) -> Line:
    cells, minutes = [], 0
    for column in columns:
        of_day, leave = planned.get(column.date, ()), leaves.get(column.date)
        minutes += sum(one[1] for one in of_day)
        if chip := leave and leave_chip(leave, person, viewer):
            symbol = leave.symbol if chip.id else "–"
            half = "" if leave.part == DayPart.WHOLE else "/2"
            cells.append(_td(symbol + half, "violet", chip.words))
        elif of_day:
            cells.append(_shift_cell(of_day, codes))
        else:
            cells.append(OFF if column.is_off else EMPTY)
    return Line(person, joined(cells), minutes)


def _shift_cell(of_day: Sequence[Planned], codes: Mapping[int, Code]) -> SafeString:
    """The hours of a day's shifts, in the colour of the first; drafts only have an outline."""
    text = "·".join(codes[one[0]].text for one in of_day)
    color = codes[of_day[0][0]].color
    if all(one[2] for one in of_day):
        return _td(text, color)
    return _td(text, color, pgettext("roster", "draft"), is_draft=True)


@lru_cache(1024)  # thousands of cells, a few dozen kinds of them
def _td(text: str, color: str = "", words: str = "", *, is_draft: bool = False) -> SafeString:
    return format_html(
        "<td{}{}>{}{}</td>",
        format_html(' data-s="{}"', color) if color else "",
        format_html(' class="{}"', "is-wait") if is_draft else "",
        text,
        format_html('<span class="vh"> {}</span>', words) if words else "",
    )


def joined(cells: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((cell,) for cell in cells))


def _cover(
    shifts: Iterable[Shift],
    codes: Mapping[int, Code],
    columns: Sequence[Column],
    people: Iterable[User],
    planned: Mapping[int, Mapping[date, list[Planned]]],
    leaves: Mapping[int, Mapping[date, LeaveDay]],
) -> tuple[list[CoverLine], int]:
    """The shifts that need somebody, and how many places lack one over all."""
    present: dict[tuple[int, date], int] = defaultdict(int)
    for person in people:
        away = leaves.get(person.pk, {})
        for on, of_day in planned[person.pk].items():
            if not (on in away and away[on].is_away):
                for shift_id in {one[0] for one in of_day}:
                    present[shift_id, on] += 1
    found, missing = [], 0
    for shift in shifts:
        if not shift.minimum_staff:
            continue
        counts = [present[shift.pk, column.date] for column in columns]
        lacking = [max(0, shift.minimum_staff - count) for count in counts]
        missing += sum(lacking)
        cells = [
            _td(str(count), "bad" if lack else "", _("too few") if lack else "")
            for count, lack in zip(counts, lacking, strict=True)
        ]
        found.append(CoverLine(shift, codes[shift.pk].text, joined(cells)))
    return found, missing
