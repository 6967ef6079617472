"""Whom to ask first: pure, over what is known of each candidate.

Balanced speed asks how long the customer would wait for the answer of each person, in minutes:

    cost = (turns waiting + an answer being written + 1) * minutes a reply * skill factor

and gives the conversation to the lowest. Real routing, the test box and `manage.py simulate_day`
all rank here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PLACE = 100  # percent of a place that an ordinary conversation takes

# Reply speed of a department in which nobody has answered yet: the mean of chat desks.
DEFAULT_REPLY_SECONDS = 150.0
# Somebody of another department answers for it more slowly; 1.3 was measured for "good".
OWN_DEPARTMENT = 1.0
SKILL_FACTORS = {1: 1.6, 2: 1.3, 3: 1.15}
OVERFLOW_FACTOR = 1.6


def free_percent(open_count: int, extra_percent: int, capacity: int) -> int:
    """What is left of somebody's places, in percent of a place; below 0 above the capacity."""
    return (capacity - open_count) * PLACE - extra_percent


class Method(StrEnum):
    """How the person is chosen; the codes of routing.models.Assignment.Policy."""

    BALANCED_SPEED = "balanced_speed"
    LEAST_OPEN = "least_open"
    ROUND_ROBIN = "round_robin"
    KPI_FIRST = "kpi_first"
    CLAIM = "claim"


class Decider(StrEnum):
    """What put the first before the second."""

    ONLY_ONE = "only_one"
    FORMER = "former"  # answered this customer before
    FRESH = "fresh"  # the others have had this conversation and did not answer
    METHOD = "method"
    OPEN = "open"
    IDLE = "idle"
    KPI = "kpi"
    NUMBER = "number"


class LeftOut(StrEnum):
    """Why somebody who is at work was not asked."""

    FULL = "full"  # less of a place left than this conversation takes
    GUARD = "guard"  # was given enough of the backlog a moment ago
    LOST = "lost"  # their place was gone when it was claimed
    HAD_IT = "had_it"  # would help out, and gave it away before


