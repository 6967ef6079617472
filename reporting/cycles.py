"""The facts of a conversation, from its records. Pure: the same records give the same facts.

Dated by the event itself, credited to whoever did it, in the department that had it then. A reply
is one of a person; notes, automatic texts and events never are. Definitions: docs/reports.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from reporting.clockwork import Clockwork, Stretch
from reporting.models import Fact
from reporting.records import ConversationRecord, CycleRecord, Given, Line

Kind = Fact.Kind

# A cycle that begins within this long after the last one ended reopens it, or asks again.
REOPENED_WITHIN = timedelta(days=7)
# Without a record of who looked at what, work on a reply is the time since the last thing that
# happened in the conversation, and never more than this.
LONGEST_HANDLING = timedelta(minutes=10)
BY_PERSON, AUTOMATIC = "by_person", "automatic"
REASSIGNED = "reassigned"  # how an assignment ends that a person passes on


class DerivedFact(NamedTuple):
    """One row of `Fact` without its number, in the order of its columns."""

    kind: str
    source_id: int
    conversation_id: int | None
    cycle_number: int
    actor_id: int | None
    department_id: int | None
    channel_id: int | None
    label: str
    keyword: str
    started_at: datetime | None
    at: datetime
    day: object
    hour: int
    count: int
    seconds: int | None
    business_seconds: int | None
    hours_id: int | None


def facts_of(conversation: ConversationRecord, clockwork: Clockwork) -> list[DerivedFact]:
    """Every fact of a conversation up to now."""
    last = len(conversation.cycles) - 1
    cycles = [
        CycleFacts(
            conversation, cycle, clockwork, conversation.department_id if n == last else None
        )
        for n, cycle in enumerate(conversation.cycles)
    ]
    found: list[DerivedFact] = []
    for n, cycle in enumerate(cycles):
        found += cycle.all()
        found += cycle.followed_by(cycles[n + 1 :])
    return found


class CycleFacts:
    """The facts of one cycle."""

    def __init__(
        self,
        conversation: ConversationRecord,
        cycle: CycleRecord,
        clockwork: Clockwork,
        has_it_now: int | None,
    ) -> None:
        self._conversation = conversation
        self.cycle = cycle
        self._clockwork = clockwork
        self.keyword = next((one.keyword for one in cycle.given if one.keyword), "")
        self._first_department = _first_department(cycle, has_it_now)
        self._lines = [line for line in cycle.lines if line.is_public]
        self._replies = [line for line in self._lines if line.is_reply]
        self._is_inbound = not self._lines or not self._lines[0].is_reply

    def all(self) -> Iterator[DerivedFact]:
        yield self._started()
        yield from self._answers()
        yield from self._assignments()
        yield from self._moves()
        yield from self._routing()
        yield from self._promises()
        yield from self._messages()
        if self.cycle.resolved_at is not None:
            yield from self._resolved(self.cycle.resolved_at)

    # --- Beginning and end ----------------------------------------------------------------------
    def _started(self) -> DerivedFact:
        given = self.cycle.given
        return self._fact(
            Kind.CYCLE_STARTED,
            self.cycle.pk,
            self.cycle.started_at,
            actor=given[0].assignee_id if given else None,
            label="inbound" if self._is_inbound else "outbound",
        )

    def _resolved(self, at: datetime) -> Iterator[DerivedFact]:
        cycle = self.cycle
        by = {"actor": cycle.resolved_by_id}
        yield self._fact(Kind.RESOLVED, cycle.pk, at, since=cycle.started_at, **by)
        yield self._fact(Kind.RESOLVED_ACTIVE, cycle.pk, at, active=self._active(at), **by)
        if len(self._replies) == 1:
            yield self._fact(Kind.ONE_TOUCH, cycle.pk, at, **by)
        if self._is_inbound and not self._replies:
            yield self._fact(Kind.MISSED, cycle.pk, at, since=cycle.started_at, **by)

    def followed_by(self, later: Sequence[CycleFacts]) -> Iterator[DerivedFact]:
        """What the cycles after it say of this one: the next reopens it, any may ask again."""
        ended_at = self.cycle.resolved_at
        if ended_at is None:
            return
        soon = [one for one in later if one.cycle.started_at - ended_at <= REOPENED_WITHIN]
        by = {"actor": self.cycle.resolved_by_id, "department": self._department_at(ended_at)}
        if soon:
            began = soon[0].cycle
            yield self._fact(Kind.REOPENED, began.pk, began.started_at, since=ended_at, **by)
        if any(one.keyword == self.keyword for one in soon):
            yield self._fact(Kind.RECONTACTED, self.cycle.pk, ended_at, **by)

    def _active(self, ended_at: datetime) -> list[Stretch]:
        """When it lay with us: from a customer's message to the reply, without snoozes.

        One that comes back from a snooze by itself lies with us whoever had the turn.
        """
        with_us, snoozed = [], []
        waits_from, asleep_from = None, None
        for line in self.cycle.lines:
            if line.is_inbound and waits_from is None:
                waits_from = self._waits_from(line)
            elif line.is_reply and waits_from is not None:
                with_us.append((waits_from, line.sent_at))
                waits_from = None
            if asleep_from is not None and (line.is_public or line.code == "woken"):
                snoozed.append((asleep_from, line.sent_at))
                asleep_from = None
            if line.code == "snoozed" and asleep_from is None:
                asleep_from = line.sent_at
            if line.code == "woken" and not line.by_person and waits_from is None:
                waits_from = line.sent_at
        if waits_from is not None:
            with_us.append((waits_from, ended_at))
        if asleep_from is not None:
            snoozed.append((asleep_from, ended_at))
        return without(with_us, snoozed)

    # --- Answers --------------------------------------------------------------------------------
    def _answers(self) -> Iterator[DerivedFact]:
        waits_from: datetime | None = None
        before: datetime | None = None  # the last thing that happened
        first = self._replies[0] if self._replies and self._is_inbound else None
        for line in self.cycle.lines:
            if line.is_inbound and waits_from is None:
                waits_from = self._waits_from(line)
            if line.is_reply:
                if line is first:
                    since = self.cycle.started_at
                    yield self._reply(Kind.FIRST_RESPONSE, line, since)
                yield self._reply(Kind.REPLY, line, waits_from)
                if before is not None:
                    worked_from = max(before, line.sent_at - LONGEST_HANDLING)
                    yield self._reply(Kind.HANDLED, line, worked_from)
                waits_from = None
            before = line.sent_at

    def _reply(self, kind: str, line: Line, since: datetime | None) -> DerivedFact:
        return self._fact(kind, line.pk, line.sent_at, since=since, actor=line.author_id)

    def _waits_from(self, line: Line) -> datetime:
        return max(line.waits_from, self.cycle.started_at)

    # --- Assignments ----------------------------------------------------------------------------
    def _assignments(self) -> Iterator[DerivedFact]:
        before: Given | None = None
        for one in self.cycle.given:
            to = {"actor": one.assignee_id, "department": one.department_id}
            since = self._queued_at(before, one)
            if before is None:
                yield self._fact(Kind.FIRST_ASSIGNED, one.pk, one.assigned_at, since=since, **to)
            yield self._fact(
                Kind.ASSIGNED, one.pk, one.assigned_at, since=since, label=one.policy, **to
            )
            if before is not None and before.assignee_id != one.assignee_id:
                yield self._fact(
                    Kind.TRANSFERRED,
                    one.pk,
                    one.assigned_at,
                    actor=before.assignee_id,
                    department=before.department_id,
                    label=before.end_reason,
                )
            if fact := self._agent_response(one):
                yield fact
            before = one

    def _queued_at(self, before: Given | None, one: Given) -> datetime | None:
        """Since when it was in the queue; None when it went from hand to hand."""
        if before is None:
            return min(self.cycle.started_at, one.assigned_at)
        if before.ended_at is None or before.ended_at >= one.assigned_at:
            return None
        # A person ends the one and begins the other in two moments; through the queue it only
        # goes with a line that tells of it.
        by_hand = before.end_reason == REASSIGNED and not one.is_auto
        if by_hand and not self._moved_between(before.ended_at, one.assigned_at):
            return None
        return before.ended_at

    def _agent_response(self, one: Given) -> DerivedFact | None:
        """The first reply of whoever got it, counted only while they were taking work."""
        mine = (
            line
            for line in self._replies
            if line.author_id == one.assignee_id and line.sent_at >= one.assigned_at
        )
        line = next(mine, None)
        if line is None or (one.ended_at is not None and line.sent_at > one.ended_at):
            return None
        there = self._clockwork.taking_work(one.assignee_id, one.assigned_at, line.sent_at)
        return self._fact(
            Kind.AGENT_RESPONSE,
            one.pk,
            line.sent_at,
            actor=one.assignee_id,
            department=one.department_id,
            active=there,
        )

    # --- Routing --------------------------------------------------------------------------------
    def _moves(self) -> Iterator[DerivedFact]:
        """Changes of department: lines that tell of one, and assignments across without a line.

        The source of the first is the line, of the second the assignment with a minus.
        """
        told = [line for line in self.cycle.lines if line.code == "moved"]
        for line in told:
            yield self._fact(
                Kind.MOVED,
                line.pk,
                line.sent_at,
                label=BY_PERSON,
                actor=self._lost_it(line),
            )
        for before, one in zip(self.cycle.given, self.cycle.given[1:], strict=False):
            is_told = any(before.assigned_at <= m.sent_at <= one.assigned_at for m in told)
            if before.department_id != one.department_id and not is_told:
                yield self._fact(
                    Kind.MOVED,
                    -one.pk,
                    one.assigned_at,
                    label=AUTOMATIC if one.is_auto else BY_PERSON,
                    actor=before.assignee_id,
                    department=before.department_id,
                )

    def _moved_between(self, start: datetime, end: datetime) -> bool:
        return any(
            line.code == "moved" and start <= line.sent_at <= end for line in self.cycle.lines
        )

    def _lost_it(self, moved: Line) -> int | None:
        """Who had it until this move, which ended their assignment a moment before its line."""
        given = [one for one in self.cycle.given if one.assigned_at <= moved.sent_at]
        ended = [one for one in given if one.ended_at and one.ended_at <= moved.sent_at]
        if len(ended) < len(given) or not ended or ended[-1].end_reason != REASSIGNED:
            return self._assignee_at(moved.sent_at)
        earlier = moved.sent_at - timedelta.resolution
        if self._moved_between(ended[-1].ended_at, earlier):
            return None  # it went into the queue with the move before
        return ended[-1].assignee_id

    def _routing(self) -> Iterator[DerivedFact]:
        """Both dated at the routing: of those routed on a day, how many had to be moved."""
        routed = next((one for one in self.cycle.given if one.is_auto and one.department_id), None)
        if routed is None:
            return
        to = {"actor": routed.assignee_id, "department": routed.department_id}
        yield self._fact(Kind.AUTO_ROUTED, routed.pk, routed.assigned_at, **to)
        by_line = any(
            line.code == "moved" and line.sent_at >= routed.assigned_at for line in self.cycle.lines
        )
        by_hand = any(
            not one.is_auto
            and one.assigned_at >= routed.assigned_at
            and one.department_id != routed.department_id
            for one in self.cycle.given
        )
        if by_line or by_hand:
            yield self._fact(Kind.MISROUTED, routed.pk, routed.assigned_at, **to)

    def _promises(self) -> Iterator[DerivedFact]:
        for one in self.cycle.promises:
            of = {"label": one.metric, "department": one.department_id, "since": one.started_at}
            if one.breached_at is not None:
                actor = self._assignee_at(one.breached_at)
                yield self._fact(Kind.SLA_BREACHED, one.pk, one.breached_at, actor=actor, **of)
            elif one.is_met and one.stopped_at is not None:
                actor = self._kept_by(one.metric, one.stopped_at)
                yield self._fact(Kind.SLA_MET, one.pk, one.stopped_at, actor=actor, **of)

    def _kept_by(self, metric: str, at: datetime) -> int | None:
        if metric == "resolution":
            return self.cycle.resolved_by_id
        replies = [line for line in self._replies if line.sent_at <= at]
        return replies[-1].author_id if replies else None

    # --- Messages -------------------------------------------------------------------------------
    def _messages(self) -> Iterator[DerivedFact]:
        """One fact for what one side said in an hour; its source is the first message of it."""
        buckets: dict[tuple, list[Line]] = {}
        for line in self._lines:
            kind = Kind.MESSAGE_IN if line.is_inbound else Kind.MESSAGE_OUT
            label = "auto" if line.is_auto else ""
            hour = self._clockwork.local(line.sent_at)
            buckets.setdefault((kind, label, line.author_id, hour), []).append(line)
        for (kind, label, author_id, _hour), lines in buckets.items():
            first = lines[0]
            yield self._fact(
                kind, first.pk, first.sent_at, actor=author_id, label=label, count=len(lines)
            )

    # --- What they share ------------------------------------------------------------------------
    def _department_at(self, at: datetime) -> int | None:
        given = [one for one in self.cycle.given if one.assigned_at <= at and one.department_id]
        return given[-1].department_id if given else self._first_department

    def _assignee_at(self, at: datetime) -> int | None:
        for one in self.cycle.given:
            if one.assigned_at <= at and (one.ended_at is None or at <= one.ended_at):
                return one.assignee_id
        return None

    def _fact(
        self,
        kind: str,
        source_id: int,
        at: datetime,
        *,
        actor: int | None = None,
        since: datetime | None = None,
        active: list[Stretch] | None = None,
        label: str = "",
        count: int = 1,
        **more,
    ) -> DerivedFact:
        """One fact. Its time is from `since` to `at`, or the stretches of `active`."""
        department = more["department"] if "department" in more else self._department_at(at)
        stretches = active if active is not None else [(since, at)] if since else None
        measured = self._clockwork.measure(department, at, stretches)
        day, hour = self._clockwork.local(at)
        return DerivedFact(
            kind=str(kind),
            source_id=source_id,
            conversation_id=self._conversation.pk,
            cycle_number=self.cycle.number,
            actor_id=actor,
            department_id=department,
            channel_id=self._conversation.channel_id,
            label=label,
            keyword=self.keyword,
            started_at=since,
            at=at,
            day=day,
            hour=hour,
            count=count,
            seconds=measured.seconds,
            business_seconds=measured.business_seconds,
            hours_id=measured.hours_id,
        )


def _first_department(cycle: CycleRecord, has_it_now: int | None) -> int | None:
    """Whose it was first: by assignment, by deadline, or where it waits now."""
    given = [one.department_id for one in cycle.given if one.department_id]
    promised = [one.department_id for one in cycle.promises if one.department_id]
    return next(iter([*given, *promised]), has_it_now)


def without(stretches: list[Stretch], holes: list[Stretch]) -> list[Stretch]:
    """The parts of `stretches` that lie in none of `holes`; both in order."""
    left = []
    for start, end in stretches:
        for hole_start, hole_end in holes:
            if hole_end <= start or hole_start >= end:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = max(start, hole_end)
        if start < end:
            left.append((start, end))
    return left
