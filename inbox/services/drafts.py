"""What somebody began to write: kept until it is sent."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import LiveEvent, User
from accounts.services import live
from inbox.models import Conversation, Draft, Message
from inbox.services.conversations import lock_conversation


@transaction.atomic
def save_draft(
    *,
    conversation: Conversation,
    author: User,
    text: str,
    is_note: bool = False,
    submission: UUID | None = None,
) -> Draft | None:
    """Keep the unsent text; an empty one forgets it.

    Locks the conversation: a save that was on its way while its `submission` was sent changes
    nothing, so that nobody finds again what the customer already has.
    """
    conversation = lock_conversation(conversation)
    if submission is not None and Message.objects.filter(submission=submission).exists():
        return None
    if not text.strip():
        forget_draft(conversation=conversation, author=author)
        return None
    values = {"text": text, "is_note": is_note, "updated_at": timezone.now()}
    draft, is_new = Draft.objects.update_or_create(
        conversation=conversation, author=author, defaults=values
    )
    if is_new:
        _tell_author(conversation, author)
    return draft


def forget_draft(*, conversation: Conversation, author: User) -> None:
    """Remove the unsent text; call inside the transaction that sent it."""
    deleted, _rows = Draft.objects.filter(conversation=conversation, author=author).delete()
    if deleted:
        _tell_author(conversation, author)


def _tell_author(conversation: Conversation, author: User) -> None:
    """Their other windows show the mark in the list; nobody else's do."""
    kind = LiveEvent.Kind.CONVERSATION_CHANGED
    live.tell(live.event(kind, [live.person(author.pk)], conversation.public_id))
