"""A planned week as `roster_rules` reads it, and what is wrong with it.

A rest reaches into the weeks around, so those are read as well: one statement for all people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from django.db.models import QuerySet

from workforce.models import RosterRule, ShiftAssignment
from workforce.roster_rules import Conflict, Rule, Stretch, find_conflicts
from workforce.shift_times import DAY, in_utc

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Planned(Stretch):
    """One planned shift of one person."""

    person_id: int
    shift_id: int
    is_published: bool


def monday_of(on: date) -> date:
    return on - on.weekday() * DAY


def dates_of_week(week: date) -> list[date]:
    """Return the seven dates of the week that begins on `week`."""
    return [week + n * DAY for n in range(7)]


def plan_around(
    assignments: QuerySet[ShiftAssignment],
    user_ids: Collection[int],
    week: date,
    *,
    weeks: int = 1,
) -> list[Planned]:
    """Return what these people are planned for in so many weeks and in those around, in order."""
    last = week + (weeks + 1) * WEEK - DAY
    rows = assignments.filter(user__in=user_ids).between(week - WEEK, last).with_state()
    fields = ("starts_at", "ends_at", "pk", "date", "planned_minutes", "user", "shift")
    return [
        planned(*row)
        for row in rows.order_by("date", "starts_at", "pk").values_list(*fields, "is_published")
    ]


def planned(starts_at, ends_at, pk, on, minutes, user_id, shift_id, is_published) -> Planned:
    span = (in_utc(starts_at), in_utc(ends_at))
    return Planned(*span, pk, on, minutes, user_id, shift_id, is_published)


def rules_of(week: date) -> list[Rule]:
    """Return the limits in force in a week; what begins within it counts for all of it."""
    rows = RosterRule.objects.of_weeks().in_force(week, week + WEEK - DAY)
    return [row.as_rule() for row in rows]


def conflicts_of(
    plan: Iterable[Planned], week: date, zone: tzinfo, rules: Collection[Rule]
) -> dict[int, list[Conflict]]:
    """Return by person what is wrong with a week.

    A conflict with another week counts where its later shift is, and also in the earlier week
    once the later one is published: that one no longer moves.
    """
    by_person: dict[int, list[Planned]] = defaultdict(list)
    for one in plan:
        by_person[one.person_id].append(one)
    found = {
        person_id: list(_in_week(find_conflicts(shifts, rules, zone), shifts, week))
        for person_id, shifts in by_person.items()
    }
    return {person_id: conflicts for person_id, conflicts in found.items() if conflicts}


def _in_week(
    conflicts: Iterable[Conflict], shifts: Iterable[Planned], week: date
) -> Iterator[Conflict]:
    by_id = {one.id: one for one in shifts}
    for conflict in conflicts:
        inside, outside = [], []
        for pk in conflict.ids:
            here = week <= by_id[pk].date < week + WEEK
            (inside if here else outside).append(by_id[pk])
        is_dated_here = week <= conflict.date < week + WEEK
        if is_dated_here or (inside and all(one.is_published for one in outside)):
            yield conflict
