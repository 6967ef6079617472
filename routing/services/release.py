"""Giving conversations back, and following what the inbox reports."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation, Cycle
from inbox.services import cycle_id_of
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, AgentSkill, Assignment
from routing.services.agents import recount_agents
from routing.services.draining import drain_department, drain_for
from routing.services.placing import end_assignment, take_back


def release_conversations(
    *, user_id: int, why: str, by: User | None = None, which: Q | None = None
) -> int:
    """Put a person's open conversations, or `which` of them, back into the queue; return how many.

    `by` is the lead who decided it, if somebody did.

    Called after the agent row says they can be given no more, so that nothing new arrives.
    """
    mine = Conversation.objects.open_of(user_id)
    if which is not None:
        mine = mine.filter(which)
        if not mine.exists():
            return 0
    departments = _release(user_id, mine, why, by)
    for department_id in set(departments):
        drain_department(department_id)
    return len(departments)


def unanswered_before(at: datetime | OuterRef) -> Q:
    """Conversations whose customer waits for a first answer from who had them at a moment."""
    answered = Cycle.objects.filter(
        conversation=OuterRef("pk"), number=OuterRef("cycle_number")
    ).exclude(first_response_at=None)
    later = Assignment.objects.filter(
        conversation=OuterRef("pk"), ended_at=None, assigned_at__gt=at
    )
    return ~Q(Exists(answered)) & ~Q(Exists(later))


def misplaced_with(agent: Agent) -> Q:
    """Conversations of departments that the person neither belongs to, has a skill for nor
    helps out."""
    home_id = agent.user.department_id
    skills = AgentSkill.objects.filter(agent=agent).values("department")
    helps = Q(department__routing_policy__overflow_department=home_id)
    return ~Q(department=home_id) & ~Q(department__in=skills) & ~helps


def release_one(
    conversation_id: int,
    why: str,
    note: str = "",
    *,
    by: User | None = None,
    only_from: int | None = None,
    only_if: QuerySet[Conversation] | None = None,
    drain: bool = True,
) -> bool:
    """Take one conversation from its person and put it back into the queue; was it done?

    Nothing happens to one that is nobody's, done, no longer `only_from`'s, whom the caller
    decided about, or no longer among `only_if`, asked once the lock is held. One that waits for
    the customer joins the queue when the customer writes. `note` is what its person wrote for
    the next. Locks the conversation, then the agent.
    """
    taken, department_id = _release_one(conversation_id, why, note, by, only_from, only_if)
    if taken and drain:
        drain_department(department_id)
    return taken


def settle_conversation(*, conversation_id: int, had_it: int | None = None) -> None:
    """After a reply, a resolve or a reopening: close the record, count, fill the free place.

    `had_it` is the assignee it was resolved with; by now it may be open again and somebody
    else's, or nobody's.
    """
    agents = _settle(conversation_id, had_it)
    for agent in agents.values():
        if agent.has_room:
            drain_for(agent)


@retry_on_conflict
def _settle(conversation_id: int, had_it: int | None) -> dict[int, Agent]:
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
        if conversation.is_resolved or conversation.assignee_id is None:
            end_assignment(conversation, why=Assignment.EndReason.RESOLVED, at=timezone.now())
        return recount_agents({conversation.assignee_id, had_it} - {None})


@retry_on_conflict
def _release(
    user_id: int, mine: QuerySet[Conversation], why: str, by: User | None
) -> list[int | None]:
    at = timezone.now()
    with transaction.atomic():
        mine = mine.select_related("assignee")
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


@retry_on_conflict
@transaction.atomic
def _release_one(
    conversation_id: int,
    why: str,
    note: str,
    by: User | None,
    only_from: int | None,
    only_if: QuerySet[Conversation] | None,
) -> tuple[bool, int | None]:
    held = Conversation.objects.unresolved().filter(pk=conversation_id)
    held = held.exclude(assignee=None).select_related("assignee")
    conversation = held.select_for_update(no_key=True, of=("self",)).first()
    if conversation is None or only_from not in (None, conversation.assignee_id):
        return False, None
    if only_if is not None and not only_if.filter(pk=conversation_id).exists():
        return False, None
    former_id = conversation.assignee_id
    cycle_id = cycle_id_of(conversation)
    at = timezone.now()
    take_back(conversation, cycle_id=cycle_id, why=why, at=at, by=by, note=note)
    recount_agents([former_id])
    return True, conversation.department_id
