"""Storing what customers write: every event once, in one transaction per delivery."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.channels.base import InboundEvent
from inbox.live import audience_of, tell_conversation, tell_conversation_step
from inbox.models import Channel, Conversation, Cycle, Message, WebhookEvent
from inbox.services import intake_sql as sql
from inbox.services.event_messages import add_event_message
from inbox.services.priorities import first_priority
from inbox.signals import conversation_reopened, messages_received
from omnichat.lib.jobs import backoff
from omnichat.lib.sql import all_or_nothing

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
    # Of several, the first would make the others look like its repeats.
    fingerprint = fingerprint if is_alone else None
    all_of_it = [sql.Delivered(channel.pk, event, fingerprint, at) for event in events]
    try:
        who = None
        if is_alone:
            who = sql.find_identity(channel.pk, events[0])
            if who is None and (message_id := _receive_first(all_of_it[0])):
                return [Receipt(message_id)]
        with transaction.atomic():
            receipts = [_take(delivered, is_alone, who) for delivered in all_of_it]
            new = [r.message_id for r in receipts if r.message_id and not r.is_repeat]
            _tell_received(new)
            return receipts
    except _IsRepeat:
        with transaction.atomic():
            sql.enter_event(all_of_it[0])
            return [Receipt(_known_message_id(all_of_it[0]), is_repeat=True)]
    except Exception as error:  # the edge of a channel: whatever it is, the events are kept
        logger.exception("a delivery on channel %s could not be applied", channel.pk)
        with transaction.atomic():
            return [_keep(delivered, error) for delivered in all_of_it]


def apply_stored(
    *, stored: WebhookEvent, event: InboundEvent, at: datetime | None = None
) -> Receipt:
    """Apply an event that failed before; call inside a transaction. Raises what goes wrong."""
    delivered = sql.Delivered(stored.channel_id, event, None, at or timezone.now())
    try:
        with transaction.atomic():
            message_id = _apply(delivered, stored.pk, stored.received_at)
    except _IsRepeat:
        return Receipt(_known_message_id(delivered), is_repeat=True)
    _tell_received([message_id])
    return Receipt(message_id)


def preview_of(text: str) -> str:
    """The beginning of a text on one line, for the row of a list."""
    return " ".join(text[: PREVIEW_CHARS * 2].split())[:PREVIEW_CHARS]


def _receive_first(delivered: sql.Delivered) -> int | None:
    """Store the first message of somebody new with its event; None when it was not the first.

    On PostgreSQL one statement, and a transaction by itself. Most of what a desk receives in a
    rush comes from people who never wrote before.
    """
    try:
        with all_or_nothing():
            message_id = _add_first(delivered, None, delivered.at)
            _tell_received([message_id])
            return message_id
    except IntegrityError:  # another was first with the sender, the event or the message
        return None


def _take(delivered: sql.Delivered, is_alone: bool, who: sql.Identity | None) -> Receipt:
    """Enter one event into the ledger and apply it; a known key changes nothing.

    What goes wrong with one that `is_alone` is raised, and takes the whole transaction back.
    `who` wrote it, where that was asked already.
    """
    event_id = sql.enter_event(delivered)
    if event_id is None:
        return Receipt(_known_message_id(delivered), is_repeat=True)
    if is_alone:
        return Receipt(_apply(delivered, event_id, delivered.at, who))
    try:
        with transaction.atomic():
            return Receipt(_apply(delivered, event_id, delivered.at))
    except _IsRepeat:
        return Receipt(_known_message_id(delivered), is_repeat=True)
    except Exception as error:  # a poison event blocks nobody
        logger.exception("event %s could not be applied", event_id)
        WebhookEvent.objects.filter(pk=event_id).update(**_failed(error, delivered.at))
        return Receipt(None)


def _keep(delivered: sql.Delivered, error: Exception) -> Receipt:
    """Keep an event that took its whole delivery down."""
    try:
        with transaction.atomic():
            WebhookEvent.objects.create(
                channel_id=delivered.channel_id,
                dedup_key=delivered.event.dedup_key(),
                fingerprint=delivered.fingerprint,
                body=delivered.event.raw,
                received_at=delivered.at,
                **_failed(error, delivered.at),
            )
    except IntegrityError:
        return Receipt(_known_message_id(delivered), is_repeat=True)
    return Receipt(None)


def _failed(error: Exception, at: datetime) -> dict:
    return {
        "state": WebhookEvent.State.FAILED,
        "last_error": f"{type(error).__name__}: {error}"[:2000],
        "attempts": 1,
        "run_after": at + backoff(1, RETRY_STEPS),
    }


def _known_message_id(delivered: sql.Delivered) -> int | None:
    """The message an earlier copy of this event made, if it made one."""
    channel_id, event, fingerprint, _at = delivered
    messages = Message.objects.filter(channel=channel_id)
    if fingerprint:
        found = messages.filter(webhook_event__channel=channel_id)
        found = found.filter(webhook_event__fingerprint=fingerprint)
        if known := found.values_list("pk", flat=True).first():
            return known
    if key := event.dedup_key():
        found = messages.filter(webhook_event__channel=channel_id, webhook_event__dedup_key=key)
        if known := found.values_list("pk", flat=True).first():
            return known
    if not event.external_id:
        return None
    return messages.filter(external_id=event.external_id).values_list("pk", flat=True).first()


def _apply(
    delivered: sql.Delivered,
    event_id: int,
    received_at: datetime,
    who: sql.Identity | None = None,
) -> int:
    """Store the message of an event that stands in the ledger; returns its id."""
    channel_id, event = delivered.channel_id, delivered.event
    who = who or sql.find_identity(channel_id, event)
    if who is None:
        try:
            with transaction.atomic():
                return _add_first(delivered, event_id, received_at)
        except IntegrityError:
            if _is_stored(delivered):
                raise _IsRepeat from None
            who = sql.find_identity(channel_id, event)
            if who is None:
                raise
    sent_at = _sent_at(delivered, received_at)
    conversation, cycle_id, news = _conversation(who, delivered, sent_at)
    message_id = sql.add_message(
        delivered,
        conversation,
        cycle_id,
        event_id=event_id,
        sent_at=sent_at,
        news=news,
        tell=tell_conversation_step(conversation, LiveEvent.Kind.MESSAGE_CREATED),
    )
    if message_id is None:
        raise _IsRepeat
    return message_id


def _add_first(delivered: sql.Delivered, event_id: int | None, received_at: datetime) -> int:
    """The first message of somebody who never wrote on this channel."""
    sent_at = _sent_at(delivered, received_at)
    conversation = Conversation(channel_id=delivered.channel_id)
    _begin(conversation, _news(delivered.event, sent_at, delivered.at), sent_at, delivered.at)
    tell = tell_conversation_step(conversation, LiveEvent.Kind.MESSAGE_CREATED)
    return sql.add_first_message(delivered, conversation, event_id=event_id, tell=tell)


def _is_stored(delivered: sql.Delivered) -> bool:
    external_id = delivered.event.external_id
    messages = Message.objects.filter(channel=delivered.channel_id, external_id=external_id)
    return bool(external_id) and messages.exists()


def _sent_at(delivered: sql.Delivered, received_at: datetime) -> datetime:
    """A platform's clock may run ahead; a message from the future would stay last for ever."""
    return min(delivered.event.sent_at or received_at, delivered.at)


