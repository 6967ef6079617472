"""Short stamps of what a page shows, so that a refetch can say "the same as you have". Pure."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from inbox.deadlines import deadline_facts
from inbox.models import Conversation, Message
from inbox.waiting import Group

MAX_KNOWN = 200  # stamps a page may name; more are not looked at
STAMP_BYTES = 6


def stamp(*facts: object) -> str:
    """Eight letters that differ whenever the facts differ."""
    digest = blake2b(repr(facts).encode(), digest_size=STAMP_BYTES).digest()
    return urlsafe_b64encode(digest).decode()


def stamp_lines(lines: Iterable[Message], conversation: Conversation, *, is_workable: bool) -> None:
    """Give each line its `version`: of everything its part of the page shows."""
    frame = (conversation.contact.name, conversation.is_resolved, is_workable)
    for line in lines:
        parts = [
            (part.pk, part.state, part.failure, part.attempts > 0) for part in line.parts.all()
        ]
        author = line.author.display_name if line.author else ""
        line.version = stamp(line.pk, line.keywords, line.completed_at, author, parts, frame)


def known_lines(stamps: str) -> set[str]:
    """The stamps a page says it has."""
    return set(stamps.split(".")[-MAX_KNOWN:]) if stamps else set()


def stamp_head(conversation: Conversation, *more: object, now: datetime) -> str:
    """Of the head of the thread and the panel about the contact; `more` is what one may do."""
    c = conversation
    people = (c.assignee and c.assignee.display_name, c.department and c.department.name)
    contact = (c.contact.name, c.contact.phone, c.contact.note, c.contact.note_at)
    contact += (c.contact.is_vip, deadline_facts(c, now=now))
    state = (c.status, c.assignee_id, c.waiting_since, c.channel.name, more)
    return stamp(people, contact, state)


def stamp_list(
    rows: list[Conversation],
    groups: list[Group] | None,
    counts: dict[str, int],
    *more: object,
    now: datetime,
) -> str:
    """Of one page of the list: rows, headings and counts."""
    shown = [
        (
            row.pk,
            row.contact.name,
            row.preview,
            row.last_message_at,
            row.waiting_since,
            row.waiting_reason,
            deadline_facts(row, now=now),
            row.is_unread,
            row.has_failed_reply,
            row.has_draft,
            row.draft_text,
            row.assignee and row.assignee.display_name,
            row.department and row.department.name,
        )
        for row in rows
    ]
    headings = [(group.key, len(group.rows)) for group in groups or []]
    return stamp(shown, headings, sorted(counts.items()), more)
