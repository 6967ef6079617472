"""Answering a customer."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LiveEvent, User
from inbox.live import audience_of, tell_conversation
from inbox.models import Conversation, Cycle, Message, OutboundPart
from inbox.services.conversations import (
    ConversationResolved,
    lock_conversation,
    require_workable,
)
from inbox.services.intake import preview_of
from inbox.signals import reply_sent


@transaction.atomic
def send_reply(
    *, conversation: Conversation, author: User, text: str, at: datetime | None = None
) -> Message:
    """Store a reply with its outbox row and leave the turn to the customer.

    Locks the conversation. The worker sends it later, so a slow channel never holds the lock.
    Raises NotYours, ConversationResolved.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    require_workable(conversation, author)
    if conversation.is_resolved:
        raise ConversationResolved(
            _("This conversation is done. It opens again when the customer writes.")
        )
    before = audience_of(conversation)
    cycle = Cycle.objects.get(conversation=conversation, number=conversation.cycle_number)
    message = Message.objects.create(
        conversation=conversation,
        cycle=cycle,
        channel_id=conversation.channel_id,
        direction=Message.Direction.OUTBOUND,
        author=author,
        text=text,
        sent_at=at,
        received_at=at,
    )
    OutboundPart.objects.create(
        message=message, conversation=conversation, channel_id=conversation.channel_id
    )
    Conversation.objects.filter(pk=conversation.pk).update(
        status=Conversation.Status.WAITING,
        waiting_since=None,
        waiting_reason="",
        last_message_at=at,
        preview=preview_of(text),
    )
    conversation.status = Conversation.Status.WAITING
    tell_conversation(conversation, LiveEvent.Kind.MESSAGE_CREATED, before=before)
    if cycle.first_response_at is None:
        Cycle.objects.filter(pk=cycle.pk).update(first_response_at=at, first_responder=author)
    send = partial(
        reply_sent.send_robust,
        sender=Conversation,
        conversation_id=conversation.pk,
        message_id=message.pk,
    )
    transaction.on_commit(send)
    return message
