"""The day of somebody who answers customers: what hurries, what today came to, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation
from omnichat.lib.reading import Source, read
from reporting.board import ON_TIME, RESPONSE
from reporting.goals import Goals, goals_of
from reporting.metrics import CATALOGUE
from reporting.metrics.measures import Tallies, Value
from reporting.report import values_of
from reporting.slices import GroupBy, Slice
from reporting.tallying import picks_of_all, tally
from routing.models import Agent
from workforce.availability import Reason
from workforce.availability_days import Strips, read_days, strips_of
from workforce.models import Request, TimeEntry
from workforce.shift_times import local_date
from workforce.timesheet_records import Plan, published_plans

RESOLVED = CATALOGUE["resolved"]
FIGURES = (RESOLVED, RESPONSE, ON_TIME)
SHOWN_DUE = 5
SHOWN_TASKS = 5
SOON = timedelta(minutes=10)
FORGOTTEN_DAYS = 45  # an older check-out belongs to a month that is settled


@dataclass(slots=True)
class OwnDay:
    """`due` are those that hurry most, of `open_count`; `soon` of all fall due within SOON."""

    at: datetime
    agent: Agent | None
    due: list[Conversation]
    open_count: int
    late: int
    soon: int
    today: dict[str, Value]
    yesterday: dict[str, Value]
    goals: Goals
    strips: Strips
    break_seconds: float
    week_seconds: float
    plan: Plan | None
    week_plan_minutes: int
    asked: list[Request]
    forgotten: list[date]

    @property
    def capacity(self) -> int:
        return self.agent.capacity if self.agent else 0

    @property
    def is_full(self) -> bool:
        return self.agent is not None and self.agent.is_full

    @property
    def rest_of_due(self) -> int:
        return self.open_count - len(self.due)


def load_own_day(user: User, *, at: datetime | None = None) -> OwnDay:
    """Everything of the dashboard of staff."""
    at = at or timezone.now()
    return read(lambda source: _own_day(user, at, source))


def _own_day(user: User, at: datetime, source: Source) -> OwnDay:
    today, zone = timezone.localdate(at), timezone.get_current_timezone()
    figures = _figures(user, today, source.alias)
    monday = today - timedelta(days=today.weekday())
    week = [monday + timedelta(days=n) for n in range(today.weekday() + 1)]
    lines = read_days(user, [user], week, zone, at=at)
    plans = list(published_plans([user.pk], monday, monday + timedelta(days=6)))
    # What they hold is short: a person has few places.
    mine = Conversation.objects.visible_to(user).open_of(user.pk).for_list()
    mine = list(mine.order_by(F("due_at").asc(nulls_last=True), "waiting_since", "pk"))
    dues = [row.due_at for row in mine if row.due_at]
    return OwnDay(
        at=at,
        agent=Agent.objects.visible_to(user).filter(user=user, capacity__gt=0).first(),
        due=mine[:SHOWN_DUE],
        open_count=len(mine),
        late=sum(due <= at for due in dues),
        soon=sum(due <= at + SOON for due in dues),
        today=figures[0],
        yesterday=figures[1],
        goals=goals_of(user),
        strips=strips_of(lines[-1:], zone),
        break_seconds=sum(p.seconds for p in lines[-1].pieces if p.reason == Reason.ON_BREAK),
        week_seconds=sum(line.seconds_at_work for line in lines),
        plan=next((plan for plan in plans if plan.date == today), None),
        week_plan_minutes=sum(plan.planned_minutes for plan in plans),
        asked=_asked(user),
        forgotten=_forgotten(user, at),
    )


def _figures(user: User, today: date, using: str) -> tuple[dict, dict]:
    """Today's figures and yesterday's."""
    yesterday, nothing = today - timedelta(days=1), Tallies()
    picks = picks_of_all(FIGURES)
    what = Slice(user, yesterday, today, person_id=user.pk)
    found = tally(what, GroupBy.DAY, picks, using=using)
    return tuple(
        values_of(FIGURES, found.get(day.isoformat(), nothing)) for day in (today, yesterday)
    )


def _asked(user: User) -> list[Request]:
    """Colleagues who want to swap shifts with them and wait for their word."""
    asked = Request.objects.visible_to(user).waiting().filter(colleague=user, consent="asked")
    return list(asked.for_list().order_by("created_at", "pk")[:SHOWN_TASKS])


def _forgotten(user: User, at: datetime) -> list[date]:
    """Days whose check-out is missing, the latest first."""
    entries = TimeEntry.objects.visible_to(user).filter(
        user=user,
        is_auto_closed=True,
        corrected_out_at=None,
        checked_in_at__gte=at - timedelta(days=FORGOTTEN_DAYS),
    )
    zone = timezone.get_current_timezone()
    starts = entries.order_by("-checked_in_at").values_list("checked_in_at", flat=True)
    return [local_date(start, zone) for start in starts[:SHOWN_TASKS]]
