"""The statements of intake, and nothing else: one row each, the same on both databases.

What belongs together is written by one `run_together`. What may exist already is inserted with
ON CONFLICT DO NOTHING, which answers None instead of an error, or without it where a conflict has
to take everything back.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import uuid4

from django.db import connection

from inbox.channels.base import InboundEvent
from inbox.models import Channel, Conversation
from omnichat.lib.crypto import decrypt
from omnichat.lib.sql import Condition, Json, Of, Step, moment, part_of, run, run_together, uuid

ADD_EVENT = """INSERT INTO inbox_webhookevent (channel_id, dedup_key, fingerprint, body,
    received_at, state, run_after, attempts, locked_by, last_error)
VALUES (%s, %s, %s, %s, %s, 'applied', %s, 0, '', '') RETURNING id"""
ENTER_EVENT = ADD_EVENT.replace("RETURNING", "ON CONFLICT DO NOTHING RETURNING")

FIND_IDENTITY = """SELECT i.id, i.contact_id, k.is_vip
FROM inbox_contactidentity i JOIN inbox_contact k ON k.id = i.contact_id
WHERE i.channel_id = %s AND i.platform = %s AND i.external_id = %s"""

ADD_CONTACT = """INSERT INTO inbox_contact (public_id, name, phone, note, created_at)
VALUES (%s, %s, %s, '', %s) RETURNING id"""

ADD_IDENTITY = """INSERT INTO inbox_contactidentity (contact_id, channel_id, platform,
    external_id, created_at)
VALUES (%s, %s, %s, %s, %s) RETURNING id"""

# The cycle is read as of the beginning of the statement: none where one was begun meanwhile.
LATEST_CONVERSATION = """SELECT c.id, c.public_id, c.channel_id, c.contact_id, c.status,
    c.department_id, c.assignee_id, c.cycle_number, c.last_message_at, c.waiting_since,
    (SELECT y.id FROM inbox_cycle y
     WHERE y.conversation_id = c.id AND y.number = c.cycle_number)
FROM inbox_conversation c WHERE c.identity_id = %s AND c.thread_key = ''
ORDER BY c.id DESC LIMIT 1"""
LOCKED = " FOR NO KEY UPDATE OF c"

ADD_CONVERSATION = """INSERT INTO inbox_conversation (public_id, channel_id, identity_id,
    contact_id, thread_key, status, waiting_reason, waiting_since, cycle_number, last_message_at,
    last_inbound_at, preview, priority, priority_by, created_at)
VALUES (%s, %s, %s, %s, '', 'open', '', %s, 1, %s, %s, %s, %s, %s, %s) RETURNING id"""

START_CYCLE = """INSERT INTO inbox_cycle (conversation_id, number, started_at)
VALUES (%s, %s, %s) RETURNING id"""

FIND_CYCLE = "SELECT id FROM inbox_cycle WHERE conversation_id = %s AND number = %s"

ADD_MESSAGE = """INSERT INTO inbox_message (conversation_id, cycle_id, channel_id, direction,
    text, external_id, sent_at, received_at, data, webhook_event_id)
VALUES (%s, %s, %s, 'inbound', %s, %s, %s, %s, %s, %s) RETURNING id"""
ENTER_MESSAGE = ADD_MESSAGE.replace(
    "RETURNING", "ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING"
)

ADD_EVENT_LINE = """INSERT INTO inbox_message (conversation_id, cycle_id, channel_id, direction,
    text, sent_at, received_at, data)
