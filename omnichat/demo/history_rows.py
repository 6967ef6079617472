"""Writing a planned history into the database, thousands of rows at a time.

The rows are what the services would have written: the same columns, events, records and counts.
`tests/test_seed_demo.py` holds them to the product's own invariants.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.models import Department, User
from inbox.models import (
    Channel,
    Contact,
    ContactIdentity,
    Conversation,
    Cycle,
    Mention,
    Message,
    OutboundPart,
)
from inbox.services.intake import preview_of
from omnichat.demo.choices import PACE_SECONDS, choice_of
from omnichat.demo.history import Line, Stretch, ToldConversation, ToldCycle
from routing.extraction import Match, department_sums
from routing.keyword_index import Dictionary
from routing.models import Assignment
from routing.scoring import Candidate

BATCH = 1000
Direction = Message.Direction
DIRECTIONS = {"K": Direction.INBOUND, "N": Direction.OUTBOUND, "G": Direction.NOTE}
SEEN_WITHIN = timedelta(minutes=1)
ON_ITS_WAY = timedelta(seconds=1)


class Writer:
    """Collects the rows of told conversations and writes them in the order they depend."""

    def __init__(
        self,
        *,
        channel: Channel,
        people: dict[str, User],
        departments: dict[str, Department],
        dictionary: Dictionary,
        rng: Random,
    ) -> None:
        self.channel = channel
        self.people = people
        self.departments = departments
        self.dictionary = dictionary
        self.rng = rng
        self.capacities = dict(
            User.objects.filter(agent__isnull=False).values_list("username", "agent__capacity")
        )
        self.messages: list[Message] = []
        self.assignments: list[Assignment] = []
        self.calls: list[tuple[Message, User]] = []

    def write(self, told: list[ToldConversation], on_progress: Callable[[int], object]) -> None:
        """Create everything of these conversations; hears each as it is laid out."""
        contacts = [self._contact(one) for one in told]
        Contact.objects.bulk_create(contacts, BATCH)
        identities = [self._identity(one, c) for one, c in zip(told, contacts, strict=True)]
        ContactIdentity.objects.bulk_create(identities, BATCH)
        rows = [self._conversation(one, i) for one, i in zip(told, identities, strict=True)]
        Conversation.objects.bulk_create(rows, BATCH)
        cycles = [
            self._cycle(row, number, cycle)
            for one, row in zip(told, rows, strict=True)
            for number, cycle in enumerate(one.cycles, start=1)
        ]
        Cycle.objects.bulk_create(cycles, BATCH)
        remaining = iter(cycles)
        for one, row in zip(told, rows, strict=True):
            for number, cycle in enumerate(one.cycles, start=1):
                self._lay_out(one, row, next(remaining), cycle, is_again=number > 1)
            on_progress(1)
        self._write_messages()
        Assignment.objects.bulk_create(self.assignments, BATCH)

    def _contact(self, told: ToldConversation) -> Contact:
        customer = told.customer
        at = told.cycles[0].started_at
        return Contact(name=customer.name, phone=customer.phone, created_at=at)

    def _identity(self, told: ToldConversation, contact: Contact) -> ContactIdentity:
        return ContactIdentity(
            contact=contact,
            channel=self.channel,
            platform=told.customer.platform,
            external_id=told.customer.sender,
            created_at=told.cycles[0].started_at,
        )

    def _conversation(self, told: ToldConversation, identity: ContactIdentity) -> Conversation:
        last = told.cycles[-1]
        said = [line for line in last.lines if line.kind != "G"]
        last_inbound = max(line.at for line in said if line.kind == "K")
        is_queued, is_open = told.state == "queued", told.state in ("open", "queued")
        status = Conversation.Status.OPEN if is_queued else Conversation.Status(told.state)
        return Conversation(
            channel=self.channel,
            identity=identity,
            contact=identity.contact,
            status=status,
            department=self.departments[told.department],
            assignee=None if is_queued else self.people[last.stretches[-1].username],
            waiting_reason=Conversation.WaitingReason.ALL_FULL if is_queued else "",
            waiting_since=_unanswered_since(said) if is_open else None,
            cycle_number=len(told.cycles),
            last_message_at=said[-1].at,
            last_inbound_at=last_inbound,
            seen_at=None if is_queued else self._seen_at(told.state, last_inbound, said),
            preview=preview_of(said[-1].text),
            created_at=told.cycles[0].started_at,
        )

    def _seen_at(self, state: str, last_inbound: datetime, said: list[Line]) -> datetime | None:
        """When the assignee looked: always before they answer, not always at the last message."""
        if state != "open" or self.rng.random() < 0.5:
            return last_inbound + SEEN_WITHIN * self.rng.random()
        answered = [line.at for line in said if line.kind == "N"]
        return answered[-1] if answered else None

    def _cycle(self, row: Conversation, number: int, told: ToldCycle) -> Cycle:
        first = next((line for line in told.lines if line.kind == "N"), None)
        last = told.stretches[-1].username if told.stretches else ""
        return Cycle(
            conversation=row,
            number=number,
            started_at=told.started_at,
            first_response_at=first and first.at,
            first_responder=first and self.people[first.by],
            resolved_at=told.resolved_at,
            resolved_by=self.people[last] if told.resolved_at else None,
        )

    def _lay_out(
        self,
        told: ToldConversation,
        row: Conversation,
        cycle: Cycle,
        told_cycle: ToldCycle,
        *,
        is_again: bool,
    ) -> None:
        """Messages, events and assignments of one cycle."""
        if is_again:
            self._event(row, cycle, "reopened", {}, told_cycle.started_at)
        first_number = len(self.messages)
        for line in told_cycle.lines:
            self._said(row, cycle, told_cycle, line)
        first = self.messages[first_number]
        for stretch in told_cycle.stretches:
            self._assign(told, row, cycle, stretch, first)
        if told_cycle.resolved_at:
            person = {"person": cycle.resolved_by.display_name}
            self._event(row, cycle, "resolved", person, told_cycle.resolved_at)

    def _said(self, row: Conversation, cycle: Cycle, told: ToldCycle, line: Line) -> None:
        message = Message(
            conversation=row,
            cycle=cycle,
            channel=self.channel,
            direction=DIRECTIONS[line.kind],
            author=self.people.get(line.by),
            text=line.text,
            sent_at=line.at,
            received_at=line.at,
        )
        if line.kind == "K":
            message.completed_at = told.resolved_at
            message.keywords = [found.as_json() for found in self.dictionary.match(line.text)]
        if line.calls:
            called = next(p for p in self.people.values() if p.display_name == line.calls)
            start = line.text.index(f"@{line.calls}")
            end = start + 1 + len(line.calls)
            offsets = {"start": start, "end": end, "username": called.username}
            message.data = {"mentions": [offsets]}
            self.calls.append((message, called))
        self.messages.append(message)

    def _event(
        self, row: Conversation, cycle: Cycle, code: str, params: dict, at: datetime
    ) -> None:
        self.messages.append(
            Message(
                conversation=row,
                cycle=cycle,
                channel=self.channel,
                direction=Direction.EVENT,
                data={"code": code, "params": params},
                sent_at=at,
                received_at=at,
            )
        )

    def _assign(
        self,
        told: ToldConversation,
        row: Conversation,
        cycle: Cycle,
        stretch: Stretch,
        first: Message,
    ) -> None:
        person = self.people[stretch.username]
        manager = self.people.get(stretch.by_hand_of)
        if manager:
            explanation = {
                "by": manager.display_name,
                "chosen": {"name": person.display_name},
            }
            params = {"person": person.display_name, "by": manager.display_name}
            code, policy = "assigned_by_person", Assignment.Policy.BY_HAND
        else:
            policy, explanation = self._explanation(told.department, stretch, first)
            params = {
                "person": person.display_name,
                "department": told.department,
                "count": len(explanation["candidates"]),
                "keyword": ", ".join(_words(explanation, self.departments[told.department].pk)),
                "method": policy,
                "kpi": False,
            }
            code = "assigned_by_keyword"
            if stretch.is_former:
                code = "assigned_again"
        self._event(row, cycle, code, params, stretch.at)
        reassigned, resolved = Assignment.EndReason.REASSIGNED, Assignment.EndReason.RESOLVED
        why = resolved if stretch.until == cycle.resolved_at else reassigned
        self.assignments.append(
            Assignment(
                conversation=row,
                cycle=cycle,
                assignee=person,
                department=self.departments[told.department],
                assigned_by=manager,
                policy=policy,
                explanation=explanation,
                duration_us=0 if manager else self.rng.randint(2100, 9800),
                assigned_at=stretch.at,
                ended_at=stretch.until,
                end_reason=why if stretch.until else "",
            )
        )

    def _explanation(self, department: str, stretch: Stretch, first: Message) -> tuple[str, dict]:
        """The method, and what routing writes down: see routing.explanation, which reads it."""
        matches = [match | {"message": 0} for match in first.keywords]
        sums = department_sums(Match.from_json(match) for match in matches)
        known = [self._candidate(name, load) for name, load in stretch.loads.items()]
        chosen_id = self.people[stretch.username].pk
        method, ranking = choice_of(known, chosen_id, is_former=stretch.is_former)
        return method, {
            "department": department,
            "department_by": "keyword",
            "matches": matches,
            "sums": [
                {"department": pk, "name": self.dictionary.names[pk], "sum": str(total)}
                for pk, total in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
            ],
            "chosen": ranking.people[0].as_json(),
            "is_former": stretch.is_former,
            "candidates": [one.as_json() for one in ranking.people],
            "left_out": [one.as_json() for one in known if not one.has_room],
            "team_minutes": round(ranking.team_minutes, 2),
            "decided_by": ranking.decided_by,
            "own_speed": 0.5,
            "answering_weight": 0.6,
            "is_guarded": False,
            "attempt": 1,
        }

    def _candidate(self, username: str, load: int | None) -> Candidate:
        capacity = self.capacities[username]
        reason = ON if load is not None else "checked_out"
        if load is not None and load >= capacity:
            reason = "at_capacity"
        return Candidate(
            user_id=self.people[username].pk,
            name=self.people[username].display_name,
            reason=reason,
            is_routable=load is not None,
            open_count=load or 0,
            capacity=capacity,
            last_assigned_at=None,
            reply_seconds=PACE_SECONDS.get(username),
            department_id=self.people[username].department_id,
        )

    def _write_messages(self) -> None:
        """In the order they happened, so that ids rise with time as in a real database."""
        order = {id(message): number for number, message in enumerate(self.messages)}
        self.messages.sort(key=lambda message: (message.sent_at, order[id(message)]))
        Message.objects.bulk_create(self.messages, BATCH)
        ids = {(m.conversation_id, m.cycle_id): m.pk for m in reversed(self.messages) if m.keywords}
        for assignment in self.assignments:
            first_id = ids.get((assignment.conversation_id, assignment.cycle_id), 0)
            for match in assignment.explanation.get("matches", ()):
                match["message"] = first_id
        OutboundPart.objects.bulk_create(
            (_part(m) for m in self.messages if m.direction == Direction.OUTBOUND), BATCH
        )
        Mention.objects.bulk_create(
            Mention(message=message, conversation_id=message.conversation_id, user=called)
            for message, called in self.calls
        )


ON = "taking_work"


def _part(message: Message) -> OutboundPart:
    return OutboundPart(
        public_id=uuid.uuid4(),
        message=message,
        conversation_id=message.conversation_id,
        channel_id=message.channel_id,
        state=OutboundPart.State.SENT,
        attempts=1,
        run_after=message.sent_at,
        sent_at=message.sent_at + ON_ITS_WAY,
        created_at=message.sent_at,
    )


def _unanswered_since(said: list[Line]) -> datetime:
    """The first message nobody has answered."""
    since = said[-1].at
    for line in reversed(said):
        if line.kind != "K":
            break
        since = line.at
    return since


def _words(explanation: dict, department_id: int) -> list[str]:
    own = [m for m in explanation["matches"] if m["department"] == department_id]
    own.sort(key=lambda match: -Decimal(match["weight"]))
    return list(dict.fromkeys(match["word"] for match in own))[:3]
