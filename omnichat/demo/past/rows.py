"""A chunk of told cycles as rows: what the services would have written of them, in their order."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from inbox.models import (
    AutoReplySent,
    Contact,
    ContactIdentity,
    Conversation,
    Cycle,
    Message,
    OutboundPart,
)
from inbox.services.intake import preview_of
from omnichat.demo.past.clocks import Change, Clock, ClockMaker
from omnichat.demo.past.contacts import Newcomer
from omnichat.demo.past.ending import Standing, standing_after
from omnichat.demo.past.explained import line_of, record_of
from omnichat.demo.past.moments import moment
from omnichat.demo.past.story import Cycle as Told
from omnichat.demo.past.story import Given, Line
from omnichat.demo.past.story import Person as Staff
from omnichat.demo.past.writer import Table, rewrite, take_ids, write
from routing.keyword_index import Dictionary
from routing.models import Assignment, SlaChange, SlaClock
from routing.policies import Policy

ON_ITS_WAY = timedelta(seconds=1)
DIRECTIONS = {"K": "inbound", "N": "outbound", "A": "outbound"}
SEEN_WITHIN = 60  # seconds
WAIT = json.dumps({"auto": "wait"})
STATE = (
    *("status", "department_id", "assignee_id", "waiting_reason", "snoozed_until", "woken_at"),
    *("waiting_since", "cycle_number", "last_message_at", "last_inbound_at", "seen_at", "preview"),
    "is_clock_stale",
)
CONTACT = Table(
    Contact,
    (*("id", "public_id", "name", "phone", "is_vip", "is_bot", "note", "created_at"),),
)
IDENTITY = Table(
    ContactIdentity,
    ("id", "contact_id", "channel_id", "platform", "external_id", "created_at"),
)
CONVERSATION = Table(
    Conversation,
    (
        *("id", "public_id", "channel_id", "identity_id", "contact_id", "thread_key"),
        *("created_at", *STATE),
    ),
)
CONVERSATION_STATE = Table(Conversation, ("id", *STATE))
CYCLE = Table(
    Cycle,
    (
        *("id", "conversation_id", "number", "started_at", "first_response_at"),
        *("first_responder_id", "resolved_at", "resolved_by_id"),
    ),
)
MESSAGE = Table(
    Message,
    (
        *("id", "conversation_id", "cycle_id", "channel_id", "direction", "author_id", "text"),
        *("sent_at", "received_at", "completed_at", "keywords", "data"),
    ),
)
PART = Table(
    OutboundPart,
    (
        *("id", "public_id", "message_id", "conversation_id", "channel_id", "state", "failure"),
        *("attempts", "locked_by", "last_error", "run_after", "sent_at", "created_at"),
    ),
)
TOLD = Table(AutoReplySent, ("id", "cycle_id", "contact_id", "trigger", "message_id", "sent_at"))
ASSIGNMENT = Table(
    Assignment,
    (
        *("id", "conversation_id", "cycle_id", "assignee_id", "department_id", "assigned_by_id"),
        *("policy", "policy_version", "explanation", "duration_us", "assigned_at", "ended_at"),
        "end_reason",
    ),
)
CLOCK = Table(SlaClock, ("id", "conversation_id", "cycle_id", *Clock._fields))
CHANGE = Table(SlaChange, ("id", "clock_id", *Change._fields))


@dataclass(slots=True)
class Thread:
    """A customer and their one conversation; the ids are known once it is written."""

    customer: Newcomer
    title: str
    department_id: int
    began_at: int
    cycles: int = 0
    former: Staff | None = None
    resolved_at: int | None = None
    contact_id: int = 0
    identity_id: int = 0
    conversation_id: int = 0


@dataclass(slots=True)
class _Said:
    """A line on its way to a row: sorted first, then it gets its id."""

    at: int
    row: tuple
    line: Line | None = None
    thread: Thread | None = None
    cycle_id: int = 0


@dataclass(slots=True)
class Chunk:
    """Builds and writes the rows of some cycles; one transaction around it is the caller's."""

    channel_id: int
    dictionary: Dictionary
    policies: dict[int, Policy]
    clocks: ClockMaker
    ends_at: int
    rng: Random
    said: list[_Said] = field(default_factory=list)
    assigned: list[tuple] = field(default_factory=list)
    heard: dict[int, list] = field(default_factory=dict)

    def write(self, told: list[tuple[Thread, Told]]) -> None:
        latest = {id(thread): (thread, cycle) for thread, cycle in told}
        new = [thread for thread, _cycle in latest.values() if not thread.conversation_id]
        self._write_people(new)
        states = {key: self._state(*pair) for key, pair in latest.items()}
        fresh = {id(thread) for thread in new}
        write(CONVERSATION, [self._new_row(thread, states[id(thread)]) for thread in new])
        changed = [
            (thread.conversation_id, *states[key])
            for key, (thread, _cycle) in latest.items()
            if key not in fresh
        ]
        rewrite(CONVERSATION_STATE, changed)
        ids = take_ids(Cycle, len(told))
        write(CYCLE, [_cycle_row(pk, *pair) for pk, pair in zip(ids, told, strict=True)])
        for pk, (thread, cycle) in zip(ids, told, strict=True):
            self._lay_out(pk, thread, cycle)
        self._write_messages()
        self._write_assignments()
        self._write_clocks(ids, told)

    # --- Customers and conversations ----------------------------------------------------------
    def _write_people(self, new: list[Thread]) -> None:
        contacts, identities = take_ids(Contact, len(new)), take_ids(ContactIdentity, len(new))
        conversations = take_ids(Conversation, len(new))
        ids = zip(new, contacts, identities, conversations, strict=True)
        for thread, contact, identity, conversation in ids:
            thread.contact_id, thread.identity_id = contact, identity
            thread.conversation_id = conversation
        write(
            CONTACT,
            [
                (
                    *(one.contact_id, self._uuid(), one.customer.name, one.customer.phone),
                    *(False, False, "", moment(one.began_at)),
                )
                for one in new
            ],
        )
        write(
            IDENTITY,
            [
                (
                    *(one.identity_id, one.contact_id, self.channel_id, one.customer.platform),
                    *(one.customer.sender, moment(one.began_at)),
                )
                for one in new
            ],
        )

    def _new_row(self, thread: Thread, state: tuple) -> tuple:
        ids = (thread.conversation_id, self._uuid(), self.channel_id)
        people = (thread.identity_id, thread.contact_id)
        return (*ids, *people, "", moment(thread.began_at), *state)

    def _state(self, thread: Thread, cycle: Told) -> tuple:
        """The columns of STATE after the latest cycle."""
        standing = standing_after(cycle, self.ends_at)
        said = [line for line in cycle.lines if line.kind != "A"]
        last_inbound = max(line.at for line in said if line.kind == "K")
        is_queued = standing.status == "open" and standing.owner is None
        return (
            standing.status,
            cycle.department_id,
            standing.owner and standing.owner.user_id,
            "nobody_at_work" if is_queued else "",
            standing.snoozed_until,
            standing.woken_at,
            standing.waiting_since,
            cycle.number,
            moment(said[-1].at),
            moment(last_inbound),
            self._seen_at(standing, last_inbound, cycle),
            preview_of(said[-1].text),
            cycle.is_cut,
        )

    def _seen_at(self, standing: Standing, last_inbound: int, cycle: Told):
        """Whoever has it looked at what came last, and before they closed it."""
        if standing.owner is None or standing.status == "open":
            return None
        seen = max(last_inbound, cycle.given[-1].at) + self.rng.randrange(SEEN_WITHIN) * 1000
        acts = [line.at for line in cycle.lines if line.kind == "N" and line.at > last_inbound]
        return moment(min([seen, *acts, cycle.resolved_at or seen]))

    # --- Messages -----------------------------------------------------------------------------
    def _lay_out(self, cycle_id: int, thread: Thread, cycle: Told) -> None:
        """Lines, events and records of one cycle, in the order in which they happened."""
        begin = len(self.said)
        done = cycle.resolved_at and moment(cycle.resolved_at)
        for event in cycle.events:
            self._event(thread, cycle_id, event.at, event.code, event.params)
        heard = []
        for line in cycle.lines:
            at, is_customer = moment(line.at), line.kind == "K"
            row = (
                *(thread.conversation_id, cycle_id, self.channel_id, DIRECTIONS[line.kind]),
                *(line.by and line.by.user_id, line.text, at, at),
                *(done if is_customer else None, line.spoken.keywords if is_customer else None),
                WAIT if line.kind == "A" else "{}",
            )
            self.said.append(_Said(line.at, row, line, thread, cycle_id))
            if is_customer:
                heard.append(line)
        for given in cycle.given:
            policy = self.policies[given.department_id]
            spoken = [(0, line.spoken) for line in heard[: given.heard]]
            code, params = line_of(given, spoken, self.dictionary, policy)
            self._event(thread, cycle_id, given.at, code, params)
            self.assigned.append((thread, cycle_id, given, heard[: given.heard]))
        order = sorted(self.said[begin:], key=lambda said: said.at)
        self.said[begin:] = order

    def _event(self, thread: Thread, cycle_id: int, at: int, code: str, params: dict) -> None:
        data = json.dumps({"code": code, "params": params}, ensure_ascii=False)
        ids = (thread.conversation_id, cycle_id, self.channel_id)
        row = (*ids, "event", None, "", moment(at), moment(at), None, None, data)
        self.said.append(_Said(at, row))

    def _write_messages(self) -> None:
        """In the order they happened, so that ids rise with time as in a real database."""
        self.said.sort(key=lambda said: said.at)
        ids = take_ids(Message, len(self.said))
        write(MESSAGE, [(pk, *said.row) for pk, said in zip(ids, self.said, strict=True)])
        ours, told = [], []
        for pk, said in zip(ids, self.said, strict=True):
            if said.line is None:
                continue
            self.heard[id(said.line)] = pk
            if said.line.kind != "K":
                ours.append((pk, said))
            if said.line.kind == "A":
                told.append((pk, said))
        parts = take_ids(OutboundPart, len(ours))
        write(PART, [self._part(pk, *one) for pk, one in zip(parts, ours, strict=True)])
        sent = take_ids(AutoReplySent, len(told))
        write(
            TOLD,
            [
                (pk, one.cycle_id, one.thread.contact_id, "wait", message_id, moment(one.at))
                for pk, (message_id, one) in zip(sent, told, strict=True)
            ],
        )

    def _part(self, pk: int, message_id: int, said: _Said) -> tuple:
        at = moment(said.at)
        ids = (pk, self._uuid(), message_id, said.thread.conversation_id, self.channel_id)
        return (*ids, "sent", "", 1, "", "", at, at + ON_ITS_WAY, at)

    # --- Records and clocks -------------------------------------------------------------------
    def _write_assignments(self) -> None:
        self.assigned.sort(key=lambda one: one[2].at)
        ids = take_ids(Assignment, len(self.assigned))
        rows = [self._assignment(pk, *one) for pk, one in zip(ids, self.assigned, strict=True)]
        write(ASSIGNMENT, rows)

    def _assignment(
        self, pk: int, thread: Thread, cycle_id: int, given: Given, lines: list[Line]
    ) -> tuple:
        policy, is_by_hand = self.policies[given.department_id], given.chosen is None
        heard = [(self.heard[id(line)], line.spoken) for line in lines]
        extract_us = 0 if given.department_by != "keyword" else self.rng.randrange(60, 420)
        explanation = record_of(given, heard, self.dictionary, policy, extract_us)
        return (
            *(pk, thread.conversation_id, cycle_id, given.person.user_id, given.department_id),
            given.by[0] if is_by_hand else None,
            "by_hand" if is_by_hand else str(policy.method),
            1 if is_by_hand else policy.version,
            explanation,
            0 if is_by_hand else self.rng.randrange(2100, 9800),
            moment(given.at),
            given.ended_at and moment(given.ended_at),
            given.end_reason,
        )

    def _write_clocks(self, ids: list[int], told: list[tuple[Thread, Told]]) -> None:
        """Of what is over; the worker's own step makes those of what is still open."""
        found = [
            (thread.conversation_id, pk, clock, change)
            for pk, (thread, cycle) in zip(ids, told, strict=True)
            if not cycle.is_cut
            for clock, change in self.clocks.of(cycle)
        ]
        clock_ids = take_ids(SlaClock, len(found))
        pairs = list(zip(clock_ids, found, strict=True))
        write(CLOCK, [(pk, one[0], one[1], *one[2]) for pk, one in pairs])
        changes = [(pk, one[3]) for pk, one in pairs if one[3] is not None]
        change_ids = take_ids(SlaChange, len(changes))
        rows = [(pk, *one) for pk, one in zip(change_ids, changes, strict=True)]
        write(CHANGE, [(pk, clock_id, *change) for pk, clock_id, change in rows])

    def _uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def _cycle_row(pk: int, thread: Thread, cycle: Told) -> tuple:
    return (
        *(pk, thread.conversation_id, cycle.number, moment(cycle.started_at)),
        cycle.first_response_at and moment(cycle.first_response_at),
        cycle.first_responder and cycle.first_responder.user_id,
        cycle.resolved_at and moment(cycle.resolved_at),
        cycle.resolved_by and cycle.resolved_by.user_id,
    )
