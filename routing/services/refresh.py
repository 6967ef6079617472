"""Bringing agent rows in line with who is at work."""

from __future__ import annotations

import logging

from django.db import transaction

from accounts.models import User
from accounts.services import record, require_may_lead
from accounts.services.live import tell_department, tell_people
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, Assignment
from routing.services.agents import default_capacity
from routing.services.draining import drain_for
from routing.services.handover_notice import tell_handover
from routing.services.release import (
    misplaced_with,
    release_conversations,
    unanswered_before,
)
from workforce.availability import Reason, availability

logger = logging.getLogger(__name__)

EndReason = Assignment.EndReason


def refresh_agents(*, user_ids: list[int]) -> None:
    """Copy availability into these people's agent rows and follow up on it.

    Who is no longer at work gives the open conversations back, who goes on a break those that
    nobody answered yet, who belongs elsewhere now those of before; free places are filled.
    """
    for user in User.objects.filter(pk__in=user_ids).order_by("pk"):
        try:
            _follow(user)
        except Exception:  # a receiver: one person's fault must not keep the others' from working
            logger.exception("agent of person %s could not be refreshed; the sweep will", user.pk)


def _follow(user: User) -> None:
    agent = _refresh(user)
    if agent is None:
        return
    if why := _why_release(agent):
        release_conversations(user_id=user.pk, why=why)
    elif agent.reason == Reason.ON_BREAK:
        release_conversations(
            user_id=user.pk, why=EndReason.ON_BREAK, which=unanswered_before(agent.since)
        )
    release_conversations(
        user_id=user.pk, why=EndReason.DEPARTMENT_CHANGED, which=misplaced_with(agent)
    )
    if agent.has_room:
        drain_for(agent)


def set_capacity(*, agent: Agent, capacity: int, actor: User, ip: str | None = None) -> None:
    """Change how many open conversations a person may be given, and fill new places.

    Locks the agent. Raises NotStaff.
    """
    require_may_lead(actor=actor, user=agent.user)
    with transaction.atomic():
        agent = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
        Agent.objects.filter(pk=agent.pk).update(capacity=capacity)
        changes = {"capacity": [agent.capacity, capacity]}
        record("capacity_changed", actor=actor, target=agent.user, changes=changes, ip=ip)
        tell_people([agent.user_id])
    refresh_agents(user_ids=[agent.user_id])


@retry_on_conflict
@transaction.atomic
def _refresh(user: User) -> Agent | None:
    """Write one agent row; people without a department get none.

    Locks the row before it reads the availability, so that the later of two steps writes what
    is true later. Reloads `user`.
    """
    known = Agent.objects.select_for_update(no_key=True).filter(user=user)
    if (agent := known.first()) is None:
        if user.department_id is None:
            return None
        Agent.objects.get_or_create(user=user, defaults={"capacity": default_capacity(user)})
        agent = known.get()
    user.refresh_from_db()
    agent.user = user
    now = availability(user)
    changed = {
        "is_routable": now.is_available and user.department_id is not None,
        "reason": now.reason.value,
        "since": now.since,
    }
    if any(getattr(agent, name) != value for name, value in changed.items()):
        Agent.objects.filter(pk=agent.pk).update(**changed)
        for name, value in changed.items():
            setattr(agent, name, value)
        if now.is_shift_ending:
            tell_handover(agent)
        tell_people([user.pk])
        tell_department(user.department_id)  # their lead's page shows who is at work
    return agent


def _why_release(agent: Agent) -> str:
    """Why the person must give all open conversations back, or nothing."""
    if agent.reason == Reason.DEACTIVATED:
        return EndReason.DEACTIVATED
    return "" if agent.keeps_work else EndReason.of_absence(agent.reason)
