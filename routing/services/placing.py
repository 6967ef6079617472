"""Writing a decision down: the conversation's columns, the record, the line in the thread.

Every function here runs inside the caller's transaction, which holds the conversation's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation
from inbox.services import (
    add_event_message,
    assigned_notice_steps,
    event_message_step,
    place_conversation,
    placing_steps,
)
from omnichat.lib.sql import Condition, Of, Step, run_together
from routing.models import Assignment
from routing.scoring import PLACE
from routing.services import assignment_sql as sql

GUARD_COUNT = 5  # conversations nobody gets more of from a backlog within GUARD_TIME
GUARD_TIME = timedelta(seconds=10)
NOT_WAITING = {"waiting_reason": "", "waiting_params": {}}


class PlaceLost(Exception):
    """Somebody else took the last place of `user_id`, or they went away. Nothing may be kept.

    Whoever waited in vain holds that row's lock; waiting for another person's with it in hand
    would be a deadlock. So the transaction ends with this, and a new one asks the next.
    """

    def __init__(self, user_id: int) -> None:
        super().__init__(f"no place with person {user_id}")
        self.user_id = user_id


@dataclass(frozen=True, slots=True)
class Claim:
    """What has to hold for a place to be taken: so much of it is left, of this own department.

    `guarded_since`: and the person was given fewer than GUARD_COUNT since then.
    """

    department_id: int | None
    need_percent: int = PLACE
    guarded_since: datetime | None = None


def give(
    record: Assignment,
    *,
    code: str,
    params: dict,
    claim: Claim | None = None,
    also: Sequence[Step] = (),
    **columns: object,
) -> None:
    """Make somebody the assignee as `record` says: row, record, line in the thread, notification.

    A claim takes a free place of somebody who can be given work, else PlaceLost is raised and
    the caller keeps nothing. `also` is written with it, and `columns` of the conversation. Reads
    the contact's name: on the way of a webhook it is loaded with the conversation. Gives
    `record` its id.

    The condition and the change of the agent row are one statement, so two routing steps never
    take one place. Whether the person has just gone home or moved away is asked by the second
    one, when the row is ours: the first sees other tables as they were before it waited for it.
    """
    conversation, at = record.conversation, record.assigned_at
    assignee_id, department_id = record.assignee_id, record.department_id
    if claim and not sql.take_place(assignee_id, at, claim.need_percent):
        raise PlaceLost(assignee_id)
    ids = run_together(
        *placing_steps(
            conversation,
            only_if=_still_holds(assignee_id, claim) if claim else None,
            assignee_id=assignee_id,
            department_id=department_id,
            seen_at=None,
            **NOT_WAITING,
            **columns,
        ),
        sql.assignment_step(record),
        event_message_step(
            conversation=conversation, cycle_id=record.cycle_id, code=code, params=params, at=at
        ),
        *assigned_notice_steps(
            conversation,
            assignee_id=assignee_id,
            assignment=Of("assignment"),
            by=record.assigned_by,
            at=at,
        ),
        *also,
    )
    if ids["conversation"] is None:
        raise PlaceLost(assignee_id)
    record.pk = ids["assignment"]


def raise_line_steps(
    conversation: Conversation,
    matches: Sequence[dict],
    columns: dict,
    *,
    cycle_id: int,
    at: datetime,
) -> list[Step]:
    """The line in the thread beside `columns`, which say that a keyword raised the priority."""
    if not columns:
        return []
    priority = columns["priority"]
    word = next(match["word"] for match in matches if match.get("priority") == priority)
    step = event_message_step(
        conversation=conversation,
        cycle_id=cycle_id,
        code="priority_raised_by_word",
        params={"word": word, "priority": priority},
        at=at,
    )
    return [step._replace(name="raise_line")]


def _still_holds(user_id: int, claim: Claim) -> Condition:
    takes_work = sql.is_taking_work(user_id, claim.department_id, timezone.now())
    if claim.guarded_since is None:
        return takes_work
    guard = sql.got_less_than(GUARD_COUNT, user_id, claim.guarded_since)
    return Condition(f"{takes_work.sql} AND {guard.sql}", takes_work.values + guard.values)


def take_back(
    conversation: Conversation,
    *,
    cycle_id: int,
    why: str,
    at: datetime,
    by: User | None = None,
    note: str = "",
) -> None:
    """Put an assigned conversation back into the queue, saying from whom, why, and who did it."""
    params = {"person": str(conversation.assignee), "why": why}
    if by is not None:
        params["by"] = str(by)
    if note:
        params["note"] = note
    end_assignment(conversation, why=why, at=at, note=note)
    place_conversation(conversation, assignee_id=None, seen_at=None, **NOT_WAITING)
    add_event_message(
        conversation=conversation, cycle=cycle_id, code=f"released_{why}", params=params, at=at
    )


def end_assignment(conversation: Conversation, *, why: str, at: datetime, note: str = "") -> None:
    """Close the active record, if there is one, with what its person wrote for the next."""
    active = Assignment.objects.filter(conversation=conversation, ended_at=None)
    active.update(ended_at=at, end_reason=why, **({"note": note} if note else {}))
