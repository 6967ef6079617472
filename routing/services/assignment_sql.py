"""The statements of assignment, and nothing else, the same on both databases.

Call inside the routing step's transaction. Rows come back as instances that hold only what the
step needs to know; they are never saved.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from django.db import connection

from inbox.models import Channel, Contact, Conversation, Message
from omnichat.lib.sql import Condition, Json, Step, moment, part_of, run, uuid
from routing.models import Assignment, is_full
from routing.scoring import Candidate
from workforce.availability import LONGEST_ENTRY, Reason, people_taking_work

LOCKED_MESSAGES = """SELECT m.id, m.text, m.keywords, m.cycle_id, c.id, c.public_id, c.status,
    c.department_id, c.assignee_id, c.cycle_number, c.waiting_reason, c.channel_id,
    h.default_department_id, c.contact_id, p.name,
    (SELECT version FROM routing_keywordversion){later}
FROM inbox_message m
JOIN inbox_conversation c ON c.id = m.conversation_id
JOIN inbox_channel h ON h.id = c.channel_id
JOIN inbox_contact p ON p.id = c.contact_id
WHERE m.id IN ({ids}) AND m.direction = 'inbound'
ORDER BY m.sent_at, m.id"""
LOCKED = " FOR NO KEY UPDATE OF c"
FLUSHED_LATER = ", set_config('synchronous_commit', 'off', true)"

WRITE_KEYWORDS = "UPDATE inbox_message SET keywords = %s WHERE id = %s RETURNING id"

CANDIDATES = """SELECT a.user_id, u.display_name, a.reason, a.is_routable, a.open_count, a.capacity,
    a.last_assigned_at
FROM routing_agent a JOIN accounts_user u ON u.id = a.user_id
WHERE u.department_id = %s AND u.is_active AND a.capacity > 0"""

TAKE_PLACE = """UPDATE routing_agent SET open_count = open_count + 1, last_assigned_at = %s
WHERE user_id = %s AND is_routable AND open_count < capacity RETURNING id"""

ADD_ASSIGNMENT = """INSERT INTO routing_assignment (conversation_id, cycle_id, assignee_id,
    department_id, assigned_by_id, policy, policy_version, explanation, duration_us, assigned_at,
    end_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '') RETURNING id"""


def lock_messages(
    message_ids: Sequence[int],
) -> tuple[Conversation | None, list[Message], int | None]:
    """A conversation, these messages of its customer, oldest first, and the keywords' version.

    Locks the conversation. The commit of this transaction returns before the disk has it: what
    it decides is written to disk with the next commit of anybody, and decided again by the sweep
    should the database server die within that second. The message is safe on disk already.
    """
    is_postgresql = connection.vendor == "postgresql"
    ids, later = ", ".join(["%s"] * len(message_ids)), FLUSHED_LATER * is_postgresql
    sql = LOCKED_MESSAGES.format(ids=ids, later=later) + LOCKED * is_postgresql
    rows = run(sql, list(message_ids))
    if not rows:
        return None, [], None
    conversation = _conversation(*rows[0][4:15])
    messages = [
        part_of(
            Message,
            id=pk,
            text=text,
            keywords=None if keywords is None else json.loads(keywords),
            cycle_id=cycle_id,
        )
        for pk, text, keywords, cycle_id, *_others in rows
    ]
    return conversation, messages, rows[0][15]


def _conversation(
    pk: int,
    public_id: UUID | str,
    status: str,
    department_id: int | None,
    assignee_id: int | None,
    cycle_number: int,
    waiting_reason: str,
    channel_id: int,
    default_department_id: int | None,
    contact_id: int,
    contact_name: str,
) -> Conversation:
    conversation = part_of(
        Conversation,
        id=pk,
        public_id=uuid(public_id),
        status=status,
        department_id=department_id,
        assignee_id=assignee_id,
        cycle_number=cycle_number,
        waiting_reason=waiting_reason,
        channel_id=channel_id,
        contact_id=contact_id,
    )
    conversation.channel = part_of(
        Channel, id=channel_id, default_department_id=default_department_id
    )
    conversation.contact = part_of(Contact, id=contact_id, name=contact_name)
    return conversation


def keywords_step(message: Message) -> Step:
    """To write the matches of a message."""
    return Step("keywords", WRITE_KEYWORDS, [Json(message.keywords), message.pk])


def candidates(department_id: int) -> list[Candidate]:
    """Everybody of the department whose role takes work, as they stand now."""
    return [
        Candidate(
            user_id=user_id,
            name=name,
            reason=Reason.AT_CAPACITY.value
            if is_full(reason, (capacity - count) * 100, capacity)
            else reason,
            is_routable=bool(is_routable),
            open_count=count,
            capacity=capacity,
            last_assigned_at=moment(assigned_at),
        )
        for user_id, name, reason, is_routable, count, capacity, assigned_at in run(
            CANDIDATES, [department_id]
        )
    ]


def take_place(user_id: int, at: datetime) -> bool:
    """Take one place of a person, if there is one."""
    return bool(run(TAKE_PLACE, [at, user_id]))


def is_taking_work(user_id: int, department_id: int, at: datetime) -> Condition:
    """As part of a statement: this person, of this department, can be given work at a moment."""
    sql, values = _taking_work()
    moment_value = _stored(at)
    given = {_USER: user_id, _DEPARTMENT: department_id, _stored(_MOMENT): moment_value}
    long_ago = _stored(_MOMENT - LONGEST_ENTRY)
    given[long_ago] = _stored(at - LONGEST_ENTRY)
    return Condition(f"EXISTS ({sql})", [given.get(value, value) for value in values])


# Stand for the values of each call.
_USER, _DEPARTMENT = -1, -2
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def _stored(at: datetime) -> datetime | str:
    """A moment as a value of a statement, as the database wants it."""
    return connection.ops.adapt_datetimefield_value(at)


@cache
def _taking_work() -> tuple[str, tuple]:
    """Workforce's own rule, written out once."""
    people = people_taking_work(_MOMENT).filter(pk=_USER, department=_DEPARTMENT)
    sql, values = people.order_by().values("pk").query.sql_with_params()
    return sql, tuple(str(v) if isinstance(v, str) else v for v in values)


def assignment_step(record: Assignment) -> Step:
    """To insert a record."""
    r = record
    values = [r.conversation_id, r.cycle_id, r.assignee_id, r.department_id, r.assigned_by_id]
    values += [r.policy, r.policy_version, Json(r.explanation), r.duration_us, r.assigned_at]
    return Step("assignment", ADD_ASSIGNMENT, values)