@dataclass(frozen=True, slots=True)
class Weights:
    """What a manager may turn; the defaults of RoutingPolicy."""

    own_speed: float = 0.5
    answering: float = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person who may answer for the department, as they stood when the choice was made.

    `reply_seconds` is their own average, None before the first reply. `factor` is 1 in the own
    department. `department_id` is their own department.
    """

    user_id: int
    name: str
    reason: str  # of workforce.availability.Reason, with at_capacity
    is_routable: bool
    open_count: int
    capacity: int
    last_assigned_at: datetime | None
    extra_percent: int = 0  # of a place, beyond one for each open conversation
    is_answering: bool = False
    reply_seconds: float | None = None
    kpi_score: float | None = None
    factor: float = OWN_DEPARTMENT
    department_id: int | None = None

    @property
    def turns(self) -> int:
        """Customers who wait for an answer of theirs, without the one they are answering."""
        return max(0, self.open_count - self.is_answering)

    @property
    def free_percent(self) -> int:
        return free_percent(self.open_count, self.extra_percent, self.capacity)

    @property
    def has_room(self) -> bool:
        return self.has_room_for(PLACE)

    def has_room_for(self, percent: int) -> bool:
        """Is there so much of a place left? The condition of the claim's own statement."""
        return self.is_routable and percent <= self.free_percent

    def why_left_out(self, percent: int, kept: str = "") -> str:
        """The code of the reason, where so much of a place was needed; `kept` is what kept them
        from being asked though they had room."""
        if self.has_room_for(percent):
            return kept or self.reason
        return LeftOut.FULL if self.has_room else self.reason

    def as_json(self) -> dict:
        return {
            "id": self.user_id,
            "name": self.name,
            "department": self.department_id,
            "reason": self.reason,
            "open": self.open_count,
            "capacity": self.capacity,
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with room, and the terms of the cost in minutes."""

    candidate: Candidate
    turns: int
    answering: float
    minutes: float  # a reply, half own and half the department's
    factor: float
    cost: float

    def as_json_for_colleagues(self) -> dict:
        """What is no secret among them: load and expected wait, neither pace nor KPI."""
        return self.candidate.as_json() | {"cost": self.cost}

    def as_json(self) -> dict:
        """Everything the page shows of the choice; rounded as it is shown."""
        return self.candidate.as_json() | {
            "turns": self.turns,
            "answering": self.answering,
            "own_minutes": _minutes(self.candidate.reply_seconds),
            "minutes": round(self.minutes, 2),
            "factor": self.factor,
            "cost": self.cost,
            "kpi": self.candidate.kpi_score,
        }


@dataclass(frozen=True, slots=True)
class Ranking:
    """Those with room, best first, the department's minutes a reply, and what decided."""

    people: list[Ranked]
    team_minutes: float
    decided_by: Decider
    is_former: bool = False  # the first answered this customer before, and was asked for that

    @property
    def first(self) -> Candidate | None:
        return self.people[0].candidate if self.people else None


def rank(
    candidates: Iterable[Candidate],
    *,
    method: str = Method.BALANCED_SPEED,
    weights: Weights = Weights(),  # noqa: B008 (frozen)
    need_percent: int = PLACE,
    former_id: int | None = None,
    sticky_turns: int | None = 2,
    had_it: Set[int] = frozenset(),
) -> Ranking:
    """Order those with room by a method.

    `former_id` is who answered this customer before: first, unless more than `sticky_turns` wait
    for them. `had_it` are people who had this conversation and did not answer: last.
    """
    candidates = list(candidates)
    team = team_seconds(candidates)
    ranked = [
        _ranked(candidate, weights, team)
        for candidate in candidates
        if candidate.has_room_for(need_percent)
    ]
    key = _KEYS[method]

    def keys(one: Ranked) -> tuple:
        person = one.candidate
        is_former = person.user_id == former_id
        is_former = is_former and sticky_turns is not None and one.turns <= sticky_turns
        return (
            person.user_id in had_it,
            not is_former,
            key(one),
            person.open_count,
            person.last_assigned_at or LONG_AGO,
            -(person.kpi_score or 0.0),
            person.user_id,
        )

    ranked.sort(key=keys)
    decided_by = _decider([keys(one) for one in ranked[:2]])
    return Ranking(ranked, team / 60, decided_by, bool(ranked) and not keys(ranked[0])[1])


def team_seconds(candidates: Iterable[Candidate]) -> float:
    """The average of the department's own people, whoever of them is there."""
    own = [
        one.reply_seconds
        for one in candidates
        if one.reply_seconds is not None and one.factor == OWN_DEPARTMENT
    ]
    return sum(own) / len(own) if own else DEFAULT_REPLY_SECONDS


def _ranked(candidate: Candidate, weights: Weights, team: float) -> Ranked:
    own = team if candidate.reply_seconds is None else candidate.reply_seconds
    minutes = (weights.own_speed * own + (1 - weights.own_speed) * team) / 60
    answering = weights.answering if candidate.is_answering else 0.0
    cost = (candidate.turns + answering + 1) * minutes * candidate.factor
    # A hundredth of a minute is nobody's difference: below it the ties decide.
    return Ranked(candidate, candidate.turns, answering, minutes, candidate.factor, round(cost, 2))


# Somebody of another department is asked last where the method itself does not weigh that.
_KEYS: dict[str, Callable[[Ranked], tuple]] = {
    Method.BALANCED_SPEED: lambda one: (one.cost,),
    Method.LEAST_OPEN: lambda one: (one.candidate.open_count, one.factor),
    Method.ROUND_ROBIN: lambda one: (one.factor, one.candidate.last_assigned_at or LONG_AGO),
    Method.KPI_FIRST: lambda one: (-(one.candidate.kpi_score or 0.0), one.factor),
    Method.CLAIM: lambda one: (),  # nobody is asked; the test box ranks no one by it
}
_DECIDERS = (
    Decider.FRESH,
    Decider.FORMER,
    Decider.METHOD,
    Decider.OPEN,
    Decider.IDLE,
    Decider.KPI,
    Decider.NUMBER,
)


def _decider(keys: list[tuple]) -> Decider:
    if len(keys) < 2:  # noqa: PLR2004
        return Decider.ONLY_ONE
    first, second = keys
    pairs = zip(_DECIDERS, first, second, strict=True)
    return next(decider for decider, mine, other in pairs if mine != other)


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 2)
