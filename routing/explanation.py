"""Reading the record of an assignment back: the reasons, each candidate's terms, the rest. Pure.

Records of every age are read: what was not noted then is None now.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import pgettext_lazy

from routing.models import Assignment
from routing.scoring import Decider, LeftOut, Method
from workforce.availability import Reason

# Of somebody who was at work; of the others their availability says why.
LEFT_OUT = {
    LeftOut.FULL: pgettext_lazy("not considered", "not enough room for it"),
    LeftOut.GUARD: pgettext_lazy("not considered", "just got several"),
    LeftOut.LOST: pgettext_lazy("not considered", "had no place left when it was given"),
    LeftOut.HAD_IT: pgettext_lazy("not considered", "had it before"),
}


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who was looked at and did not get it; `cost` is in minutes."""

    name: str
    open_count: int
    capacity: int
    left_out: str  # why, in words; empty for those with room
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A candidate with room and the terms of the cost, in minutes; the chosen one is first.

    `is_weighed`: the reader may know of them more than load and cost.
    """

    name: str
    open_count: int
    capacity: int
    turns: int | None = None
    answering: Decimal | None = None
    own_minutes: Decimal | None = None
    minutes: Decimal | None = None
    factor: Decimal | None = None
    cost: Decimal | None = None
    kpi: Decimal | None = None
    department_id: int | None = None
    is_weighed: bool = True

    def without_pace(self) -> Term:
        """As those see it who lead another department."""
        return Term(self.name, self.open_count, self.capacity, cost=self.cost, is_weighed=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """What spoke for one department; `percent` is the share of the highest sum, for a bar."""

    name: str
    words: list[tuple[str, Decimal]]
    total: Decimal
    percent: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the pages tell; amounts are Decimals, so that templates can localise them."""

    words: list[str]
    department: str
    department_by: str
    own_sum: Decimal | None
    next_name: str
    next_sum: Decimal | None
    open_count: int
    capacity: int
    with_room: int
    is_former: bool
    others: list[Other]
    method: str = Method.LEAST_OPEN
    decided_by: str = ""
    cost: Decimal | None = None
    team_minutes: Decimal | None = None
    own_speed: Decimal | None = None
    answering_weight: Decimal | None = None
    terms: list[Term] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    keyword_version: int | None = None
    extract_ms: Decimal | None = None
    attempt: int | None = None
    is_guarded: bool | None = None
    arrived_at: datetime | None = None

    @property
    def has_costs(self) -> bool:
        """Was the choice made by the cost in minutes?"""
        return self.method == Method.BALANCED_SPEED and self.cost is not None

    @property
    def own_speed_percent(self) -> int:
        return round(100 * (self.own_speed or 0))

    @property
    def own_part(self) -> Decimal:
        """Of the minutes a reply of the chosen one: their own share; the team's is the rest."""
        return self.terms[0].minutes - self.team_part

    @property
    def team_part(self) -> Decimal:
        return (1 - self.own_speed) * self.team_minutes

    @property
    def is_weighed(self) -> bool:
        """May the reader know more than load and cost of any of them?"""
        return any(term.is_weighed for term in self.terms)

    def for_reader(self, weighed: Set[int | None]) -> Explanation:
        """With the terms of those alone whose own department is one of these."""
        terms = [
            term if term.department_id in weighed else term.without_pace() for term in self.terms
        ]
        return replace(self, terms=terms)

    @property
    def by_kpi(self) -> bool:
        return self.decided_by == Decider.KPI

    @property
    def left_out(self) -> list[Other]:
        return [other for other in self.others if other.left_out]

    @property
    def places_after(self) -> int:
        return self.open_count + 1


def explain(assignment: Assignment) -> Explanation | None:
    """Return the reasons of an automatic choice; None when a person decided."""
    if assignment.policy == Assignment.Policy.BY_HAND:
        return None
    record = assignment.explanation
    sums = record["sums"]
    own = [s for s in sums if s["department"] == assignment.department_id]
    rest = [s for s in sums if s["department"] != assignment.department_id]
    matched = [m for m in record["matches"] if m["department"] == assignment.department_id]
    chosen = record["chosen"]
    others = list(record["candidates"])
    others.remove(chosen)  # one of them: a colleague may have the same name and load
    return Explanation(
        words=list(dict.fromkeys(match["word"] for match in matched)),
        department=record["department"],
        department_by=record["department_by"],
        own_sum=Decimal(own[0]["sum"]) if own else None,
        next_name=rest[0]["name"] if rest else "",
        next_sum=Decimal(rest[0]["sum"]) if rest else None,
        open_count=chosen["open"],
        capacity=chosen["capacity"],
        with_room=len(record["candidates"]),
        is_former=record["is_former"],
        others=[
            *(_other(c) for c in others),
            *(_other(c, left_out=True) for c in record["left_out"]),
        ],
        method=assignment.policy,
        decided_by=record.get("decided_by", ""),
        cost=_decimal(chosen.get("cost")),
        team_minutes=_decimal(record.get("team_minutes")),
        own_speed=_decimal(record.get("own_speed")),
        answering_weight=_decimal(record.get("answering_weight")),
        terms=[_term(one) for one in record["candidates"]],
        sums=sums_of(record, assignment.department_id),
        keyword_version=record.get("keyword_version"),
        extract_ms=_milliseconds(record.get("extract_us")),
        attempt=record.get("attempt"),
        is_guarded=record.get("is_guarded"),
        arrived_at=_moment(record.get("arrived_at")),
    )


def _other(candidate: dict, *, left_out: bool = False) -> Other:
    return Other(
        name=candidate["name"],
        open_count=candidate["open"],
        capacity=candidate["capacity"],
        left_out=_why_left_out(candidate["reason"]) if left_out else "",
        cost=_decimal(candidate.get("cost")),
    )


def _why_left_out(code: str) -> str:
    return str(LEFT_OUT[code] if code in LEFT_OUT else Reason(code).label)


def _term(candidate: dict) -> Term:
    return Term(
        name=candidate["name"],
        open_count=candidate["open"],
        capacity=candidate["capacity"],
        turns=candidate.get("turns"),
        answering=_decimal(candidate.get("answering")),
        own_minutes=_decimal(candidate.get("own_minutes")),
        minutes=_decimal(candidate.get("minutes")),
        factor=_decimal(candidate.get("factor")),
        cost=_decimal(candidate.get("cost")),
        kpi=_decimal(candidate.get("kpi")),
        department_id=candidate.get("department"),
    )


def sums_of(record: dict, department_id: int | None) -> list[Sum]:
    """The sums of a record with their words; `department_id` is the one that was chosen."""
    totals = [Decimal(row["sum"]) for row in record["sums"]]
    highest = max(totals, default=Decimal(0))
    return [
        Sum(
            name=row["name"],
            words=[
                (match["word"], Decimal(match["weight"]))
                for match in record["matches"]
                if match["department"] == row["department"]
            ],
            total=total,
            percent=max(0, round(100 * total / highest)) if highest > 0 else 0,
            is_chosen=row["department"] == department_id,
        )
        for row, total in zip(record["sums"], totals, strict=True)
    ]


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _milliseconds(microseconds: int | None) -> Decimal | None:
    return None if microseconds is None else Decimal(microseconds) / 1000


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