VALUES (%s, %s, %s, 'event', '', %s, %s, %s) RETURNING id"""

WHERE_IT_WENT = """SELECT m.id, m.keywords, c.public_id, d.name, u.username
FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
LEFT JOIN accounts_department d ON d.id = c.department_id
LEFT JOIN accounts_user u ON u.id = c.assignee_id
WHERE m.id = %s"""

GENERIC_CHANNELS = """SELECT id, kind, secret, old_secret, secret_changed_at FROM inbox_channel
WHERE is_active AND kind = 'generic' ORDER BY id"""


class Delivered(NamedTuple):
    """One event as it reached us: `fingerprint` identifies a signed one without an id."""

    channel_id: int
    event: InboundEvent
    fingerprint: str | None
    at: datetime


class Identity(NamedTuple):
    """Who wrote, on one channel."""

    id: int
    contact_id: int
    is_vip: bool = False


def enter_event(delivered: Delivered) -> int | None:
    """Enter an event into the ledger; None when its key is known."""
    return _id(run(ENTER_EVENT, _event_values(delivered)))


def find_identity(channel_id: int, event: InboundEvent) -> Identity | None:
    """Who wrote; None when they never did on this channel."""
    rows = run(FIND_IDENTITY, [channel_id, event.platform, event.sender])
    if not rows:
        return None
    pk, contact_id, is_vip = rows[0]
    return Identity(pk, contact_id, bool(is_vip))


def add_first_message(
    delivered: Delivered, conversation: Conversation, *, event_id: int | None, tell: Step
) -> int:
    """Store the first message of somebody new: who wrote, conversation, cycle and message.

    The event too, unless it stands in the ledger already as `event_id`. All or nothing: another
    delivery that was first with the sender, the event or the message raises IntegrityError.
    `conversation` has no identity yet, and gets its own id.
    """
    event, at, sent_at = delivered.event, delivered.at, conversation.last_message_at
    name = (event.sender_name or event.sender)[:120]
    steps = [] if event_id else [Step("event", ADD_EVENT, _event_values(delivered))]
    contact, identity, talk = Of("contact"), Of("identity"), Of("conversation")
    who = [contact, delivered.channel_id, event.platform, event.sender, at]
    message = _message_values(delivered, talk, Of("cycle"), event_id or Of("event"), sent_at)
    ids = run_together(
        *steps,
        Step("contact", ADD_CONTACT, [uuid4(), name, event.phone, at]),
        Step("identity", ADD_IDENTITY, who),
        _add_conversation_step(conversation, identity, contact),
        Step("cycle", START_CYCLE, [talk, 1, conversation.waiting_since]),
        Step("message", ADD_MESSAGE, message),
        tell,
    )
    conversation.pk = ids["conversation"]
    return ids["message"]


def begin_conversation(conversation: Conversation) -> int:
    """Insert one of a known contact and its first cycle; returns the id of the cycle."""
    c = conversation
    ids = run_together(
        _add_conversation_step(c, c.identity_id, c.contact_id),
        Step("cycle", START_CYCLE, [Of("conversation"), 1, c.waiting_since]),
    )
    c.pk = ids["conversation"]
    return ids["cycle"]


def lock_latest_conversation(identity_id: int) -> tuple[Conversation, int] | None:
    """The latest conversation of somebody with what intake needs to know, and its cycle's id.

    Its row is locked.
    """
    rows = run(LATEST_CONVERSATION + LOCKED * (connection.vendor == "postgresql"), [identity_id])
    if not rows:
        return None
    pk, public_id, channel, contact, status, *rest, last, since, cycle = rows[0]
    department, assignee, number = rest
    conversation = part_of(
        Conversation,
        id=pk,
        public_id=uuid(public_id),
        channel_id=channel,
        identity_id=identity_id,
        contact_id=contact,
        status=status,
        department_id=department,
        assignee_id=assignee,
        cycle_number=number,
        last_message_at=moment(last),
        waiting_since=since and moment(since),
    )
    return conversation, cycle or run(FIND_CYCLE, [pk, number])[0][0]


def conversation_step(conversation_id: int, *, only_if: Condition | None = None, **columns) -> Step:
    """To write these columns of the model, and nothing when `only_if` does not hold."""
    names = ", ".join(f"{_column(name)} = %s" for name in columns)
    values = [_stored(value) for value in columns.values()]
    sql = f"UPDATE inbox_conversation SET {names} WHERE id = %s"  # noqa: S608
    values.append(conversation_id)
    if only_if is not None:
        sql, values = f"{sql} AND {only_if.sql}", values + only_if.values
    return Step("conversation", f"{sql} RETURNING id", values)


def _stored(value: object) -> object:
    return Json(value) if isinstance(value, dict) else getattr(value, "pk", value)


@cache
def _column(name: str) -> str:
    """The column of a field; what is no field raises, so no name of a caller becomes SQL."""
    return Conversation._meta.get_field(name).column


def start_cycle(conversation_id: int, number: int, at: datetime) -> int:
    return run(START_CYCLE, [conversation_id, number, at])[0][0]


def add_message(
    delivered: Delivered,
    conversation: Conversation,
    cycle_id: int,
    *,
    event_id: int,
    sent_at: datetime,
    news: dict,
    tell: Step,
) -> int | None:
    """Add a customer's message and write what is new (`news`) into its conversation.

    None when its external id is stored already; the caller then takes all of it back.
    """
    message = _message_values(delivered, conversation.pk, cycle_id, event_id, sent_at)
    ids = run_together(
        conversation_step(conversation.pk, **news), Step("message", ENTER_MESSAGE, message), tell
    )
    return ids["message"]


def event_line_step(conversation: Conversation, cycle_id: int, data: dict, at: datetime) -> Step:
    """To add a line that tells what happened."""
    values = [conversation.pk, cycle_id, conversation.channel_id, at, at, Json(data)]
    return Step("line", ADD_EVENT_LINE, values)


def add_event_line(conversation: Conversation, cycle_id: int, data: dict, at: datetime) -> int:
    """Add such a line and return its id."""
    step = event_line_step(conversation, cycle_id, data, at)
    return run(step.sql, step.values)[0][0]


def where_it_went(message_id: int) -> dict | None:
    """What the sender of a message is told; None when there is none."""
    rows = run(WHERE_IT_WENT, [message_id])
    if not rows:
        return None
    pk, keywords, public_id, department, username = rows[0]
    return {
        "message_id": pk,
        "conversation_id": str(uuid(public_id)),
        "keywords": [match["word"] for match in json.loads(keywords or "[]")],
        "department": department,
        "assigned_to": username,
        "queued": username is None,
    }


def generic_channels() -> list[Channel]:
    """Active generic channels with what a signature is checked against, the oldest first."""
    return [
        part_of(
            Channel,
            id=pk,
            kind=kind,
            secret=decrypt(secret),
            old_secret=decrypt(old_secret),
            secret_changed_at=moment(changed_at),
        )
        for pk, kind, secret, old_secret, changed_at in run(GENERIC_CHANNELS, [])
    ]


def _event_values(delivered: Delivered) -> list:
    channel_id, event, fingerprint, at = delivered
    return [channel_id, event.dedup_key(), fingerprint, event.raw, at, at]


def _add_conversation_step(
    conversation: Conversation, identity: int | Of, contact: int | Of
) -> Step:
    c = conversation
    values = [c.public_id, c.channel_id, identity, contact, c.waiting_since, c.last_message_at]
    values += [c.last_inbound_at, c.preview, c.priority, c.priority_by, c.created_at]
    return Step("conversation", ADD_CONVERSATION, values)


def _message_values(
    delivered: Delivered,
    conversation: int | Of,
    cycle: int | Of,
    event_id: int | Of,
    sent_at: datetime,
) -> list:
    event = delivered.event
    values = [conversation, cycle, delivered.channel_id, event.text, event.external_id or None]
    return [*values, sent_at, delivered.at, Json(event.data), event_id]


def _id(rows: list[tuple]) -> int | None:
    return rows[0][0] if rows else None
