"""Who is in a team, who of them takes work now, and how full they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from accounts.models import Department, User
from omnichat.lib.text import fold
from routing.models import Agent, AgentSkill, has_place
from workforce.availability import AT_WORK, Availability, Reason, availability_of


@dataclass(frozen=True, slots=True)
class Member:
    """One row: the person, and whether work reaches them. `reason` is None for who takes none.

    `until` is when a break is to end or the shift begins.
    """

    person: User
    agent: Agent | None
    reason: Reason | None
    since: datetime | None
    until: datetime | None = None

    @property
    def dot(self) -> str:
        if self.reason == Reason.TAKING_WORK:
            return "on"
        return "busy" if self.is_at_work else "off"

    @property
    def is_at_work(self) -> bool:
        return self.reason in AT_WORK

    @property
    def is_full(self) -> bool:
        return self.reason == Reason.AT_CAPACITY

    @property
    def skills(self) -> list[AgentSkill]:
        """Beside the own department; in_list reads them with the rows."""
        return list(self.agent.skills.all()) if self.agent is not None else []

    @property
    def load_percent(self) -> int:
        """Of the capacity; a lowered capacity may leave more than all of it."""
        return min(100, round(100 * self.agent.open_count / self.agent.capacity))


def members_of(people: Sequence[User]) -> list[Member]:
    """These people, who were read with their agents, and until when they are away."""
    now = availability_of(person.pk for person in people)
    return [_member_of(person, now[person.pk]) for person in people]


def member_of(person: User) -> Member:
    """`person` was read with its agent, or reads it now."""
    return members_of([person])[0]


def _member_of(person: User, now: Availability) -> Member:
    try:
        agent = person.agent
    except ObjectDoesNotExist:  # without a department
        agent = None
    if not person.is_active:
        return Member(person, None, Reason.DEACTIVATED, person.deactivated_at)
    if agent is None or not agent.carries_conversations:
        return Member(person, None, None, None)
    reason = agent.shown_reason
    # Nobody wrote down when the last place was taken.
    since = None if reason == Reason.AT_CAPACITY else agent.since
    # Until when belongs to the reason that is shown, which may be a moment behind.
    until = now.until if now.reason == agent.reason else None
    return Member(person, agent, reason, since, until)


def in_list(people: QuerySet[User]) -> QuerySet[User]:
    """All that one row shows, in two queries; those who left come last."""
    skills = Prefetch("agent__skills", AgentSkill.objects.select_related("department"))
    people = people.select_related("department", "agent").prefetch_related(skills)
    return people.order_by("-is_active", "display_name", "pk")


def narrow(
    people: QuerySet[User], *, q: str | None, department: Department | None, at_work: bool | None
) -> QuerySet[User]:
    """Those of a department, at work, whose name or address holds `q`, with or without marks."""
    if department:
        people = people.filter(department=department)
    if at_work:
        people = people.filter(is_active=True, agent__capacity__gt=0, agent__reason__in=AT_WORK)
    if q and (wanted := fold(q)):
        names = people.values_list("pk", "display_name", "username", "email")
        people = people.filter(
            pk__in=[pk for pk, *texts in names if wanted in fold(" ".join(texts))]
        )
    return people


def summary(people: QuerySet[User]) -> dict[str, int]:
    """How many are here, take work and are full; how many of their places are taken.

    Who left is still a row of the list, and no member of the team any more.
    """
    takes_work = Q(is_active=True, agent__reason=Reason.TAKING_WORK, agent__capacity__gt=0)
    has_room = has_place("agent__")
    active = Q(is_active=True)
    return people.aggregate(
        count=Count("pk", filter=active),
        taking=Count("pk", filter=takes_work & has_room),
        full=Count("pk", filter=takes_work & ~has_room),
        open=Sum("agent__open_count", filter=active, default=0),
        capacity=Sum("agent__capacity", filter=active, default=0),
    )


def count_by_department(people: QuerySet[User]) -> dict[int | None, int]:
    counted = people.order_by().values("department").annotate(count=Count("pk"))
    return {row["department"]: row["count"] for row in counted}