def _news(event: InboundEvent, sent_at: datetime, at: datetime) -> dict:
    """What a new message writes into the columns of its conversation."""
    return {
        "last_message_at": sent_at,
        "last_inbound_at": at,
        "preview": preview_of(event.text),
        "is_clock_stale": True,
    }


def _conversation(
    who: sql.Identity, delivered: sql.Delivered, sent_at: datetime
) -> tuple[Conversation, int, dict]:
    """Find, reopen or create the conversation and its open cycle; the row is locked.

    The third value is what the message has yet to write into it.
    """
    at = delivered.at
    news = _news(delivered.event, sent_at, at)
    found = sql.lock_latest_conversation(who.id)
    if found is None:
        conversation = Conversation(
            channel_id=delivered.channel_id, identity_id=who.id, contact_id=who.contact_id
        )
        _begin(conversation, news, sent_at, at, is_vip=who.is_vip)
        return conversation, sql.begin_conversation(conversation), news
    conversation, cycle_id = found
    if conversation.is_resolved:
        news |= first_priority(is_vip=who.is_vip)
        return _reopen(conversation, cycle_id, sent_at, news, at)
    if conversation.status in (Conversation.Status.WAITING, Conversation.Status.SNOOZED):
        # Put off with a question open, the customer has waited since then.
        since = conversation.waiting_since or waits_since(sent_at, at)
        news |= {"status": Conversation.Status.OPEN, "waiting_since": since}
        news["snoozed_until"] = None
        if conversation.status == Conversation.Status.SNOOZED:
            news["woken_at"] = at
        conversation.status = Conversation.Status.OPEN
    if sent_at < conversation.last_message_at:  # an older message that came late
        news = {key: news[key] for key in news if key not in ("last_message_at", "preview")}
    return conversation, cycle_id, news


def _begin(
    conversation: Conversation,
    news: dict,
    sent_at: datetime,
    at: datetime,
    *,
    is_vip: bool = False,
) -> None:
    conversation.waiting_since = waits_since(sent_at, at)
    for name, value in (news | first_priority(is_vip=is_vip)).items():
        setattr(conversation, name, value)


def _reopen(
    conversation: Conversation, ended_id: int, sent_at: datetime, news: dict, at: datetime
) -> tuple[Conversation, int, dict]:
    """Begin the next cycle. Nobody has it: whoever had it gets it again only if routable."""
    before = audience_of(conversation)
    number = conversation.cycle_number + 1
    # Written before and delivered after "done": the cycles must not lie in one another.
    ended_at = Cycle.objects.values_list("resolved_at", flat=True).get(pk=ended_id)
    started_at = min(at, max(waits_since(sent_at, at), ended_at or sent_at))
    cycle_id = sql.start_cycle(conversation.pk, number, started_at)
    add_event_message(conversation=conversation, cycle=cycle_id, code="reopened", at=started_at)
    conversation.status, conversation.assignee_id = Conversation.Status.OPEN, None
    tell_conversation(conversation, before=before)
    transaction.on_commit(
        partial(
            conversation_reopened.send_robust,
            sender=Conversation,
            conversation_id=conversation.pk,
        ),
        robust=True,
    )
    news |= {
        "last_message_at": max(sent_at, conversation.last_message_at),
        "status": Conversation.Status.OPEN,
        "assignee_id": None,
        "waiting_since": waits_since(sent_at, at),
        "waiting_reason": "",
        "seen_at": None,
        "cycle_number": number,
    }
    return conversation, cycle_id, news


def waits_since(sent_at: datetime, at: datetime) -> datetime:
    """Since when the customer waits: a platform's old date must not lead the queue for ever."""
    return max(sent_at, at - LONGEST_BACKDATING)


def _tell_received(message_ids: list[int]) -> None:
    if message_ids:
        send = partial(messages_received.send_robust, sender=Message, message_ids=message_ids)
        # Robust: what fails after the commit must not make the delivery look as if it had failed.
        transaction.on_commit(send, robust=True)
