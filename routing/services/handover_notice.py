"""Telling somebody that the time to hand over has begun."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from accounts.services import notify
from inbox.models import Conversation
from routing.models import Agent
from workforce.shift_ends import shift_end_of

# Somebody has these in hand; what is snoozed comes back, perhaps when they are gone.
HELD = (
    Conversation.Status.OPEN,
    Conversation.Status.WAITING,
    Conversation.Status.SNOOZED,
)


def tell_handover(agent: Agent) -> None:
    """Tell somebody whose shift is ending to hand over what they have; once for a shift.

    Call in the transaction that writes the agent row.
    """
    held = Conversation.objects.filter(assignee=agent.user_id, status__in=HELD).count()
    if held == 0 or agent.since is None:
        return
    end = shift_end_of(agent.user_id, timezone.now())
    notify(
        user_ids=[agent.user_id],
        kind=Notification.Kind.ROSTER,
        path=reverse("routing:shift_handover"),
        dedup_key=f"handover:{int(agent.since.timestamp())}",
        params={
            "handover": held,
            "time": f"{timezone.localtime(end.ends_at):%H:%M}" if end else "",
        },
    )
