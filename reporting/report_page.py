"""What the page of a report shows: tiles, the chart by day, lines with links to what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from omnichat.lib.reading import Source
from reporting.charts import BarChart, Kind, Series
from reporting.figures import Delta, Figure, delta, figure
from reporting.forms import ReportForm, RowsForm
from reporting.group_names import name_of_line
from reporting.metrics import Metric, Unit
from reporting.metrics.measures import Value
from reporting.report import Report, Row
from reporting.subjects import Subject

HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Tile:
    metric: Metric
    figure: Figure
    p90: Figure | None
    n: int
    before: Figure
    delta: Delta | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a line; `href` leads to what is behind it, `share` is its bar, 0 to 1."""

    metric: Metric
    figure: Figure
    value: Value
    href: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`as_of`: until when everything is counted; None before the first count."""

    title: str
    report: Report
    tiles: list[Tile]
    chart: BarChart
    lines: list[Line]
    total: Line
    as_of: datetime | None


def page_of(subject: Subject, report: Report, query: str, *, on_paper: bool = False) -> ReportPage:
    """Everything of a report in words. `query` is what it was asked for, for links."""
    return ReportPage(
        title=f"{subject.title}, {period_words(report.what.first, report.what.last)}",
        report=report,
        tiles=[_tile(one, report) for one in report.metrics if one.code in subject.tiles],
        chart=_chart(subject, report, size="paper" if on_paper else "wide"),
        lines=[_line(row, report, query) for row in report.rows],
        total=_line(Row("", _("Total"), report.total), report, query, is_total=True),
        as_of=report.as_of,
    )


def period_words(first: date, last: date) -> str:
    """`15/11/2026`, `15–28/11/2026`, `15/10 – 28/11/2026`: no more than is needed."""
    if first == last:
        return f"{first:%d/%m/%Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%d}–{last:%d/%m/%Y}"
    if first.year == last.year:
        return f"{first:%d/%m} – {last:%d/%m/%Y}"
    return f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"


def query_of(form: ReportForm) -> str:
    """The same report by its address, with every default written out."""
    found = form.cleaned_data
    asked = {
        "report": found["report"].code,
        "start": found["start"].isoformat(),
        "end": found["end"].isoformat(),
        "group_by": found["group_by"].value,
        "hours": found["hours"].value,
        "department": found["department"] and found["department"].pk,
        "channel": found["channel"] and found["channel"].pk,
        "person": found["person"] and found["person"].public_id,
    }
    named = {name: value for name, value in asked.items() if value not in (None, "")}
    if isinstance(form, RowsForm):
        named["metric"] = found["metric"].code
        if found["key"] is not None:  # an empty one is a line too
            named["key"] = found["key"]
    return urlencode(named)


def scope_words(form: ReportForm) -> str:
    """Which department, channel and person; "all" of what is not narrowed."""
    fields = ("department", "channel", "person")
    return ", ".join(
        str(form.cleaned_data[name] or form.fields[name].empty_label) for name in fields
    )


def rows_title(form: RowsForm, source: Source) -> str:
    """Which line and figure the rows stand behind."""
    found = form.cleaned_data
    period = period_words(found["start"], found["end"])
    metric, key = found["metric"], found["key"]
    if key is None:
        return f"{metric.name}, {period}"
    line = name_of_line(found["group_by"], key, using=source.alias)
    return f"{metric.name}, {line}, {period}"


def _tile(metric: Metric, report: Report) -> Tile:
    now, before = report.total[metric.code], report.before[metric.code]
    p90 = figure(metric, now.p90) if metric.unit == Unit.SECONDS and now.n else None
    return Tile(
        metric=metric,
        figure=figure(metric, now.amount),
        p90=p90,
        n=now.n,
        before=figure(metric, before.amount),
        delta=delta(metric, now, before),
    )


def _line(row: Row, report: Report, query: str, *, is_total: bool = False) -> Line:
    address = reverse("reporting:report_rows")
    key = "" if is_total else f"&{urlencode({'key': row.key})}"
    return Line(
        row.name,
        [
            Cell(
                metric=metric,
                figure=figure(metric, value.amount),
                value=value,
                href=f"{address}?{query}&metric={metric.code}{key}" if value.n else "",
                share=value.amount / 100 if metric.unit == Unit.PERCENT and value.n else None,
            )
            for metric, value in ((one, row.values[one.code]) for one in report.metrics)
        ],
    )


def _chart(subject: Subject, report: Report, size: str) -> BarChart:
    metrics = subject.drawn
    kinds = (Kind.SECOND, Kind.MAIN) if len(metrics) > 1 else (Kind.MAIN,)
    series = [
        Series(str(metric.name), [_height(metric, day) for day in report.days], kind)
        for metric, kind in zip(metrics, kinds, strict=True)
    ]
    return BarChart(
        label=_sentence(metrics[0], report),
        x=[_short_day(day.key) for day in report.days],
        series=series,
        unit=pgettext("unit", "hours") if metrics[0].unit == Unit.TOTAL else "",
        size=size,
        x_name=_("Day"),
        empty=_("Nothing happened in these days."),
    )


def _height(metric: Metric, day: Row) -> float | None:
    amount = day.values[metric.code].amount
    if metric.unit == Unit.TOTAL:
        return round((amount or 0) / HOUR_SECONDS, 1)
    return amount


def _short_day(key: str) -> str:
    return f"{date.fromisoformat(key):%d/%m}"


def _sentence(metric: Metric, report: Report) -> str:
    """What the chart shows, for those who hear it: the figure by day, its highest day."""
    heights = [(_height(metric, day) or 0, day) for day in report.days]
    most, day = max(heights, key=lambda pair: pair[0])
    if not most:
        return _("%(figure)s by day: none in these days.") % {"figure": metric.name}
    return _("%(figure)s by day: most on %(day)s, %(most)s.") % {
        "figure": metric.name,
        "day": day.name,
        "most": figure(metric, day.values[metric.code].amount),
    }
