"""Who looks at a conversation and who is writing, so that no customer gets two answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import LiveEvent, User
from inbox.live import tell_conversation
from inbox.models import Conversation, Viewer
from inbox.services.conversations import lock_conversation

SHOWN_FOR = timedelta(seconds=10)
KEPT_FOR = timedelta(minutes=10)


@transaction.atomic
def note_viewer(
    *,
    conversation: Conversation,
    user: User,
    is_typing: bool = False,
    at: datetime | None = None,
) -> bool:
    """Remember that somebody has it open or is writing in it; True when pages were told.

    Pages are told when it begins; while it goes on they ask again before it would expire.
    """
    at = at or timezone.now()
    before = Viewer.objects.filter(conversation=conversation, user=user).first()
    columns = {"seen_at": at} | ({"typing_at": at} if is_typing else {})
    Viewer.objects.bulk_create(
        [Viewer(conversation=conversation, user=user, **columns)],
        update_conflicts=True,
        unique_fields=["conversation", "user"],
        update_fields=list(columns),
    )
    is_known = _is_recent(before and before.seen_at, at)
    was_typing = _is_recent(before and before.typing_at, at)
    is_news = not was_typing if is_typing else not is_known
    if is_news:
        _tell(conversation)
    return is_news


@transaction.atomic
def stop_typing(*, conversation: Conversation, user: User) -> None:
    """What was being written has been sent or given up."""
    typing = Viewer.objects.filter(conversation=conversation, user=user).exclude(typing_at=None)
    if typing.update(typing_at=None):
        _tell(conversation)


def prune_viewers(*, at: datetime | None = None) -> int:
    """Forget who looked long ago; returns how many."""
    at = at or timezone.now()
    return Viewer.objects.filter(seen_at__lt=at - KEPT_FOR).delete()[0]


def _tell(conversation: Conversation) -> None:
    """As it stands now, locked: whoever can no longer open it must not hear its name."""
    tell_conversation(lock_conversation(conversation), LiveEvent.Kind.CONVERSATION_VIEWERS)


def _is_recent(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment > at - SHOWN_FOR
