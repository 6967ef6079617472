"""The day event by event. Who gets a conversation is asked of `routing.scoring.rank`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from routing.day.drawing import DrawnDay, Person, Visit
from routing.reply_speed import learn
from routing.scoring import (
    LONG_AGO,
    OWN_DEPARTMENT,
    SKILL_FACTORS,
    Candidate,
    Weights,
    rank,
)


@dataclass(eq=False, slots=True)
class Case:
    """A conversation as it stands: which turn it is at, since when, with whom."""

    visit: Visit
    promise: float
    turn: int = 0
    since: float = 0.0  # when the turn it waits for was written
    theirs_since: float = 0.0  # when its person had it
    assignee: Desk | None = None
    first_wait: float | None = None  # minutes to the first reply
    unanswered_wait: float = 0.0  # of the first message when the day ended without a reply
    longest_later_wait: float = 0.0  # of a later message
    is_waiting: bool = False
    first_by: int | None = None
    given_to: list[int] = field(default_factory=list)

    @property
    def order(self) -> tuple:
        """Of serving: VIPs, then the deadline, then who waits longest."""
        return (not self.visit.is_vip, self.since + self.promise, self.since, self.visit.id)

    @property
    def first_wait_so_far(self) -> float:
        return self.unanswered_wait if self.first_wait is None else self.first_wait

    def waited(self, until: float) -> None:
        """Note how long its message waits or waited."""
        if self.turn:
            self.longest_later_wait = max(self.longest_later_wait, until - self.since)
        else:
            self.unanswered_wait = until - self.since


@dataclass(eq=False, slots=True)
class Desk:
    """One person at work: their list, what they answer now, what is known of their speed."""

    person: Person
    is_here: bool = False
    is_on_break: bool = False
    is_ending: bool = False
    mine: list[Case] = field(default_factory=list)
    in_hand: set[Case] = field(default_factory=set)  # also those that wait for the customer
    answering: Case | None = None
    free_since: float = 0.0
    reply_seconds: float | None = None
    replies_timed: int = 0
    last_assigned_at: datetime | None = None
    most_open: int = 0

    @property
    def is_routable(self) -> bool:
        return self.is_here and not self.is_on_break and not self.is_ending

    @property
    def open_count(self) -> int:
        return len(self.mine) + (self.answering is not None)

    def learn(self, seconds: float) -> None:
        """Remember how long an answer took, as the product does."""
        self.reply_seconds = learn(self.reply_seconds, self.replies_timed, seconds)
        self.replies_timed += 1


def play(
    drawn: DrawnDay, *, method: str, has_skills: bool = True, counts_in_hand: bool = False
) -> Played:
    """Play a day by one method; the same day and method give the same result.

    `counts_in_hand` lets "open" mean what many desks mean by it: also the conversations that wait
    for the customer. The product counts those that wait for an answer.
    """
    played = Played(drawn, method, has_skills, counts_in_hand)
    played.run()
    return played


class Played:
    """A day in play, and afterwards what became of everybody."""

    def __init__(
        self, drawn: DrawnDay, method: str, has_skills: bool = True, counts_in_hand: bool = False
    ) -> None:
        self.day, self.method = drawn.day, method
        self.has_skills, self.counts_in_hand = has_skills, counts_in_hand
        self.weights = Weights()
        self.desks = [Desk(person) for person in drawn.people]
        for desk in self.desks:
            for minutes in desk.person.replies_before:
                desk.learn(60 * minutes)
        self.cases = {
            visit.id: Case(visit, self.day.promised(is_vip=visit.is_vip)) for visit in drawn.visits
        }
        self.queue: list[Case] = []
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        for desk in self.desks:
            self._plan_shift(desk)
        for case in self.cases.values():
            self._at(case.visit.at, partial(self._customer_writes, case))

    def run(self) -> None:
        while self._events:
            self.now, _, event = heappop(self._events)
            event()
        for case in self.cases.values():  # nobody answers before the next morning
            if case.is_waiting:
                case.waited(self.day.length)

    # --- The clock ------------------------------------------------------------------------------
    def _at(self, at: float, event: Callable[[], None]) -> None:
        heappush(self._events, (at, next(self._number), event))

    def _plan_shift(self, desk: Desk) -> None:
        person = desk.person
        if person.is_absent:
            return
        self._at(person.starts, partial(self._checks_in, desk))
        if person.break_at is not None:
            self._at(person.break_at, partial(self._wants_break, desk))
        if person.handover:
            self._at(person.ends - person.handover, partial(self._hands_over, desk))
        self._at(person.ends, partial(self._checks_out, desk))

    # --- People ---------------------------------------------------------------------------------
    def _checks_in(self, desk: Desk) -> None:
        desk.is_here, desk.free_since = True, self.now
        self._drain()

    def _wants_break(self, desk: Desk) -> None:
        """No new work, first messages go back; the answer being written is sent before."""
        desk.is_on_break = True
        self._release(desk, [case for case in desk.mine if case.turn == 0])
        if desk.answering is None:
            self._begins_break(desk)

    def _begins_break(self, desk: Desk) -> None:
        self._at(self.now + self.day.break_minutes, partial(self._returns, desk))

    def _returns(self, desk: Desk) -> None:
        desk.is_on_break, desk.free_since = False, self.now
        self._drain()
        self._answer_next(desk)

    def _hands_over(self, desk: Desk) -> None:
        desk.is_ending = True

    def _checks_out(self, desk: Desk) -> None:
        """What is open goes back; the answer being written is sent before they leave."""
        desk.is_here = False
        self._release(desk, list(desk.mine))

    def _release(self, desk: Desk, cases: list[Case]) -> None:
        for case in cases:
            desk.mine.remove(case)
            desk.in_hand.discard(case)
            case.assignee = None
            self.queue.append(case)
        self._drain()

    # --- Conversations --------------------------------------------------------------------------
    def _customer_writes(self, case: Case) -> None:
        case.since = case.theirs_since = self.now
        case.is_waiting = True
        desk = case.assignee
        if desk is not None and desk.is_here:  # an answer to an answer: theirs without asking
            self._put(case, desk)
            return
        if desk is not None:
            desk.in_hand.discard(case)
        case.assignee = None
        self.queue.append(case)
        self._drain()

    def _drain(self) -> None:
        """Give out what waits in serving order, as long as somebody has room."""
        full: set[int] = set()
        for case in sorted(self.queue, key=lambda case: case.order):
            department = case.visit.department
            if department in full:
                continue
            desk = self._choose(case)
            if desk is None:
                full.add(department)
                continue
            self.queue.remove(case)
            case.assignee, case.theirs_since = desk, self.now
            case.given_to.append(desk.person.id)
            desk.in_hand.add(case)
            desk.last_assigned_at = LONG_AGO + timedelta(minutes=self.now)
            self._put(case, desk)
            desk.most_open = max(desk.most_open, desk.open_count)

    def _choose(self, case: Case) -> Desk | None:
        candidates = [
            self._candidate(desk, factor)
            for desk in self.desks
            if (factor := self._factor(desk, case.visit.department)) is not None
        ]
        ranking = rank(
            candidates,
            method=self.method,
            weights=self.weights,
            former_id=self._former_id(case),
            sticky_turns=self.day.sticky_turns,
        )
        return self.desks[ranking.first.user_id - 1] if ranking.first else None

    def _candidate(self, desk: Desk, factor: float) -> Candidate:
        open_count, capacity = desk.open_count, self.day.capacity
        if self.counts_in_hand:  # what is in hand beyond the open ones takes no place
            waiting = len(desk.in_hand) - open_count
            open_count, capacity = open_count + waiting, capacity + waiting
        return Candidate(
            user_id=desk.person.id,
            name=str(desk.person.id),
            reason="",
            is_routable=desk.is_routable,
            open_count=open_count,
            capacity=capacity,
            last_assigned_at=desk.last_assigned_at,
            is_answering=desk.answering is not None,
            reply_seconds=desk.reply_seconds,
            kpi_score=desk.person.kpi_score,
            factor=factor,
            department_id=desk.person.department,
        )

    def _former_id(self, case: Case) -> int | None:
        if case.visit.after is None:
            return None
        given = self.cases[case.visit.after].given_to
        return given[-1] if given else None

    def _factor(self, desk: Desk, department: int) -> float | None:
        """How much slower they are for a department; None: they cannot answer for it."""
        if desk.person.department == department:
            return OWN_DEPARTMENT
        if self.has_skills and department in desk.person.skills:
            return SKILL_FACTORS[self.day.skill_level]
        return None

    # --- Answers --------------------------------------------------------------------------------
    def _put(self, case: Case, desk: Desk) -> None:
        desk.mine.append(case)
        self._answer_next(desk)

    def _answer_next(self, desk: Desk) -> None:
        """One at a time, in serving order."""
        if desk.answering or not desk.mine or not desk.is_here or desk.is_on_break:
            return
        case = min(desk.mine, key=lambda case: case.order)
        desk.mine.remove(case)
        desk.answering = case
        factor = self._factor(desk, case.visit.department) or OWN_DEPARTMENT
        minutes = desk.person.reply_minutes * factor * case.visit.turns[case.turn].effort
        self._at(self.now + minutes, partial(self._replied, desk, case))

    def _replied(self, desk: Desk, case: Case) -> None:
        wait = self.now - case.since
        case.is_waiting = False
        case.waited(self.now)
        if case.turn == 0:
            case.first_wait, case.first_by = wait, desk.person.id
        begun = case.theirs_since
        if self.day.is_timed_when_free:
            begun = max(begun, desk.free_since)
        desk.learn((self.now - begun) * 60)
        desk.answering, desk.free_since = None, self.now
        self._customer_goes_on(desk, case)
        if desk.is_on_break:
            self._begins_break(desk)
        self._drain()  # a place is free
        self._answer_next(desk)

    def _customer_goes_on(self, desk: Desk, case: Case) -> None:
        """The customer answers after a while, unless that was all or the day is over."""
        pause = case.visit.turns[case.turn].pause
        case.turn += 1
        if case.turn == len(case.visit.turns):
            desk.in_hand.discard(case)
        elif self.now + pause < self.day.length:
            self._at(self.now + pause, partial(self._customer_writes, case))
