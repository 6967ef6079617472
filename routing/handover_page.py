"""The hand-over page: what one has, where it may go, who is there after oneself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from inbox.models import Conversation
from routing.forms import in_handing_order
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
from workforce.availability import Reason
from workforce.models import ShiftAssignment, TimeEntry
from workforce.shift_ends import ShiftEnd, shift_end_of

MINUTE = timedelta(minutes=1)
MOST_LISTED = 100  # one by one, two fields each: more is no form that anybody fills in


@dataclass(slots=True)
class Row:
    """One open conversation, and the people it may go to by name."""

    conversation: Conversation
    people: list[Agent]
    next: list[Agent]
    next_name: str
    needs_room: bool = False  # to a named colleague; a lead gives them more than their places

    @property
    def key(self) -> str:
        return str(self.conversation.public_id)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Where it may go, the likeliest first."""
        department = self.conversation.department
        queue = _("Queue of %(department)s") % {"department": department} if department else ""
        choices = _ways(self.next, self.next_name, queue or _("Queue"))
        for agent in self.people:
            load = {"open": agent.open_count, "capacity": agent.capacity}
            words = _("%(person)s, %(open)d/%(capacity)d") % (load | {"person": agent.user})
            if agent.shown_reason != Reason.TAKING_WORK:
                words = f"{words}, {agent.shown_reason.label}"
            choices.append((str(agent.user.public_id), words))
        return choices

    @property
    def closed(self) -> set[str]:
        """Those of the choices that would be refused: people without room for it."""
        need = self.conversation.channel.load_percent
        full = (agent for agent in self.people if self.needs_room and agent.free_percent < need)
        return {str(agent.user.public_id) for agent in full}


class Other(NamedTuple):
    """A conversation that is not listed one by one."""

    pk: int
    public_id: UUID
    status: str
    department_id: int | None


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
    """All the page shows. `end` is None for who has no shift that ends.

    `rows`: those open the longest, each with a choice of its own. `unlisted`: what is open beyond
    them, it goes to the queue. `waiting`: for the customer; they pile up, and go all one way, as
    do those that are `snoozed`.
    """

    user: User
    now: datetime
    end: ShiftEnd | None
    is_checked_in: bool = True
    rows: list[Row] = field(default_factory=list)
    unlisted: list[Other] = field(default_factory=list)
    waiting: list[Other] = field(default_factory=list)
    snoozed: list[Other] = field(default_factory=list)
    next: list[Agent] = field(default_factory=list)
    next_name: str = ""
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
        return len(self.rows) + len(self.unlisted)

    @property
    def left(self) -> int:
        return self.open_count + len(self.waiting) + len(self.snoozed)

    @property
    def keys(self) -> set[str]:
        others = {str(one.public_id) for one in (*self.unlisted, *self.waiting, *self.snoozed)}
        return others | {row.key for row in self.rows}

    @property
    def waiting_choices(self) -> list[tuple[str, str]]:
        ways = _ways(self.next, self.next_name, _("Queue"))
        return [(KEEP, _("Keep for when I am back")), *ways]

    @property
    def snoozed_choices(self) -> list[tuple[str, str]]:
        """Whoever leaves keeps none of them: they come back, perhaps while nobody is there."""
        return _ways([], self.next_name, _("Queue, when they come back"))


def read_handover(user: User, now: datetime) -> Handover:
    """Read what a person has and who could have it.

    The least busy of the next shift may be of another department; names are only shown of those
    the person may know.
    """
    page = Handover(user=user, now=now, end=shift_end_of(user.pk, now))
    page.is_checked_in = TimeEntry.objects.open().filter(user=user).exists()
    mine = Conversation.objects.filter(assignee=user, status__in=HELD)
    is_open = mine.filter(status=Conversation.Status.OPEN).order_by("waiting_since", "pk")
    listed = list(is_open.for_list()[:MOST_LISTED])
    others = mine.exclude(pk__in=[one.pk for one in listed]).order_by("waiting_since", "pk")
    status = Conversation.Status
    group = {status.WAITING: page.waiting, status.SNOOZED: page.snoozed}
    for other in map(Other._make, others.values_list(*Other._fields)):
        group = {
            Conversation.Status.WAITING: page.waiting,
            Conversation.Status.SNOOZED: page.snoozed,
        }
        group.get(other.status, page.unlisted).append(other)
    ends_at = page.end.ends_at if page.end else now
    beyond = _shifts_beyond(ends_at)
    fitting: dict[int | None, tuple[list[Agent], list[Agent]]] = {}
    for department_id in dict.fromkeys(
        one.department_id for one in (*listed, *page.waiting, *page.snoozed)
    ):
        fitting[department_id] = _people(user, department_id, ends_at)
    for conversation in listed:
        people, following = fitting[conversation.department_id]
        name, needs_room = _next_name(following, beyond), user.role == User.Role.STAFF
        page.rows.append(Row(conversation, people, following, name, needs_room))
    agents = {agent.pk: agent for _at_work, found in fitting.values() for agent in found}
    page.next = list(agents.values())
    page.next_name = _next_name(page.next, beyond)
    known = set(Agent.objects.options_for(user).filter(pk__in=agents).values_list("pk", flat=True))
    page.successors = [
        Successor(agent, beyond[agent.user_id].ends_at) for agent in page.next if agent.pk in known
    ]
    return page


def _ways(following: Sequence[Agent], shift: str, queue: str) -> list[tuple[str, str]]:
    """The next shift and the queue, the likelier first."""
    ways = [(NEXT, _("%(shift)s (least busy)") % {"shift": shift}), (QUEUE, queue)]
    return ways if following else ways[::-1]


def _people(
    user: User, department_id: int | None, ends_at: datetime
) -> tuple[list[Agent], list[Agent]]:
    at_work = [agent for agent in colleagues_for(user, department_id) if agent.keeps_work]
    return in_handing_order(at_work, department_id), next_people(user, department_id, ends_at)


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
