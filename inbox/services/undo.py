"""Taking "done" back while it has only just been said."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.live import audience_of, tell_conversation
from inbox.models import Conversation, Cycle, Message
from inbox.services.conversations import NotYours, lock_conversation, require_workable
from inbox.services.event_messages import add_event_message
from inbox.signals import resolve_undone
from omnichat.lib.errors import DomainError

# The button is there for 8 s; a slow page or hand must not make it lie.
UNDO_WITHIN = timedelta(seconds=60)


class UndoOvertaken(DomainError):
    """Something happened to the conversation after it was done."""

    code = "undo_overtaken"


class UndoTooLate(DomainError):
    code = "undo_too_late"


@transaction.atomic
def undo_resolve(
    *,
    conversation: Conversation,
    by: User,
    cycle_number: int | None = None,
    at: datetime | None = None,
) -> Conversation:
    """Open the cycle again that `by` has just ended, as if it had never been.

    Status, turn and open messages are what they were, and so is the assignee; routing looks
    whether they can still have it. Locks the conversation. `cycle_number` is the cycle that is
    meant, the last one unless told. Raises NotYours, UndoOvertaken when the customer has written
    or somebody was quicker, UndoTooLate.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    if not conversation.is_resolved or cycle_number not in (None, conversation.cycle_number):
        raise UndoOvertaken(_("This conversation has gone on meanwhile; there is nothing to undo."))
    cycle = Cycle.objects.get(conversation=conversation, number=conversation.cycle_number)
    if cycle.resolved_by_id != by.pk:
        raise NotYours(_("Only whoever marked it as done can undo that."))
    require_workable(conversation, by)
    before = _state_before(cycle)
    if before is None or at - cycle.resolved_at > UNDO_WITHIN:
        raise UndoTooLate(_("It is too late to undo. It opens again when the customer writes."))
    _open_again(conversation, cycle, before)
    params = {"person": by.display_name}
    add_event_message(
        conversation=conversation, cycle=cycle, code="resolve_undone", params=params, at=at
    )
    send = partial(resolve_undone.send_robust, sender=Conversation, conversation_id=conversation.pk)
    transaction.on_commit(send)
    return Conversation.objects.for_list().get(pk=conversation.pk)


def _state_before(cycle: Cycle) -> dict | None:
    """The columns as they were when the cycle ended; None when nobody noted them."""
    ends = cycle.messages.filter(direction=Message.Direction.EVENT, data__code="resolved")
    line = ends.order_by("-pk").first()
    noted = line.data["params"] if line else {}
    if "status" not in noted:  # it was done by the release before
        return None
    since, until = noted["waiting_since"], noted.get("snoozed_until")
    return {
        "status": noted["status"],
        "waiting_since": since and parse_datetime(since),
        "snoozed_until": until and parse_datetime(until),
    }


def _open_again(conversation: Conversation, cycle: Cycle, before: dict) -> None:
    heard = audience_of(conversation)
    # What was completed earlier stays so: only the end of the cycle is taken back.
    completed = conversation.messages.inbound().filter(completed_at=cycle.resolved_at)
    completed.update(completed_at=None)
    Cycle.objects.filter(pk=cycle.pk).update(resolved_at=None, resolved_by=None)
    Conversation.objects.filter(pk=conversation.pk).update(**before, is_clock_stale=True)
    for name, value in before.items():
        setattr(conversation, name, value)
    tell_conversation(conversation, before=heard)
