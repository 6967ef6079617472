"""What is served first: by hand, by a word, for an important customer, after a missed deadline."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from inbox.live import tell_conversation
from inbox.models import Conversation, Priority
from inbox.services.conversations import (
    ConversationResolved,
    cycle_id_of,
    lock_conversation,
    require_workable,
)
from inbox.services.event_messages import add_event_message
from omnichat.lib.errors import DomainError

By = Conversation.PriorityBy


class UnknownPriority(DomainError):
    code = "unknown_priority"
    status = 400


@transaction.atomic
def set_priority(
    *,
    conversation: Conversation,
    priority: int,
    by: User,
    ip: str | None = None,
    at: datetime | None = None,
) -> Conversation:
    """Set it by hand; from then on nothing but a person changes it in this cycle.

    Locks the conversation. The same one again changes nothing but that. Raises UnknownPriority,
    NotYours, ConversationResolved.
    """
    if priority not in Priority.values:
        raise UnknownPriority(_("Choose one of the priorities."), field="priority")
    conversation = lock_conversation(conversation)
    require_workable(conversation, by)
    if conversation.is_resolved:
        raise ConversationResolved(_("This conversation is done already."))
    before = conversation.priority
    _write(conversation, {"priority": priority, "priority_by": By.PERSON, "is_clock_stale": True})
    if before != priority:
        _add_line(conversation, "priority_set", at, person=by.display_name)
        record(
            "priority_changed",
            actor=by,
            target=conversation,
            changes={"priority": [Priority(value).name.lower() for value in (before, priority)]},
            ip=ip,
        )
    return conversation


def first_priority(*, is_vip: bool) -> dict:
    """What a cycle begins with, as columns; nobody has looked at it yet."""
    if is_vip:
        return {"priority": Priority.HIGH, "priority_by": By.VIP}
    return {"priority": Priority.NORMAL, "priority_by": By.NOBODY}


def raised_columns(conversation: Conversation, priority: int | None, *, by: str) -> dict:
    """What changes of a conversation for which a priority is proposed, if anything.

    Never lowers, and leaves what a person chose.
    """
    if (
        priority is None
        or priority >= conversation.priority
        or conversation.priority_by == By.PERSON
    ):
        return {}
    return {"priority": priority, "priority_by": by, "is_clock_stale": True}


def propose_priority(conversation: Conversation, priority: int, *, by: str) -> bool:
    """Raise it for an important customer (`vip`) or a deadline (`sla`); was it raised?

    Call inside the transaction that holds the conversation's lock; `conversation` is changed too.
    """
    columns = raised_columns(conversation, priority, by=by)
    if columns:
        _write(conversation, columns)
    return bool(columns)


@transaction.atomic
def raise_priority(*, conversation: Conversation, at: datetime | None = None) -> bool:
    """One step up after a missed deadline, unless a person chose it or it is done; was it?"""
    conversation = lock_conversation(conversation)
    if conversation.is_resolved or conversation.priority == Priority.URGENT:
        return False
    if not propose_priority(conversation, conversation.priority - 1, by=By.SLA):
        return False
    _add_line(conversation, "priority_raised", at)
    return True


def _write(conversation: Conversation, columns: dict) -> None:
    for name, value in columns.items():
        setattr(conversation, name, value)
    Conversation.objects.filter(pk=conversation.pk).update(**columns)
    tell_conversation(conversation)


def _add_line(conversation: Conversation, code: str, at: datetime | None, **params) -> None:
    params["priority"] = conversation.priority
    add_event_message(
        conversation=conversation,
        cycle=cycle_id_of(conversation),
        code=code,
        params=params,
        at=at or timezone.now(),
    )
