"""The KPI of people for a month, read from their scores: figures, trend, team."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from django.db.models import QuerySet

from accounts.models import Department, User
from reporting.kpi_periods import last_months, month_before
from reporting.kpi_points import Aim, Part, Way, nearest_way
from reporting.kpi_words import kpi_label
from reporting.metrics import CATALOGUE, Unit
from reporting.models import KpiDefinition, KpiScore, KpiTarget
from reporting.services.kpi_targets import rules_of, target_of

TREND_MONTHS = 6
LEADERS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a person: its row of the score and what it is about."""

    definition: KpiDefinition
    row: KpiScore
    aim: Aim | None

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def label(self) -> str:
        return kpi_label(self.definition)

    @property
    def part(self) -> Part:
        metric = CATALOGUE.get(self.code)
        is_number = metric is not None and metric.unit == Unit.COUNT
        return Part(
            self.row.value,
            self.aim if self.row.points is not None else None,
            self.definition.weight,
            is_whole=is_number,
            # What is entered by hand, and days that were late, cannot be worked at.
            is_past=metric is None or (is_number and not self.definition.is_high_good),
        )


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's month; `score` None has no data. `before` is the score of the month before."""

    person: User
    period: date
    score: float | None = None
    before: float | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def delta(self) -> float | None:
        both = self.score is not None and self.before is not None
        return self.score - self.before if both else None

    @property
    def way(self) -> Way | None:
        return nearest_way([line.part for line in self.lines])

    @property
    def without_data(self) -> list[Line]:
        return [line for line in self.lines if line.row.points is None]

    @property
    def best(self) -> Line | None:
        """The figure with the largest share of its points."""
        counted = [line for line in self.lines if line.row.points is not None and line.row.weight]
        return max(counted, key=lambda line: line.row.points / line.row.weight, default=None)


def load_months(people: Iterable[User], period: date) -> list[PersonMonth]:
    """The month of each of these people, in their order. The caller has asked who may see them."""
    people = list(people)
    rules = rules_of()
    rows = KpiScore.objects.filter(user__in=people, period__in=(period, month_before(period)))
    by_person: dict[tuple[int, date], list[KpiScore]] = {}
    for row in rows.select_related("definition"):
        by_person.setdefault((row.user_id, row.period), []).append(row)
    return [
        _month(
            person,
            period,
            by_person.get((person.pk, period), []),
            by_person.get((person.pk, month_before(period)), []),
            rules,
        )
        for person in people
    ]


def _month(
    person: User, period: date, rows: list[KpiScore], before: list[KpiScore], rules
) -> PersonMonth:
    lines = [
        Line(row.definition, row, _aim(target_of(rules, row.definition, person)))
        for row in rows
        if row.definition is not None
    ]
    lines.sort(key=lambda line: (-line.definition.weight, line.definition.pk))
    return PersonMonth(person, period, _score(rows), _score(before), lines)


def _score(rows: list[KpiScore]) -> float | None:
    return next((row.value for row in rows if row.definition_id is None), None)


def _aim(target: KpiTarget | None) -> Aim | None:
    return target and Aim(target.value, target.zero_value)


# --- Trend and team -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TrendMonth:
    """The person's score and the middle of their department; None where there is none."""

    period: date
    score: float | None
    median: float | None


def load_trend(person: User, period: date) -> list[TrendMonth]:
    """The months up to this one, in order."""
    months = last_months(period, TREND_MONTHS)
    own = dict(_overall([person.pk], months).values_list("period", "value"))
    found = _of_department(person.department, months)
    return [
        TrendMonth(
            month, own.get(month), _median([value for on, _pk, value in found if on == month])
        )
        for month in months
    ]


@dataclass(frozen=True, slots=True)
class Team:
    """A department's middle, how many have a score, and the first three of them."""

    department: Department | None
    median: float | None
    count: int
    leaders: list[PersonMonth]


def load_team(department: Department | None, period: date) -> Team:
    """What everybody of a department may know of it: nothing of those further down."""
    found = _of_department(department, [period])
    first = sorted(found, key=lambda row: (-row[2], row[1]))[:LEADERS]
    by_id = User.objects.in_bulk([pk for _on, pk, _value in first])
    leaders = load_months([by_id[pk] for _on, pk, _value in first], period)
    return Team(department, _median([value for _on, _pk, value in found]), len(found), leaders)


def _overall(people: Collection[int] | QuerySet, months: list[date]) -> QuerySet[KpiScore]:
    return KpiScore.objects.filter(definition=None, period__in=months, user__in=people)


def _of_department(
    department: Department | None, months: list[date]
) -> list[tuple[date, int, float]]:
    """Month, person and score of those who are in a department now and work here still."""
    if department is None:
        return []
    people = User.objects.filter(department=department, is_active=True)
    return list(_overall(people, months).values_list("period", "user", "value"))


def _median(values: list[float]) -> float | None:
    return median(values) if values else None


def score_by_month(user: User, months: list[date]) -> dict[str, list[dict]]:
    """Return `kpi`, by month {month, score}: evidence for whoever decides about pay."""
    rows = _overall([user.pk], months).order_by("period").values_list("period", "value")
    return {"kpi": [{"month": f"{on:%Y-%m}", "score": round(value, 1)} for on, value in rows]}
