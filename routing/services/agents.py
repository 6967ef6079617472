"""The agent rows: counting load."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, Sum

from accounts.models import User
from accounts.services.live import tell_people
from inbox.models import Conversation
from routing.models import STAFF_CAPACITY, Agent
from routing.scoring import PLACE


@transaction.atomic
def recount_agents(user_ids: Iterable[int]) -> dict[int, Agent]:
    """Count these people's open conversations anew; returns their locked rows by user id.

    Lock first, count in a second statement: the count then sees every change that was
    committed before the lock was granted. One statement for both stored 0 where 1 was true.
    """
    agents = list(
        Agent.objects.select_for_update(no_key=True).filter(user__in=user_ids).order_by("pk")
    )
    recounted = []
    for agent in agents:
        count, extra = count_load(agent.user_id)
        if (count, extra) != (agent.open_count, agent.extra_percent):
            Agent.objects.filter(pk=agent.pk).update(open_count=count, extra_percent=extra)
            agent.open_count, agent.extra_percent = count, extra
            recounted.append(agent.user_id)
    tell_people(recounted)
    return {agent.user_id: agent for agent in agents}


def count_load(user_id: int) -> tuple[int, int]:
    """How many conversations a person has open, and what they take beyond one place each."""
    mine = Conversation.objects.open_of(user_id)
    row = mine.aggregate(count=Count("pk"), extra=Sum(F("channel__load_percent") - PLACE))
    return row["count"], row["extra"] or 0


def default_capacity(user: User) -> int:
    """Managers and administrators answer only when somebody gives them a capacity."""
    return STAFF_CAPACITY if user.role == User.Role.STAFF else 0
