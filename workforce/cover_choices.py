"""Who could take the shifts of somebody who is away, what that means for them, and who cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.leave_days import away_days
from workforce.models import Shift, ShiftAssignment
from workforce.roster_plan import (
    WEEK,
    Planned,
    conflicts_of,
    monday_of,
    plan_around,
    planned,
    rules_of,
)
from workforce.roster_rules import Conflict, Rule
from workforce.roster_words import conflict_words
from workforce.shift_times import DAY
from workforce.time_words import hours

# By date and shift: names of people by id.
There = dict[tuple[date, int], dict[int, str]]
MAX_SHOWN = 5  # of one shift
WEEK_MINUTES = 7 * 24 * 60  # more than anybody works: two problems are worse than one
HYPOTHETICAL = -1  # the id of a shift that is not planned yet


@dataclass(frozen=True, slots=True)
class Choice:
    """One colleague for one shift. `tone`: ok, warn, or bad for whoever cannot."""

    person: User
    action: str
    detail: str
    tone: str
    verdict: str

    @property
    def is_possible(self) -> bool:
        return self.tone != "bad"


@dataclass(slots=True)
class Uncovered:
    """A planned shift of somebody away, a draft too, and how many are there without them.

    `planned` counts everybody but the person; `minimum` is the least number of the shift.
    """

    assignment: ShiftAssignment
    planned: int
    names: list[str]
    choices: list[Choice] = field(default_factory=list)

    @property
    def minimum(self) -> int:
        return self.assignment.shift.minimum_staff

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.planned)

    @property
    def best(self) -> Choice | None:
        """The colleague to propose: one against whom nothing speaks, if a place is empty."""
        first = self.choices[0] if self.choices else None
        return first if first and first.tone == "ok" and self.missing else None


def uncovered_shifts(
    user: User, first: date, last: date, *, with_choices: bool = False
) -> list[Uncovered]:
    """Return the planned shifts of somebody from `first` to `last` as they would be without.

    The same number of statements for any number of shifts and colleagues of one week.
    """
    own = ShiftAssignment.objects.filter(user=user).between(first, last)
    own = list(own.select_related("shift").order_by("date", "starts_at"))
    if not own:
        return []
    there = _there(own, user)
    found = [
        Uncovered(one, len(people), sorted(people.values()))
        for one in own
        for people in [there[one.date, one.shift_id]]
    ]
    if with_choices:
        _add_choices(found, user, there)
    return found


def planned_people(department_ids: Collection[int], first: date, last: date) -> There:
    """Return by date and shift who is planned, drafts too, and not away; two statements.

    Whole days off count, halves do not: the shift is still somebody's.
    """
    rows = ShiftAssignment.objects.filter(shift__department__in=department_ids)
    rows = rows.between(first, last).filter(user__is_active=True)
    rows = list(rows.values_list("date", "shift", "user", "user__display_name"))
    away = away_days({row[2] for row in rows}, first, last)
    there: There = defaultdict(dict)
    for on, shift_id, user_id, name in rows:
        if (user_id, on) not in away:
            there[on, shift_id][user_id] = name
    return there


def short_words(shift: str, on: date, count: int) -> str:
    """`Ca ngày on 25/11 will be 1 short`."""
    words = {"shift": shift, "day": f"{on:%d/%m}", "count": count}
    return _("%(shift)s on %(day)s will be %(count)d short") % words


def _there(own: Sequence[ShiftAssignment], user: User) -> There:
    """Who else is planned for these shifts."""
    dates = [one.date for one in own]
    there = planned_people({one.shift.department_id for one in own}, min(dates), max(dates))
    for people in there.values():
        people.pop(user.pk, None)
    return there


def _add_choices(found: Collection[Uncovered], user: User, there: There) -> None:
    department_id = next(iter(found)).assignment.shift.department_id
    people = User.objects.filter(
        department=department_id, is_active=True, role=User.Role.STAFF
    ).exclude(pk=user.pk)
    people = {person.pk: person for person in people}
    dates = [one.assignment.date for one in found]
    away = away_days(people, min(dates), max(dates))
    first_week, last_week = monday_of(min(dates)), monday_of(max(dates))
    weeks = (last_week - first_week) // WEEK + 1
    roster = plan_around(ShiftAssignment.objects.all(), list(people), first_week, weeks=weeks)
    shifts = Shift.objects.filter(department=department_id).in_bulk()
    by_person: dict[int, list[Planned]] = defaultdict(list)
    for one in roster:
        by_person[one.person_id].append(one)
    zone = workplace_zone()
    rules = {week: rules_of(week) for week in {monday_of(on) for on in dates}}
    for one in found:
        weighing = _Weighing(one.assignment, shifts, there, zone, rules)
        choices = [
            weighing.weigh(person, by_person[person.pk], (person.pk, one.assignment.date) in away)
            for person in people.values()
        ]
        tones = ("ok", "warn", "bad")
        choices.sort(key=lambda c: (tones.index(c[0].tone), c[1], c[0].person.display_name))
        one.choices = [choice for choice, _minutes in choices[:MAX_SHOWN]]


@dataclass(slots=True)
class _Weighing:
    """One uncovered shift against one colleague after the other."""

    uncovered: ShiftAssignment
    shifts: dict[int, Shift]
    there: There
    zone: tzinfo
    rules: dict[date, list[Rule]]

    def weigh(self, person: User, plan: list[Planned], is_away: bool) -> tuple[Choice, int]:
        """Return what taking it means for somebody, and their minutes of the week after it."""
        on, shift = self.uncovered.date, self.uncovered.shift
        week = monday_of(on)
        of_week = [one for one in plan if week <= one.date < week + WEEK]
        before = sum(one.planned_minutes for one in of_week)
        of_day = [one for one in plan if one.date == on]
        if is_away:
            return self._cannot(person, _("On leave that day."), _("away")), before
        if any(one.shift_id == shift.pk for one in of_day):
            text = _("Has %(shift)s that day already.") % {"shift": shift.name}
            return self._cannot(person, text, _("same shift")), before
        moved = of_day[0] if of_day else None
        rest = [one for one in plan if one is not moved]
        row = self.uncovered
        times = (row.starts_at, row.ends_at, HYPOTHETICAL, on, row.planned_minutes)
        taken = planned(*times, person.pk, shift.pk, True)
        after = before + row.planned_minutes - (moved.planned_minutes if moved else 0)
        words = {"before": hours(before), "after": hours(after)}
        detail = _("this week %(before)s → %(after)s hours") % words
        action = self._action(moved)
        conflicts = conflicts_of([*rest, taken], week, self.zone, self.rules[week]).get(
            person.pk, []
        )
        conflicts = [one for one in conflicts if HYPOTHETICAL in one.ids]
        problems, is_refused = self._conflict_words(conflicts, [*rest, taken])
        lack = moved and self._lack_without(moved)
        if lack:
            name = self.shifts[moved.shift_id].name
            problems.append(_("%(shift)s would lack %(count)d") % {"shift": name, "count": lack})
        detail = " · ".join([*problems, detail])
        if is_refused:
            return Choice(person, action, detail, "bad", _("against a rule")), after
        if problems:
            verdict = _("moves the gap") if lack else _("near a limit")
            return Choice(person, action, detail, "warn", verdict), after + len(
                problems
            ) * WEEK_MINUTES
        return Choice(person, action, detail, "ok", _("fits")), after

    def _conflict_words(
        self, conflicts: list[Conflict], plan: list[Planned]
    ) -> tuple[list[str], bool]:
        """What the roster would say of the worst, and whether it would refuse."""
        if not conflicts:
            return [], False
        worst = next((one for one in conflicts if one.is_refusal), conflicts[0])
        names = {pk: one.name for pk, one in self.shifts.items()}
        by_id = {one.id: one for one in plan}
        text = conflict_words(worst, "", by_id, names, self.zone)[1]
        return [text.rstrip(".")], worst.is_refusal

    def _action(self, moved: Planned | None) -> str:
        shift = self.uncovered.shift.name
        if moved is None:
            return _("is free, works %(shift)s") % {"shift": shift}
        other = self.shifts[moved.shift_id].name if moved.shift_id in self.shifts else "?"
        return _("goes from %(other)s to %(shift)s") % {"other": other, "shift": shift}

    def _cannot(self, person: User, detail: str, verdict: str) -> Choice:
        return Choice(person, _("cannot be planned"), detail, "bad", verdict)

    def _lack_without(self, moved: Planned) -> int:
        """How many their own shift would lack without them."""
        shift = self.shifts.get(moved.shift_id)
        if shift is None or not shift.minimum_staff:
            return 0
        left = len(self.there[moved.date, moved.shift_id]) - 1
        return max(0, shift.minimum_staff - left)


def away_names(user: User, first: date, last: date) -> dict[date, list[str]]:
    """Return by date who else of the department has a whole day off."""
    people = User.objects.filter(department=user.department_id, is_active=True).exclude(pk=user.pk)
    names = dict(people.values_list("pk", "display_name"))
    away = away_days(names, first, last)
    found: dict[date, list[str]] = defaultdict(list)
    for user_id, on in sorted(away, key=lambda key: (key[1], names[key[0]])):
        found[on].append(names[user_id])
    return {on: found[on] for on in sorted(found) if first <= on <= last + DAY}
