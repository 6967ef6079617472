"""Which promise counts: policies and business hours as one book, read in one go."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from routing.models import SlaClock, SlaPolicy
from routing.services.hours import HoursBook, hours_of_all
from routing.sla_time import ALWAYS_OPEN, AlwaysOpen, BusinessHours


class Promise(NamedTuple):
    """Minutes of one metric, whose hours count them, and since when that is promised."""

    policy: SlaPolicy
    minutes: int
    in_hours: bool
    hours: BusinessHours | AlwaysOpen
    since: datetime | None = None


class SlaRules:
    """The rules in force; read them after the rows they are applied to are locked."""

    def __init__(self) -> None:
        self._policies = {(p.department_id, p.priority): p for p in SlaPolicy.objects.order_by()}

    def __bool__(self) -> bool:
        return bool(self._policies)

    def policy(self, department_id: int | None, priority: int) -> SlaPolicy | None:
        """The closest one: department and priority, department, priority, all."""
        closest = ((department_id, priority), (department_id, None), (None, priority), (None, None))
        found = (self._policies.get(key) for key in closest)
        return next((policy for policy in found if policy is not None), None)

    def promise(self, metric: str, department_id: int | None, priority: int) -> Promise | None:
        """What is promised; None where nothing is."""
        policy = self.policy(department_id, priority)
        minutes = getattr(policy, f"{metric}_minutes", None)
        if policy is None or minutes is None:
            return None
        in_hours = getattr(policy, f"{metric}_in_hours")
        hours = self._hours.of(department_id) if in_hours else None
        since = policy.effective_from
        return Promise(policy, minutes, in_hours, hours or ALWAYS_OPEN, since)

    def as_it_ran(self, promise: Promise, clock: SlaClock) -> Promise:
        """What was promised when a clock was last set, counted by the hours of today."""
        hours = self._hours.of(clock.department_id) if clock.in_hours else None
        return Promise(
            promise.policy, clock.target_minutes, clock.in_hours, hours or ALWAYS_OPEN, None
        )

    @cached_property
    def _hours(self) -> HoursBook:
        return hours_of_all()
