"""Lines of the thread that tell what happened."""

from datetime import datetime

from django.utils import timezone

from inbox.models import Conversation, Cycle, Message
from inbox.services.intake_sql import add_event_line, event_line_step
from omnichat.lib.sql import Step


def add_event_message(
    *,
    conversation: Conversation,
    cycle: Cycle | int,
    code: str,
    params: dict | None = None,
    at: datetime | None = None,
) -> Message:
    """Add one event; inbox.sentences turns code and params into words when it is shown.

    `cycle` may be its id. Call inside the transaction of what happened.
    """
    at = at or timezone.now()
    data = _data(code, params)
    line = Message(
        conversation=conversation,
        cycle_id=cycle if isinstance(cycle, int) else cycle.pk,
        channel_id=conversation.channel_id,
        direction=Message.Direction.EVENT,
        data=data,
        sent_at=at,
        received_at=at,
    )
    line.pk = add_event_line(conversation, line.cycle_id, data, at)
    return line


def event_message_step(
    *, conversation: Conversation, cycle_id: int, code: str, params: dict | None, at: datetime
) -> Step:
    """To add one together with what happened."""
    return event_line_step(conversation, cycle_id, _data(code, params), at)


def _data(code: str, params: dict | None) -> dict:
    return {"code": code, "params": params or {}}
