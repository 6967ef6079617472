"""Private notes: for colleagues, never for the customer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import LiveEvent, Notification, User
from accounts.services import live, notify
from inbox.live import audience_of
from inbox.mentions import Found, find_mentions
from inbox.models import Conversation, Cycle, Mention, Message
from inbox.services.conversations import lock_conversation
from inbox.services.drafts import forget_draft
from inbox.services.submissions import create_once, sent_before

EXCERPT_CHARS = 140  # of a note in its notification


@transaction.atomic
def add_note(
    *,
    conversation: Conversation,
    author: User,
    text: str,
    mentioned: Collection[UUID] = (),
    submission: UUID | None = None,
    at: datetime | None = None,
) -> Message:
    """Store a note and call those named in it with @; whoever sees the conversation may.

    Nothing else of the conversation changes, so a finished one stays finished. `mentioned` are
    public ids that settle which of two people of one name is meant. Locks the conversation.
    A `submission` that is stored already returns its note. Raises SubmissionUsed.
    """
    at = at or timezone.now()
    conversation = lock_conversation(conversation)
    if before := sent_before(submission, conversation=conversation, author=author):
        return before
    people = mentionable_in(conversation, by=author)
    found = find_mentions(text, list(people), chosen=mentioned)
    cycle = Cycle.objects.get(conversation=conversation, number=conversation.cycle_number)
    note = create_once(
        conversation=conversation,
        cycle=cycle,
        channel_id=conversation.channel_id,
        direction=Message.Direction.NOTE,
        author=author,
        text=text,
        data={"mentions": [mention.offsets for mention in found]} if found else {},
        submission=submission,
        sent_at=at,
        received_at=at,
    )
    forget_draft(conversation=conversation, author=author)
    _tell(conversation, note, found)
    return note


def mentionable_in(conversation: Conversation, *, by: User):
    """People a note may call: those `by` may name who can read the conversation afterwards."""
    people = User.objects.options_for(by).exclude(pk=by.pk).select_related("department")
    if conversation.department_id is None:
        return people
    foreign = {"role": User.Role.MANAGER}
    return people.exclude(**foreign) | people.filter(
        **foreign, department=conversation.department_id
    )


def _tell(conversation: Conversation, note: Message, found: list[Found]) -> None:
    ids = sorted({mention.person.pk for mention in found})
    Mention.objects.bulk_create(
        [Mention(message=note, conversation=conversation, user_id=pk) for pk in ids]
    )
    kind = LiveEvent.Kind
    # First their rights and counts, then the line they may read from now on.
    events = [live.event(kind.ME_CHANGED, [live.person(pk) for pk in ids])] if ids else []
    events.append(
        live.event(kind.MESSAGE_CREATED, audience_of(conversation), conversation.public_id)
    )
    live.tell(*events)
    if ids:
        notify(
            user_ids=ids,
            kind=Notification.Kind.MENTIONED,
            path=conversation.path,
            dedup_key=f"mentioned:{note.pk}",
            params={
                "contact": conversation.contact.name,
                "person": note.author.display_name,
                "text": note.text[:EXCERPT_CHARS],
            },
            actor_id=note.author_id,
            is_told=True,
        )
