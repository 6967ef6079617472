"""Rows of a small world the dashboards look at, written as on the wall of the workplace."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation
from reporting.models import Fact, RollupDay
from reporting.services.rollups import roll_day
from tests.factories import ContactFactory, ContactIdentityFactory, ConversationFactory
from tests.workforce.timesheet_rows import moment

NOW = "2026-11-23 09:52"  # a Monday
SERIAL = count(1)


def fact(kind: str, at: str, *, department=None, minutes: float | None = None, **columns) -> Fact:
    """One fact at a moment; `minutes` is how long it took by both clocks."""
    when = moment(at)
    local = timezone.localtime(when)
    seconds = None if minutes is None else round(minutes * 60)
    return Fact.objects.create(
        kind=kind,
        source_id=next(SERIAL),
        at=when,
        day=local.date(),
        hour=local.hour,
        department=department,
        seconds=seconds,
        business_seconds=seconds,
        **columns,
    )


def roll() -> None:
    """Add up every day that has facts."""
    for day in set(Fact.objects.values_list("day", flat=True)):
        roll_day(day)
        RollupDay.objects.get_or_create(pk=day, defaults={"is_stale": False})


def conversation(
    name: str, department=None, assignee: User | None = None, *, waits: float = 1, **columns
) -> Conversation:
    """An open one whose customer waits for so many minutes; `due` minutes from now, if promised."""
    at = moment(NOW)
    due: float | None = columns.pop("due", None)
    if due is not None:
        due_at: datetime = at + timedelta(minutes=due)
        columns |= {"due_kind": "first_response", "due_at": due_at}
        columns |= {
            "due_from": at - timedelta(minutes=60),
            "due_risk_at": due_at - timedelta(minutes=5),
        }
    return ConversationFactory(
        identity=ContactIdentityFactory(contact=ContactFactory(name=name)),
        department=department,
        assignee=assignee,
        waiting_since=at - timedelta(minutes=waits),
        preview=f"text of {name}",
        **columns,
    )
