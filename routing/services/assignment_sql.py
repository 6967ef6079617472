"""The statements of assignment, and nothing else, the same on both databases.

Call inside the routing step's transaction. Rows come back as instances that hold only what the
step needs to know; they are never saved.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from inbox.models import Channel, Contact, Conversation, Message
from inbox.services.viewers import SHOWN_FOR
from omnichat.lib.sql import Condition, Json, Step, moment, part_of, run, uuid
from routing.models import Assignment, is_full
from routing.scoring import (
    OVERFLOW_FACTOR,
    OWN_DEPARTMENT,
    PLACE,
    SKILL_FACTORS,
    Candidate,
    free_percent,
)
from workforce.availability import LONGEST_ENTRY, Reason, people_taking_work

LOCKED_MESSAGES = """SELECT m.id, m.text, m.keywords, m.cycle_id, c.id, c.public_id, c.status,
    c.department_id, c.assignee_id, c.cycle_number, c.waiting_reason, c.channel_id,
    h.default_department_id, h.load_percent, c.contact_id, p.name, c.priority, c.priority_by,
    c.waiting_since, c.waiting_params, v.version, v.rules_version{later}
FROM inbox_message m
CROSS JOIN routing_keywordversion v
JOIN inbox_conversation c ON c.id = m.conversation_id
JOIN inbox_channel h ON h.id = c.channel_id
JOIN inbox_contact p ON p.id = c.contact_id
WHERE m.id IN ({ids}) AND m.direction = 'inbound'
ORDER BY m.sent_at, m.id"""
LOCKED = " FOR NO KEY UPDATE OF c"
FLUSHED_LATER = ", set_config('synchronous_commit', 'off', true)"

WRITE_KEYWORDS = "UPDATE inbox_message SET keywords = %s WHERE id = %s RETURNING id"

# Typing counts as answering for as long as it is shown: see inbox.services.viewers.
CANDIDATES = """SELECT a.user_id, u.display_name, a.reason, a.is_routable, a.open_count, a.capacity,
    a.last_assigned_at, a.extra_percent, a.reply_seconds, a.kpi_score, s.level, u.department_id,
    EXISTS (SELECT 1 FROM inbox_viewer w WHERE w.user_id = a.user_id AND w.typing_at > %s)
FROM routing_agent a
JOIN accounts_user u ON u.id = a.user_id
LEFT JOIN routing_agentskill s ON s.agent_id = a.id AND s.department_id = %s
WHERE u.is_active AND a.capacity > 0 AND (u.department_id IN (%s, %s) OR s.level IS NOT NULL)"""

TAKE_PLACE = """UPDATE routing_agent SET open_count = open_count + 1,
    extra_percent = extra_percent + %s, last_assigned_at = %s
WHERE user_id = %s AND is_routable AND %s <= (capacity - open_count) * 100 - extra_percent
RETURNING id"""

# Those of one person and the last seconds, by nobody's hand.
JUST_ASSIGNED = """(SELECT count(*) FROM routing_assignment
WHERE assignee_id = %s AND assigned_at > %s AND assigned_by_id IS NULL)"""

ADD_ASSIGNMENT = """INSERT INTO routing_assignment (conversation_id, cycle_id, assignee_id,
    department_id, assigned_by_id, policy, policy_version, explanation, duration_us, assigned_at,
    note, end_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '') RETURNING id"""


class Versions(NamedTuple):
    """Of what each process keeps: keywords and lists, policies."""

    keywords: int
    rules: int


def stored_versions() -> Versions:
    return Versions(*run("SELECT version, rules_version FROM routing_keywordversion", [])[0])


def lock_messages(
    message_ids: Sequence[int],
) -> tuple[Conversation | None, list[Message], Versions | None]:
    """A conversation, these messages of its customer, oldest first, and the versions.

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
    conversation = _conversation(*rows[0][4:20])
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
    return conversation, messages, Versions(*rows[0][20:22])


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
    load_percent: int,
    contact_id: int,
    contact_name: str,
    priority: int,
    priority_by: str,
    waiting_since: datetime | str | None,
    waiting_params: str,
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
        priority=priority,
        priority_by=priority_by,
        waiting_since=moment(waiting_since),
        waiting_params=json.loads(waiting_params),
    )
    conversation.channel = part_of(
        Channel,
        id=channel_id,
        default_department_id=default_department_id,
        load_percent=load_percent,
    )
    conversation.contact = part_of(Contact, id=contact_id, name=contact_name)
    return conversation


def keywords_step(message: Message) -> Step:
    """To write the matches of a message."""
    return Step("keywords", WRITE_KEYWORDS, [Json(message.keywords), message.pk])


def candidates(
    department_id: int, at: datetime, *, overflow_id: int | None = None
) -> list[Candidate]:
    """Everybody who may answer for a department and whose role takes work, as they stand now.

    Its own people, those with the skill, and, if told, those of the department that helps out.
    """
    values = [at - SHOWN_FOR, department_id, department_id, overflow_id or department_id]
    return [_candidate(row, department_id) for row in run(CANDIDATES, values)]


def _candidate(row: tuple, department_id: int) -> Candidate:
    user_id, name, reason, is_routable, count, capacity, assigned_at, extra, *others = row
    reply_seconds, kpi_score, level, own_department_id, is_answering = others
    factor = OWN_DEPARTMENT
    if own_department_id != department_id:
        factor = SKILL_FACTORS.get(level, OVERFLOW_FACTOR)
    full = is_full(reason, free_percent(count, extra, capacity), capacity)
    return Candidate(
        user_id=user_id,
        name=name,
        reason=Reason.AT_CAPACITY.value if full else reason,
        is_routable=bool(is_routable),
        open_count=count,
        capacity=capacity,
        last_assigned_at=moment(assigned_at),
        extra_percent=extra,
        is_answering=bool(is_answering),
        reply_seconds=reply_seconds,
        kpi_score=kpi_score,
        factor=factor,
        department_id=own_department_id,
    )


def take_place(user_id: int, at: datetime, need_percent: int = PLACE) -> bool:
    """Take so much of a place of a person, if it is left."""
    return bool(run(TAKE_PLACE, [need_percent - PLACE, at, user_id, need_percent]))


def got_less_than(count: int, user_id: int, since: datetime) -> Condition:
    """As part of a statement: a person was given fewer than so many since then."""
    return Condition(f"{JUST_ASSIGNED} < %s", [user_id, _stored(since), count])


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
    values += [
        r.policy,
        r.policy_version,
        Json(r.explanation),
        r.duration_us,
        r.assigned_at,
        r.note,
    ]
    return Step("assignment", ADD_ASSIGNMENT, values)
