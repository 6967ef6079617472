"""Working out the KPI of a month: a pure function of facts, figures entered and definitions.

Whoever does it holds the lock of the facts, so that nothing it reads changes meanwhile and two at
once come one after the other. Only what differs is written: a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.workplace import workplace_zone
from omnichat.lib.retry import retry_on_conflict
from reporting.kpi_points import Aim, Part, overall, points_of
from reporting.metrics import CATALOGUE
from reporting.metrics.measures import NOTHING, Tallies, Value
from reporting.models import (
    FactPosition,
    KpiDefinition,
    KpiPeriod,
    KpiRecord,
    KpiScore,
)
from reporting.models.kpi import month_of
from reporting.services.facts import lock_position
from reporting.services.kpi_reading import read_people, value_of
from reporting.services.kpi_targets import Rules, rules_of, target_of
from routing.services import set_kpi_scores
from workforce.shift_times import local_date

COLUMNS = ("value", "n", "target", "points", "weight")
DECIMALS = 6  # the same on every database
BATCH = 500

# Told how many people are done, of how many.
Progress = Callable[[int, int], None]


class Recalculated(NamedTuple):
    """How many people have a score now, and how many rows were written or removed."""

    people: int
    changed: int


def measured_people() -> Collection[User]:
    """Who has a KPI: staff, and leads who take conversations. Also who has left since."""
    takes = Q(role=User.Role.STAFF) | Q(agent__capacity__gt=0)
    return User.objects.admitted().filter(takes).order_by("pk")


def this_month(at: datetime | None = None) -> date:
    return month_of(local_date(at or timezone.now(), workplace_zone()))


def recalculate_recent(*, at: datetime | None = None) -> int:
    """Work out this month and the last one, as reopening reaches back; returns rows changed."""
    period = this_month(at)
    before = month_of(period - timedelta(days=1))
    return sum(recalculate_kpis(one, at=at).changed for one in (before, period))


def recalculate_kpis(
    period: date,
    *,
    users: Collection[int] | None = None,
    progress: Progress = lambda done, of: None,
    at: datetime | None = None,
) -> Recalculated:
    """Work out the scores of a month, of everybody or of some people, and write what differs.

    The score of this month goes to routing. A person with no data at all has no rows.
    """
    FactPosition.objects.get_or_create(pk=1)
    return _recalculate(period, users, progress, at or timezone.now())


@retry_on_conflict
@transaction.atomic
def _recalculate(
    period: date, users: Collection[int] | None, progress: Progress, at: datetime
) -> Recalculated:
    lock_position()
    people = measured_people()
    if users is not None:
        people = people.filter(pk__in=users)
    people = list(people)
    wanted = _wanted(period, people, progress)
    changed = _write(period, None if users is None else set(users), wanted)
    if period == this_month(at):
        scores = {person.pk: wanted.get((person.pk, None)) for person in people}
        set_kpi_scores({pk: row and row[0] for pk, row in scores.items()})
    if users is None:
        KpiPeriod.objects.update_or_create(period=period, defaults={"counted_at": at})
    return Recalculated(sum(definition is None for _user, definition in wanted), changed)


# --- What the rows should be --------------------------------------------------------------------
def _wanted(
    period: date, people: list[User], progress: Progress
) -> dict[tuple[int, int | None], tuple]:
    """COLUMNS by person and definition, None for the score."""
    rules = rules_of()
    metrics = [CATALOGUE[one.code] for one in rules.definitions if not one.is_manual]
    tallies = read_people(period, metrics, [person.pk for person in people])
    entered = {
        (row.user_id, row.definition_id): row.value
        for row in KpiRecord.objects.filter(period=period, user__in=tallies)
    }
    wanted: dict[tuple[int, int | None], tuple] = {}
    for done, person in enumerate(people, start=1):
        values = [
            _value(one, tallies[person.pk], entered.get((person.pk, one.pk)))
            for one in rules.definitions
        ]
        wanted |= _rows(person, rules, values)
        progress(done, len(people))
    return wanted


def _value(definition: KpiDefinition, tallies: Tallies, entered: float | None) -> Value:
    if definition.is_manual:
        return NOTHING if entered is None else Value(entered, 1)
    return value_of(CATALOGUE[definition.code], tallies)


def _rows(person: User, rules: Rules, values: list[Value]) -> dict[tuple[int, int | None], tuple]:
    targets = [target_of(rules, one, person) for one in rules.definitions]
    parts = [
        Part(value.amount, target and Aim(target.value, target.zero_value), definition.weight)
        for definition, value, target in zip(rules.definitions, values, targets, strict=True)
    ]
    points = points_of(parts)
    score = overall(points)
    if score is None:
        return {}
    found: dict[tuple[int, int | None], tuple] = {}
    for definition, value, target, got in zip(
        rules.definitions, values, targets, points, strict=True
    ):
        row = (value.amount, value.n, target and target.value, got.points, got.weight)
        found[person.pk, definition.pk] = _rounded(row)
    counted = sum(one.points is not None for one in points)
    found[person.pk, None] = _rounded((score, counted, None, score, 100.0))
    return found


def _rounded(row: tuple) -> tuple:
    """Numbers as every database keeps them, so that the same again is the same."""
    value, n, target, points, weight = row
    floats = (None if one is None else round(float(one), DECIMALS) for one in (value, target))
    value, target = floats
    points = None if points is None else round(points, DECIMALS)
    return value, n, target, points, round(weight, DECIMALS)


# --- Writing what differs -----------------------------------------------------------------------
def _write(period: date, users: set[int] | None, wanted: dict) -> int:
    """Bring the rows of the month in line, of everybody or of these people; how many differed."""
    wanted = dict(wanted)
    stored = KpiScore.objects.filter(period=period)
    if users is not None:
        stored = stored.filter(user__in=users)
    differing, gone = [], []
    for row in stored:
        columns = wanted.pop((row.user_id, row.definition_id), None)
        if columns is None:
            gone.append(row.pk)
        elif columns != tuple(getattr(row, name) for name in COLUMNS):
            for name, value in zip(COLUMNS, columns, strict=True):
                setattr(row, name, value)
            differing.append(row)
    for start in range(0, len(gone), BATCH):
        KpiScore.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    KpiScore.objects.bulk_update(differing, COLUMNS, batch_size=100)
    new = [
        KpiScore(
            user_id=user,
            definition_id=definition,
            period=period,
            **dict(zip(COLUMNS, columns, strict=True)),
        )
        for (user, definition), columns in wanted.items()
    ]
    KpiScore.objects.bulk_create(new, batch_size=BATCH)
    return len(gone) + len(differing) + len(new)
