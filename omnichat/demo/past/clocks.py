"""The clocks of a cycle that is over, by the product's own arithmetic."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from omnichat.demo.past.moments import moment
from omnichat.demo.past.story import Cycle
from routing.services.sla_rules import Promise, SlaRules
from routing.sla_clocks import Happening, Story, promises_of, standing_of
from routing.sla_time import ALWAYS_OPEN, MINUTES_A_DAY, BusinessHours

KINDS = {"K": "in", "N": "out"}
FOLLOWED_AFTER = timedelta(milliseconds=250)  # the worker comes by four times a second
WHOLE_DAY = ((0, MINUTES_A_DAY),)


class Clock(NamedTuple):
    """One row, in the order of `rows.CLOCK` behind the ids of conversation and cycle."""

    metric: str
    department_id: int
    priority: int
    policy_id: int
    target_minutes: int
    in_hours: bool
    started_at: datetime
    resumed_at: datetime
    used_seconds: int
    half_at: datetime | None
    risk_at: datetime | None
    due_at: datetime | None
    warned_percent: int
    breached_at: datetime | None
    is_action_due: bool
    stopped_at: datetime
    is_met: bool | None


class Change(NamedTuple):
    """That a move set a clock anew, as SlaChange has it."""

    why: str
    before_minutes: int
    after_minutes: int
    before_due_at: datetime | None
    after_due_at: datetime | None
    changed_at: datetime


class ClockMaker:
    """Knows what is promised; asked for each cycle."""

    def __init__(self, priority: int) -> None:
        self.rules, self.priority = SlaRules(), priority
        self._promises: dict[tuple[str, int], Promise | None] = {}

    def of(self, cycle: Cycle) -> list[tuple[Clock, Change | None]]:
        """The clocks of a resolved cycle, and what was noted where a move changed one."""
        found = []
        for wanted in promises_of(_story(cycle)):
            promise = self._promise(wanted.metric, cycle.department_id)
            if promise is None:
                continue
            clock = self._clock(wanted, promise, cycle)
            found.append((clock, self._change(cycle, wanted, clock)))
        return found

    def _clock(self, wanted, promise: Promise, cycle: Cycle) -> Clock:
        standing = standing_of(wanted, promise.minutes, promise.hours)
        stopped = wanted.stopped_at
        broken = standing.breached_at
        steps = ((50, standing.half_at), (80, standing.risk_at), (100, broken))
        warned = max((share for share, at in steps if at is not None and at <= stopped), default=0)
        return Clock(
            metric=wanted.metric,
            department_id=cycle.department_id,
            priority=self.priority,
            policy_id=promise.policy.pk,
            target_minutes=promise.minutes,
            in_hours=promise.in_hours,
            started_at=wanted.started_at,
            resumed_at=standing.resumed_at,
            used_seconds=standing.used_seconds,
            half_at=standing.half_at,
            risk_at=standing.risk_at,
            due_at=standing.due_at,
            warned_percent=warned,
            breached_at=broken,
            is_action_due=False,
            stopped_at=stopped,
            is_met=False if broken is not None else wanted.is_kept,
        )

    def _change(self, cycle: Cycle, wanted, clock: Clock) -> Change | None:
        """What was promised anew when a person moved it to another department."""
        if cycle.moved is None or wanted.started_at != moment(cycle.started_at):
            return None
        at, department_id = cycle.moved
        before = self._promise(wanted.metric, department_id)
        if before is None or before.minutes == clock.target_minutes:
            return None
        stood = standing_of(wanted, before.minutes, before.hours)
        due = stood.breached_at or stood.due_at
        changed_at = moment(at) + FOLLOWED_AFTER
        return Change(
            "department", before.minutes, clock.target_minutes, due, clock.due_at, changed_at
        )

    def _promise(self, metric: str, department_id: int) -> Promise | None:
        key = (metric, department_id)
        if key not in self._promises:
            promise = self.rules.promise(metric, department_id, self.priority)
            if promise is not None and _never_closes(promise.hours):
                promise = promise._replace(hours=ALWAYS_OPEN)
            self._promises[key] = promise
        return self._promises[key]


def _never_closes(hours: object) -> bool:
    """Open at every hour of every day: then counting is one addition."""
    return (
        isinstance(hours, BusinessHours)
        and not hours.exceptions
        and not hours.holidays
        and all(intervals == WHOLE_DAY for intervals in hours.week)
    )


def _story(cycle: Cycle) -> Story:
    told = [(line.at, KINDS[line.kind]) for line in cycle.lines if line.kind in KINDS]
    for asleep_at, woken_at in cycle.snoozed:
        told += [(asleep_at, "snoozed"), (woken_at, "woken")]
    told.sort(key=lambda one: one[0])
    return Story(
        started_at=moment(cycle.started_at),
        happenings=[Happening(kind, moment(at)) for at, kind in told],
        first_response_at=cycle.first_response_at and moment(cycle.first_response_at),
        resolved_at=moment(cycle.resolved_at),
    )
