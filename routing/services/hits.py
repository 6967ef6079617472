"""How often each keyword was found, counted beside the work: no statement of routing is added.

A position walks the ids of messages and of assignments (`omnichat.lib.settled_ids`).
A message that routing has not looked at yet is noted and counted when it has been. Position and
counts change in one transaction: whatever dies in between, nothing is lost or counted twice.

`hits` counts messages; `decided` the conversations among them that the word gave to a department,
and `handed_on` those of these that left it, both on the day of the message with the word. So no day
tells of more conversations than messages.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.workplace import workplace_zone
from inbox.models import Message
from omnichat.lib.retry import retry_on_conflict
from omnichat.lib.settled_ids import settle
from routing.models import Assignment, CountPosition, Keyword, KeywordHits, LateMessage

logger = logging.getLogger(__name__)

BATCH = 1000  # rows in one transaction
BATCHES = 20  # in one run of the job
COLUMNS = ("hits", "decided", "handed_on")

Stream = CountPosition.Stream
Counts = dict[tuple[int, date], dict[str, int]]


def count_keyword_hits() -> int:
    """Count what is new; return how many rows were looked at. Two at once share the work."""
    looked_at = 0
    for stream, step in ((Stream.MESSAGES, _messages), (Stream.ASSIGNMENTS, _assignments)):
        CountPosition.objects.get_or_create(stream=stream)
        for _batch in range(BATCHES):
            try:
                found = _step(stream, step)
            except IntegrityError:  # a keyword was removed at this moment
                logger.warning("counting %s starts again: a keyword is gone", stream)
                break
            looked_at += found
            if not found:
                break
    return looked_at


@retry_on_conflict
@transaction.atomic
def _step(stream: str, step) -> int:
    """Move the ready id on, then count one batch; 0 when nothing is left or another counts."""
    free = CountPosition.objects.select_for_update(skip_locked=True)
    position = free.filter(stream=stream).first()
    if position is None:
        return 0
    table = Message if stream == Stream.MESSAGES else Assignment
    settle(position, table, timezone.now())
    counts: Counts = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    found = step(position, counts)
    _add(counts)
    position.save()
    return found


def _messages(position: CountPosition, counts: Counts) -> int:
    """Count the next messages, and late ones that have been looked at since."""
    zone = workplace_zone()
    inbound = Message.objects.inbound().filter(
        pk__gt=position.counted_id, pk__lte=position.ready_id
    )
    rows = list(inbound.order_by("pk").values_list("pk", "received_at", "keywords")[:BATCH])
    position.counted_id = (
        rows[-1][0] if len(rows) == BATCH else max(position.counted_id, position.ready_id)
    )
    LateMessage.objects.bulk_create(
        LateMessage(message_id=pk) for pk, _at, keywords in rows if keywords is None
    )
    late = LateMessage.objects.filter(message__keywords__isnull=False).order_by("pk")
    healed = list(late.values_list("pk", "message__received_at", "message__keywords")[:BATCH])
    LateMessage.objects.filter(pk__in=[pk for pk, _at, _keywords in healed]).delete()
    for _pk, at, keywords in rows + healed:
        for keyword_id in {match["keyword"] for match in keywords or []}:
            counts[keyword_id, at.astimezone(zone).date()]["hits"] += 1
    return len(rows) + len(healed)


def _assignments(position: CountPosition, counts: Counts) -> int:
    """Count the next assignments: what keywords decided, and what was handed on after it."""
    ready = Assignment.objects.filter(pk__gt=position.counted_id, pk__lte=position.ready_id)
    rows = list(ready.order_by("pk")[:BATCH])
    position.counted_id = (
        rows[-1].pk if len(rows) == BATCH else max(position.counted_id, position.ready_id)
    )
    told = []
    for row in rows:
        choice, column = (row, "decided") if _by_keyword(row) else (_handed_on(row), "handed_on")
        if choice:
            told += [(choice, keyword_id, column) for keyword_id in _speaking(choice)]
    days = _days_of(told)
    for (_choice, keyword_id, column), day in zip(told, days, strict=True):
        counts[keyword_id, day][column] += 1
    return len(rows)


def _by_keyword(row: Assignment) -> bool:
    return row.explanation.get("department_by") == "keyword"


def _speaking(row: Assignment) -> set[int]:
    """The keywords that spoke for the department which got it."""
    matches = row.explanation["matches"]
    return {match["keyword"] for match in matches if match["department"] == row.department_id}


def _days_of(told: list[tuple[Assignment, int, str]]) -> list[date]:
    """The day of the first message with the word, where its hit is counted, of each.

    A record that does not name the message has the day of the assignment.
    """
    zone = workplace_zone()
    first_ids = [_first_message(choice, keyword_id) for choice, keyword_id, _column in told]
    received = Message.objects.filter(pk__in=set(first_ids))
    moments = dict(received.values_list("pk", "received_at"))
    return [
        moments.get(message_id, choice.assigned_at).astimezone(zone).date()
        for message_id, (choice, _keyword_id, _column) in zip(first_ids, told, strict=True)
    ]


def _first_message(choice: Assignment, keyword_id: int) -> int:
    matches = choice.explanation["matches"]
    return min((m.get("message", 0) for m in matches if m["keyword"] == keyword_id), default=0)


def _handed_on(row: Assignment) -> Assignment | None:
    """The choice by keyword in the same cycle that this record is the first to take elsewhere."""
    if row.policy != Assignment.Policy.BY_HAND:
        return None
    earlier = Assignment.objects.filter(cycle=row.cycle_id, pk__lt=row.pk).order_by("pk")
    choice = None
    for record in earlier:
        if _by_keyword(record):
            choice = record
        elif choice is not None and record.department_id != choice.department_id:
            return None
    is_elsewhere = choice is not None and choice.department_id != row.department_id
    return choice if is_elsewhere else None


def _add(counts: Counts) -> None:
    """Add to the stored numbers; whoever holds the position is the only writer."""
    if not counts:
        return
    ids, days = {pk for pk, _day in counts}, {day for _pk, day in counts}
    there = set(Keyword.objects.filter(pk__in=ids).values_list("pk", flat=True))
    stored = KeywordHits.objects.filter(keyword__in=there, day__in=days)
    rows = {(row.keyword_id, row.day): row for row in stored}
    for key, numbers in counts.items():
        if key[0] not in there:
            continue
        row = rows.setdefault(key, KeywordHits(keyword_id=key[0], day=key[1]))
        for column, number in numbers.items():
            setattr(row, column, getattr(row, column) + number)
    changed = [row for key, row in rows.items() if key in counts]
    for row in changed:
        row.pk = None  # by the unique key: a removed row must not come back
    KeywordHits.objects.bulk_create(
        changed,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["keyword", "day"],
        update_fields=COLUMNS,
    )


def hits_of(
    keyword_ids: Iterable[int], *, days: int, at: datetime | None = None
) -> dict[int, dict[str, int]]:
    """Return hits, decided and handed_on of each keyword on the last `days` days, in one query.

    The reader's days: pages run in the organisation's time zone.
    """
    today = timezone.localdate(at)
    first = date.fromordinal(today.toordinal() - days + 1)
    rows = KeywordHits.objects.filter(keyword__in=list(keyword_ids), day__gte=first)
    sums = rows.values("keyword").annotate(
        **{f"{column}_sum": models.Sum(column) for column in COLUMNS}
    )
    return {row["keyword"]: {column: row[f"{column}_sum"] for column in COLUMNS} for row in sums}


def hits_counted_to() -> datetime | None:
    """Until when hits are counted; None when counting has not begun or is still behind."""
    position = CountPosition.objects.filter(stream=Stream.MESSAGES).first()
    if position is None or position.counted_id < position.ready_id:
        return None
    return position.ready_at
