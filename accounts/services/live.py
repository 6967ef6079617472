"""Telling open pages that something changed.

`tell` is called inside the transaction of the change; the live processes read the rows after the
commit (`omnichat/live/`). Audiences are groups of sockets, which the server alone hands out:

    admins           every administrator
    leads:<id>       managers of department <id>
    common           every manager: what has no department
    queue:<id>       staff of department <id>, where staff may claim
    user:<id>        one person
    assignee:<id>    the one person who has it
    mentioned:<id>   who is mentioned in conversation <id>
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.models import LiveEvent
from omnichat.lib.sql import Step, run

ADMINS = "admins"
COMMON = "common"
TELL = """INSERT INTO accounts_liveevent (kind, audience, object_id, created_at)
VALUES {rows} RETURNING id"""


def leads_of(department_id: int | None) -> str:
    """Managers who see this department; without one, every manager."""
    return f"leads:{department_id}" if department_id else COMMON


def claimers_of(department_id: int) -> str:
    return f"queue:{department_id}"


def person(user_id: int) -> str:
    return f"user:{user_id}"


def assigned_to(user_id: int) -> str:
    """Not `person`: a manager may have what belongs to a department they do not lead."""
    return f"assignee:{user_id}"


def mentioned_in(conversation_id: int) -> str:
    return f"mentioned:{conversation_id}"


class NewEvent(NamedTuple):
    """A row of LiveEvent that has yet to be written."""

    kind: str
    audience: str
    object_id: UUID | None
    created_at: datetime


def event(kind: str, audience: Iterable[str], object_id: UUID | None = None) -> NewEvent:
    return NewEvent(str(kind), " ".join(audience), object_id, timezone.now())


def tell(*events: NewEvent) -> None:
    """Write events in one statement; call inside the transaction of what happened."""
    if events:
        step = tell_step(*events)
        run(step.sql, step.values)


def tell_step(*events: NewEvent) -> Step:
    """To write events together with what happened; there is at least one."""
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(events))
    values = [value for event in events for value in event]
    return Step("told", TELL.format(rows=rows), values)


def tell_people(user_ids: Iterable[int]) -> None:
    """Own counts, load, availability or list of these people changed."""
    audience = [person(user_id) for user_id in user_ids]
    if audience:
        tell(event(LiveEvent.Kind.ME_CHANGED, audience))


def tell_leads(kind: str) -> None:
    """Something of the whole installation changed that leads and administrators look at."""
    tell(event(kind, [ADMINS, COMMON]))


def tell_department(department_id: int | None) -> None:
    """Queue or staff load of a department changed; names no conversation."""
    audience = [ADMINS, leads_of(department_id)]
    if department_id:
        audience.append(claimers_of(department_id))
    tell(event(LiveEvent.Kind.QUEUE_CHANGED, audience))
