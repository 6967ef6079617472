"""What the frame around every page shows."""

from __future__ import annotations

from functools import cached_property, partial

from django.conf import settings
from django.http import HttpRequest

from omnichat.bell import Bell
from omnichat.rail import rail
from routing.models import Agent
from workforce.availability import Reason, availability
from workforce.models import Break

BREAK_MINUTES = (15, 30, 45, 60, 90)  # one tap; programs may say others


def frame(request: HttpRequest) -> dict:
    """Theme and organisation; for a signed-in person also availability and load, when used."""
    context = {
        "theme": getattr(request, "theme", "auto"),
        "organisation": getattr(request, "organisation", None),
        "live_url": settings.LIVE_URL,
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["me"] = Me(user)
        context["rail"] = partial(rail, request)
    return context


class Me:
    """The signed-in person's availability and load; asked once, and only if the page shows it."""

    def __init__(self, user) -> None:
        self._user = user

    @cached_property
    def bell(self) -> Bell:
        return Bell(self._user, self.presence["now"])

    @property
    def open_count(self) -> int | None:
        """The conversations one has to answer; None for who takes no work."""
        agent = self.presence["agent"]
        return agent.open_count if agent is not None else None

    @property
    def presence(self) -> dict:
        if not hasattr(self, "_presence"):
            agent = Agent.objects.filter(user=self._user).first()
            now = availability(self._user)
            takes_work = agent is not None and agent.carries_conversations
            is_full = takes_work and now.is_available and agent.is_full
            self._presence = {
                "agent": agent if takes_work else None,
                "now": now,
                # Nobody wrote down when the last place was taken.
                "since": None if is_full else now.since,
                "reason": Reason.AT_CAPACITY if is_full else now.reason,
                "dot": "busy" if is_full else now.dot,
                "break_reasons": Break.Reason.choices,
                "break_minutes": BREAK_MINUTES,
            }
        return self._presence
