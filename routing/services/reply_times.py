"""Learning how fast people answer, from each reply."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from inbox.models import Message
from omnichat.lib.retry import retry_on_conflict
from routing.models import Agent, Assignment
from routing.reply_speed import learn, own_seconds


@retry_on_conflict
@transaction.atomic
def time_reply(*, message_id: int) -> None:
    """Count a person's reply into their average; locks the agent.

    Only the first reply to a turn, and only of whoever has the conversation: who helps out or
    writes a second line does not show a pace.
    """
    reply = Message.objects.filter(pk=message_id).exclude(author=None).first()
    if reply is None or (turn_at := _turn_of(reply)) is None:
        return
    had_since = _had_since(reply)
    if had_since is None:
        return
    rows = Agent.objects.select_for_update(no_key=True).filter(user=reply.author_id)
    agent = rows.first()
    if agent is None:
        return
    seconds = own_seconds(
        turn_at=turn_at,
        had_since=had_since,
        last_reply_at=agent.last_reply_at,
        back_at=agent.since if agent.is_routable else None,
        replied_at=reply.sent_at,
    )
    Agent.objects.filter(pk=agent.pk).update(
        reply_seconds=learn(agent.reply_seconds, agent.replies_timed, seconds),
        replies_timed=agent.replies_timed + 1,
        last_reply_at=reply.sent_at,
    )


def _turn_of(reply: Message) -> datetime | None:
    """When the customer's turn that it answers began; None where none was open."""
    earlier = Message.objects.filter(conversation=reply.conversation_id, pk__lt=reply.pk)
    outbound = earlier.filter(direction=Message.Direction.OUTBOUND).exclude(author=None)
    before = outbound.order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = earlier.filter(direction=Message.Direction.INBOUND, pk__gt=before)
    return asked.order_by("pk").values_list("received_at", flat=True).first()


def _had_since(reply: Message) -> datetime | None:
    records = Assignment.objects.filter(
        conversation=reply.conversation_id, assignee=reply.author_id, ended_at=None
    )
    return records.values_list("assigned_at", flat=True).first()
