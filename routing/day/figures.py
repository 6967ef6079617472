"""What a day was like, in a few figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil

from routing.day.playing import Played


@dataclass(frozen=True, slots=True)
class Figures:
    """Waits are minutes from the customer's first message to the first reply being sent.

    `mean`, `p90` and `p99` are of conversations that were answered before the day ended.
    `sla_percent` is the share of all conversations whose first reply came in time. `stuck` waited
    over an hour for the first reply, whether it came then or not; `stuck_later` waited so long for
    an answer in between. `unanswered` had no reply when the day ended, however short a time
    before they came.
    `unfairness` is the Gini coefficient of first replies for each hour at work over those who
    were there: 0 when everybody gave as many an hour.
    """

    conversations: float
    mean: float
    p90: float
    p99: float
    sla_percent: float
    stuck: float
    stuck_later: float
    unanswered: float
    unfairness: float

    def as_json(self) -> dict:
        return {name: round(value, 3) for name, value in asdict(self).items()}


def figures_of(played: Played) -> Figures:
    cases = list(played.cases.values())
    waits = sorted(case.first_wait for case in cases if case.first_wait is not None)
    in_time = [case for case in cases if (case.first_wait or 0) <= case.promise]
    in_time = [case for case in in_time if case.first_wait is not None]
    limit = played.day.stuck_after
    return Figures(
        conversations=len(cases),
        mean=sum(waits) / len(waits) if waits else 0.0,
        p90=percentile(waits, 0.9),
        p99=percentile(waits, 0.99),
        sla_percent=100 * len(in_time) / len(cases) if cases else 100.0,
        stuck=sum(case.first_wait_so_far > limit for case in cases),
        stuck_later=sum(case.longest_later_wait > limit for case in cases),
        unanswered=len(cases) - len(waits),
        unfairness=gini(_replies_an_hour(played)),
    )


def mean_of(days: Sequence[Figures]) -> Figures:
    """The mean day: each figure is the mean of the days' figures."""
    rows = [asdict(day) for day in days]
    return Figures(**{name: sum(row[name] for row in rows) / len(rows) for name in rows[0]})


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share does not exceed (nearest rank)."""
    return ordered[ceil(share * len(ordered)) - 1] if ordered else 0.0


def gini(values: Sequence[float]) -> float:
    """0: all the same; nearly 1: one has everything."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return 0.0
    n = len(ordered)
    ranked = sum(place * value for place, value in enumerate(ordered, 1))
    return 2 * ranked / (n * total) - (n + 1) / n


def _replies_an_hour(played: Played) -> list[float]:
    given = {desk.person.id: 0 for desk in played.desks if not desk.person.is_absent}
    for case in played.cases.values():
        if case.first_by is not None:
            given[case.first_by] += 1
    hours = {d.person.id: (d.person.ends - d.person.starts) / 60 for d in played.desks}
    return [count / hours[person] for person, count in given.items()]
