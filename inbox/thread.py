"""The lines of a thread, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inbox.models import Conversation, Message

PAGE_SIZE = 50


@dataclass(slots=True)
class Thread:
    """The newest lines of a conversation, or those before one; oldest first."""

    lines: list[Message]
    has_earlier: bool


def load_thread(conversation: Conversation, *, before_id: int | None = None) -> Thread:
    """Load one page of lines with their authors and delivery, in two queries."""
    lines = conversation.messages.select_related("author").prefetch_related("parts")
    if before_id is not None and (anchor := conversation.messages.filter(pk=before_id).first()):
        lines = lines.before(anchor)
    newest_first = list(lines.order_by("-sent_at", "-pk")[: PAGE_SIZE + 1])
    shown = newest_first[:PAGE_SIZE][::-1]
    return Thread(lines=shown, has_earlier=len(newest_first) > PAGE_SIZE)


def newest_inbound_id(lines: Iterable[Message]) -> int:
    """Of the customer's messages among these lines the one stored last; 0 for none."""
    inbound = (line.pk for line in lines if line.direction == Message.Direction.INBOUND)
    return max(inbound, default=0)


def line_id(text: str) -> int | None:
    """Read the id of a line; None for whatever else a page may send."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def is_sendable(conversation: Conversation) -> bool:
    """False when replies can only be kept, because the channel has nowhere to send them."""
    return bool(conversation.channel.reply_url) and conversation.channel.is_active
