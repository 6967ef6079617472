"""Storing what customers write: every event once, in one transaction per delivery."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.channels.base import InboundEvent
from inbox.live import audience_of, tell_conversation
from inbox.models import Channel, Conversation, Message, WebhookEvent
from inbox.services import intake_sql as sql
from inbox.services.event_messages import add_event_message
from inbox.signals import conversation_reopened, messages_received
from omnichat.lib.jobs import backoff

logger = logging.getLogger(__name__)

# Seconds before the next try of an event that could not be applied: 8 tries in about 1.5 h.
RETRY_STEPS = tuple(5 * 3**n for n in range(8))
PREVIEW_CHARS = 200
LONGEST_BACKDATING = timedelta(days=1)  # longer than the longest repeat of a platform we know


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one event. `message_id` is None while it could not be applied."""

    message_id: int | None
    is_repeat: bool = False


class _IsRepeat(Exception):
    """The message is stored already, under another event."""


def receive(
    *,
    channel: Channel,
    events: list[InboundEvent],
    at: datetime | None = None,
    fingerprint: str | None = None,
) -> list[Receipt]:
    """Store a delivery: contact, conversation, cycle and message of each event, once.

    One transaction for the batch; an event that fails is kept with its error for the worker
    and does not harm its neighbours. Locks the conversations it writes to. `at` is now unless
    told; `fingerprint` identifies a signed delivery whose messages have no id. Raises only when
    the database itself refuses, so that the platform sends again.
    """
    at = at or timezone.now()
    # One event has no neighbours to protect: the transaction itself is its savepoint.
    is_alone = len(events) == 1
    try:
        with transaction.atomic():
            receipts = [_take(channel, event, at, fingerprint, is_alone) for event in events]
            new = [r.message_id for r in receipts if r.message_id and not r.is_repeat]
            _tell_received(new)
            return receipts
    except _IsRepeat:
        with transaction.atomic():
            sql.enter_event(channel.pk, events[0], at, fingerprint)
            return [Receipt(_known_message_id(channel, events[0]), is_repeat=True)]
    except Exception as error:  # the edge of a channel: whatever it is, the events are kept
        logger.exception("a delivery on channel %s could not be applied", channel.pk)
        with transaction.atomic():
            return [_keep(channel, event, at, error, fingerprint) for event in events]


def apply_stored(
    *, stored: WebhookEvent, event: InboundEvent, at: datetime | None = None
) -> Receipt:
    """Apply an event that failed before; call inside a transaction. Raises what goes wrong."""
    try:
        with transaction.atomic():
            message_id = _apply(stored.channel, stored, event, at or timezone.now())
    except _IsRepeat:
        return Receipt(_known_message_id(stored.channel, event), is_repeat=True)
    _tell_received([message_id])
    return Receipt(message_id)


def preview_of(text: str) -> str:
    """The beginning of a text on one line, for the row of a list."""
    return " ".join(text[: PREVIEW_CHARS * 2].split())[:PREVIEW_CHARS]


def _take(
    channel: Channel, event: InboundEvent, at: datetime, fingerprint: str | None, is_alone: bool
) -> Receipt:
    """Enter one event into the ledger and apply it; a known key changes nothing.

    What goes wrong with one that `is_alone` is raised, and takes the whole transaction back.
    """
    event_id = sql.enter_event(channel.pk, event, at, fingerprint)
    if event_id is None:
        return Receipt(_known_message_id(channel, event, fingerprint), is_repeat=True)
    stored = WebhookEvent(pk=event_id, received_at=at)
    if is_alone:
        return Receipt(_apply(channel, stored, event, at))
    try:
        with transaction.atomic():
            return Receipt(_apply(channel, stored, event, at))
    except _IsRepeat:
        return Receipt(_known_message_id(channel, event), is_repeat=True)
    except Exception as error:  # a poison event blocks nobody
        logger.exception("event %s could not be applied", stored.pk)
        WebhookEvent.objects.filter(pk=stored.pk).update(**_failed(error, at))
        return Receipt(None)


def _keep(
    channel: Channel,
    event: InboundEvent,
    at: datetime,
    error: Exception,
    fingerprint: str | None,
) -> Receipt:
    """Keep an event that took its whole delivery down."""
    try:
        with transaction.atomic():
            WebhookEvent.objects.create(
                channel=channel,
                dedup_key=event.dedup_key(),
                fingerprint=fingerprint,
                body=event.raw,
                received_at=at,
                **_failed(error, at),
            )
    except IntegrityError:
        return Receipt(_known_message_id(channel, event, fingerprint), is_repeat=True)
    return Receipt(None)


def _failed(error: Exception, at: datetime) -> dict:
    return {
        "state": WebhookEvent.State.FAILED,
        "last_error": f"{type(error).__name__}: {error}"[:2000],
        "attempts": 1,
        "run_after": at + backoff(1, RETRY_STEPS),
    }


