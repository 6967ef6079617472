"""Completing, resolving, placing: what changes a conversation's own row."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LiveEvent, User
from accounts.services import live, mark_notifications_read
from inbox.live import audience_of, tell_conversation, tell_conversation_step
from inbox.models import Conversation, Cycle, Message
from inbox.services.event_messages import add_event_message
from inbox.services.intake_sql import conversation_step
from inbox.signals import conversation_resolved
from omnichat.lib.errors import DomainError
from omnichat.lib.sql import Condition, Step, run_together


class ConversationResolved(DomainError):
    code = "conversation_resolved"


class MessageCompleted(DomainError):
    code = "message_completed"


class NotACustomerMessage(DomainError):
    code = "not_a_customer_message"


class SomethingNew(DomainError):
    code = "something_new"


class NotYours(DomainError):
    code = "not_yours"
    status = 403


def lock_conversation(conversation: Conversation) -> Conversation:
    """Return the fresh row, locked; call inside a transaction."""
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)


def require_workable(conversation: Conversation, user: User) -> None:
    """Refuse with NotYours when a staff member can see it but has not got it."""
    if not conversation.is_workable_by(user):
        raise NotYours(_("This conversation is not yours. Take it first."))


@transaction.atomic
def complete_message(*, message: Message, by: User, at: datetime | None = None) -> Message:
    """Complete a customer's message and every earlier open one of its conversation.

    When nothing is left open the conversation is resolved. Locks the conversation.
    Raises NotACustomerMessage, NotYours, MessageCompleted (also for the second of two calls).
    """
    at = at or timezone.now()
    conversation = lock_conversation(message.conversation)
    require_workable(conversation, by)
    if message.direction != Message.Direction.INBOUND:
        raise NotACustomerMessage(_("Only a customer's message can be completed."))
    open_messages = conversation.messages.inbound().filter(completed_at=None).in_order()
    ids = list(open_messages.values_list("pk", flat=True))
    if message.pk not in ids:
        raise MessageCompleted(_("This message is completed already."))
    done = ids[: ids.index(message.pk) + 1]
    Message.objects.filter(pk__in=done).update(completed_at=at)
    if len(done) == len(ids):
        _resolve(conversation, by, at)
    else:
        if conversation.waiting_since is not None:
            first_left = Message.objects.get(pk=ids[len(done)])
            since = max(conversation.waiting_since, first_left.sent_at)
            moved = {"waiting_since": since, "is_clock_stale": True}
            Conversation.objects.filter(pk=conversation.pk).update(**moved)
        tell_conversation(conversation)
    return Message.objects.for_list().get(pk=message.pk)


@transaction.atomic
def resolve_conversation(
    *,
    conversation: Conversation,
    by: User,
    seen_id: int | None = None,
    at: datetime | None = None,
) -> Conversation:
    """Complete everything and end the cycle. Locks the conversation.

    `seen_id` is the newest message of the customer that `by` has before them, if they say so.
    Raises NotYours, ConversationResolved (also for the second of two calls), SomethingNew.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    require_workable(conversation, by)
    if conversation.is_resolved:
        raise ConversationResolved(_("This conversation is done already."))
    if seen_id is not None and conversation.messages.inbound().filter(pk__gt=seen_id).exists():
        raise SomethingNew(_("The customer has just written again. Read it first."))
    conversation.messages.inbound().filter(completed_at=None).update(completed_at=at)
    _resolve(conversation, by, at)
    return Conversation.objects.for_list().get(pk=conversation.pk)


def cycle_id_of(conversation: Conversation) -> int:
    """The id of its current cycle: the open one, or the last of one that is done."""
    cycles = Cycle.objects.filter(conversation=conversation, number=conversation.cycle_number)
    return cycles.values_list("pk", flat=True).get()


def place_conversation(conversation: Conversation, **columns) -> None:
    """Write where a conversation stands: department, assignee, waiting_reason, seen_at.

    Routing decides and holds the lock; here only the columns are written and pages told.
    """
    run_together(*placing_steps(conversation, **columns))


def placing_steps(
    conversation: Conversation, *, only_if: Condition | None = None, **columns
) -> list[Step]:
    """To do the same together with what else a decision writes, and only if that holds.

    The step of the row itself is named "conversation".
    """
    before, former_id = audience_of(conversation), conversation.assignee_id
    if columns.get("department_id", conversation.department_id) != conversation.department_id:
        columns["is_clock_stale"] = True  # another department promises something else
    for name, value in columns.items():
        setattr(conversation, name, value)
    # Who gave it away and who got it have another load now, and perhaps a notification.
    people = sorted({former_id, conversation.assignee_id} - {None})
    is_moved = conversation.assignee_id != former_id
    told = tell_conversation_step(conversation, before=before, people=people if is_moved else ())
    return [conversation_step(conversation.pk, only_if=only_if, **columns), told]


def mark_seen(*, conversation: Conversation, user: User) -> None:
    """Remember that the assignee looked; others looking change nothing but their own bell."""
    if conversation.assignee_id == user.pk and conversation.is_unread:
        with transaction.atomic():
            _mark_seen(conversation, user)
    # What the bell said about it they see now, also where it rang after the first look.
    mark_notifications_read(user=user, path=conversation.path)


def _mark_seen(conversation: Conversation, user: User) -> None:
    mine = Conversation.objects.filter(pk=conversation.pk, assignee=user)
    if not mine.update(seen_at=timezone.now()):
        return  # given to somebody else while they opened it
    # Their other windows; nobody else's page shows it.
    kind = LiveEvent.Kind.CONVERSATION_CHANGED
    live.tell(live.event(kind, [live.person(user.pk)], conversation.public_id))


@transaction.atomic
def mark_unread(*, conversation: Conversation, by: User) -> Conversation:
    """Forget that the assignee looked, so that it stands out in their list again.

    Locks the conversation. Raises NotYours for everybody else, ConversationResolved.
    """
    conversation = lock_conversation(conversation)
    if conversation.assignee_id != by.pk:
        raise NotYours(_("Only whoever has the conversation can mark it as unread."))
    if conversation.is_resolved:
        raise ConversationResolved(_("This conversation is done already."))
    Conversation.objects.filter(pk=conversation.pk).update(seen_at=None)
    conversation.seen_at = None
    kind = LiveEvent.Kind.CONVERSATION_CHANGED
    live.tell(live.event(kind, [live.person(by.pk)], conversation.public_id))
    return conversation


def _resolve(conversation: Conversation, by: User, at: datetime) -> None:
    before = audience_of(conversation)
    # Beside who did it, what undoing it needs to know.
    since, until = conversation.waiting_since, conversation.snoozed_until
    params = {
        "person": by.display_name,
        "status": conversation.status,
        "waiting_since": since and since.isoformat(),
    }
    if until is not None:
        params["snoozed_until"] = until.isoformat()
    Conversation.objects.filter(pk=conversation.pk).update(
        status=Conversation.Status.RESOLVED,
        waiting_since=None,
        waiting_reason="",
        snoozed_until=None,
        is_clock_stale=True,
    )
    cycle_id = cycle_id_of(conversation)
    Cycle.objects.filter(pk=cycle_id).update(resolved_at=at, resolved_by=by)
    add_event_message(
        conversation=conversation, cycle=cycle_id, code="resolved", params=params, at=at
    )
    conversation.status = Conversation.Status.RESOLVED
    tell_conversation(conversation, before=before)
    send = partial(
        conversation_resolved.send_robust,
        sender=Conversation,
        conversation_id=conversation.pk,
        assignee_id=conversation.assignee_id,
    )
    transaction.on_commit(send)
