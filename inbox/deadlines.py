"""How a conversation's deadline is shown: the ring, the words, whether it hurries. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from inbox.models import Conversation

# A deadline this near is "due soon" as a heading of the list; the row's own colour goes by its
# promise, at four fifths of it.
SOON_SECONDS = 5 * 60


class Kind(TextChoices):
    """What is said of a deadline."""

    LEFT = "left"
    LATE = "late"
    PAUSED = "paused"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What one place of a page says about a deadline.

    `state` is empty while there is time, `warn` in the last fifth and `bad` after the deadline.
    `seconds` is what is left of it, or by how much it was missed. `share` is what is left of the
    promise in percent. `until` is when a paused one goes on, if time alone decides that.
    """

    kind: Kind
    state: str = ""
    seconds: float = 0.0
    share: int = 0
    until: datetime | None = None


def deadline_of(conversation: Conversation, *, now: datetime) -> Deadline | None:
    """What to say about a conversation's deadline at `now`; None where nothing is promised."""
    c = conversation
    if not c.due_kind or c.status in (Conversation.Status.RESOLVED, Conversation.Status.SPAM):
        return None
    if c.due_at is None:
        if c.status == Conversation.Status.WAITING:
            return Deadline(Kind.CUSTOMER)
        return Deadline(Kind.PAUSED, until=_coming(c.due_paused_until, now))
    seconds = (c.due_at - now).total_seconds()
    if seconds <= 0:
        return Deadline(Kind.LATE, "bad", -seconds)
    if until := _coming(c.due_paused_until, now):
        return Deadline(Kind.PAUSED, until=until)
    is_risky = c.due_risk_at is not None and c.due_risk_at <= now
    return Deadline(Kind.LEFT, "warn" if is_risky else "", seconds, _share(c, seconds))


def deadline_facts(conversation: Conversation, *, now: datetime) -> tuple:
    """Of what is shown: differs whenever the page has to be drawn anew, not with every second."""
    c = conversation
    shown = deadline_of(c, now=now)
    state = shown and (shown.kind.value, shown.state)
    moments = (c.due_from, c.due_risk_at, c.due_at, c.due_paused_until, c.snoozed_until)
    return c.priority, c.due_kind, moments, state


def _coming(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None


def _share(conversation: Conversation, seconds: float) -> int:
    """Percent of the promise that is left; what is not over shows at least a sliver."""
    if conversation.due_from is None or conversation.due_at is None:
        return 100
    whole = (conversation.due_at - conversation.due_from).total_seconds()
    return max(1, min(100, round(100 * seconds / whole))) if whole > 0 else 1
