"""What would happen to a message now: the steps of real routing, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import Department, User
from inbox.models import Channel, Conversation
from routing.extraction import EXACT
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


@dataclass(frozen=True, slots=True)
class Sum:
    """What speaks for one department; `percent` is the share of the highest sum, for a bar."""

    name: str
    words: list[tuple[str, Decimal]]
    total: Decimal
    percent: int
    is_chosen: bool


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
    is_readers = _may_name(reader, choice.department_id)
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
        left_out=[one for one in people if one.user_id not in with_room],
    )


def _may_name(reader: User, department_id: int | None) -> bool:
    """People of a department are named to its own and to who leads it."""
    if department_id is None:
        return False
    managed = Department.objects.managed_by(reader).filter(pk=department_id)
    return reader.department_id == department_id or managed.exists()


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
