"""What the leads' dashboard and the board on the wall are made of; each question asked once.

What is past comes from rollups, what is now from the live tables. A manager's figures are those of
the own department: the common queue is nobody's backlog.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Count, F, Min, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from inbox.models import Channel, Conversation
from inbox.models.conversation import ConversationQuerySet
from inbox.waiting import LONG_WAIT_MINUTES
from omnichat.lib.reading import Source, read
from reporting.finding import Finding, TeamNow, finding_of
from reporting.goals import Goals, goals_of
from reporting.metrics import CATALOGUE
from reporting.metrics.measures import Tallies, Value
from reporting.models import BacklogSnapshot, DailyRollup, Fact
from reporting.report import values_of
from reporting.services.backlog import AGES, aged, quarter_of
from reporting.slices import GroupBy, Slice
from reporting.tallying import counted_until, picks_of_all, tally, whole
from routing.models import Agent
from routing.people.team import Member
from routing.queue_page import Places
from routing.services.hours import hours_of_all
from workforce.availability import AT_WORK, Reason

STARTED, RESPONSE = CATALOGUE["started"], CATALOGUE["first_response"]
ON_TIME = CATALOGUE["sla"]
FIGURES = (STARTED, RESPONSE, ON_TIME)
OF_PEOPLE = (RESPONSE, ON_TIME)
WEEK = timedelta(days=7)
LONG_WAIT = timedelta(minutes=LONG_WAIT_MINUTES)
MAX_MEMBERS = 50


class Span(models.TextChoices):
    """How far back the figures look."""

    TODAY = "today", pgettext_lazy("span", "Today")
    WEEK = "7", _("7 days")
    MONTH = "30", _("30 days")

    @property
    def days(self) -> int:
        return 1 if self == Span.TODAY else int(self.value)

    @property
    def chart_days(self) -> int:
        """A single day is no line."""
        return max(7, self.days)


@dataclass(slots=True)
class Team:
    """A department now; without a department what nobody has placed yet."""

    department: Department | None
    now: TeamNow
    places: Places
    at_risk: int = 0
    oldest: datetime | None = None  # since when the longest waits for somebody
    next_due: Conversation | None = None  # of those open; the wall asks for it
    on_time: Value | None = None  # today; the same


@dataclass(frozen=True, slots=True)
class Person:
    """One person at work, their load, and what today came to."""

    member: Member
    response: Value
    on_time: Value


@dataclass(slots=True)
class Present:
    """What is true now."""

    teams: list[Team]
    ages: dict[str, int]
    waiting_late: int
    agents: list[Agent]

    def sum(self, name: str) -> int:
        return sum(getattr(team.now, name) for team in self.teams)

    @property
    def at_risk(self) -> int:
        return sum(team.at_risk for team in self.teams)

    @property
    def oldest(self) -> datetime | None:
        return min((team.oldest for team in self.teams if team.oldest), default=None)


@dataclass(slots=True)
class Board:
    """The page. `before` is the same weekday of last week up to this hour, or the days before."""

    viewer: User
    span: Span
    at: datetime
    as_of: datetime | None
    source: Source
    finding: Finding
    present: Present
    total: dict[str, Value]
    before: dict[str, Value]
    waiting_before: int | None
    days: list[tuple[date, Value, Value]]  # first response: of the day, of the one before it
    goals: Goals
    channels: list[tuple[str, Value]]
    heat: dict[tuple[int, int], int]  # by weekday and hour
    people: list[Person]
    hidden_people: int


def load_board(viewer: User, span: Span, *, at: datetime | None = None) -> Board:
    """Everything of the dashboard of a lead."""
    at = at or timezone.now()
    return read(lambda source: _board(viewer, span, at, source))


def _board(viewer: User, span: Span, at: datetime, source: Source) -> Board:
    today, using = timezone.localdate(at), source.alias
    chart = Slice(viewer, today - timedelta(days=span.chart_days - 1), today)
    picks = picks_of_all(FIGURES)
    by_day = tally(chart, GroupBy.DAY, picks, using=using)
    earlier = tally(chart.before(), GroupBy.DAY, picks, using=using)
    week_ago = values_of(FIGURES, _until(viewer, today - WEEK, at - WEEK, using))
    total, before = values_of(FIGURES, whole(by_day)), values_of(FIGURES, whole(earlier))
    today_total = values_of(FIGURES, by_day.get(today.isoformat(), Tallies()))
    if span == Span.TODAY:
        total, before = today_total, week_ago
    present = load_present(viewer, at)
    people = _people(viewer, today, present, using)
    return Board(
        viewer=viewer,
        span=span,
        at=at,
        as_of=counted_until(source),
        source=source,
        finding=finding_of(
            [team.now for team in present.teams],
            started=today_total["started"].n,
            started_before=week_ago["started"].n,
        ),
        present=present,
        total=total,
        before=before,
        waiting_before=_waiting_at(viewer, at - WEEK, using),
        days=_days(chart, by_day, earlier),
        goals=goals_of(viewer),
        channels=_channels(viewer, today - timedelta(days=span.days - 1), today, using),
        heat=_heat(viewer, today, using),
        people=people[:MAX_MEMBERS],
        hidden_people=max(0, len(people) - MAX_MEMBERS),
    )


# --- What is past -------------------------------------------------------------------------------
def _until(viewer: User, day: date, moment: datetime, using: str) -> Tallies:
    """What a day came to up to a moment: from its facts, a rollup knows whole days only."""
    found = Tallies()
    kinds = {pick.kind for pick in picks_of_all(FIGURES)}
    rows = Fact.objects.using(using).visible_to(viewer)
    rows = rows.filter(day=day, kind__in=kinds, at__lte=moment)
    for kind, label, count, seconds in rows.values_list(
        "kind", "label", "count", "business_seconds"
    ):
        found.of((kind, label)).add(count, () if seconds is None else (seconds,))
    return found


def _days(chart: Slice, by_day: dict, earlier: dict) -> list[tuple[date, Value, Value]]:
    """Each day beside the one as many days before."""
    nothing, days = Tallies(), [chart.first + timedelta(days=n) for n in range(chart.days)]
    length = timedelta(days=chart.days)
    return [
        (
            day,
            RESPONSE.of(by_day.get(day.isoformat(), nothing)),
            RESPONSE.of(earlier.get((day - length).isoformat(), nothing)),
        )
        for day in days
    ]


def _channels(viewer: User, first: date, last: date, using: str) -> list[tuple[str, Value]]:
    """On time by channel, by name; without those in which no deadline ended."""
    found = tally(Slice(viewer, first, last), GroupBy.CHANNEL, picks_of_all([ON_TIME]), using=using)
    values = {key: ON_TIME.of(tallies) for key, tallies in found.items()}
    values = {key: value for key, value in values.items() if value.n}
    channels = Channel.objects.using(using).filter(pk__in=[key for key in values if key])
    named = [(str(one), values[str(one.pk)]) for one in channels.order_by("name", "pk")]
    return named + [(_("No channel"), values[""])] if "" in values else named


def _heat(viewer: User, today: date, using: str) -> dict[tuple[int, int], int]:
    """New conversations of the last 7 days by weekday and hour."""
    rows = DailyRollup.objects.using(using).visible_to(viewer)
    rows = rows.filter(
        axis=DailyRollup.Axis.HOUR,
        day__range=(today - timedelta(days=6), today),
        kind=Fact.Kind.CYCLE_STARTED,
    )
    counted = rows.order_by().values_list("day", "key").annotate(sum=Sum("count"))
    return {(day.weekday(), int(hour)): count for day, hour, count in counted}


def _waiting_at(viewer: User, at: datetime, using: str) -> int | None:
    """How many waited to be given out then; None for a quarter of an hour nobody looked."""
    rows = BacklogSnapshot.objects.using(using).visible_to(viewer).filter(at=quarter_of(at))
    return rows.aggregate(sum=Sum("unassigned_count"))["sum"]


def _people(viewer: User, today: date, present: Present, using: str) -> list[Person]:
    """Those at work, the fullest first."""
    picks = picks_of_all(OF_PEOPLE)
    found = tally(Slice(viewer, today, today), GroupBy.USER, picks, using=using)
    nothing = Tallies()
    here = [agent for agent in present.agents if agent.reason in AT_WORK]
    here.sort(key=lambda agent: (-agent.open_count, agent.user.display_name, agent.user_id))
    return [
        Person(_member(agent), *(m.of(found.get(str(agent.user_id), nothing)) for m in OF_PEOPLE))
        for agent in here
    ]


def _member(agent: Agent) -> Member:
    reason = agent.shown_reason
    return Member(agent.user, agent, reason, None if reason == Reason.AT_CAPACITY else agent.since)


# --- What is now --------------------------------------------------------------------------------
def load_present(viewer: User, at: datetime) -> Present:
    """Departments, their backlog and their people, as they are now."""
    unresolved = _unresolved(viewer)
    status = Conversation.Status
    is_open, is_late = Q(status=status.OPEN), Q(status=status.OPEN, due_at__lte=at)
    in_queue = is_open & Q(assignee=None)
    counted = (
        unresolved.order_by()
        .values("department_id")
        .annotate(
            waiting=Count("pk", filter=in_queue),
            waiting_late=Count("pk", filter=in_queue & is_late),
            long_waits=Count("pk", filter=in_queue & Q(waiting_since__lte=at - LONG_WAIT)),
            oldest=Min("waiting_since", filter=in_queue),
            late=Count("pk", filter=is_late),
            at_risk=Count("pk", filter=is_open & Q(due_risk_at__lte=at, due_at__gt=at)),
            **{name: Count("pk", filter=aged(at, *age)) for name, age in AGES.items()},
        )
    )
    rows = {row["department_id"]: row for row in counted}
    agents = _agents(viewer)
    return Present(
        teams=_teams(viewer, rows, agents, at),
        ages={name: sum(row[name] for row in rows.values()) for name in AGES},
        waiting_late=sum(row["waiting_late"] for row in rows.values()),
        agents=agents,
    )


def _unresolved(viewer: User) -> ConversationQuerySet:
    rows = Conversation.objects.visible_to(viewer).unresolved()
    return rows if viewer.is_admin else rows.in_scope("department", viewer)


def _agents(viewer: User) -> list[Agent]:
    agents = Agent.objects.visible_to(viewer).filter(user__is_active=True, capacity__gt=0)
    return list(agents.select_related("user__department"))


def _teams(viewer: User, rows: dict, agents: Sequence[Agent], at: datetime) -> list[Team]:
    """Departments in their order, those with people or work; the common queue comes last."""
    places: dict[int, Places] = defaultdict(Places)
    people: dict[int, int] = defaultdict(int)
    for agent in agents:
        places[agent.user.department_id].add(agent)
        people[agent.user.department_id] += 1
    departments = Department.objects.managed_by(viewer)
    book, teams = hours_of_all(), []
    for department in [*departments, None]:
        pk = department.pk if department else None
        if pk not in rows and pk not in people:
            continue
        row, room = rows.get(pk, defaultdict(int)), places[pk] if pk else Places()
        hours = book.of(pk)
        now = TeamNow(
            name=department.name if department else str(_("Common queue")),
            people=people.get(pk, 0),
            at_work=room.at_work,
            taking=room.people,
            taken=room.taken,
            capacity=room.capacity,
            free=room.free,
            waiting=row["waiting"],
            late=row["late"],
            long_waits=row["long_waits"],
            is_closed=hours is not None and not hours.is_open(at),
        )
        teams.append(Team(department, now, room, row["at_risk"], row["oldest"] or None))
    return teams


# --- The wall -----------------------------------------------------------------------------------
def load_wall(viewer: User, *, at: datetime | None = None) -> Board:
    """The board of today, with what each department owes next."""
    at = at or timezone.now()
    return read(lambda source: _wall(viewer, at, source))


def _wall(viewer: User, at: datetime, source: Source) -> Board:
    board, today = _board(viewer, Span.TODAY, at, source), timezone.localdate(at)
    picks = picks_of_all([ON_TIME])
    found = tally(Slice(viewer, today, today), GroupBy.DEPARTMENT, picks, using=source.alias)
    first = Window(RowNumber(), partition_by="department", order_by=F("due_at").asc())
    owed = _unresolved(viewer).filter(status=Conversation.Status.OPEN, due_at__isnull=False)
    owed = owed.order_by().annotate(place=first).filter(place=1)
    nearest = Conversation.objects.filter(pk__in=owed.values("pk")).select_related("contact")
    by_department = {row.department_id: row for row in nearest}
    for team in board.present.teams:
        pk = team.department.pk if team.department else None
        team.next_due = by_department.get(pk)
        team.on_time = ON_TIME.of(found.get("" if pk is None else str(pk), Tallies()))
    return board
