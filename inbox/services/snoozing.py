"""Putting a conversation off until a time, and its coming back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from accounts.services import notify
from inbox.live import audience_of, tell_conversation
from inbox.models import Conversation
from inbox.services.conversations import (
    ConversationResolved,
    cycle_id_of,
    lock_conversation,
    require_workable,
)
from inbox.services.event_messages import add_event_message
from inbox.signals import snooze_changed
from omnichat.lib.aside import Aside
from omnichat.lib.errors import DomainError

logger = logging.getLogger(__name__)

LONGEST_SNOOZE = timedelta(days=90)
BATCH = 200
_aside = Aside()
Status = Conversation.Status


class SnoozeRefused(DomainError):
    """The time to wake up is not one."""

    code = "snooze_refused"
    status = 400


@transaction.atomic
def snooze_conversation(
    *, conversation: Conversation, until: datetime, by: User, at: datetime | None = None
) -> Conversation:
    """Put it off until a time; the place it filled is free meanwhile.

    It comes back by itself then, or as soon as the customer writes. One that is put off already
    gets the new time. Locks the conversation. Raises SnoozeRefused, NotYours,
    ConversationResolved.
    """
    at = at or timezone.now()
    if until <= at:
        raise SnoozeRefused(_("Choose a time that is still to come."), field="until")
    if until > at + LONGEST_SNOOZE:
        raise SnoozeRefused(_("Choose a time within the next 90 days."), field="until")
    conversation = lock_conversation(conversation)
    require_workable(conversation, by)
    if conversation.is_resolved:
        raise ConversationResolved(_("This conversation is done already."))
    heard = audience_of(conversation)
    changed = {"status": Status.SNOOZED, "snoozed_until": until, "waiting_reason": ""}
    _write(conversation, changed, heard)
    params = {"person": by.display_name, "until": until.isoformat()}
    _add_line(conversation, "snoozed", at, params)
    return conversation


def wake_snoozed(*, at: datetime | None = None, limit: int = BATCH) -> int:
    """Bring back those whose time has come; returns how many. Safe in several workers at once."""
    at = at or timezone.now()
    due = Conversation.objects.filter(status=Status.SNOOZED, snoozed_until__lte=at)
    due = due.exclude(pk__in=_aside.ids(at)).order_by("snoozed_until", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_wake_or_log(pk, at) for pk in ids)


def _wake_or_log(pk: int, at: datetime) -> bool:
    try:
        return _wake(pk, at)
    except OperationalError:  # the database's fault, not the row's
        raise
    except Exception:  # a job loop: one bad row must not stop those behind it
        logger.exception("conversation %s could not be woken", pk)
        _aside.put(pk, at)
        return False


@transaction.atomic
def wake_conversation(
    *, conversation: Conversation, by: User, at: datetime | None = None
) -> Conversation:
    """Bring it back before its time. Locks the conversation; no harm when it is back already."""
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    require_workable(conversation, by)
    if conversation.status == Status.SNOOZED:
        _bring_back(conversation, at, {"person": by.display_name}, back_at=at)
    return conversation


@transaction.atomic
def _wake(pk: int, at: datetime) -> bool:
    due = Conversation.objects.filter(pk=pk, status=Status.SNOOZED, snoozed_until__lte=at)
    rows = due.select_related("contact").select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    )
    if (conversation := rows.first()) is None:
        return False
    # When it was to be, not when somebody came by: a late worker makes no pause longer.
    woken_at = conversation.snoozed_until
    _bring_back(conversation, woken_at, {}, back_at=at)
    notify(
        user_ids=[conversation.assignee_id],
        kind=Notification.Kind.WAITING,
        path=conversation.path,
        dedup_key=f"woken:{conversation.pk}:{int(woken_at.timestamp())}",
        params={"what": "woken", "contact": conversation.contact.name},
        at=at,
        replaces=True,
    )
    return True


def _bring_back(
    conversation: Conversation, at: datetime, params: dict, *, back_at: datetime
) -> None:
    """Open again and unread; by time alone, it waits for us from then on whoever had the turn.

    `back_at` is when its person could really see it again, later than `at` with a late worker.
    """
    changed = {"status": Status.OPEN, "snoozed_until": None, "seen_at": None, "woken_at": back_at}
    if conversation.waiting_since is None and params:
        changed["status"] = Status.WAITING  # by hand it is what it was: the customer has the turn
    elif conversation.waiting_since is None:
        changed["waiting_since"] = at
    _write(conversation, changed, audience_of(conversation))
    _add_line(conversation, "woken", at, params)


def _write(conversation: Conversation, changed: dict, heard: list[str]) -> None:
    for name, value in changed.items():
        setattr(conversation, name, value)
    Conversation.objects.filter(pk=conversation.pk).update(**changed, is_clock_stale=True)
    people = [pk for pk in [conversation.assignee_id] if pk is not None]
    tell_conversation(conversation, before=heard, people=people)
    send = partial(snooze_changed.send_robust, sender=Conversation, conversation_id=conversation.pk)
    transaction.on_commit(send)


def _add_line(conversation: Conversation, code: str, at: datetime, params: dict) -> None:
    cycle_id = cycle_id_of(conversation)
    add_event_message(conversation=conversation, cycle=cycle_id, code=code, params=params, at=at)
