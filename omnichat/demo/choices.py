"""How the people of the demo history were chosen, told by the real scoring."""

from __future__ import annotations

from dataclasses import replace

from routing.scoring import Candidate, Method, Ranking, rank

# Seconds a reply takes each of them, as the product would have learnt it.
PACE_SECONDS = {
    "staff1": 126,
    "chi": 162,
    "anh": 174,
    "tung": 240,
    "staff2": 138,
    "bao": 186,
    "kieu": 204,
    "quan": 222,
    "nam": 270,
}
SLOWER, TRIES = 1.2, 8


def choice_of(people: list[Candidate], chosen_id: int, *, is_former: bool) -> tuple[str, Ranking]:
    """Return the method and the ranking that put this person first.

    Whoever would have come before them had a slower day. Where no such day explains it, the
    department went by fewest open conversations then.
    """
    former_id = chosen_id if is_former else None
    ranking = rank(people, former_id=former_id, sticky_turns=99)
    for _try in range(TRIES):
        if ranking.first.user_id == chosen_id:
            return Method.BALANCED_SPEED, ranking
        people = [_slower(one, ranking.first.user_id) for one in people]
        ranking = rank(people, former_id=former_id, sticky_turns=99)
    ranking = rank(people, method=Method.LEAST_OPEN, former_id=former_id, sticky_turns=99)
    ranking.people.sort(key=lambda one: one.candidate.user_id != chosen_id)
    return Method.LEAST_OPEN, ranking


def _slower(one: Candidate, user_id: int) -> Candidate:
    if one.user_id != user_id or one.reply_seconds is None:
        return one
    return replace(one, reply_seconds=one.reply_seconds * SLOWER)
