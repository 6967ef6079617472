"""The metrics worked out from the facts by hand, in the plainest way there is.

It shares nothing with `reporting.metrics`: what a figure means is written down here a second time,
from the definitions.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.reporting.golden.facts import Row


class Figure(NamedTuple):
    amount: float | None
    n: int = 0
    mean: float | None = None
    median: float | None = None
    p90: float | None = None


class Facts:
    """Facts by the name of what they count."""

    def __init__(self, rows: Iterable[Row], basis: str) -> None:
        self._rows = list(rows)
        self._basis = "business_seconds" if basis == "business" else "seconds"

    def _of(self, kind: str, *labels: str) -> list[Row]:
        return [r for r in self._rows if r.kind == kind and (not labels or r.label in labels)]

    def count(self, kind: str, *labels: str) -> int:
        return sum(row.count for row in self._of(kind, *labels))

    def lengths(self, kind: str) -> list[int]:
        found = (getattr(row, self._basis) for row in self._of(kind))
        return sorted(seconds for seconds in found if seconds is not None)


Work = Callable[[Facts], Figure]


def _number(*kinds: str) -> Work:
    def work(facts: Facts) -> Figure:
        count = sum(map(facts.count, kinds))
        return Figure(count, count)

    return work


def _time(kind: str) -> Work:
    def work(facts: Facts) -> Figure:
        values = facts.lengths(kind)
        if not values:
            return Figure(None)
        # the shortest that at least nine of ten do not exceed
        nine_of_ten = values[math.ceil(len(values) * 9 / 10) - 1]
        middle = statistics.median(values)
        return Figure(middle, len(values), statistics.fmean(values), middle, nine_of_ten)

    return work


def _sum(kind: str, of: str = "") -> Work:
    def work(facts: Facts) -> Figure:
        values = facts.lengths(kind)
        if not of:
            return Figure(sum(values), len(values)) if values else Figure(None)
        planned = sum(facts.lengths(of))
        return Figure(100 * sum(values) / planned, len(values)) if planned else Figure(None)

    return work


def _percent(part: Callable[[Facts], int], whole: Callable[[Facts], int]) -> Work:
    def work(facts: Facts) -> Figure:
        n = whole(facts)
        return Figure(100 * part(facts) / n, n) if n else Figure(None)

    return work


def _each(part: Callable[[Facts], int]) -> Work:
    def work(facts: Facts) -> Figure:
        n = facts.count("cycle_started")
        return Figure(part(facts) / n, n) if n else Figure(None)

    return work


def _on_time(*promises: str) -> Work:
    return _percent(
        lambda facts: facts.count("sla_met", *promises),
        lambda facts: facts.count("sla_met", *promises) + facts.count("sla_breached", *promises),
    )


def _resolved(facts: Facts) -> int:
    return facts.count("resolved")


def _resolved_an_hour(facts: Facts) -> Figure:
    hours = sum(facts.lengths("routable")) / 3600
    return Figure(_resolved(facts) / hours, _resolved(facts)) if hours else Figure(None)


FIGURES: dict[str, Work] = {
    "first_response": _time("first_response"),
    "agent_response": _time("agent_response"),
    "reply_time": _time("reply"),
    "resolution_time": _time("resolved"),
    "active_time": _time("resolved_active"),
    "handle_time": _time("handled"),
    "started": _number("cycle_started"),
    "resolved": _number("resolved"),
    "resolved_per_hour": _resolved_an_hour,
    "replies": _number("reply"),
    "messages_in": _number("message_in"),
    "messages_out": _number("message_out"),
    "messages_per_conversation": _each(
        lambda facts: facts.count("message_in") + facts.count("message_out")
    ),
    "sla": _on_time("first_response", "next_response"),
    "sla_first_response": _on_time("first_response"),
    "sla_resolution": _on_time("resolution"),
    "sla_breached": _number("sla_breached"),
    "reopen_rate": _percent(lambda facts: facts.count("reopened"), _resolved),
    "one_touch": _percent(lambda facts: facts.count("one_touch"), _resolved),
    "first_contact": _percent(
        lambda facts: facts.count("resolved") - facts.count("recontacted"), _resolved
    ),
    "missed": _percent(
        lambda facts: facts.count("missed"), lambda facts: facts.count("cycle_started", "inbound")
    ),
    "assigned": _number("assigned"),
    "time_to_assign": _time("first_assigned"),
    "queue_time": _time("assigned"),
    "transfers": _each(lambda facts: facts.count("transferred")),
    "moves": _each(lambda facts: facts.count("moved")),
    "routing_accuracy": _percent(
        lambda facts: facts.count("auto_routed") - facts.count("misrouted"),
        lambda facts: facts.count("auto_routed"),
    ),
    "worked_time": _sum("worked"),
    "conformance": _sum("worked", of="planned"),
    "routable_time": _sum("routable"),
    "late": _number("late"),
    "left_early": _number("left_early"),
    "absent": _number("absent"),
    "leave_time": _sum("leave"),
    "requests": _number("request"),
    "decision_time": _time("request"),
}


def figures_of(rows: Iterable[Row], basis: str) -> dict[str, Figure]:
    facts = Facts(rows, basis)
    return {code: work(facts) for code, work in FIGURES.items()}
