"""The generic webhook: our own small protocol, for everything that has no adapter yet.

In: `{"platform", "sender", "content"}` with optional `external_id`, `sent_at`, `sender_name`,
`metadata`; or the richer `{"event_id", "type": "message", "contact": {...}, "message": {...},
"timestamp"}`. Out: a signed POST to the channel's reply address. See docs/channels.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from inbox.channels import signatures
from inbox.channels.base import EventRefused, InboundEvent, Outcome, Outgoing, SendResult
from omnichat.lib import http

MAX_REPLY_CHARS = 8000  # characters; the limit of our own web chat
MAX_ID_CHARS = 255
MAX_PLATFORM_CHARS = 40
MAX_NAME_CHARS = 120
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DEFAULT_PLATFORM = "generic"
IDEMPOTENCY_HEADER = "Idempotency-Key"
# The receiver can tell a repeat by the part's id, so these may all be sent again.
RETRIED_STATUSES = frozenset({408, 425, 429, *range(500, 600)})


class GenericAdapter:
    """A webhook in, a signed POST out."""

    max_reply_chars = MAX_REPLY_CHARS

    def verify(self, raw: bytes, header: str, secrets: list[str], *, now: float) -> bool:
        return signatures.verify(raw, header, secrets, now=now)

    def parse(self, body: dict, headers: Mapping[str, str]) -> list[InboundEvent]:
        """Return the one event of a delivery. Raises EventRefused naming every bad field."""
        reader = _Reader(body)
        event_key = reader.text("event_id", max_chars=MAX_ID_CHARS)
        if key := headers.get(IDEMPOTENCY_HEADER):
            if len(key) > MAX_ID_CHARS:
                reader.refuse(IDEMPOTENCY_HEADER, _too_long(MAX_ID_CHARS))
            event_key = key
        fields = _rich(reader) if "contact" in body or "message" in body else _plain(reader)
        if reader.errors:
            raise EventRefused(reader.errors)
        return [InboundEvent(event_key=event_key, raw=_as_text(body, event_key), **fields)]

    def send(self, outgoing: Outgoing, *, reply_url: str, secret: str) -> SendResult:
        """POST the reply. Any 2xx is sent; what may pass is tried again; the rest is final."""
        if not reply_url:
            return SendResult(Outcome.REFUSED, failure="no_reply_url")
        now = time.time()
        raw = json.dumps(_reply_body(outgoing, now), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            IDEMPOTENCY_HEADER: outgoing.part_id,
            signatures.HEADER: signatures.sign(raw, secret, now=now),
        }
        try:
            response = http.post_json(reply_url, raw, headers)
        except http.AddressRefused as error:
            return SendResult(Outcome.REFUSED, detail=str(error), failure="bad_reply_url")
        except (http.NotDelivered, http.Ambiguous) as error:
            return SendResult(Outcome.RETRY, detail=str(error))
        detail = f"HTTP {response.status}"
        if 200 <= response.status < 300:
            return SendResult(Outcome.SENT, detail=detail)
        if response.status in RETRIED_STATUSES:
            return SendResult(Outcome.RETRY, detail=detail, retry_after=response.retry_after)
        return SendResult(Outcome.REFUSED, detail=detail, failure="refused")


def _plain(reader: _Reader) -> dict:
    """Read the brief's form."""
    return {
        "platform": reader.platform("platform", required=True),
        "sender": reader.text("sender", required=True, max_chars=MAX_ID_CHARS),
        "text": reader.text("content", required=True, strip=False),
        "external_id": reader.text("external_id", max_chars=MAX_ID_CHARS),
        "sent_at": reader.moment("sent_at"),
        "sender_name": reader.text("sender_name", max_chars=MAX_NAME_CHARS),
        "data": {"metadata": found} if (found := reader.mapping("metadata")) else {},
    }


def _rich(reader: _Reader) -> dict:
    """Read the richer form, which names an event, a contact and a message."""
    kind = reader.text("type")
    if kind not in ("", "message"):
        reader.refuse("type", _("Only events of type “message” are understood here."))
    contact, message = reader.nested("contact"), reader.nested("message")
    attachments = message.items("attachments")
    return {
        "platform": reader.platform("platform") or DEFAULT_PLATFORM,
        "sender": contact.text("id", required=True, max_chars=MAX_ID_CHARS),
        "text": message.text("text", required=not attachments, strip=False),
        "external_id": message.text("id", max_chars=MAX_ID_CHARS),
        "sent_at": reader.moment("timestamp"),
        "sender_name": contact.text("name", max_chars=MAX_NAME_CHARS),
        "phone": contact.text("phone", max_chars=MAX_PLATFORM_CHARS),
        "data": {"attachments": attachments} if attachments else {},
    }


class _Reader:
    """Reads fields of a JSON object by type and collects what is wrong with each."""

    def __init__(self, body: dict, errors: dict | None = None, prefix: str = "") -> None:
        self.body = body
        self.prefix = prefix
        self.errors: dict[str, list[str]] = {} if errors is None else errors

    def refuse(self, name: str, sentence: str) -> None:
        self.errors.setdefault(f"{self.prefix}{name}", []).append(sentence)

    def text(
        self, name: str, *, required: bool = False, max_chars: int = 0, strip: bool = True
    ) -> str:
        value = self.body.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.refuse(name, _("Send text, in quotes."))
            return ""
        if strip:
            value = value.strip()
        if required and not value.strip():
            self.refuse(name, _("This field must not be empty."))
        if max_chars and len(value) > max_chars:
            self.refuse(name, _too_long(max_chars))
        return value

    def platform(self, name: str, *, required: bool = False) -> str:
        platform = self.text(name, required=required).casefold()
        if len(platform) > MAX_PLATFORM_CHARS:  # folding the case may lengthen it
            self.refuse(name, _too_long(MAX_PLATFORM_CHARS))
        return platform

    def moment(self, name: str) -> datetime | None:
        value = self.text(name)
        if not value:
            return None
        try:
            moment = parse_datetime(value)
            if moment and is_naive(moment):
                moment = make_aware(moment)
            if moment and EARLIEST <= moment <= LATEST:
                return moment
        except (ValueError, OverflowError):
            pass
        self.refuse(name, _("Send a moment such as 2026-11-22T10:04:05+07:00."))
        return None

    def mapping(self, name: str) -> dict:
        value = self.body.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(name, _("Send a JSON object."))
            return {}
        return value

    def nested(self, name: str) -> _Reader:
        return _Reader(self.mapping(name), self.errors, f"{self.prefix}{name}.")

    def items(self, name: str) -> list:
        value = self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, _("Send a list."))
            return []
        return value


def _too_long(max_chars: int) -> str:
    return _("At most %(count)d characters are allowed.") % {"count": max_chars}


def _as_text(body: dict, event_key: str) -> str:
    """The event as it will be read again, with the key that came in a header."""
    if event_key:
        body = body | {"event_id": event_key}
    return json.dumps(body, ensure_ascii=False)


def _reply_body(outgoing: Outgoing, now: float) -> dict:
    return {
        "event_id": outgoing.part_id,
        "type": "message",
        "conversation": outgoing.conversation_id,
        "contact": {"id": outgoing.contact_id},
        "message": {"id": str(outgoing.message_id), "text": outgoing.text},
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
    }
