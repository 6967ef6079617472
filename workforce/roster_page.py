"""What the page of the roster shows: people x days, cover, and what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Department, User
from workforce.attendance_records import LeaveKind
from workforce.coverage import Coverage, Need, Presence, shift_coverage
from workforce.leave_days import LeaveDay, leave_days
from workforce.models import Shift, ShiftAssignment
from workforce.roster_plan import (
    WEEK,
    Planned,
    conflicts_of,
    dates_of_week,
    plan_around,
    rules_of,
)
from workforce.roster_rules import Conflict, Kind
from workforce.roster_words import clock, conflict_words


@dataclass(frozen=True, slots=True)
class Chip:
    """One planned shift in its cell."""

    id: int
    name: str
    clock: str
    color: str
    is_draft: bool
    is_clash: bool
    is_excused: bool  # the person is on leave


@dataclass(frozen=True, slots=True)
class LeaveChip:
    """Somebody's leave in their cell; `id` leads to it, for those who may see more of it."""

    words: str
    id: int | None


@dataclass(slots=True)
class Cell:
    date: date
    chips: list[Chip] = field(default_factory=list)
    leave: LeaveChip | None = None


@dataclass(slots=True)
class PersonRow:
    """The week of one person; `minutes` are those of its shifts."""

    person: User
    cells: list[Cell]
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class CoverRow:
    """One shift against the people it needs, date by date."""

    shift: Shift
    days: list[Coverage]


@dataclass(frozen=True, slots=True)
class Problem:
    """A conflict in words; `fix_id` is the shift whose removal ends it."""

    who: str
    what: str
    source: str
    is_refusal: bool
    fix_id: int | None
    fix_name: str


@dataclass(slots=True)
class RosterWeek:
    dates: list[date]
    rows: list[PersonRow]
    cover: list[CoverRow]
    shifts: list[Shift]
    problems: list[Problem]
    planned: int
    drafts: int

    @property
    def missing(self) -> int:
        """How many places lack somebody."""
        return sum(day.missing for row in self.cover for day in row.days)

    @property
    def refusals(self) -> int:
        return sum(problem.is_refusal for problem in self.problems)


def read_week(
    viewer: User, departments: Collection[Department], week: date, zone: tzinfo
) -> RosterWeek:
    """Read a week of these departments as far as the viewer may see it, in five statements."""
    dates = dates_of_week(week)
    visible = ShiftAssignment.objects.visible_to(viewer)
    people = people_of(visible, departments, dates)
    plan = plan_around(visible, [person.pk for person in people], week)
    active, by_id = shifts_of(viewer, departments, {one.shift_id for one in plan})
    may_plan = viewer.is_admin or viewer.is_manager
    found = conflicts_of(plan, week, zone, rules_of(week)) if may_plan else {}
    in_week = [one for one in plan if week <= one.date < week + WEEK]
    leaves = leave_days([person.pk for person in people], dates[0], dates[-1])
    here = {person.pk for person in people if person.is_active}
    rows = _rows(people, in_week, by_id, found, dates, zone, leaves)
    for row in rows:
        for on, leave in leaves.get(row.person.pk, {}).items():
            row.cells[(on - dates[0]).days].leave = leave_chip(leave, row.person, viewer)
    return RosterWeek(
        dates=dates,
        rows=rows,
        cover=_cover(active, list(present_of(in_week, here, leaves)), dates, zone),
        shifts=active,
        problems=list(_problems(found, people, plan, by_id, zone)),
        planned=len(in_week),
        drafts=sum(not one.is_published for one in in_week if one.person_id in here),
    )


def leave_chip(leave: LeaveDay, person: User, viewer: User) -> LeaveChip | None:
    """What the viewer may know of somebody's leave: leads and the person all, others when."""
    if viewer.is_admin or viewer.is_manager or viewer.pk == person.pk:
        return LeaveChip(leave.words, leave.leave_id)
    return LeaveChip(_("away"), None) if leave.kind == LeaveKind.AWAY else None


def present_of(
    plan: Iterable[Planned], here: Collection[int], leaves: Mapping[int, Mapping[date, LeaveDay]]
) -> Iterator[Planned]:
    """Yield the shifts that somebody will really be there for."""
    for one in plan:
        leave = leaves.get(one.person_id, {}).get(one.date)
        if one.person_id in here and not (leave and leave.is_away):
            yield one


