"""Giving out what waits, in the order it is served, while anybody has room."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.services.live import tell_department
from inbox.models import Conversation
from routing.models import Agent, AgentSkill, Assignment
from routing.policies import Policy, stored_policies
from routing.services.assignment import assign_waiting_one

logger = logging.getLogger(__name__)

WaitingReason = Conversation.WaitingReason
DRAIN_LIMIT = 200  # conversations tried in one go; the sweep comes back for the rest
WRITE_CHUNK = 500  # locked at a time: a message to one of them waits no longer than these take


class _Demand(NamedTuple):
    """What a conversation asks for: the least demanding that failed rules out the rest."""

    need_percent: int
    may_overflow: bool

    def is_covered_by(self, failed: Iterable[_Demand]) -> bool:
        """Has one failed already that asked for no more and might have gone further?"""
        return any(
            one.need_percent <= self.need_percent and one.may_overflow >= self.may_overflow
            for one in failed
        )

    def covered(self, helped_since: datetime | None) -> Q:
        """Those it covers; of what waits since before `helped_since`, others may help out."""
        no_less = Q(channel__load_percent__gte=self.need_percent)
        if self.may_overflow or helped_since is None:
            return no_less
        return no_less & (Q(waiting_since__gt=helped_since) | Q(waiting_since=None))


def assign_next(*, conversation_id: int) -> Assignment | None:
    """Give one waiting conversation to somebody, or say on its row why it still waits.

    Skips a conversation another step holds at this moment.
    """
    return assign_waiting_one(conversation_id)[0]


def drain_for(agent: Agent) -> None:
    """Fill the free places of a person: from their department, then where they can help."""
    home_id = agent.user.department_id
    skilled = AgentSkill.objects.filter(agent=agent).values_list("department", flat=True)
    helped = stored_policies().helped_by(home_id) if home_id else []
    for department_id in dict.fromkeys([home_id, *skilled, *helped]):
        if department_id is not None:
            drain_department(department_id)


def drain_department(department_id: int | None, *, limit: int = DRAIN_LIMIT) -> int:
    """Give out what waits in a department while anybody has room; return how many.

    A conversation that cannot be given out for a fault of its own is logged and passed over.
    """
    policy = stored_policies().of(department_id)
    waiting = _not_parked(policy).filter(department=department_id)
    if policy.is_claim:
        _write_reason(waiting, WaitingReason.CLAIM, {}, department_id)
        return 0
    if department_id is None:  # each has a fate of its own there, and most have been told
        return sum(_give_out(pk)[0] for pk in _undecided(waiting, limit))
    tried: list[int] = []
    assigned, failed, helped_since = 0, [], _helped_since(policy)
    while (left := limit - len(tried)) > 0:
        rows = waiting.exclude(pk__in=tried).in_serving_order()
        rows = list(rows.values_list("pk", "waiting_since", "channel__load_percent")[:left])
        for pk, since, need_percent in rows:
            demand = _Demand(need_percent, bool(helped_since and since and since <= helped_since))
            if demand.is_covered_by(failed):
                continue
            tried.append(pk)
            is_given, was_free = _give_out(pk)
            assigned += is_given
            if was_free and not is_given and (why := _why_it_waits(waiting, pk)):
                if demand.may_overflow and _was_given_away(pk):
                    demand = demand._replace(may_overflow=False)  # others may be helped
                failed.append(demand)
                covered = demand.covered(helped_since)
                _write_reason(waiting.filter(covered), *why, department_id)
                waiting = waiting.exclude(covered)  # they have been told
        if len(rows) < left:
            break
    return assigned


def _undecided(waiting: QuerySet[Conversation], limit: int) -> list[int]:
    rows = waiting.exclude(waiting_reason=WaitingReason.NO_DEPARTMENT).in_serving_order()
    return list(rows.values_list("pk", flat=True)[:limit])


def _give_out(pk: int) -> tuple[bool, bool]:
    """Was it given to somebody, and was it free to be; one that fails is logged."""
    try:
        assignment, was_free = assign_waiting_one(pk)
    except Exception:  # a job loop: one bad row must not stop those behind it
        logger.exception("conversation %s could not be given out", pk)
        return False, False
    return assignment is not None, was_free


def _not_parked(policy: Policy) -> QuerySet[Conversation]:
    """What waits, but for what a lead must decide about as the policy stands now."""
    waiting = Conversation.objects.waiting()
    if policy.is_claim or policy.no_reply_minutes is None:
        return waiting
    hops = {"waiting_params__count__gte": policy.max_hops}
    return waiting.exclude(waiting_reason=WaitingReason.PARKED, **hops)


def _helped_since(policy: Policy) -> datetime | None:
    """What waits since then or before may go to the department that helps out."""
    if policy.overflow_id is None:
        return None
    return timezone.now() - timedelta(minutes=policy.overflow_minutes)


def _why_it_waits(waiting: QuerySet[Conversation], pk: int) -> tuple[str, dict] | None:
    """Why a conversation nobody had room for still waits: true for all that it covers."""
    row = waiting.filter(pk=pk).values_list("waiting_reason", "waiting_params").first()
    return row if row and row[0] not in ("", WaitingReason.PARKED) else None


def _was_given_away(pk: int) -> bool:
    """Whoever of another department had it already is not asked to help with it again."""
    return Assignment.objects.filter(conversation=pk).exclude(end_reason="").exists()


def _write_reason(
    waiting: QuerySet[Conversation], reason: str, params: dict, department_id: int | None
) -> None:
    """Say of all these why they wait; who holds one of them at this moment will say it again."""
    others = waiting.exclude(waiting_reason=reason, waiting_params=params).order_by("pk")
    found = ids = _write_chunk(others, reason, params)
    while len(ids) == WRITE_CHUNK:
        ids = _write_chunk(others.filter(pk__gt=ids[-1]), reason, params)
    if found:
        tell_department(department_id)


@transaction.atomic
def _write_chunk(others: QuerySet[Conversation], reason: str, params: dict) -> list[int]:
    """Say it of the first of them; returns which.

    Waiting for locked rows one after the other, in no order, would be a deadlock sooner or later.
    """
    free = others.select_for_update(no_key=True, skip_locked=True, of=("self",))
    ids = list(free.values_list("pk", flat=True)[:WRITE_CHUNK])
    rows = Conversation.objects.filter(pk__in=ids, assignee=None)
    rows.update(waiting_reason=reason, waiting_params=params)
    return ids
