"""What the page of a rotation shows before it is written: who works when, what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from workforce.models import Shift, ShiftAssignment, TimesheetMonth
from workforce.roster_plan import WEEK, Planned, conflicts_of, dates_of_week, monday_of, rules_of
from workforce.roster_rules import Conflict
from workforce.roster_words import clock, conflict_words, week_words
from workforce.rotation import SkipReason
from workforce.services import RotationDraft, RotationOrder

SHOWN_PROBLEMS = 12
# In a cell, and as a sentence with how many.
REASONS: dict[SkipReason, str | Promise] = {
    SkipReason.TAKEN: _("has a shift already"),
    SkipReason.AWAY: _("on leave"),
    SkipReason.HOLIDAY: _("holiday"),
    SkipReason.OVERLAP: _("overlaps a published shift"),
}
SENTENCES = {
    SkipReason.TAKEN: ngettext_lazy(
        "%(count)d day is left out: the person has a shift already.",
        "%(count)d days are left out: the people have shifts already.",
        "count",
    ),
    SkipReason.AWAY: ngettext_lazy(
        "%(count)d day is left out: the person is on leave.",
        "%(count)d days are left out: the people are on leave.",
        "count",
    ),
    SkipReason.HOLIDAY: ngettext_lazy(
        "%(count)d day is left out: it is a holiday.",
        "%(count)d days are left out: they are holidays.",
        "count",
    ),
    SkipReason.OVERLAP: ngettext_lazy(
        "%(count)d day is left out: the shift would overlap a published one.",
        "%(count)d days are left out: the shifts would overlap published ones.",
        "count",
    ),
}


@dataclass(slots=True)
class PreviewCell:
    """One date of one person: the shift to be added, or why there is none."""

    date: date
    name: str = ""
    clock: str = ""
    color: str = ""
    reason: str | Promise = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    person: User
    cells: list[PreviewCell]


@dataclass(frozen=True, slots=True)
class PreviewWeek:
    words: str
    dates: list[date]
    rows: list[PreviewRow]


@dataclass(frozen=True, slots=True)
class PreviewProblem:
    """A rule that the roster would break with what is added, in the week of these words."""

    week: str
    who: str
    what: str
    source: str
    is_refusal: bool


@dataclass(slots=True)
class RotationPreview:
    """`locked_months` are those that nothing can be added to, as `11/2026`."""

    added: int
    skipped: list[str]
    weeks: list[PreviewWeek]
    problems: list[PreviewProblem]
    locked_months: list[str] = field(default_factory=list)

    @property
    def may_write(self) -> bool:
        return bool(self.added) and not self.locked_months

    @property
    def shown_problems(self) -> list[PreviewProblem]:
        return self.problems[:SHOWN_PROBLEMS]

    @property
    def more_problems(self) -> int:
        return max(0, len(self.problems) - SHOWN_PROBLEMS)


def read_preview(order: RotationOrder, draft: RotationDraft, zone: tzinfo) -> RotationPreview:
    """Say in words what the order comes to."""
    counts = Counter(one.reason for one in draft.skipped)
    problems = sorted(_problems(order, draft, zone), key=lambda problem: not problem.is_refusal)
    return RotationPreview(
        added=len(draft.rows),
        skipped=[SENTENCES[why] % {"count": counts[why]} for why in SENTENCES if counts[why]],
        weeks=_weeks(order, draft, zone),
        problems=problems,
        locked_months=_locked_months(draft.rows),
    )


def _mondays(order: RotationOrder) -> Iterator[date]:
    monday = monday_of(order.first)
    while monday <= order.last:
        yield monday
        monday += WEEK


def _weeks(order: RotationOrder, draft: RotationDraft, zone: tzinfo) -> list[PreviewWeek]:
    added = {(row.user_id, row.date): row for row in draft.rows}
    skipped = {(s.placement.person_id, s.placement.date): s.reason for s in draft.skipped}

    def cell(person: User, on: date) -> PreviewCell:
        key = person.pk, on
        if row := added.get(key):
            return PreviewCell(on, row.shift.name, clock(row, zone), row.shift.color)
        return PreviewCell(on, reason=REASONS[skipped[key]] if key in skipped else "")

    weeks = []
    for monday in _mondays(order):
        dates = dates_of_week(monday)
        rows = [PreviewRow(one, [cell(one, on) for on in dates]) for one in order.people]
        weeks.append(PreviewWeek(week_words(monday), dates, rows))
    return weeks


def _problems(order: RotationOrder, draft: RotationDraft, zone: tzinfo) -> Iterator[PreviewProblem]:
    """What is wrong with the weeks as they would be; what was wrong before is not told again."""
    # Rows without a key of their own yet: below zero, so that they are told from what is there.
    new = [_planned(row, -number) for number, row in enumerate(draft.rows, 1)]
    plan = {one.id: one for one in [*draft.roster, *new]}
    by_week: dict[date, list[Planned]] = defaultdict(list)
    for one in plan.values():
        by_week[monday_of(one.date)].append(one)
    names = _names(order, draft.roster)
    people = {person.pk: person.display_name for person in order.people}
    told = set()
    for monday in _mondays(order):
        around = [one for n in (-1, 0, 1) for one in by_week.get(monday + n * WEEK, ())]
        for person_id, conflicts in conflicts_of(around, monday, zone, rules_of(monday)).items():
            for conflict in conflicts:
                if _is_new(conflict) and conflict not in told:
                    told.add(conflict)
                    words = conflict_words(conflict, people[person_id], plan, names, zone)
                    found = (week_words(monday), *words, conflict.source, conflict.is_refusal)
                    yield PreviewProblem(*found)


def _planned(row: ShiftAssignment, number: int) -> Planned:
    span = (row.starts_at, row.ends_at)
    return Planned(*span, number, row.date, row.planned_minutes, row.user_id, row.shift_id, False)


def _is_new(conflict: Conflict) -> bool:
    return any(pk < 0 for pk in conflict.ids)


def _names(order: RotationOrder, roster: Sequence[Planned]) -> Mapping[int, str]:
    names = {shift.pk: shift.name for shift in order.days if shift is not None}
    others = {one.shift_id for one in roster} - names.keys()
    if others:
        names |= dict(Shift.objects.filter(pk__in=others).values_list("pk", "name"))
    return names


def _locked_months(rows: Sequence[ShiftAssignment]) -> list[str]:
    """The months of these rows that are locked for one of their people."""
    locked = TimesheetMonth.objects.exclude(locked_at=None).filter(
        user__in={row.user_id for row in rows}, month__in={row.date.replace(day=1) for row in rows}
    )
    return [f"{month:%m/%Y}" for month in sorted(set(locked.values_list("month", flat=True)))]
