"""The safety net: what a crash between two commits lost is found again here."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation, Message
from routing.models import Agent, AgentSkill, Assignment
from routing.scoring import PLACE
from routing.services.agents import recount_agents
from routing.services.assignment import route_messages
from routing.services.draining import drain_department
from routing.services.refresh import refresh_agents
from routing.services.release import unanswered_before
from routing.services.resume import resume_lost
from workforce.availability import Reason, availability_of

logger = logging.getLogger(__name__)

# A message this young is still in the hands of the process that stored it.
GRACE = timedelta(seconds=2)
BATCH = 500


def assign_waiting(*, limit: int = BATCH) -> int:
    """Route messages nobody routed, then give out what waits; return how many of these.

    `limit` bounds each of the two. Safe to repeat, safe in several workers at once.
    """
    lost = Message.objects.unrouted().filter(received_at__lt=timezone.now() - GRACE)
    if ids := list(lost.values_list("pk", flat=True)[:limit]):
        logger.warning("%s messages were stored but not routed; routing them", len(ids))
        route_messages(message_ids=ids)
    waiting = Conversation.objects.waiting().exclude(department=None).order_by()
    departments = waiting.values_list("department_id", flat=True).distinct()
    assigned = 0
    for department_id in list(departments):
        assigned += drain_department(department_id, limit=limit - assigned)
    return assigned


def repair_agents() -> int:
    """Correct agent rows and records that no longer match the truth; return how many.

    Covers what time alone changes and what a process that died after its commit left undone.
    """
    wrong = _stale_user_ids()
    if wrong:
        refresh_agents(user_ids=wrong)
        recount_agents(wrong)
    records = _end_stale_records() + resume_lost()
    if wrong or records:
        logger.warning("repaired %s agents and %s assignment records", len(wrong), records)
    return len(wrong) + records


def _stale_user_ids() -> list[int]:
    open_of_agent = Conversation.objects.filter(
        assignee=OuterRef("user"), status=Conversation.Status.OPEN
    ).order_by()
    counted = open_of_agent.values("assignee").annotate(n=Count("pk")).values("n")
    extra = open_of_agent.values("assignee").annotate(n=Sum(F("channel__load_percent") - PLACE))
    skills = AgentSkill.objects.filter(agent=OuterRef(OuterRef("pk"))).values("department")
    misplaced = open_of_agent.exclude(department=OuterRef("user__department"))
    misplaced = misplaced.exclude(department__in=skills)
    helps = {"department__routing_policy__overflow_department": OuterRef("user__department")}
    misplaced = misplaced.exclude(**helps)
    left = open_of_agent.filter(unanswered_before(OuterRef(OuterRef("since"))))
    agents = Agent.objects.select_related("user").annotate(
        true_count=Coalesce(Subquery(counted), 0),
        true_extra=Coalesce(Subquery(extra.values("n")), 0),
        is_misplaced=Exists(misplaced),
        is_left=Q(reason=Reason.ON_BREAK) & Exists(left),
    )
    truth = availability_of(agent.user_id for agent in agents)
    stale = {
        agent.user_id
        for agent in agents
        if (agent.open_count, agent.extra_percent) != (agent.true_count, agent.true_extra)
        or agent.reason != truth[agent.user_id].reason
        or agent.since != truth[agent.user_id].since
        or (agent.true_count and not agent.keeps_work)
        or agent.is_misplaced
        or agent.is_left
    }
    missing = User.objects.filter(is_active=True, agent=None).exclude(department=None)
    stale.update(missing.values_list("pk", flat=True))
    return sorted(stale)


def _end_stale_records() -> int:
    """Close active records of conversations that are resolved or have another assignee."""
    stale = Assignment.objects.filter(ended_at=None).filter(
        Q(conversation__status=Conversation.Status.RESOLVED)
        | Q(conversation__assignee=None)
        | ~Q(conversation__assignee=F("assignee"))
    )
    ids = list(stale.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    now = timezone.now()
    ended = Assignment.objects.filter(pk__in=ids, ended_at=None)
    return ended.update(ended_at=now, end_reason=Assignment.EndReason.RESOLVED)
