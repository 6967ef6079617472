"""Writing a decision down: the conversation's columns, the record, the line in the thread.

Every function here runs inside the caller's transaction, which holds the conversation's lock.
"""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from inbox.models import Conversation
from inbox.services import add_event_message, place_conversation, tell_assigned
from omnichat.lib.sql import Condition
from routing.models import Assignment
from routing.services.assignment_sql import add_assignment


def put(
    conversation: Conversation,
    *,
    assignee_id: int,
    department_id: int | None,
    only_if: Condition | None = None,
) -> bool:
    """Write the assignee into the conversation; False when `only_if` does not hold."""
    return place_conversation(
        conversation,
        only_if=only_if,
        assignee_id=assignee_id,
        department_id=department_id,
        waiting_reason="",
        seen_at=None,
    )


def write_down(
    conversation: Conversation,
    *,
    cycle_id: int,
    assignee_id: int,
    department_id: int | None,
    policy: str,
    explanation: dict,
    code: str,
    params: dict,
    at: datetime,
    assigned_by: User | None = None,
    duration_us: int = 0,
) -> Assignment:
    """Add the record of who was made the assignee and why, its line in the thread, and tell them.

    Reads the contact's name: on the way of a webhook it is loaded with the conversation.
    """
    assignment = Assignment(
        conversation=conversation,
        cycle_id=cycle_id,
        assignee_id=assignee_id,
        department_id=department_id,
        assigned_by=assigned_by,
        policy=policy,
        explanation=explanation,
        duration_us=duration_us,
        assigned_at=at,
    )
    assignment.pk = add_assignment(assignment)
    add_event_message(conversation=conversation, cycle=cycle_id, code=code, params=params, at=at)
    tell_assigned(
        conversation,
        assignee_id=assignee_id,
        assignment_id=assignment.pk,
        by=assigned_by,
        at=at,
    )
    return assignment


def take_back(
    conversation: Conversation, *, cycle_id: int, why: str, at: datetime, by: User | None = None
) -> None:
    """Put an assigned conversation back into the queue, saying from whom, why, and who did it."""
    params = {"person": str(conversation.assignee), "why": why}
    if by is not None:
        params["by"] = str(by)
    end_assignment(conversation, why=why, at=at)
    place_conversation(conversation, assignee_id=None, waiting_reason="", seen_at=None)
    add_event_message(
        conversation=conversation, cycle=cycle_id, code=f"released_{why}", params=params, at=at
    )


def end_assignment(conversation: Conversation, *, why: str, at: datetime) -> None:
    """Close the active record, if there is one."""
    active = Assignment.objects.filter(conversation=conversation, ended_at=None)
    active.update(ended_at=at, end_reason=why)
