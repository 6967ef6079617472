"""One report: lines by group, their total, the period before, all from one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from omnichat.lib.reading import Source, read
from reporting.group_names import Named, names_of
from reporting.metrics import Metric
from reporting.metrics.measures import Tallies, Value
from reporting.slices import GroupBy, Slice
from reporting.tallying import Groups, counted_until, picks_of_all, tally, whole


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `key` is what a link to its rows names, empty for what belongs to none."""

    key: str
    name: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` add up to `total`; `before` is the total of as many days right before.

    `as_of`: until when everything is counted; None before the first count.
    """

    what: Slice
    group_by: GroupBy
    metrics: tuple[Metric, ...]
    rows: list[Row]
    total: dict[str, Value]
    before: dict[str, Value]
    days: list[Row]
    as_of: datetime | None
    source: Source


def make_report(
    what: Slice, group_by: GroupBy, metrics: Sequence[Metric], *, drawn: Sequence[Metric] = ()
) -> Report:
    """Work out these metrics for each group of a slice, for the whole, and for the period before.

    `drawn` are those that `days` has, by day, in order and without gaps, whatever the grouping.
    """
    return read(lambda source: _made(what, group_by, tuple(metrics), tuple(drawn), source))


def _made(
    what: Slice,
    group_by: GroupBy,
    metrics: tuple[Metric, ...],
    drawn: tuple[Metric, ...],
    source: Source,
) -> Report:
    picks = picks_of_all(metrics)
    groups = tally(what, group_by, picks, using=source.alias)
    before = tally(what.before(), GroupBy.DAY, picks, using=source.alias)
    names = day_names(what)
    by_day = groups
    if group_by != GroupBy.DAY:
        names = names_of(group_by, groups, using=source.alias)
        by_day = tally(what, GroupBy.DAY, picks_of_all(drawn), using=source.alias) if drawn else {}
    return Report(
        what=what,
        group_by=group_by,
        metrics=metrics,
        rows=_rows(metrics, groups, names),
        total=values_of(metrics, whole(groups)),
        before=values_of(metrics, whole(before)),
        days=_rows(drawn, by_day, day_names(what)) if drawn else [],
        as_of=counted_until(source),
        source=source,
    )


def day_names(what: Slice) -> dict[str, Named]:
    """Every day of the slice, also those on which nothing happened."""
    days = (what.first + timedelta(days=number) for number in range(what.days))
    return {day.isoformat(): Named(f"{day:%d/%m/%Y}", day.isoformat()) for day in days}


def _rows(metrics: tuple[Metric, ...], groups: Groups, names: dict[str, Named]) -> list[Row]:
    """In the order of the names."""
    nothing = Tallies()
    return [
        Row(named.key, named.name, values_of(metrics, groups.get(key, nothing)))
        for key, named in names.items()
    ]


def values_of(metrics: Sequence[Metric], tallies: Tallies) -> dict[str, Value]:
    return {metric.code: metric.of(tallies) for metric in metrics}
