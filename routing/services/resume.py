"""Following a "done" that was taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from inbox.models import Conversation
from omnichat.lib.retry import retry_on_conflict
from routing.models import Assignment
from routing.services.agents import recount_agents
from routing.services.draining import assign_next
from routing.services.refresh import refresh_agents

BATCH = 500


def resume_conversation(*, conversation_id: int) -> None:
    """Go on where the resolve ended it: the record is open again and the place counts again.

    The place may have been given away meanwhile, so this can leave one more than the capacity,
    as a customer who answers can. Who may no longer have the conversation gives it back like
    everybody who goes; what nobody had is given to somebody.
    """
    conversation = _resume(conversation_id)
    if conversation.is_waiting:
        assign_next(conversation_id=conversation.pk)
    elif conversation.assignee_id is not None and not conversation.is_resolved:
        refresh_agents(user_ids=[conversation.assignee_id])


def resume_lost() -> int:
    """Do it for those whose process died between undoing and this; return how many."""
    ids = _ended_too_early().values_list("conversation", flat=True).distinct()
    lost = list(ids[:BATCH])
    for pk in lost:
        resume_conversation(conversation_id=pk)
    return len(lost)


@retry_on_conflict
@transaction.atomic
def _resume(conversation_id: int) -> Conversation:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if conversation.assignee_id is not None and not conversation.is_resolved:
        mine = _ended_too_early().filter(conversation=conversation).order_by("-pk")
        if (record := mine.first()) is not None:
            Assignment.objects.filter(pk=record.pk).update(ended_at=None, end_reason="")
        recount_agents([conversation.assignee_id])
    return conversation


def _ended_too_early() -> QuerySet[Assignment]:
    """Records that a resolve ended, of a cycle that is open and still the same person's."""
    active = Assignment.objects.filter(conversation=OuterRef("conversation"), ended_at=None)
    return Assignment.objects.filter(
        ~Exists(active),
        end_reason=Assignment.EndReason.RESOLVED,
        conversation__assignee=F("assignee"),
        cycle__resolved_at=None,
    )