def _known_message_id(
    channel: Channel, event: InboundEvent, fingerprint: str | None = None
) -> int | None:
    """The message an earlier copy of this event made, if it made one."""
    messages = Message.objects.filter(channel=channel)
    if fingerprint:
        found = messages.filter(webhook_event__channel=channel)
        found = found.filter(webhook_event__fingerprint=fingerprint)
        if known := found.values_list("pk", flat=True).first():
            return known
    if key := event.dedup_key():
        found = messages.filter(webhook_event__channel=channel, webhook_event__dedup_key=key)
        if known := found.values_list("pk", flat=True).first():
            return known
    if not event.external_id:
        return None
    return messages.filter(external_id=event.external_id).values_list("pk", flat=True).first()


def _apply(channel: Channel, stored: WebhookEvent, event: InboundEvent, at: datetime) -> int:
    identity_id, contact_id, is_new = _identity(channel, event, at)
    # A platform's clock may run ahead; a message from the future would stay last for ever.
    sent_at = min(event.sent_at or stored.received_at, at)
    whose = Conversation(channel_id=channel.pk, identity_id=identity_id, contact_id=contact_id)
    conversation, cycle_id = _conversation(whose, event, sent_at, at, is_new=is_new)
    message_id = sql.add_message(conversation, cycle_id, event, stored.pk, sent_at, at)
    if message_id is None:
        raise _IsRepeat
    tell_conversation(conversation, LiveEvent.Kind.MESSAGE_CREATED)
    return message_id


def _identity(channel: Channel, event: InboundEvent, at: datetime) -> tuple[int, int, bool]:
    """Find or create who wrote: ids of identity and contact, and whether they are new.

    Of two first messages at once one creates; the other waits for its commit.
    """
    if known := sql.find_identity(channel.pk, event):
        return *known, False
    name = (event.sender_name or event.sender)[:120]
    if created := sql.create_identity(channel.pk, event, name, at):
        return *created, True
    return *sql.find_identity(channel.pk, event), False


def _conversation(
    whose: Conversation, event: InboundEvent, sent_at: datetime, at: datetime, *, is_new: bool
) -> tuple[Conversation, int]:
    """Find, reopen or create the conversation and its open cycle; the row is locked.

    `whose` says of which identity. A new identity (`is_new`) has none yet, so none is looked for.
    """
    news = {
        "last_message_at": sent_at,
        "last_inbound_at": at,
        "preview": preview_of(event.text),
    }
    conversation = None if is_new else _locked(whose.identity_id)
    if conversation is None:
        if created := _create(whose, sent_at, news, at):
            return created
        conversation = _locked(whose.identity_id)
    if conversation.is_resolved:
        return _reopen(conversation, sent_at, news, at)
    cycle_id = sql.find_cycle(conversation.pk, conversation.cycle_number)
    if conversation.status == Conversation.Status.WAITING:
        since = _waiting_since(sent_at, at)
        news |= {"status": Conversation.Status.OPEN, "waiting_since": since}
        conversation.status = Conversation.Status.OPEN
    if sent_at < conversation.last_message_at:  # an older message that came late
        news = {key: news[key] for key in news if key not in ("last_message_at", "preview")}
    sql.update_conversation(conversation.pk, **news)
    return conversation, cycle_id


def _locked(identity_id: int) -> Conversation | None:
    return sql.lock_latest_conversation(
        identity_id, is_postgresql=connection.vendor == "postgresql"
    )


def _create(
    conversation: Conversation, sent_at: datetime, news: dict, at: datetime
) -> tuple[Conversation, int] | None:
    """Begin the first cycle; None when another delivery began it first."""
    conversation.waiting_since = _waiting_since(sent_at, at)
    for name, value in news.items():
        setattr(conversation, name, value)
    conversation.pk = sql.create_conversation(conversation)
    if conversation.pk is None:
        return None
    return conversation, sql.start_cycle(conversation.pk, 1, sent_at)


def _reopen(
    conversation: Conversation, sent_at: datetime, news: dict, at: datetime
) -> tuple[Conversation, int]:
    """Begin the next cycle. Nobody has it: whoever had it gets it again only if routable."""
    before = audience_of(conversation)
    number = conversation.cycle_number + 1
    cycle_id = sql.start_cycle(conversation.pk, number, sent_at)
    news["last_message_at"] = max(sent_at, conversation.last_message_at)
    sql.update_conversation(
        conversation.pk,
        status=Conversation.Status.OPEN,
        assignee_id=None,
        waiting_since=_waiting_since(sent_at, at),
        waiting_reason="",
        seen_at=None,
        cycle_number=number,
        **news,
    )
    add_event_message(conversation=conversation, cycle=cycle_id, code="reopened", at=sent_at)
    conversation.status, conversation.assignee_id = Conversation.Status.OPEN, None
    tell_conversation(conversation, before=before)
    transaction.on_commit(
        partial(
            conversation_reopened.send_robust,
            sender=Conversation,
            conversation_id=conversation.pk,
        )
    )
    return conversation, cycle_id


def _waiting_since(sent_at: datetime, at: datetime) -> datetime:
    """Since when the customer waits: a platform's old date must not lead the queue for ever."""
    return max(sent_at, at - LONGEST_BACKDATING)


def _tell_received(message_ids: list[int]) -> None:
    if message_ids:
        send = partial(messages_received.send_robust, sender=Message, message_ids=message_ids)
        transaction.on_commit(send)
