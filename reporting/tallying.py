"""Adding up a slice by groups: from rollups where they reach, else from the facts themselves.

Both give the same: a rollup is nothing but facts added up, and keeps every duration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import F, QuerySet

from omnichat.lib.reading import Source
from reporting.durations import unpacked
from reporting.metrics import Metric
from reporting.metrics.measures import Pick, Tallies, picks_of
from reporting.models import DailyRollup, Fact, FactPosition
from reporting.slices import Basis, GroupBy, Slice

Axis = DailyRollup.Axis
# Key of a line -> what it comes to. The key is the column's value, as text; empty for none.
Groups = dict[str, Tallies]

# The axis a grouping needs; None when any will do.
AXES = {GroupBy.USER: Axis.PERSON, GroupBy.CHANNEL: Axis.CHANNEL, GroupBy.HOUR: Axis.HOUR}
AXES[GroupBy.KEYWORD] = Axis.KEYWORD
OF_ROLLUPS = {
    GroupBy.DEPARTMENT: "department_id",
    GroupBy.DAY: "day",
    GroupBy.REQUEST_TYPE: "label",
}
OF_FACTS = OF_ROLLUPS | {
    GroupBy.USER: "actor_id",
    GroupBy.CHANNEL: "channel_id",
    GroupBy.HOUR: "hour",
    GroupBy.KEYWORD: "keyword",
}


def tally(
    what: Slice, group_by: GroupBy, picks: Collection[Pick], *, using: str = "default"
) -> Groups:
    """What the facts that `picks` take come to, by group. Read inside one snapshot.

    Every fact belongs to exactly one group, so the groups add up to the whole.
    """
    kinds = sorted({pick.kind for pick in picks})
    axis = _axis(what, group_by)
    if axis is None:
        rows = _from_facts(what, group_by, kinds, using)
    else:
        rows = _from_rollups(what, group_by, kinds, axis, using)
    groups: Groups = {}
    for group, kind, label, count, values in rows:
        key = "" if group is None else str(group)
        tallies = groups.get(key)
        if tallies is None:
            tallies = groups[key] = Tallies()
        tallies.of((kind, label)).add(count, values)
    return groups


def picks_of_all(metrics: Iterable[Metric]) -> list[Pick]:
    """All facts that these metrics are worked out from."""
    return [pick for metric in metrics for pick in picks_of(metric.measure)]


def counted_until(source: Source) -> datetime | None:
    """Until when everything is counted; None before the first count."""
    position = FactPosition.objects.using(source.alias).filter(pk=1).first()
    counted = position and position.complete_at
    return min(counted, source.as_of) if counted else None


def whole(groups: Groups) -> Tallies:
    """Everything below a total line."""
    found = Tallies()
    for tallies in groups.values():
        found.add(tallies)
    return found


def _axis(what: Slice, group_by: GroupBy) -> Axis | None:
    """The axis along which rollups can answer; None when it takes two of them."""
    needed = {AXES.get(group_by)}
    needed.add(Axis.CHANNEL if what.channel_id else None)
    needed.add(Axis.PERSON if what.person_id or _sees_only_own(what) else None)
    needed -= {None}
    if len(needed) > 1:
        return None
    return next(iter(needed), Axis.CHANNEL)


def _sees_only_own(what: Slice) -> bool:
    return not (what.viewer.is_admin or what.viewer.is_manager)


def _from_rollups(
    what: Slice, group_by: GroupBy, kinds: list[str], axis: Axis, using: str
) -> Iterator[tuple]:
    rows = DailyRollup.objects.using(using).visible_to(what.viewer)
    rows = rows.filter(axis=axis, day__range=(what.first, what.last), kind__in=kinds)
    rows = _narrowed(rows, what)
    if axis == Axis.CHANNEL and what.channel_id:
        rows = rows.filter(key=str(what.channel_id))
    if axis == Axis.PERSON and what.person_id:
        rows = rows.filter(key=str(what.person_id))
    column = OF_ROLLUPS.get(group_by, "key")
    values = "business_values" if what.basis == Basis.BUSINESS else "wall_values"
    for group, kind, label, count, stored in rows.values_list(
        column, "kind", "label", "count", values
    ):
        yield group, kind, label, count, unpacked(stored) if stored else ()


def _from_facts(what: Slice, group_by: GroupBy, kinds: list[str], using: str) -> Iterable[tuple]:
    column = F(OF_FACTS[group_by])
    seconds = "business_seconds" if what.basis == Basis.BUSINESS else "seconds"
    rows = facts_in(what, using=using).filter(kind__in=kinds)
    for group, kind, label, count, value in rows.values_list(
        column, "kind", "label", "count", seconds
    ).iterator(chunk_size=5000):
        yield group, kind, label, count, () if value is None else (value,)


def facts_in(what: Slice, *, using: str = "default") -> QuerySet[Fact]:
    """The facts of a slice."""
    rows = Fact.objects.using(using).visible_to(what.viewer)
    rows = _narrowed(rows.filter(day__range=(what.first, what.last)), what)
    if what.channel_id:
        rows = rows.filter(channel=what.channel_id)
    if what.person_id:
        rows = rows.filter(actor=what.person_id)
    return rows


def _narrowed(rows: QuerySet, what: Slice) -> QuerySet:
    return rows.filter(department=what.department_id) if what.department_id else rows
