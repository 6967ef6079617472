"""One form is stored once, however often it is sent."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.models import Conversation, Message
from omnichat.lib.errors import DomainError


class SubmissionUsed(DomainError):
    code = "submission_used"


def sent_before(
    submission: UUID | None, *, conversation: Conversation, author: User
) -> Message | None:
    """Return what this form stored already; call with the conversation locked.

    Raises SubmissionUsed when the id belongs to something else.
    """
    if submission is None:
        return None
    message = Message.objects.filter(submission=submission).first()
    if message is None:
        return None
    if (message.conversation_id, message.author_id) != (conversation.pk, author.pk):
        raise _used()
    return message


def create_once(**columns) -> Message:
    """Create a message; the constraint refuses the id that another conversation used meanwhile."""
    try:
        with transaction.atomic():
            return Message.objects.create(**columns)
    except IntegrityError as error:
        if Message.objects.filter(submission=columns["submission"]).exists():
            raise _used() from error
        raise


def _used() -> SubmissionUsed:
    return SubmissionUsed(_("This form was sent already. Open the conversation again."))
