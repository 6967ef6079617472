"""The hand-over page: what one has, where it may go, who is there after oneself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from inbox.models import Conversation
from routing.models import Agent
from routing.services.handover import (
    FOLLOWS,
    KEEP,
    NEXT,
    QUEUE,
    Decision,
    colleagues_for,
    next_people,
)
from routing.services.handover_notice import HELD
from workforce.models import ShiftAssignment
from workforce.shift_ends import ShiftEnd, shift_end_of

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Row:
    """One conversation, and the people it may go to by name."""

    conversation: Conversation
    people: list[Agent]
    next: list[Agent]
    next_name: str

    @property
    def is_waiting(self) -> bool:
        """For the customer, so that it may be kept."""
        return self.conversation.status == Conversation.Status.WAITING

    @property
    def key(self) -> str:
        return str(self.conversation.public_id)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Where it may go, the likeliest first."""
        department = self.conversation.department
        queue = _("Queue of %(department)s") % {"department": department} if department else ""
        choices = [(NEXT, _("%(shift)s (least busy)") % {"shift": self.next_name})]
        choices.insert(0 if not self.next else 1, (QUEUE, queue or _("Queue")))
        if self.is_waiting:
            choices.insert(0, (KEEP, _("Keep for when I am back")))
        for agent in self.people:
            load = {"open": agent.open_count, "capacity": agent.capacity}
            words = _("%(person)s, %(open)d/%(capacity)d") % (load | {"person": agent.user})
            choices.append((str(agent.user.public_id), words))
        return choices


@dataclass(slots=True)
class Successor:
    """Who is at work after oneself, and until when."""

    agent: Agent
    until: datetime

    @property
    def load_percent(self) -> int:
        return min(100, round(100 * self.agent.open_count / self.agent.capacity))


@dataclass(slots=True)
class Handover:
    """All the page shows. `end` is None for who has no shift that ends."""

    user: User
    now: datetime
    end: ShiftEnd | None
    rows: list[Row] = field(default_factory=list)
    successors: list[Successor] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.end is None or self.end.opens_at <= self.now

    @property
    def is_over(self) -> bool:
        return self.end is not None and self.end.ends_at <= self.now

    @property
    def minutes_left(self) -> int:
        """Until the shift, or what one stays longer, is over; begun ones count."""
        if self.end is None or self.end.leaves_at <= self.now:
            return 0
        return -(-(self.end.leaves_at - self.now) // MINUTE)

    @property
    def open_count(self) -> int:
        return sum(not row.is_waiting for row in self.rows)


def read_handover(user: User, now: datetime) -> Handover:
    """Read what a person has and who could have it.

    The least busy of the next shift may be of another department; names are only shown of those
    the person may know.
    """
    page = Handover(user=user, now=now, end=shift_end_of(user.pk, now))
    mine = Conversation.objects.filter(assignee=user, status__in=HELD).for_list()
    conversations = list(mine.order_by("status", "waiting_since", "pk"))
    ends_at = page.end.ends_at if page.end else now
    beyond = _shifts_beyond(ends_at)
    fitting: dict[int | None, tuple[list[Agent], list[Agent]]] = {}
    for conversation in conversations:
        department_id = conversation.department_id
        if department_id not in fitting:
            fitting[department_id] = _people(user, department_id, ends_at)
        people, following = fitting[department_id]
        page.rows.append(Row(conversation, people, following, _next_name(following, beyond)))
    agents = {agent.pk: agent for _at_work, found in fitting.values() for agent in found}
    known = set(Agent.objects.options_for(user).filter(pk__in=agents).values_list("pk", flat=True))
    page.successors = [
        Successor(agent, beyond[agent.user_id].ends_at)
        for agent in agents.values()
        if agent.pk in known
    ]
    return page


def _people(
    user: User, department_id: int | None, ends_at: datetime
) -> tuple[list[Agent], list[Agent]]:
    agents = colleagues_for(user, department_id).order_by("open_count", "pk")
    at_work = [agent for agent in agents if agent.keeps_work]
    return at_work, next_people(user, department_id, ends_at)


def _shifts_beyond(ends_at: datetime) -> dict[int, ShiftAssignment]:
    """Of each person the last of the shifts that follow or run beyond."""
    rows = ShiftAssignment.objects.published().filter(
        starts_at__lte=ends_at + FOLLOWS, ends_at__gt=ends_at
    )
    return {row.user_id: row for row in rows.select_related("shift").order_by("ends_at")}


def _next_name(agents: Iterable[Agent], beyond: dict[int, ShiftAssignment]) -> str:
    names = {beyond[agent.user_id].shift.name for agent in agents if agent.user_id in beyond}
    return names.pop() if len(names) == 1 else _("Next shift")


def summary_of(decisions: Sequence[Decision]) -> list[str]:
    """How many go where, as parts of one sentence."""
    to_people = Counter(str(one.person) for one in decisions if one.person is not None)
    others = Counter(one.to for one in decisions)
    parts = [
        _("%(count)d to %(person)s") % {"count": count, "person": name}
        for name, count in to_people.items()
    ]
    words = {
        NEXT: lambda n: ngettext("%(n)d to the next shift", "%(n)d to the next shift", n),
        QUEUE: lambda n: ngettext("%(n)d to the queue", "%(n)d to the queue", n),
        KEEP: lambda n: ngettext("%(n)d kept", "%(n)d kept", n),
    }
    return parts + [
        words[to](others[to]) % {"n": others[to]} for to in (NEXT, QUEUE, KEEP) if others[to]
    ]
