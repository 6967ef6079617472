"""Following what happens: facts and rollups of whatever has changed, in one transaction.

Derived anew from the records and compared with what is stored, so that it does not matter how
often, in which order or by how many something is followed.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.workplace import workplace_zone
from inbox.models import Conversation, Message
from omnichat.lib.retry import retry_on_conflict
from omnichat.lib.settled_ids import settle
from reporting.clockwork import Clockwork
from reporting.cycles import DerivedFact, facts_of
from reporting.histories import read_conversations, read_presence
from reporting.models import Fact, FactPosition
from reporting.services.days_of_work import (
    follow_days_of_work,
    follow_month,
    months_to_repair,
)
from reporting.services.hours_versions import note_hours, versions_by_department
from reporting.services.request_facts import follow_requests
from reporting.services.rollups import mark_days, roll_stale_days
from reporting.services.writing import replace_facts
from routing.models import SlaClock

logger = logging.getLogger(__name__)

MESSAGES = 2000  # looked at in one transaction
# One run of the job ends after the transaction that passes it: the worker has other work as well.
RUN_SECONDS = 1.0
CONVERSATIONS = 500  # read at a time
# A deadline may be noticed late: by a worker that was down, or in a transaction that took long.
LOOK_BACK = timedelta(hours=1)
# Days of work and requests change seldom.
OTHERS_EVERY = timedelta(minutes=5)

REPAIRED = timedelta(days=3)


def follow_facts(*, at: datetime | None = None) -> int:
    """Bring facts and rollups up to date; returns how many conversations were looked at."""
    at = at or timezone.now()
    FactPosition.objects.get_or_create(pk=1)
    count, until = 0, monotonic() + RUN_SECONDS
    while True:
        found, is_done = _follow(at)
        count += found
        if is_done or monotonic() >= until:
            return count


@retry_on_conflict
@transaction.atomic
def _follow(at: datetime) -> tuple[int, bool]:
    """One transaction's worth; True when nothing is left or another worker is at it."""
    position = lock_position(skip_locked=True)
    if position is None:
        return 0, True
    note_hours(at)
    settle(position, Message, at)
    ids, is_done = _changed(position)
    if is_done:
        since = (position.looked_at or at) - LOOK_BACK
        ids |= set(_with_news_of_deadlines(since))
    refresh(ids)
    if is_done:
        if position.looked_at is None or _is_turn(position.looked_at, at):
            follow_requests(since=since)
            follow_days_of_work(since=since, at=at)
        position.looked_at = at
        position.complete_at = position.ready_at
    roll_stale_days()
    position.save()
    return len(ids), is_done


def repair_facts(*, at: datetime | None = None) -> int:
    """Look again at all that something was said in lately, whatever was missed; daily.

    Returns how many conversations were looked at.
    """
    since = (at or timezone.now()) - REPAIRED
    FactPosition.objects.get_or_create(pk=1)
    lately = Conversation.objects.filter(last_message_at__gte=since).order_by("pk")
    ids = list(lately.values_list("pk", flat=True))
    for some in _chunks(ids):
        _repair(some)
    for month in months_to_repair(at or timezone.now()):
        _repair_month(month, at or timezone.now())
    return len(ids)


@retry_on_conflict
@transaction.atomic
def _repair(ids: list[int]) -> None:
    lock_position()
    refresh(ids)
    roll_stale_days()


@retry_on_conflict
@transaction.atomic
def _repair_month(month: date, at: datetime) -> None:
    lock_position()
    follow_month(month, at)
    roll_stale_days()


def lock_position(*, skip_locked: bool = False) -> FactPosition | None:
    """Whoever has it is the only one who writes facts and rollups. Call inside a transaction."""
    locked = FactPosition.objects.select_for_update(skip_locked=skip_locked)
    return locked.filter(pk=1).first()


def _is_turn(looked_at: datetime, at: datetime) -> bool:
    """Once in OTHERS_EVERY, whoever asks how often."""
    every = OTHERS_EVERY.total_seconds()
    return int(looked_at.timestamp() // every) != int(at.timestamp() // every)


def _changed(position: FactPosition) -> tuple[set[int], bool]:
    """The conversations of the next messages; whatever happens in one leaves a line in it."""
    ready = Message.objects.filter(pk__gt=position.counted_id, pk__lte=position.ready_id)
    rows = list(ready.order_by("pk").values_list("pk", "conversation_id")[:MESSAGES])
    is_done = len(rows) < MESSAGES
    position.counted_id = max(position.counted_id, position.ready_id) if is_done else rows[-1][0]
    return {conversation_id for _pk, conversation_id in rows}, is_done


def _with_news_of_deadlines(since: datetime) -> Iterable[int]:
    """Conversations of deadlines kept or missed lately that no fact tells of yet."""
    settled = Q(breached_at__gte=since) | Q(is_met=True, stopped_at__gte=since)
    told = Fact.objects.filter(
        kind__in=(Fact.Kind.SLA_MET, Fact.Kind.SLA_BREACHED), source_id=OuterRef("pk")
    )
    clocks = SlaClock.objects.filter(settled).exclude(Exists(told))
    return clocks.values_list("conversation_id", flat=True)


def refresh(ids: Collection[int], clockwork: Clockwork | None = None) -> int:
    """Make the facts of these conversations what their records say; returns how many changed.

    Call under the lock of the facts.
    """
    changed = 0
    for some in _chunks(sorted(ids)):
        derived = list(derive(some, clockwork))
        days = replace_facts(Fact.objects.filter(conversation__in=some), derived)
        mark_days(days)
        changed += len(days)
    return changed


def derive(ids: Collection[int], clockwork: Clockwork | None = None) -> Iterator[DerivedFact]:
    """The facts of these conversations."""
    conversations = read_conversations(ids)
    if clockwork is None:
        people = {
            one.assignee_id
            for conversation in conversations
            for cycle in conversation.cycles
            for one in cycle.given
        }
        clockwork = clockwork_of(people)
    for conversation in conversations:
        yield from facts_of(conversation, clockwork)


def clockwork_of(people: Collection[int] | None = None) -> Clockwork:
    """With the presence of these people, or of everybody."""
    return Clockwork(workplace_zone(), versions_by_department(), read_presence(people))


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CONVERSATIONS):
        yield ids[start : start + CONVERSATIONS]
