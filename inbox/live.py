"""Which open pages hear of a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import LiveEvent
from accounts.services import live
from inbox.models import Conversation
from omnichat.lib.sql import Step

Kind = LiveEvent.Kind


def audience_of(conversation: Conversation) -> list[str]:
    """Groups of the people who may read it: `Conversation.objects.visible_to` from the other side.

    tests/live/test_groups.py holds the two together.
    """
    department_id = conversation.department_id
    groups = [live.ADMINS, live.leads_of(department_id)]
    if conversation.pk:  # nobody was mentioned in one that is just being stored
        groups.append(live.mentioned_in(conversation.pk))
    if conversation.assignee_id:
        groups.append(live.assigned_to(conversation.assignee_id))
    elif department_id and conversation.status == Conversation.Status.OPEN:
        groups.append(live.claimers_of(department_id))
    return groups


def tell_conversation(
    conversation: Conversation,
    kind: str = Kind.CONVERSATION_CHANGED,
    *,
    before: list[str] | None = None,
    people: Iterable[int] = (),
) -> None:
    """Tell who may read the conversation, as it stands in memory; call inside the transaction.

    `people` are told of their own load and notifications beside it.

    Who could read it until now (`before`, of `audience_of`) and no longer can is told only that
    lists changed: what somebody cannot open is not named to them.
    """
    live.tell(*_events(conversation, kind, before, people))


def tell_conversations(conversations: Iterable[Conversation]) -> None:
    """Tell the same of several in one statement; who may read them is who could before."""
    live.tell(
        *(
            event
            for conversation in conversations
            for event in _events(conversation, Kind.CONVERSATION_CHANGED, None, ())
        )
    )


def tell_conversation_step(
    conversation: Conversation,
    kind: str = Kind.CONVERSATION_CHANGED,
    *,
    before: list[str] | None = None,
    people: Iterable[int] = (),
) -> Step:
    """To tell them together with what happened."""
    return live.tell_step(*_events(conversation, kind, before, people))


def _events(
    conversation: Conversation, kind: str, before: list[str] | None, people: Iterable[int]
) -> list[live.NewEvent]:
    now = audience_of(conversation)
    events = [live.event(kind, now, conversation.public_id)]
    if lost := [group for group in before or () if group not in now]:
        events.append(live.event(Kind.QUEUE_CHANGED, lost))
    if people:
        events.append(live.event(Kind.ME_CHANGED, [live.person(pk) for pk in people]))
    return events
