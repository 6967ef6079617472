"""The agent rows: counting load."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services.live import tell_people
from inbox.models import Conversation
from routing.models import STAFF_CAPACITY, Agent
from routing.services import assignment_sql as sql
from routing.services.placing import put


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


def claim_place(
    conversation: Conversation, *, user_id: int, department_id: int, at: datetime
) -> bool:
    """Take one place of a person who can be given work, and put the conversation on it.

    False when there is none; then nothing is written. The condition and the change of the agent
    row are one statement, so two routing steps never take one place. Whether the person has just
    gone home or moved away is asked by the second one, when the row is ours: the first sees other
    tables as they were before it waited for the row.
    """
    is_member = sql.is_taking_work(user_id, department_id)
    with transaction.atomic():
        taken = sql.take_place(user_id, at) and put(
            conversation, assignee_id=user_id, department_id=department_id, only_if=is_member
        )
        if not taken:
            # An UPDATE that waited in vain still holds the row; with it in hand, waiting for the
            # next candidate's would be a deadlock.
            transaction.set_rollback(True)
    return taken


def default_capacity(user: User) -> int:
    """Managers and administrators answer only when somebody gives them a capacity."""
    return STAFF_CAPACITY if user.role == User.Role.STAFF else 0
