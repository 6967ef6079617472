"""What would happen to a message now: the steps of real routing, without writing anything."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from inbox.models import Channel, Conversation
from omnichat.lib.text import tokenize
from routing.extraction import EXACT
from routing.insight import may_name, weighed_by
from routing.keyword_index import current_dictionary, stored_version
from routing.models import Keyword
from routing.policies import Policy, stored_policies
from routing.scoring import PLACE, Candidate, Ranking
from routing.services.choosing import (
    Choice,
    candidates_of,
    decide_department,
    extract,
    rank_by,
    why_nobody,
)

WaitingReason = Conversation.WaitingReason
MAX_TRY_CHARS = 10_000  # of a message that is only tried


@dataclass(frozen=True, slots=True)
class Sum:
    """What speaks for one department; `percent` is the share of the highest sum, for a bar."""

    name: str
    words: list[tuple[str, Decimal]]
    total: Decimal
    percent: int
    is_chosen: bool
    department_id: int


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A word written without its marks, which counts less."""

    text: str
    weight: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """What the test box shows. `text` and `keywords` are as a message's, for the marks.

    `person` is None when nobody has room (then `waiting_reason` says why) or when the department
    is not the reader's; the number with room is told in any case.
    """

    text: str
    keywords: list[dict]
    sums: list[Sum]
    unmarked: list[Unmarked]
    department: str
    department_by: str
    with_room: int
    waiting_reason: str
    is_readers: bool
    person: Candidate | None
    policy: Policy
    ranking: Ranking
    left_out: list[Candidate]
    department_id: int | None
    weighed: Set[int | None]  # departments of whose people the reader may know pace and KPI

    def as_json(self) -> dict:
        """For the API: the people only where the reader may name them."""
        people = self.ranking.people if self.is_readers else []
        return {
            "tokens": [
                {"text": self.text[t.start : t.end], "fold": t.fold, "start": t.start, "end": t.end}
                for t in tokenize(self.text)
            ],
            "keywords": [
                match | {"keyword_id": match["keyword"], "department_id": match["department"]}
                for match in self.keywords
            ],
            "sums": [
                {"department_id": one.department_id, "department": one.name, "sum": one.total}
                for one in self.sums
            ],
            "department_id": self.department_id,
            "department": self.department,
            "department_by": self.department_by,
            "waiting_reason": self.waiting_reason,
            "method": self.policy.method,
            "decided_by": self.ranking.decided_by if self.ranking.people else "",
            "with_room": self.with_room,
            "person": self.person.name if self.person else None,
            "candidates": [
                one.as_json()
                if one.candidate.department_id in self.weighed
                else one.as_json_for_colleagues()
                for one in people
            ],
            "left_out": [one.as_json() for one in self.left_out] if self.is_readers else [],
        }


def preview_message(*, text: str, reader: User, channel: Channel | None = None) -> Preview:
    """Say where a new customer's message would go, and to whom; assigns and writes nothing.

    `channel` gives the default department, if it has one. Names are shown of people in
    departments the reader manages.
    """
    dictionary = current_dictionary(stored_version())
    choice = decide_department(
        Choice(matches=extract(text, dictionary, channel.pk if channel else None)),
        dictionary,
        default_id=channel.default_department_id if channel else None,
    )
    at = timezone.now()
    policy = stored_policies().of(choice.department_id)
    people = candidates_of(choice.department_id, at) if choice.department_id else []
    need_percent = channel.load_percent if channel else PLACE
    ranking = rank_by(policy, [] if policy.is_claim else people, need_percent=need_percent)
    is_readers = may_name(reader, choice.department_id)
    with_room = {one.candidate.user_id for one in ranking.people}
    return Preview(
        text=text,
        keywords=choice.matches,
        sums=_sums(choice),
        unmarked=_unmarked(choice, text),
        department=choice.department_name,
        department_by=choice.department_by,
        with_room=len(ranking.people),
        waiting_reason="" if ranking.people else _why_nobody(choice, policy, people, at),
        is_readers=is_readers,
        person=ranking.first if is_readers else None,
        policy=policy,
        ranking=ranking,
        left_out=[
            replace(one, reason=one.why_left_out(need_percent))
            for one in people
            if one.user_id not in with_room
        ],
        department_id=choice.department_id,
        weighed=weighed_by(reader),
    )


def _why_nobody(choice: Choice, policy: Policy, people: list[Candidate], at: datetime) -> str:
    if choice.department_id is None:
        return WaitingReason.NO_DEPARTMENT
    if policy.is_claim:
        return WaitingReason.CLAIM
    return why_nobody(people, choice.department_id, at)


def _sums(choice: Choice) -> list[Sum]:
    highest = max((Decimal(row["sum"]) for row in choice.sums), default=Decimal(0))
    return [
        Sum(
            name=row["name"],
            words=[
                (match["word"], Decimal(match["weight"]))
                for match in choice.matches
                if match["department"] == row["department"]
            ],
            total=Decimal(row["sum"]),
            percent=round(100 * Decimal(row["sum"]) / highest) if highest > 0 else 0,
            is_chosen=row["department"] == choice.department_id,
            department_id=row["department"],
        )
        for row in choice.sums
    ]


def _unmarked(choice: Choice, text: str) -> list[Unmarked]:
    """The matches that count less, with the keyword's full weight."""
    less = [match for match in choice.matches if Decimal(match["factor"]) != EXACT]
    weights = Keyword.objects.in_bulk([match["keyword"] for match in less]) if less else {}
    return [
        Unmarked(
            text=text[match["start"] : match["end"]],
            weight=weights[match["keyword"]].weight,
            factor=Decimal(match["factor"]),
        )
        for match in less
        if match["keyword"] in weights
    ]


def preview_channels() -> list[Channel]:
    """The channels a message could come through, for the choice in the test box."""
    return list(Channel.objects.active().select_related("default_department"))
