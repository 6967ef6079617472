"""What every channel speaks: events in, results out. No database and no clock here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One customer's message out of a delivery.

    `external_id` is the platform's id of the message, `event_key` its id of the event; empty
    when it names none. `sent_at` is aware, or None when the platform did not say. `raw` is the
    cleaned event as JSON text, from which it can be parsed again.
    """

    platform: str
    sender: str
    text: str
    raw: str
    external_id: str = ""
    event_key: str = ""
    sent_at: datetime | None = None
    sender_name: str = ""
    phone: str = ""
    data: dict = field(default_factory=dict)

    def dedup_key(self) -> str | None:
        """The key of the event ledger, or None when nothing identifies the event."""
        if self.event_key:
            return f"event:{self.event_key}"
        return f"message:{self.external_id}" if self.external_id else None


class EventRefused(Exception):
    """A delivery that cannot be understood. `errors` is {field: [sentence]}."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


class Outcome(StrEnum):
    """How a send ended, in the only words the outbox acts on."""

    SENT = "sent"
    RETRY = "retry"  # not accepted yet, and sending again does no harm
    REFUSED = "refused"  # the channel said no for good


@dataclass(frozen=True, slots=True)
class SendResult:
    """`retry_after` in seconds when the channel asked for it; `failure` of OutboundPart."""

    outcome: Outcome
    detail: str = ""
    retry_after: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call's worth of a reply. `part_id` is the same on every try."""

    part_id: str
    conversation_id: str
    contact_id: str
    message_id: int
    text: str
    sent_at: datetime


class ChannelAdapter(Protocol):
    """One platform. `parse` is pure; `send` is the only one that talks to the network."""

    max_reply_chars: int

    def verify(self, raw: bytes, header: str, secrets: list[str], *, now: float) -> bool: ...

    def parse(self, body: dict, headers: Mapping[str, str]) -> list[InboundEvent]: ...

    def send(self, outgoing: Outgoing, *, reply_url: str, secret: str) -> SendResult: ...
