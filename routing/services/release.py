"""Giving conversations back, and following what the inbox reports."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation, Cycle
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, Assignment
from routing.services.agents import recount_agents
from routing.services.assignment import drain_department
from routing.services.placing import end_assignment, take_back


def release_conversations(*, user_id: int, why: str, by: User | None = None) -> int:
    """Put a person's open conversations back into the queue; return how many.

    `by` is the lead who decided it, if somebody did.

    Called after the agent row says they can be given no more, so that nothing new arrives.
    """
    departments = _release(user_id, why, by)
    for department_id in set(departments):
        drain_department(department_id)
    return len(departments)


def settle_conversation(*, conversation_id: int, had_it: int | None = None) -> None:
    """After a reply, a resolve or a reopening: close the record, count, fill the free place.

    `had_it` is the assignee it was resolved with; by now it may be open again and somebody
    else's, or nobody's.
    """
    agents = _settle(conversation_id, had_it)
    for agent in agents.values():
        if agent.has_room:
            drain_department(_department_of(agent))


@retry_on_conflict
def _settle(conversation_id: int, had_it: int | None) -> dict[int, Agent]:
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
        if conversation.is_resolved or conversation.assignee_id is None:
            end_assignment(conversation, why=Assignment.EndReason.RESOLVED, at=timezone.now())
        return recount_agents({conversation.assignee_id, had_it} - {None})


@retry_on_conflict
def _release(user_id: int, why: str, by: User | None) -> list[int | None]:
    at = timezone.now()
    with transaction.atomic():
        mine = Conversation.objects.open_of(user_id).select_related("assignee")
        conversations = list(mine.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        cycles = dict(
            Cycle.objects.filter(conversation__in=conversations, resolved_at=None).values_list(
                "conversation_id", "pk"
            )
        )
        for conversation in conversations:
            take_back(conversation, cycle_id=cycles[conversation.pk], why=why, at=at, by=by)
        recount_agents([user_id])
    return [conversation.department_id for conversation in conversations]


def _department_of(agent: Agent) -> int | None:
    return agent.user.department_id