def shifts_of(
    viewer: User, departments: Collection[Department], used: Collection[int]
) -> tuple[list[Shift], dict[int, Shift]]:
    """Return the shifts these departments have, and by id those and all that are used."""
    shifts = list(Shift.objects.visible_to(viewer).select_related("department"))
    by_id = {shift.pk: shift for shift in shifts}
    if foreign := set(used) - set(by_id):  # of people who have changed departments since
        by_id |= Shift.objects.in_bulk(foreign)
    own = {department.pk for department in departments}
    return [s for s in shifts if s.is_active and s.department_id in own], by_id


def people_of(visible, departments: Collection[Department], dates: Sequence[date]) -> list[User]:
    """Who works in these departments, and who left them while the week still names them."""
    named = visible.between(dates[0], dates[-1]).values("user")
    rows = User.objects.filter(Q(is_active=True) | Q(pk__in=named), department__in=departments)
    return list(rows.select_related("department").order_by("department", "display_name", "pk"))


def _rows(
    people: Iterable[User],
    in_week: Iterable[Planned],
    shifts: Mapping[int, Shift],
    found: Mapping[int, list[Conflict]],
    dates: Sequence[date],
    zone: tzinfo,
    leaves: Mapping[int, Mapping[date, LeaveDay]],
) -> list[PersonRow]:
    clashing = {
        pk
        for conflicts in found.values()
        for conflict in conflicts
        if conflict.kind == Kind.OVERLAP
        for pk in conflict.ids
    }
    rows = {p.pk: PersonRow(p, [Cell(on) for on in dates]) for p in people}
    for one in in_week:
        row, shift = rows[one.person_id], shifts[one.shift_id]
        leave = leaves.get(one.person_id, {}).get(one.date)
        chip = Chip(
            id=one.id,
            name=shift.name,
            clock=clock(one, zone),
            color=shift.color,
            is_draft=not one.is_published,
            is_clash=one.id in clashing,
            is_excused=leave is not None and leave.is_away,
        )
        row.cells[(one.date - dates[0]).days].chips.append(chip)
        row.minutes += one.planned_minutes
    return list(rows.values())


def _cover(
    shifts: Iterable[Shift], in_week: Iterable[Planned], dates: Sequence[date], zone: tzinfo
) -> list[CoverRow]:
    """The shifts that need somebody, each on every date."""
    present: dict[tuple[int, date], list[Presence]] = defaultdict(list)
    for one in in_week:
        span = (one.starts_at, one.ends_at, str(one.shift_id), one.person_id)
        present[one.shift_id, one.date].append(Presence(*span))
    rows = []
    for shift in shifts:
        if not shift.minimum_staff:
            continue
        days = []
        for on in dates:
            times = shift.times_on(on, zone)
            need = Need(times.starts_at, times.ends_at, str(shift.pk), shift.minimum_staff)
            days.append(shift_coverage(need, present[shift.pk, on]))
        rows.append(CoverRow(shift, days))
    return rows


def _problems(
    found: Mapping[int, list[Conflict]],
    people: Iterable[User],
    plan: Iterable[Planned],
    shifts: Mapping[int, Shift],
    zone: tzinfo,
) -> Iterator[Problem]:
    """Those that refuse first, then in the order of the people."""
    names = {pk: shift.name for pk, shift in shifts.items()}
    by_id = {one.id: one for one in plan}
    listed = [(person, c) for person in people for c in found.get(person.pk, ())]
    for person, conflict in sorted(listed, key=lambda pair: not pair[1].is_refusal):
        who, what = conflict_words(conflict, person.display_name, by_id, names, zone)
        fix = _fix(conflict, by_id)
        yield Problem(
            who=who,
            what=what,
            source=conflict.source,
            is_refusal=conflict.is_refusal,
            fix_id=fix and fix.id,
            fix_name=f"{names[fix.shift_id]} {clock(fix, zone)}" if fix else "",
        )


def _fix(conflict: Conflict, plan: Mapping[int, Planned]) -> Planned | None:
    """Of two shifts at one time the one to give up: the draft, else the later one."""
    if conflict.kind != Kind.OVERLAP:
        return None
    one, other = (plan[pk] for pk in conflict.ids)
    return one if other.is_published and not one.is_published else other
