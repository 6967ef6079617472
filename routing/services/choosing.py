"""How a department and a person are chosen; real routing and the test box ask here. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from time import perf_counter_ns

from inbox.models import Conversation
from routing.extraction import Match, choose_department, department_sums
from routing.keyword_index import Dictionary
from routing.scoring import Candidate
from routing.services.assignment_sql import candidates

MATCHED_CHARS = 100_000  # of one message; matching more would hold the webhook's answer up


@dataclass(slots=True)
class Choice:
    """What a routing step found out, on its way to a decision."""

    started_ns: int = field(default_factory=perf_counter_ns)
    department_id: int | None = None
    department_name: str = ""
    department_by: str = ""  # keyword, default (of the channel) or earlier (it was there)
    matches: list[dict] = field(default_factory=list)
    sums: list[dict] = field(default_factory=list)

    def words(self) -> list[str]:
        """The keywords that spoke for the chosen department, heaviest first."""
        own = [match for match in self.matches if match["department"] == self.department_id]
        own.sort(key=lambda match: -Decimal(match["weight"]))
        return list(dict.fromkeys(match["word"] for match in own))


def extract(text: str, dictionary: Dictionary) -> list[dict]:
    """Return the matches of a text as a message stores them."""
    return [match.as_json() for match in dictionary.match(text[:MATCHED_CHARS])]


def decide_department(
    choice: Choice,
    dictionary: Dictionary,
    *,
    may_move: bool = True,
    earlier_id: int | None = None,
    default_id: int | None = None,
) -> Choice:
    """Fill in the sums of `choice.matches` and the department.

    Unless `may_move` is False, the keywords decide; without a match: where it was before, else
    the channel's default, else none.
    """
    sums = department_sums(Match.from_json(match) for match in choice.matches)
    choice.sums = [
        {"department": pk, "name": dictionary.names[pk], "sum": str(total)}
        for pk, total in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
    found = choose_department(sums, dictionary.priorities) if may_move else None
    if found is not None:
        choice.department_id, choice.department_by = found, "keyword"
    elif earlier_id in dictionary.names:  # a closed department takes no more
        choice.department_id, choice.department_by = earlier_id, "earlier"
    elif default_id in dictionary.names:
        choice.department_id, choice.department_by = default_id, "default"
    choice.department_name = dictionary.names.get(choice.department_id, "")
    return choice


def candidates_of(department_id: int) -> list[Candidate]:
    """Everybody of the department whose role takes work, as they stand now."""
    return candidates(department_id)


def why_nobody(people: Iterable[Candidate]) -> str:
    """The reason to wait when none of these has room."""
    at_work = any(candidate.is_routable for candidate in people)
    reasons = Conversation.WaitingReason
    return reasons.ALL_FULL if at_work else reasons.NOBODY_AT_WORK
