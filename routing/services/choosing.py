"""How a department and a person are chosen; real routing and the test box ask here. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from time import perf_counter_ns

from inbox.models import Conversation
from inbox.services import raised_columns
from routing.extraction import Match, choose_department, department_sums, priority_of
from routing.keyword_index import Dictionary
from routing.policies import Policy
from routing.scoring import PLACE, Candidate, Ranking, rank
from routing.services.assignment_sql import candidates
from routing.services.hours import hours_of

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
    keyword_version: int = 0
    extract_us: int = 0

    def priority_columns(self, conversation: Conversation) -> dict:
        """What the keywords change of a priority: the most urgent of them raises it."""
        wanted = priority_of(Match.from_json(match) for match in self.matches)
        return raised_columns(conversation, wanted, by=Conversation.PriorityBy.KEYWORD)

    def words(self) -> list[str]:
        """The keywords that spoke for the chosen department, heaviest first."""
        own = [match for match in self.matches if match["department"] == self.department_id]
        own.sort(key=lambda match: -Decimal(match["weight"]))
        return list(dict.fromkeys(match["word"] for match in own))


def extract(text: str, dictionary: Dictionary, channel_id: int | None = None) -> list[dict]:
    """Return the matches of a text as a message stores them.

    Keywords of one channel count on it only; without one, those of all channels.
    """
    found = dictionary.match(text[:MATCHED_CHARS], channel_id=channel_id)
    return [match.as_json() for match in found]


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


def candidates_of(
    department_id: int, at: datetime, *, overflow_id: int | None = None
) -> list[Candidate]:
    """Everybody who may answer for a department and whose role takes work, as they stand now."""
    return candidates(department_id, at, overflow_id=overflow_id)


def rank_by(
    policy: Policy,
    people: Iterable[Candidate],
    *,
    need_percent: int = PLACE,
    former_id: int | None = None,
    had_it: Set[int] = frozenset(),
) -> Ranking:
    """Order those with room by a department's policy."""
    return rank(
        people,
        method=policy.method,
        weights=policy.weights,
        need_percent=need_percent,
        former_id=former_id,
        sticky_turns=policy.sticky_turns,
        had_it=had_it,
    )


def why_nobody(people: Iterable[Candidate], department_id: int, at: datetime) -> str:
    """The reason to wait when none of these has room."""
    reasons = Conversation.WaitingReason
    if any(candidate.is_routable for candidate in people):
        return reasons.ALL_FULL
    hours = hours_of(department_id)
    is_closed = hours is not None and not hours.is_open(at)
    return reasons.CLOSED if is_closed else reasons.NOBODY_AT_WORK
