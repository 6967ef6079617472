"""Reading the record of an assignment back: three numbered reasons, and the others' load. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from routing.models import Assignment
from workforce.availability import Reason


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who was looked at and did not get it."""

    name: str
    open_count: int
    capacity: int
    left_out: str  # why, in words; empty for those with room


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the side panel tells; amounts are Decimals, so that templates can localise them."""

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
    )


def _other(candidate: dict, *, left_out: bool = False) -> Other:
    return Other(
        name=candidate["name"],
        open_count=candidate["open"],
        capacity=candidate["capacity"],
        left_out=str(Reason(candidate["reason"]).label) if left_out else "",
    )
