"""Why somebody got a conversation, as routing writes it down: the record and the line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from omnichat.demo.past.moments import moment
from omnichat.demo.past.scripts import Spoken
from omnichat.demo.past.story import Given
from routing.extraction import department_sums
from routing.keyword_index import Dictionary
from routing.policies import Policy
from routing.scoring import Decider


def record_of(
    given: Given,
    heard: Sequence[tuple[int, Spoken]],
    dictionary: Dictionary,
    policy: Policy,
    extract_us: int,
) -> str:
    """The explanation as JSON; `heard` is what the customer had said, with ids of the messages.

    See routing.services.records, which writes the real ones, and routing.explanation.
    """
    if given.chosen is None:
        said = {"by": given.by[1], "chosen": {"name": given.person.name}}
        return json.dumps(said, ensure_ascii=False)
    matches = [match for _id, spoken in heard for match in spoken.matches]
    sums = department_sums(matches) if matches else {}
    ranking = given.chosen.ranking
    with_room = {one.candidate.user_id for one in ranking.people}
    return json.dumps(
        {
            "department": dictionary.names[given.department_id],
            "department_by": given.department_by,
            "matches": [
                match.as_json() | {"message": message_id}
                for message_id, spoken in heard
                for match in spoken.matches
            ],
            "sums": [
                {"department": pk, "name": dictionary.names[pk], "sum": str(total)}
                for pk, total in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
            ],
            "chosen": ranking.people[0].as_json(),
            "is_former": ranking.is_former,
            "candidates": [one.as_json() for one in ranking.people],
            "left_out": [
                one.as_json() for one in given.chosen.candidates if one.user_id not in with_room
            ],
            "team_minutes": round(ranking.team_minutes, 2),
            "decided_by": ranking.decided_by,
            "own_speed": policy.weights.own_speed,
            "answering_weight": policy.weights.answering,
            "is_guarded": policy.is_guarded,
            "keyword_version": dictionary.version,
            "extract_us": extract_us,
            "arrived_at": moment(given.waited_since).isoformat(),
            "attempt": 1,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def line_of(
    given: Given, heard: Sequence[tuple[int, Spoken]], dictionary: Dictionary, policy: Policy
) -> tuple[str, dict]:
    """Code and params of the line in the thread."""
    if given.chosen is None:
        return "assigned_by_person", {"person": given.person.name, "by": given.by[1]}
    ranking = given.chosen.ranking
    params = {
        "person": given.person.name,
        "department": dictionary.names[given.department_id],
        "count": len(ranking.people),
        "keyword": ", ".join(_words(given, heard)[:3]),
        "method": policy.method,
        "kpi": ranking.decided_by == Decider.KPI,
    }
    if ranking.is_former:
        return "assigned_again", params
    return f"assigned_by_{'keyword' if given.department_by == 'keyword' else 'department'}", params


def _words(given: Given, heard: Sequence[tuple[int, Spoken]]) -> list[str]:
    matches = (match for _id, spoken in heard for match in spoken.matches)
    own = [match for match in matches if match.department_id == given.department_id]
    own.sort(key=lambda match: -Decimal(match.weight))
    return list(dict.fromkeys(match.word for match in own))
