"""What the page of one conversation's routing shows: the choice, its reasons, who had it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from inbox.models import Conversation, Message
from inbox.sentences import event_sentence
from routing.explanation import Explanation, explain
from routing.insight import may_name, may_weigh
from routing.models import Assignment

SHOWN_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Handing:
    """One line of "who had it": `came_from` is empty where the queue had it."""

    record: Assignment
    came_from: User | None

    @property
    def is_automatic(self) -> bool:
        return self.record.assigned_by_id is None


@dataclass(frozen=True, slots=True)
class Why:
    """The latest assignment if it still holds, its reasons, and the texts with their marks."""

    assignment: Assignment | None
    explanation: Explanation | None
    messages: list[Message]
    handings: list[Handing]
    line: dict | None = None
    may_name: bool = False  # the people it was chosen among, and their loads
    may_weigh: bool = False  # each one's pace and KPI

    @property
    def sentence(self) -> str:
        """What the thread says of it."""
        return event_sentence(self.line) if self.line else ""

    @property
    def waited_seconds(self) -> float | None:
        """From the customer's first unanswered message to the assignment."""
        began = self.explanation.arrived_at if self.explanation else None
        if began is None or self.assignment is None:
            return None
        return max(0.0, (self.assignment.assigned_at - began).total_seconds())

    @property
    def former_at(self) -> datetime | None:
        """When somebody had this customer in an earlier cycle."""
        cycles = {h.record.cycle_id: h.record.assigned_at for h in self.handings}
        if self.assignment is None or len(cycles) <= 1:
            return None
        earlier = [at for cycle, at in cycles.items() if cycle != self.assignment.cycle_id]
        return max(earlier)


def load_why(conversation: Conversation, reader: User) -> Why:
    """Read it; the caller has found `conversation` in the reader's scope.

    Who is only mentioned in it reads why, but not how other departments stand.
    """
    records = conversation.assignments.select_related("assignee", "assigned_by", "department")
    records = list(records.order_by("-pk")[:SHOWN_RECORDS])
    latest = records[0] if records else None
    is_current = latest is not None and latest.assignee_id == conversation.assignee_id
    found = explain(latest) if is_current else None
    return Why(
        assignment=latest if is_current else None,
        explanation=found,
        messages=_messages(latest) if found else [],
        handings=_handings(records),
        line=_line(latest) if found else None,
        may_name=may_name(reader, conversation.department_id),
        may_weigh=may_weigh(reader, conversation.department_id),
    )


def _line(record: Assignment) -> dict | None:
    """The line of the thread that was written with the record."""
    lines = Message.objects.filter(
        conversation=record.conversation_id,
        direction=Message.Direction.EVENT,
        sent_at=record.assigned_at,
        data__code__startswith="assigned_",
    )
    return lines.order_by("-pk").values_list("data", flat=True).first()


def _messages(record: Assignment) -> list[Message]:
    """What the keywords stood in; without any, the first of the cycle."""
    ids = {match["message"] for match in record.explanation["matches"] if "message" in match}
    inbound = Message.objects.inbound().filter(conversation=record.conversation_id)
    if ids:
        return list(inbound.filter(pk__in=ids).in_order()[:5])
    return list(inbound.filter(cycle=record.cycle_id).in_order()[:1])


def _handings(records: list[Assignment]) -> list[Handing]:
    """The newest first; whoever had it until that very moment handed it on."""
    found = []
    for record, before in zip(records, [*records, None][1:], strict=True):
        handed_on = before is not None and before.end_reason in (
            Assignment.EndReason.REASSIGNED,
            Assignment.EndReason.HANDED_OVER,
        )
        is_direct = handed_on and before.cycle_id == record.cycle_id
        found.append(Handing(record, before.assignee if is_direct else None))
    return found
