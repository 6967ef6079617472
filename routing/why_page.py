"""What the page of one conversation's routing shows: the choice, its reasons, who had it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from accounts.models import Department, User
from inbox.models import Conversation, Message
from inbox.sentences import event_sentence
from routing.explanation import Explanation, Other, Sum, explain, sums_of
from routing.extraction import Match, department_sums
from routing.insight import may_name, weighed_by
from routing.models import Assignment
from routing.policies import stored_policies
from routing.scoring import Candidate
from routing.services.choosing import candidates_of
from workforce.availability import Reason

SHOWN_RECORDS = 50
SHOWN_TEXTS = 5


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
    sums: list[Sum] = field(default_factory=list)
    people: list[Other] = field(default_factory=list)  # of what waits: who stands how now
    at_work: int = 0  # of these people

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
    found = found and found.for_reader(weighed_by(reader))
    names = may_name(reader, conversation.department_id)
    people = _people_now(conversation) if names and conversation.is_waiting else []
    return Why(
        assignment=latest if is_current else None,
        explanation=found,
        messages=_messages(latest) if found else _read_in_cycle(conversation),
        handings=_handings(records),
        sums=found.sums if found else _sums_now(conversation),
        people=[_other(one) for one in people],
        at_work=sum(one.is_routable for one in people),
        line=_line(latest) if found else None,
        may_name=names,
    )


def _cycle(conversation: Conversation):
    inbound = Message.objects.inbound().filter(conversation=conversation)
    return inbound.filter(cycle__number=conversation.cycle_number)


def _read_in_cycle(conversation: Conversation) -> list[Message]:
    """What was read where nobody was chosen by it: the texts with keywords, else the first."""
    texts = list(_cycle(conversation).in_order()[:SHOWN_RECORDS])
    return [text for text in texts if text.keywords][:SHOWN_TEXTS] or texts[:1]


def _sums_now(conversation: Conversation) -> list[Sum]:
    """What speaks for each department, by the words of the open cycle."""
    names = dict(Department.objects.values_list("pk", "name"))
    stored = _cycle(conversation).in_order().values_list("keywords", flat=True)
    matches = [m for found in stored for m in found or () if m["department"] in names]
    totals = department_sums(Match.from_json(match) for match in matches)
    rows = [
        {"department": pk, "name": names[pk], "sum": str(total)}
        for pk, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    ]
    return sums_of({"matches": matches, "sums": rows}, conversation.department_id)


def _people_now(conversation: Conversation) -> list[Candidate]:
    """Those routing looks at, also of the department that helps out, and why none has it."""
    if conversation.department_id is None:
        return []
    now = timezone.now()
    policy = stored_policies().of(conversation.department_id)
    helper_id = policy.helper_for(conversation.waiting_since, now)
    people = candidates_of(conversation.department_id, now, overflow_id=helper_id)
    return sorted(people, key=lambda one: (not one.is_routable, one.name))


def _other(one: Candidate) -> Other:
    return Other(one.name, one.open_count, one.capacity, str(Reason(one.reason).label))


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
        return list(inbound.filter(pk__in=ids).in_order()[:SHOWN_TEXTS])
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
