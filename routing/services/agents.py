"""The agent rows: counting load."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.services.live import tell_people
from inbox.models import Conversation
from routing.models import STAFF_CAPACITY, Agent


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
        count = Conversation.objects.open_of(agent.user_id).count()
        if count != agent.open_count:
            Agent.objects.filter(pk=agent.pk).update(open_count=count)
            agent.open_count = count
            recounted.append(agent.user_id)
    tell_people(recounted)
    return {agent.user_id: agent for agent in agents}


def default_capacity(user: User) -> int:
    """Managers and administrators answer only when somebody gives them a capacity."""
    return STAFF_CAPACITY if user.role == User.Role.STAFF else 0
