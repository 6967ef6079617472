"""The statements of intake, and nothing else: one row each, the same on both databases.

What may exist already is inserted with ON CONFLICT DO NOTHING, which answers None instead of an
error, so that no savepoint is needed around it. Call inside intake's transaction.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from uuid import uuid4

from inbox.channels.base import InboundEvent
from inbox.models import Channel, Conversation
from omnichat.lib.crypto import decrypt
from omnichat.lib.sql import Condition, Json, moment, run, uuid

ENTER_EVENT = """INSERT INTO inbox_webhookevent (channel_id, dedup_key, fingerprint, body,
    received_at, state,
    run_after, attempts, locked_by, last_error)
VALUES (%s, %s, %s, %s, %s, 'applied', %s, 0, '', '')
ON CONFLICT DO NOTHING RETURNING id"""

FIND_IDENTITY = """SELECT id, contact_id FROM inbox_contactidentity
WHERE channel_id = %s AND platform = %s AND external_id = %s"""

CREATE_CONTACT = """INSERT INTO inbox_contact (public_id, name, phone, note, created_at)
VALUES (%s, %s, %s, '', %s) RETURNING id"""

CREATE_IDENTITY = """INSERT INTO inbox_contactidentity (contact_id, channel_id, platform,
    external_id, created_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (channel_id, platform, external_id) DO NOTHING RETURNING id"""

FORGET_CONTACT = "DELETE FROM inbox_contact WHERE id = %s"

LATEST_CONVERSATION = """SELECT id, public_id, channel_id, contact_id, status, department_id,
    assignee_id, cycle_number,
    last_message_at
FROM inbox_conversation WHERE identity_id = %s AND thread_key = ''
ORDER BY id DESC LIMIT 1"""
LOCKED = " FOR NO KEY UPDATE"

CREATE_CONVERSATION = """INSERT INTO inbox_conversation (public_id, channel_id, identity_id,
    contact_id, thread_key, status,
    waiting_reason, waiting_since, cycle_number, last_message_at, last_inbound_at, preview,
    created_at)
VALUES (%s, %s, %s, %s, '', 'open', '', %s, 1, %s, %s, %s, %s)
ON CONFLICT (identity_id, thread_key) WHERE NOT (status = 'resolved') DO NOTHING RETURNING id"""

START_CYCLE = """INSERT INTO inbox_cycle (conversation_id, number, started_at)
VALUES (%s, %s, %s) RETURNING id"""

FIND_CYCLE = "SELECT id FROM inbox_cycle WHERE conversation_id = %s AND number = %s"

ADD_MESSAGE = """INSERT INTO inbox_message (conversation_id, cycle_id, channel_id, direction,
    text, external_id,
    sent_at, received_at, data, webhook_event_id)
VALUES (%s, %s, %s, 'inbound', %s, %s, %s, %s, %s, %s)
ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING id"""

ADD_EVENT_LINE = """INSERT INTO inbox_message (conversation_id, cycle_id, channel_id, direction,
    text,
    sent_at, received_at, data)
VALUES (%s, %s, %s, 'event', '', %s, %s, %s) RETURNING id"""

WHERE_IT_WENT = """SELECT m.id, m.keywords, c.public_id, d.name, u.username
FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
LEFT JOIN accounts_department d ON d.id = c.department_id
LEFT JOIN accounts_user u ON u.id = c.assignee_id
WHERE m.id = %s"""

GENERIC_CHANNELS = """SELECT id, kind, secret, old_secret, secret_changed_at FROM inbox_channel
WHERE is_active AND kind = 'generic' ORDER BY id"""


def enter_event(
    channel_id: int, event: InboundEvent, at: datetime, fingerprint: str | None
) -> int | None:
    """Enter an event into the ledger; None when its key is known."""
    values = [channel_id, event.dedup_key(), fingerprint, event.raw, at, at]
    return _id(run(ENTER_EVENT, values))


def find_identity(channel_id: int, event: InboundEvent) -> tuple[int, int] | None:
    """Ids of identity and contact of who wrote."""
    rows = run(FIND_IDENTITY, [channel_id, event.platform, event.sender])
    return rows[0] if rows else None


def create_identity(
    channel_id: int, event: InboundEvent, name: str, at: datetime
) -> tuple[int, int] | None:
    """The same of somebody new; None when another delivery created them first.

    Waits for that one's commit.
    """
    contact_id = _id(run(CREATE_CONTACT, [uuid4(), name, event.phone, at]))
    values = [contact_id, channel_id, event.platform, event.sender, at]
    identity_id = _id(run(CREATE_IDENTITY, values))
    if identity_id is None:
        run(FORGET_CONTACT, [contact_id])
        return None
    return identity_id, contact_id


def lock_latest_conversation(identity_id: int, *, is_postgresql: bool) -> Conversation | None:
    """The latest conversation of somebody, its row locked, with what intake needs to know."""
    rows = run(LATEST_CONVERSATION + LOCKED * is_postgresql, [identity_id])
    if not rows:
        return None
    pk, public_id, channel, contact, status, department, assignee, cycle, last = rows[0]
    return Conversation(
        pk=pk,
        public_id=uuid(public_id),
        channel_id=channel,
        identity_id=identity_id,
        contact_id=contact,
        status=status,
        department_id=department,
        assignee_id=assignee,
        cycle_number=cycle,
        last_message_at=moment(last),
    )


def create_conversation(conversation: Conversation) -> int | None:
    """Insert a new one and return its id; None when another delivery was first."""
    c = conversation
    values = [c.public_id, c.channel_id, c.identity_id, c.contact_id, c.waiting_since]
    values += [c.last_message_at, c.last_inbound_at, c.preview, c.created_at]
    return _id(run(CREATE_CONVERSATION, values))


def update_conversation(
    conversation_id: int, *, only_if: Condition | None = None, **columns
) -> bool:
    """Write these columns of the model; False when `only_if` does not hold."""
    names = ", ".join(f"{_column(name)} = %s" for name in columns)
    values = [getattr(value, "pk", value) for value in columns.values()]
    sql = f"UPDATE inbox_conversation SET {names} WHERE id = %s"  # noqa: S608
    values.append(conversation_id)
    if only_if is not None:
        sql, values = f"{sql} AND {only_if.sql}", values + only_if.values
    return bool(run(f"{sql} RETURNING id", values))


@cache
def _column(name: str) -> str:
    """The column of a field; what is no field raises, so no name of a caller becomes SQL."""
    return Conversation._meta.get_field(name).column


def start_cycle(conversation_id: int, number: int, at: datetime) -> int:
    return run(START_CYCLE, [conversation_id, number, at])[0][0]


def find_cycle(conversation_id: int, number: int) -> int:
    return run(FIND_CYCLE, [conversation_id, number])[0][0]


def add_message(
    conversation: Conversation,
    cycle_id: int,
    event: InboundEvent,
    event_id: int,
    sent_at: datetime,
    at: datetime,
) -> int | None:
    """Add a customer's message; None when its external id is stored already."""
    values = [conversation.pk, cycle_id, conversation.channel_id, event.text]
    values += [event.external_id or None, sent_at, at, Json(event.data), event_id]
    return _id(run(ADD_MESSAGE, values))


def add_event_line(conversation: Conversation, cycle_id: int, data: dict, at: datetime) -> int:
    """Add a line that tells what happened."""
    values = [conversation.pk, cycle_id, conversation.channel_id, at, at, Json(data)]
    return run(ADD_EVENT_LINE, values)[0][0]


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
        Channel(
            pk=pk,
            kind=kind,
            secret=decrypt(secret),
            old_secret=decrypt(old_secret),
            secret_changed_at=moment(changed_at),
        )
        for pk, kind, secret, old_secret, changed_at in run(GENERIC_CHANNELS, [])
    ]


def _id(rows: list[tuple]) -> int | None:
    return rows[0][0] if rows else None
