"""Deriving every fact again, bit by bit, beside the running product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from inbox.models import Conversation
from omnichat.lib.retry import retry_on_conflict
from reporting.clockwork import Clockwork
from reporting.models import FactPosition
from reporting.services.days_of_work import follow_month, months_of_work
from reporting.services.facts import clockwork_of, lock_position, refresh
from reporting.services.hours_versions import note_hours
from reporting.services.request_facts import follow_requests
from reporting.services.rollups import roll_stale_days

CONVERSATIONS = 500  # in one transaction
DAYS = 5

# Told how many conversations are done, of how many.
Progress = Callable[[int, int], None]


class Rebuilt(NamedTuple):
    """How many conversations were looked at, and days added up because something differed."""

    conversations: int
    days: int


def rebuild_facts(*, progress: Progress, at: datetime | None = None) -> Rebuilt:
    """Derive the facts of all conversations, requests and days of work, then add up the days.

    Only what differs is written, so a second run changes nothing, and one that is ended half way
    has done no harm. The worker may run meanwhile.
    """
    FactPosition.objects.get_or_create(pk=1)
    at = at or timezone.now()
    _requests(at)
    for month in months_of_work(at):
        _month(month, at)
    clockwork = clockwork_of()
    ids = list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CONVERSATIONS):
        some = ids[start : start + CONVERSATIONS]
        _some(some, clockwork)
        progress(start + len(some), len(ids))
    days = 0
    while rolled := _roll():
        days += rolled
    return Rebuilt(len(ids), days)


@retry_on_conflict
@transaction.atomic
def _requests(at: datetime) -> None:
    lock_position()
    note_hours(at)
    follow_requests()


@retry_on_conflict
@transaction.atomic
def _month(month: date, at: datetime) -> None:
    lock_position()
    follow_month(month, at)


@retry_on_conflict
@transaction.atomic
def _some(ids: list[int], clockwork: Clockwork) -> None:
    lock_position()
    refresh(ids, clockwork)


@retry_on_conflict
@transaction.atomic
def _roll() -> int:
    lock_position()
    return roll_stale_days(DAYS)
