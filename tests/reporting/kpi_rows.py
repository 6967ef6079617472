"""Facts, figures and targets for the tests of KPI."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count

from accounts.models import User
from reporting.models import Fact, FactPosition, KpiDefinition, KpiScore, KpiTarget
from reporting.services.rollups import mark_days, roll_stale_days

AT = datetime(2026, 3, 20, 5, tzinfo=UTC)  # noon at work
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
FIGURES = (
    ("sla", 35, "high", 92, 60),
    ("first_response", 25, "low", 300, 1800),
    ("resolved_per_hour", 25, "high", 3, 0),
    ("late", 15, "low", 0, 4),
)
COLUMNS = ("user_id", "definition__code", "period", "value", "n", "target", "points", "weight")
_source = count(1)


def figures(*rows: tuple) -> dict[str, KpiDefinition]:
    """These definitions and targets for everybody, and no others."""
    KpiDefinition.objects.all().delete()
    found = {}
    for code, weight, direction, value, zero in rows or FIGURES:
        name = code if code.startswith("manual:") else ""
        row = KpiDefinition.objects.create(code=code, weight=weight, direction=direction, name=name)
        KpiTarget.objects.create(definition=row, value=value, zero_value=zero)
        found[code] = row
    return found


def fact(
    person: User, kind: str, day: date, seconds: int | None = None, label: str = "", count: int = 1
) -> Fact:
    """One fact of a person; the day is to be added up again."""
    FactPosition.objects.get_or_create(pk=1)
    row = Fact.objects.create(
        kind=kind,
        source_id=next(_source),
        actor=person,
        department_id=person.department_id,
        label=label,
        at=datetime.combine(day, time(5), UTC),
        day=day,
        hour=12,
        count=count,
        seconds=seconds and seconds * 3,
        business_seconds=seconds,
    )
    mark_days([day])
    return row


def month_of_work(person: User, *, day: date = date(2026, 3, 3)) -> None:
    """SLA 84 %, first response 675 s, 3 resolved in 2 hours, late on 2 of 3 days: 65."""
    for number in range(25):
        label = "first_response" if number % 2 else "next_response"
        fact(person, "sla_met" if number < 21 else "sla_breached", day, 60, label)
    for seconds in (600, 675, 4000):
        fact(person, "first_response", day, seconds)
    for _number in range(3):
        fact(person, "resolved", day, 900)
    fact(person, "routable", day, 7200)
    for number in range(3):
        fact(person, "planned", day.replace(day=3 + number), 28_800)
        fact(person, "worked", day.replace(day=3 + number), 28_000)
    for number in range(2):
        fact(person, "late", day.replace(day=3 + number), 600)


def add_up() -> None:
    roll_stale_days()


def scores() -> list[tuple]:
    return sorted(map(repr, KpiScore.objects.values_list(*COLUMNS)))


def rows_of(person: User, period: date = MARCH) -> dict[str | None, tuple]:
    """value, n, target, points, weight by code; None is the score."""
    rows = KpiScore.objects.filter(user=person, period=period)
    return {row[1]: row[3:] for row in rows.values_list(*COLUMNS)}
