"""The records of conversations, read by the hundreds in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KT

from inbox.models import AutoReplySent, Conversation, Cycle, Message
from inbox.services import waits_since
from reporting.clockwork import Stretch
from reporting.records import ConversationRecord, CycleRecord, Given, Line, Promise
from routing.models import Assignment, SlaClock
from workforce.availability import Reason
from workforce.models import AvailabilityInterval

# What a reply is expected of: at work and not put aside. Being full is full of such work.
TAKING_WORK = (Reason.TAKING_WORK, Reason.AT_CAPACITY, Reason.SHIFT_ENDING)
# The end of an interval that lasts.
FOREVER = datetime.max.replace(tzinfo=UTC)
DIRECTIONS = (Message.Direction.INBOUND, Message.Direction.OUTBOUND, Message.Direction.EVENT)


def read_conversations(ids: Collection[int]) -> list[ConversationRecord]:
    """Everything facts are derived from, of these conversations; in five statements.

    A cycle that begins between two of them is left out, with all that belongs to it: its messages
    are still to be followed.
    """
    rows = Conversation.objects.filter(pk__in=ids).order_by("pk")
    found = {
        pk: ConversationRecord(pk, channel_id, department_id)
        for pk, channel_id, department_id in rows.values_list("pk", "channel_id", "department_id")
    }
    cycles = {}
    for conversation_id, record in _cycles(ids):
        cycles[record.pk] = record
        found[conversation_id].cycles.append(record)
    for name, read in (("lines", _lines), ("given", _given), ("promises", _promises)):
        for cycle_id, row in read(ids):
            if cycle_id in cycles:
                getattr(cycles[cycle_id], name).append(row)
    return list(found.values())


def _cycles(ids: Collection[int]) -> Iterator[tuple[int, CycleRecord]]:
    rows = Cycle.objects.filter(conversation__in=ids).order_by("conversation", "number")
    columns = ("conversation_id", "pk", "number", "started_at", "resolved_at", "resolved_by_id")
    for conversation_id, *values in rows.values_list(*columns):
        yield conversation_id, CycleRecord(*values)


def _lines(ids: Collection[int]) -> Iterator[tuple[int, Line]]:
    sent = AutoReplySent.objects.filter(message=OuterRef("pk"))
    rows = Message.objects.filter(conversation__in=ids, direction__in=DIRECTIONS)
    said = {"code": KT("data__code"), "person": KT("data__params__person")}
    rows = rows.annotate(is_auto=Exists(sent), **said).in_order()
    columns = ("cycle_id", "pk", "direction", "author_id", "sent_at", "received_at")
    for cycle_id, pk, direction, author_id, sent_at, received_at, *more in rows.values_list(
        *columns, "is_auto", *said
    ):
        is_auto, code, person = more
        is_event = direction == Message.Direction.EVENT
        code, person = (str(code or ""), bool(person)) if is_event else ("", False)
        waits_from = waits_since(sent_at, received_at)
        yield cycle_id, Line(pk, direction, author_id, sent_at, waits_from, is_auto, code, person)


def _given(ids: Collection[int]) -> Iterator[tuple[int, Given]]:
    rows = Assignment.objects.filter(conversation__in=ids).order_by("assigned_at", "pk")
    columns = ("cycle_id", "pk", "assignee_id", "department_id", "assigned_by_id", "policy")
    columns += ("assigned_at", "ended_at", "end_reason", "explanation")
    for row in rows.values_list(*columns):
        cycle_id, pk, assignee_id, department_id, by_id, policy, *times, explanation = row
        word = _deciding_word(explanation, department_id)
        yield cycle_id, Given(pk, assignee_id, department_id, by_id is None, policy, *times, word)


def _deciding_word(explanation: dict, department_id: int | None) -> str:
    """The heaviest word that spoke for the department, when words decided."""
    if explanation.get("department_by") != "keyword":
        return ""
    speaking = [
        match
        for match in explanation.get("matches", [])
        if match.get("department") == department_id
    ]
    heaviest = max(speaking, key=lambda match: Decimal(match.get("weight", 0)), default={})
    return str(heaviest.get("word", ""))[:120]


def _promises(ids: Collection[int]) -> Iterator[tuple[int, Promise]]:
    rows = SlaClock.objects.filter(conversation__in=ids).order_by("pk")
    columns = ("cycle_id", "pk", "metric", "department_id", "started_at", "breached_at")
    for cycle_id, *values in rows.values_list(*columns, "stopped_at", "is_met"):
        yield cycle_id, Promise(*values)


def read_presence(
    user_ids: Collection[int] | None = None, since: datetime | None = None
) -> dict[int, list[Stretch]]:
    """When people took work, up to what is known; of everybody and ever unless told otherwise."""
    rows = AvailabilityInterval.objects.order_by("user", "since", "pk")
    if user_ids is not None:
        rows = rows.filter(user__in=user_ids)
    if since is not None:
        rows = rows.filter(Q(until=None) | Q(until__gt=since))
    found: dict[int, list[Stretch]] = defaultdict(list)
    for user_id, reason, since, until in rows.values_list("user_id", "reason", "since", "until"):
        stretches = found[user_id]
        if not stretches:  # nothing is known of them before; also of somebody who never took any
            stretches.append((since, since))
        if reason not in TAKING_WORK:
            continue
        if stretches and stretches[-1][1] == since:
            stretches[-1] = (stretches[-1][0], until or FOREVER)
        else:
            stretches.append((since, until or FOREVER))
    return dict(found)
