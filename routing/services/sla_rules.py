"""Which promise counts: policies and business hours as one book, read in one go."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from inbox.models import Conversation
from routing.models import SlaPolicy
from routing.services.hours import HoursBook, hours_of_all
from routing.sla_time import ALWAYS_OPEN, AlwaysOpen, BusinessHours

UNRESOLVED = (
    Conversation.Status.OPEN,
    Conversation.Status.WAITING,
    Conversation.Status.SNOOZED,
)


class Promise(NamedTuple):
    """Minutes of one metric, and whose hours count them."""

    policy: SlaPolicy
    minutes: int
    in_hours: bool
    hours: BusinessHours | AlwaysOpen


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
        return Promise(policy, minutes, in_hours, hours or ALWAYS_OPEN)

    @cached_property
    def _hours(self) -> HoursBook:
        return hours_of_all()


def mark_clocks_stale(**which: object) -> int:
    """Have the clocks of conversations that are not done looked at again; returns how many.

    `which` narrows them as `filter` does. Call inside the transaction that changes the rules:
    whoever follows the clocks locks the row first and reads the rules after it. In the order of
    ids, as everybody who takes several.
    """
    fresh = Conversation.objects.filter(status__in=UNRESOLVED, is_clock_stale=False, **which)
    locked = fresh.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    return Conversation.objects.filter(pk__in=list(locked)).update(is_clock_stale=True)
