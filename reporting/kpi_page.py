"""The page of a KPI in words: the score and its parts, the way to more, trend and team."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from reporting.charts import Kind, LineChart, Series
from reporting.kpi_people import (
    Line,
    PersonMonth,
    Team,
    TrendMonth,
    load_months,
    load_team,
    load_trend,
)
from reporting.kpi_periods import month_before
from reporting.kpi_points import FULL
from reporting.kpi_words import kpi_figure, points_words
from reporting.metrics import CATALOGUE, Unit
from reporting.models import KpiPeriod
from reporting.services.kpi import this_month

# Where the target stands in a bar, so that there is room for what is better.
MARK = 0.8


@dataclass(frozen=True, slots=True)
class PartWords:
    """One figure on the page."""

    code: str
    label: str
    weight: str
    own_weight: int
    points: str
    value: str
    rests_on: str
    target: str
    bar: float | None
    has_points: bool

    @property
    def is_reweighted(self) -> bool:
        return self.weight != points_words(self.own_weight)

    @property
    def mark(self) -> float:
        return MARK


@dataclass(frozen=True, slots=True)
class Change:
    """The difference to the month before."""

    words: str
    is_up: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Somebody whose points the reader may see."""

    person: User
    score: str
    change: Change | None
    best: str
    is_reader: bool


@dataclass(frozen=True, slots=True)
class KpiPage:
    """Everything a page shows. `people` is for those who lead them: all of them, by name."""

    month: PersonMonth
    score: str
    change: Change | None
    parts: list[PartWords]
    missing: str
    way: str
    chart: LineChart
    team: Team
    team_median: str
    rows: list[TeamRow]
    counted_at: object
    is_own: bool
    is_this_month: bool
    people: list[TeamRow]


def load_page(person: User, period, *, reader: User, people) -> KpiPage:
    """The page of a person. `people`: those the reader leads, whose points they may see."""
    month, *others = load_months([person, *people], period)
    team = load_team(person.department, period)
    is_this_month = period == this_month()
    trend = load_trend(person, period)
    return KpiPage(
        month=month,
        score=whole(month.score),
        change=_change(month),
        parts=[_part(line) for line in month.lines],
        missing=_missing(month),
        way=_way(month) if is_this_month else "",
        chart=_chart(month, trend),
        team=team,
        team_median=whole(team.median),
        rows=_team_rows(team, month, reader),
        counted_at=KpiPeriod.objects.filter(period=period)
        .values_list("counted_at", flat=True)
        .first(),
        is_own=person == reader,
        is_this_month=is_this_month,
        people=[_row(one, reader) for one in others if one.score is not None],
    )


def whole(score: float | None) -> str:
    """A score large on the page: whole, as half points tell people nothing."""
    return "–" if score is None else f"{score:.0f}"


def _change(month: PersonMonth) -> Change | None:
    if month.delta is None or abs(month.delta) < 0.05:
        return None
    return Change(points_words(abs(month.delta)), month.delta > 0)


def _part(line: Line) -> PartWords:
    row = line.row
    bar = None
    if line.aim is not None and row.value is not None:
        way = (row.value - line.aim.zero) / (line.aim.target - line.aim.zero)
        bar = min(max(MARK * way, 0.0), 1.0)
    return PartWords(
        code=line.code,
        label=line.label,
        weight=points_words(row.weight),
        own_weight=line.definition.weight,
        points=points_words(row.points),
        value=kpi_figure(line.definition, row.value),
        rests_on=_rests_on(line),
        target=kpi_figure(line.definition, row.target),
        bar=bar,
        has_points=row.points is not None,
    )


def _rests_on(line: Line) -> str:
    if line.row.value is None or line.definition.is_manual:
        return ""
    if CATALOGUE[line.code].unit == Unit.COUNT:
        text = ngettext("in %(n)d day", "in %(n)d days", line.row.n)
    else:
        text = ngettext("from %(n)d case", "from %(n)d cases", line.row.n)
    return text % {"n": line.row.n}


def _missing(month: PersonMonth) -> str:
    names = [line.label for line in month.without_data]
    if not names or month.score is None:
        return ""
    text = _("No data yet: %(names)s. Their weight is shared out among the other figures.")
    return text % {"names": ", ".join(names)}


def _way(month: PersonMonth) -> str:
    way = month.way
    if way is None or points_words(way.gain) == points_words(0):
        return ""
    line = month.lines[way.place]
    text = _("%(figure)s from %(now)s to %(then)s adds %(gain)s points, %(score)s in all.")
    return text % {
        "figure": line.label,
        "now": kpi_figure(line.definition, line.row.value),
        "then": kpi_figure(line.definition, way.value),
        "gain": points_words(way.gain),
        "score": points_words(way.score),
    }


def _chart(month: PersonMonth, trend: list[TrendMonth]) -> LineChart:
    text = _(
        "KPI of the last %(count)d months: %(score)s of %(full)d now; the team’s median %(team)s"
    )
    told = {
        "count": len(trend),
        "score": points_words(month.score),
        "full": FULL,
        "team": points_words(trend[-1].median),
    }
    return LineChart(
        label=text % told,
        x=[f"{one.period:%m/%y}" for one in trend],
        series=[
            Series(month.person.display_name, [_rounded(one.score) for one in trend]),
            Series(_("Median of the team"), [_rounded(one.median) for one in trend], Kind.PREV),
        ],
        x_name=_("Month"),
        size="side",
    )


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 1)


def _team_rows(team: Team, month: PersonMonth, reader: User) -> list[TeamRow]:
    """The first three, and the person of the page if they are not among them: no bottom ranks."""
    shown = list(team.leaders)
    if month.score is not None and month.person not in [one.person for one in shown]:
        shown.append(month)
    return [_row(one, reader, is_colleague=one.person != reader) for one in shown]


def _row(month: PersonMonth, reader: User, *, is_colleague: bool = False) -> TeamRow:
    """What is shown of a person; of a colleague no fall."""
    best, change = month.best, _change(month)
    if is_colleague and change and not change.is_up:
        change = None
    return TeamRow(
        person=month.person,
        score=whole(month.score),
        change=change,
        best=best.label if best else "",
        is_reader=month.person == reader,
    )


def periods_of(period) -> list:
    """This month and the last; another one that is looked at beside them."""
    now = this_month()
    found = [now, month_before(now)]
    return found if period in found else [*found, period]
