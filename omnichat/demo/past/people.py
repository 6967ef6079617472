"""Who of the demo company is at work at each moment, and how many customers wait for them. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from omnichat.demo.past.moments import DAY, MINUTE, SECOND, moment
from routing.policies import Policy
from routing.scoring import Candidate, Method, Ranking, rank
from workforce.availability import Reason

NEVER = 1 << 60
MOST = 250  # a byte counts them
# The queue is looked through again after this long when everybody is full.
LOOK_AGAIN = (15 * SECOND, 40 * SECOND)
LATE_WORK = 5 * DAY  # counted beyond the last day


@dataclass(slots=True)
class Window:
    """A working day: nothing new comes from `closes` on, at `ends` what is open is given back."""

    begins: int
    closes: int
    ends: int
    pause_from: int = 0
    pause_to: int = 0
    ended_by: str = "handed_over"

    def is_paused(self, at: int) -> bool:
        return self.pause_from <= at < self.pause_to


@dataclass(slots=True)
class Person:
    """A member of staff; `load` holds the open conversations of each minute since `origin`."""

    user_id: int
    name: str
    department_id: int
    capacity: int
    pace: float  # seconds a reply
    windows: list[Window]
    origin: int
    load: bytearray
    last_assigned_at: datetime | None = None
    begins: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.windows.sort(key=lambda window: window.begins)
        self.begins = [window.begins for window in self.windows]

    @property
    def short_name(self) -> str:
        return self.name.split()[-1]

    def window_at(self, at: int) -> Window | None:
        """The working day they are in, with their conversations in hand."""
        number = bisect_right(self.begins, at) - 1
        if number < 0 or self.windows[number].ends <= at:
            return None
        return self.windows[number]

    def next_window(self, at: int) -> Window | None:
        """The one they are in, else the next."""
        number = bisect_right(self.begins, at) - 1
        if number >= 0 and self.windows[number].ends > at:
            return self.windows[number]
        return self.windows[number + 1] if number + 1 < len(self.windows) else None

    def reason(self, at: int) -> str:
        window = self.window_at(at)
        if window is None:
            return Reason.CHECKED_OUT
        if window.is_paused(at):
            return Reason.ON_BREAK
        return Reason.TAKING_WORK if at < window.closes else Reason.SHIFT_ENDING

    def takes_work(self, at: int) -> bool:
        window = self.window_at(at)
        return window is not None and at < window.closes and not window.is_paused(at)

    def takes_work_from(self, at: int) -> int:
        """The first moment from `at` on at which they can be given something."""
        window = self.next_window(at)
        if window is not None and at >= window.closes:
            window = self.next_window(window.ends)
        if window is None:
            return NEVER
        at = max(at, window.begins)
        return window.pause_to if window.is_paused(at) else at

    def free_to_act(self, at: int, rng: Random) -> int:
        """`at` when they can do something then, else when they are back."""
        for _day in range(10):
            window = self.next_window(at)
            if window is None:
                return NEVER
            if at < window.begins:
                at = window.begins + rng.randrange(2 * MINUTE, 35 * MINUTE)
            if window.is_paused(at):
                at = window.pause_to + rng.randrange(20 * SECOND, 4 * MINUTE)
            if at < window.ends:
                return at
            at = window.ends
        return NEVER

    def open_at(self, at: int) -> int:
        return self.load[(at - self.origin) // MINUTE]

    def hold(self, since: int, until: int) -> None:
        """A customer waits for them from `since` until `until`."""
        first = (since - self.origin) // MINUTE
        last = min((until - self.origin) // MINUTE, len(self.load) - 1)
        for minute in range(first, last + 1):
            if self.load[minute] < MOST:
                self.load[minute] += 1

    def candidate(self, at: int) -> Candidate:
        reason, count = self.reason(at), self.open_at(at)
        is_routable = reason == Reason.TAKING_WORK
        if is_routable and count >= self.capacity:
            reason = Reason.AT_CAPACITY
        return Candidate(
            user_id=self.user_id,
            name=self.name,
            reason=str(reason),
            is_routable=is_routable,
            open_count=count,
            capacity=self.capacity,
            last_assigned_at=self.last_assigned_at,
            reply_seconds=self.pace,
            department_id=self.department_id,
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who was given a conversation, when, and what was looked at."""

    person: Person
    at: int
    ranking: Ranking
    candidates: list[Candidate]


class Team:
    """Everybody who answers, by department."""

    def __init__(self, people: list[Person], policies: dict[int, Policy], until: int) -> None:
        self.people = {person.user_id: person for person in people}
        self.policies = policies
        self.until = until
        self.of: dict[int, list[Person]] = {}
        for person in people:
            self.of.setdefault(person.department_id, []).append(person)

    def choose(
        self, department_id: int, at: int, rng: Random, former_id: int | None = None
    ) -> Chosen | None:
        """Ask the product's own scoring as soon as somebody has room; None: not before the end."""
        people, policy = self.of[department_id], self.policies[department_id]
        looks = 0
        while at < self.until:
            ready = [person for person in people if person.takes_work(at)]
            if any(person.open_at(at) < person.capacity for person in ready):
                return self._ranked(people, policy, at, former_id)
            if ready:
                looks += 1  # a long queue is looked at less often
                at += rng.randrange(*LOOK_AGAIN) * (1 + looks // 10)
            else:
                at = min(person.takes_work_from(at) for person in people)
                at += rng.randrange(80, 900)
        return None

    def _ranked(
        self, people: list[Person], policy: Policy, at: int, former_id: int | None
    ) -> Chosen:
        candidates = [person.candidate(at) for person in people]
        ranking = rank(
            candidates,
            method=Method.LEAST_OPEN if policy.is_claim else policy.method,
            weights=policy.weights,
            former_id=former_id,
            sticky_turns=policy.sticky_turns,
        )
        person = self.people[ranking.first.user_id]
        person.last_assigned_at = moment(at)
        return Chosen(person, at, ranking, candidates)

    def at_work(self, at: int, department_id: int) -> list[Person]:
        """Those of a department who can be given something by hand."""
        return [person for person in self.of[department_id] if person.takes_work(at)]


def empty_load(origin: int, until: int) -> bytearray:
    return bytearray((until + LATE_WORK - origin) // MINUTE)
