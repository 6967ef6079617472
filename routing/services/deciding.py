"""The one decision: rank by the department's policy, claim a place, write it down, or say why not.

Every function here runs inside the caller's transaction, which holds the conversation's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from time import perf_counter_ns
from typing import NamedTuple

from inbox.models import Conversation
from inbox.services import placing_steps
from omnichat.lib.sql import Step, run_together
from routing.models import Assignment
from routing.policies import Policies, Policy
from routing.scoring import OVERFLOW_FACTOR, Candidate, LeftOut
from routing.services.choosing import Choice, candidates_of, rank_by, why_nobody
from routing.services.guard import held_back
from routing.services.parking import tell_parked
from routing.services.placing import (
    GUARD_TIME,
    Claim,
    PlaceLost,
    end_assignment,
    give,
    raise_line_steps,
)
from routing.services.records import explanation_of, sentence_of

WaitingReason = Conversation.WaitingReason
EndReason = Assignment.EndReason
PASSED_ON = (EndReason.NO_REPLY, EndReason.HANDED_BACK)


class Had(NamedTuple):
    """That somebody had a conversation, and how it ended: EndReason, empty while they have it.

    `is_answered`: a person has answered the customer since.
    """

    user_id: int
    ended: str
    department_id: int | None
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A locked conversation whose department is known, and what was read on the way there.

    `lost` are people whose place another took a moment ago. `history` is who had it in this
    cycle. `also` is written with the decision. `is_backlog` is False for a message that has just
    come to what did not wait.
    """

    conversation: Conversation
    cycle_id: int
    choice: Choice
    policies: Policies
    at: datetime
    history: Sequence[Had] = ()
    lost: Set[int] = frozenset()
    also: Sequence[Step] = field(default_factory=list)
    is_backlog: bool = False

    @property
    def policy(self) -> Policy:
        return self.policies.of(self.choice.department_id)

    @property
    def had_it(self) -> set[int]:
        """Those who did not answer it, while nobody did, or gave it back in this cycle."""
        return {
            one.user_id
            for one in self.history
            if one.ended == EndReason.HANDED_BACK or _is_unanswered(one)
        }

    def is_help(self, candidate: Candidate) -> bool:
        """Do they answer for another department than theirs because it has nobody with room?"""
        is_foreign = candidate.department_id == self.overflow_id
        return is_foreign and candidate.factor == OVERFLOW_FACTOR

    def why_not(self, candidate: Candidate) -> str:
        """Whoever was just lost is not asked again, nor for help whoever gave it away."""
        if candidate.user_id in self.lost:
            return LeftOut.LOST
        gave_it_away = candidate.user_id in {one.user_id for one in self.history}
        return LeftOut.HAD_IT if gave_it_away and self.is_help(candidate) else ""

    @property
    def hops(self) -> int:
        """How many times this department gave it to somebody who did not answer.

        Counted from the last answer of a person: the customer's next question is a new one.
        """
        here = self.choice.department_id
        return sum(_is_unanswered(one) and one.department_id == here for one in self.history)

    @property
    def overflow_id(self) -> int | None:
        """The department that helps out, once the customer has waited long enough for it."""
        return self.policy.helper_for(self.conversation.waiting_since, self.at)


def _is_unanswered(one: Had) -> bool:
    return one.ended == EndReason.NO_REPLY and not one.is_answered


def until_placed(step: Callable) -> Callable:
    """Do a step again, without whoever was lost to another, each time with fresh counts.

    The step owns its transaction; at most as many tries as there are candidates.
    """

    @wraps(step)
    def tried(*args):
        lost: set[int] = set()
        while True:
            try:
                return step(*args, lost=lost)
            except PlaceLost as error:
                lost.add(error.user_id)

    return tried


def decide(standing: Standing) -> Assignment | None:
    """Give the conversation to somebody, or write on its row why it still waits.

    Raises PlaceLost; see `until_placed`.
    """
    policy = standing.policy
    if standing.choice.department_id is None:
        return _leave_waiting(standing, WaitingReason.NO_DEPARTMENT)
    if policy.is_claim:
        return _leave_waiting(standing, WaitingReason.CLAIM)
    if policy.parks_after(standing.hops):
        return _park(standing)
    return _claim(standing, policy)


