"""Answering a customer."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import LiveEvent, User
from inbox.live import audience_of, tell_conversation
from inbox.models import Conversation, Cycle, Message, OutboundPart
from inbox.services.canned_replies import count_use
from inbox.services.conversations import (
    ConversationResolved,
    lock_conversation,
    require_workable,
)
from inbox.services.drafts import forget_draft
from inbox.services.intake import preview_of
from inbox.services.submissions import create_once, sent_before
from inbox.signals import reply_sent
from omnichat.lib.errors import DomainError


class SomebodyAnswered(DomainError):
    """A colleague's reply came between what the author saw and what they sent."""

    code = "somebody_answered"


@transaction.atomic
def send_reply(
    *,
    conversation: Conversation,
    author: User,
    text: str,
    seen_id: int | None = None,
    submission: UUID | None = None,
    canned_id: int | None = None,
    at: datetime | None = None,
) -> Message:
    """Store a reply with its outbox row and leave the turn to the customer.

    Locks the conversation. The worker sends it later, so a slow channel never holds the lock.
    `seen_id` is the newest reply the author saw: a colleague's later one holds this one back.
    A `submission` that is stored already returns its message. `canned_id` is the canned reply it
    was written with. Raises NotYours, ConversationResolved, SomebodyAnswered, SubmissionUsed.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    if stored := sent_before(submission, conversation=conversation, author=author):
        return stored
    require_workable(conversation, author)
    if conversation.is_resolved:
        raise ConversationResolved(
            _("This conversation is done. It opens again when the customer writes.")
        )
    if seen_id is not None:
        _require_seen(conversation, author, seen_id)
    before = audience_of(conversation)
    cycle = Cycle.objects.get(conversation=conversation, number=conversation.cycle_number)
    message = create_once(
        conversation=conversation,
        cycle=cycle,
        channel_id=conversation.channel_id,
        direction=Message.Direction.OUTBOUND,
        author=author,
        text=text,
        submission=submission,
        sent_at=at,
        received_at=at,
    )
    OutboundPart.objects.create(
        message=message, conversation=conversation, channel_id=conversation.channel_id
    )
    _leave_the_turn(conversation, cycle, message, before)
    forget_draft(conversation=conversation, author=author)
    if canned_id is not None:
        count_use(canned_id=canned_id, user=author)
    send = partial(
        reply_sent.send_robust,
        sender=Conversation,
        conversation_id=conversation.pk,
        message_id=message.pk,
    )
    transaction.on_commit(send)
    return message


def newest_reply_id(conversation: Conversation) -> int:
    """The newest reply there is; 0 before the first. Replies get their ids under the lock."""
    replies = conversation.messages.by_people()
    return replies.order_by("-pk").values_list("pk", flat=True).first() or 0


def _leave_the_turn(
    conversation: Conversation, cycle: Cycle, message: Message, before: list[str]
) -> None:
    """The customer has the turn now; the first answer of a cycle is remembered."""
    Conversation.objects.filter(pk=conversation.pk).update(
        status=Conversation.Status.WAITING,
        waiting_since=None,
        waiting_reason="",
        snoozed_until=None,
        is_clock_stale=True,
        last_message_at=message.sent_at,
        preview=preview_of(message.text),
    )
    conversation.status = Conversation.Status.WAITING
    tell_conversation(conversation, LiveEvent.Kind.MESSAGE_CREATED, before=before)
    if cycle.first_response_at is None:
        first = {"first_response_at": message.sent_at, "first_responder": message.author}
        Cycle.objects.filter(pk=cycle.pk).update(**first)


def _require_seen(conversation: Conversation, author: User, seen_id: int) -> None:
    replies = conversation.messages.by_people().filter(pk__gt=seen_id)
    newest = replies.exclude(author=author).select_related("author").order_by("-pk").first()
    if newest is None:
        return
    values = {
        "name": newest.author.display_name if newest.author else "",
        "time": date_format(timezone.localtime(newest.sent_at), "H:i"),
    }
    raise SomebodyAnswered(_("%(name)s answered at %(time)s.") % values)
