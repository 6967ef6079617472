"""What the record of an assignment holds, and the line of the thread: built here, read by
routing.explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from routing.policies import Policy
from routing.scoring import Candidate, Decider, Ranking
from routing.services.choosing import Choice


def sentence_of(
    choice: Choice, ranking: Ranking, policy: Policy, *, helps: bool = False
) -> tuple[str, dict]:
    """Return code and params of the line in the thread; `helps` says that they help out."""
    first = ranking.people[0].candidate
    params = {
        "person": first.name,
        "department": choice.department_name,
        "count": len(ranking.people),
        "keyword": ", ".join(choice.words()[:3]),
        "method": policy.method,
        "kpi": ranking.decided_by == Decider.KPI,
    }
    if ranking.is_former:
        return "assigned_again", params
    if helps:
        return "assigned_to_help", params
    if choice.department_by == "keyword":
        return "assigned_by_keyword", params
    return "assigned_by_department", params


def explanation_of(
    choice: Choice,
    ranking: Ranking,
    candidates: Iterable[Candidate],
    policy: Policy,
    *,
    need_percent: int,
    kept: Mapping[int, str],
    arrived_at: datetime | None,
    attempt: int,
) -> dict:
    """The record of the choice, JSON-safe: whom was looked at with each term of the cost in
    minutes, who was left out and why, what was read in the text, and by which rules.

    `need_percent` is what it takes of a place, `kept` says of whom was not asked why. `arrived_at`
    is when the customer began to wait, `attempt` the how many-eth claim took.
    """
    with_room = {one.candidate.user_id for one in ranking.people}
    return {
        "department": choice.department_name,
        "department_by": choice.department_by,
        "matches": choice.matches,
        "sums": choice.sums,
        "chosen": ranking.people[0].as_json(),
        "is_former": ranking.is_former,
        "candidates": [one.as_json() for one in ranking.people],
        "left_out": [
            c.as_json() | {"reason": c.why_left_out(need_percent, kept.get(c.user_id, ""))}
            for c in candidates
            if c.user_id not in with_room
        ],
        "team_minutes": round(ranking.team_minutes, 2),
        "decided_by": ranking.decided_by,
        "own_speed": policy.weights.own_speed,
        "answering_weight": policy.weights.answering,
        "is_guarded": policy.is_guarded,
        "keyword_version": choice.keyword_version,
        "extract_us": choice.extract_us,
        "arrived_at": arrived_at and arrived_at.isoformat(),
        "attempt": attempt,
    }