def _claim(standing: Standing, policy: Policy) -> Assignment | None:
    conversation, choice, at = standing.conversation, standing.choice, standing.at
    had_earlier = conversation.cycle_number > 1
    former_id = former_assignee_id(conversation) if had_earlier else None
    candidates = candidates_of(choice.department_id, at, overflow_id=standing.overflow_id)
    need_percent = conversation.channel.load_percent
    held = held_back(candidates, at) if policy.is_guarded and standing.is_backlog else {}
    kept = dict.fromkeys(held, LeftOut.GUARD)
    kept |= {c.user_id: why for c in candidates if (why := standing.why_not(c))}
    left = [c for c in candidates if c.user_id not in kept]
    ranking = rank_by(
        policy, left, need_percent=need_percent, former_id=former_id, had_it=standing.had_it
    )
    if ranking.first is None:
        return _nobody(standing, candidates, held, need_percent)
    if had_earlier:  # a crash may have left the record of the last cycle open
        end_assignment(conversation, why=EndReason.RESOLVED, at=at)
    code, params = sentence_of(choice, ranking, policy, helps=standing.is_help(ranking.first))
    record = Assignment(
        conversation=conversation,
        cycle_id=standing.cycle_id,
        assignee_id=ranking.first.user_id,
        department_id=choice.department_id,
        policy=policy.method,
        policy_version=policy.version,
        explanation=explanation_of(
            choice,
            ranking,
            candidates,
            policy,
            need_percent=need_percent,
            kept=kept,
            arrived_at=conversation.waiting_since,
            attempt=len(standing.lost) + 1,
        ),
        duration_us=(perf_counter_ns() - choice.started_ns) // 1000,
        assigned_at=at,
    )
    claim = Claim(
        department_id=ranking.first.department_id,
        need_percent=need_percent,
        guarded_since=at - GUARD_TIME if policy.is_guarded and standing.is_backlog else None,
    )
    columns = choice.priority_columns(conversation)
    also = [*_raise_line(standing, columns), *standing.also]
    give(record, code=code, params=params, claim=claim, also=also, **columns)
    return record


def _park(standing: Standing) -> None:
    conversation, count = standing.conversation, standing.hops
    is_news = conversation.waiting_reason != WaitingReason.PARKED
    _leave_waiting(standing, WaitingReason.PARKED, count=count)
    if is_news:
        tell_parked(conversation, count=count, at=standing.at)


def _nobody(standing: Standing, candidates: list[Candidate], held: dict, need_percent: int) -> None:
    """Say why it waits: the guard, if that is all that stands in the way."""
    if held_with_room := [
        c for c in candidates if c.user_id in held and c.has_room_for(need_percent)
    ]:
        first = min(held_with_room, key=lambda c: held[c.user_id])
        until = held[first.user_id].isoformat()
        return _leave_waiting(standing, WaitingReason.GUARD, person=first.name, until=until)
    # How many are full is counted when it is shown: it changes with everybody who comes or goes,
    # and a whole queue would be written anew each time.
    reason = why_nobody(candidates, standing.choice.department_id, standing.at)
    return _leave_waiting(standing, reason)


def _leave_waiting(standing: Standing, reason: str, **params: object) -> None:
    conversation, choice = standing.conversation, standing.choice
    now = {"department_id": choice.department_id, "waiting_reason": reason}
    columns = choice.priority_columns(conversation)
    steps = [*_raise_line(standing, columns), *standing.also]
    changed = any(getattr(conversation, name) != value for name, value in now.items())
    if changed or columns or conversation.waiting_params != params:
        steps += placing_steps(conversation, **now, **columns, waiting_params=params)
    run_together(*steps)


def _raise_line(standing: Standing, columns: dict) -> list[Step]:
    matches = standing.choice.matches
    return raise_line_steps(
        standing.conversation, matches, columns, cycle_id=standing.cycle_id, at=standing.at
    )


def former_assignee_id(conversation: Conversation) -> int | None:
    """Who had this customer last, and did not pass them on unanswered."""
    records = Assignment.objects.filter(conversation=conversation).exclude(end_reason__in=PASSED_ON)
    return records.order_by("-pk").values_list("assignee_id", flat=True).first()
