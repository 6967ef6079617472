"""The figures of people for a month: from rollups, and of days that changed since from facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from reporting.durations import unpacked
from reporting.metrics import Metric
from reporting.metrics.measures import (
    NOTHING,
    Count,
    Tallies,
    Value,
    count_of,
    pick,
)
from reporting.models import DailyRollup, Fact, RollupDay
from reporting.tallying import picks_of_all

THERE = (pick(Fact.Kind.WORKED), pick(Fact.Kind.PLANNED))


def last_day(period: date) -> date:
    return (period + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def read_people(
    period: date, metrics: Iterable[Metric], people: Collection[int]
) -> dict[int, Tallies]:
    """What the facts of each person come to. Call under the lock of the facts.

    They are the person's own, whatever department had the conversation; times are counted by
    business hours.
    """
    kinds = {one.kind for one in picks_of_all(metrics)}
    kinds |= {one.kind for one in THERE}
    days = (period, last_day(period))
    stale = RollupDay.objects.filter(is_stale=True, day__range=days).values_list("day", flat=True)
    stale = set(stale)
    found: dict[int, Tallies] = {pk: Tallies() for pk in people}
    rollups = DailyRollup.objects.filter(
        axis=DailyRollup.Axis.PERSON, day__range=days, kind__in=kinds
    )
    if len(found) == 1:
        rollups = rollups.filter(key=str(next(iter(found))))
    columns = ("key", "kind", "label", "count", "business_values")
    for key, kind, label, count, stored in rollups.exclude(day__in=stale).values_list(*columns):
        if key and int(key) in found:
            found[int(key)].of((kind, label)).add(count, unpacked(stored) if stored else ())
    facts = Fact.objects.filter(day__in=stale, kind__in=kinds, actor__in=found)
    columns = ("actor_id", "kind", "label", "count", "business_seconds")
    for actor, kind, label, count, seconds in facts.values_list(*columns):
        found[actor].of((kind, label)).add(count, () if seconds is None else (seconds,))
    return found


def value_of(metric: Metric, tallies: Tallies) -> Value:
    """A figure of a person.

    A number of something says nothing about who was never there: it rests on the days they
    worked, or should have.
    """
    if not isinstance(metric.measure, Count):
        return metric.of(tallies)
    count = metric.of(tallies).amount
    days = max(count_of(tallies, (one,)) for one in THERE)
    return Value(count, days) if days or count else NOTHING
