"""How much overtime is allowed in a day, a month and a year, and whether some would be too much.

The limits are rows of the table of roster rules, with effective dates and the text they come from
(Labour Code 45/2019, article 107; Resolution 17/2022/UBTVQH15). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workforce.roster_rules import Severity


class Span(StrEnum):
    """What a limit is counted over. A day counts its planned minutes as well."""

    DAY = "overtime_day"
    MONTH = "overtime_month"
    YEAR = "overtime_year"


@dataclass(frozen=True, slots=True)
class Limit:
    span: Span
    minutes: int
    severity: Severity
    source: str


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit, and the minutes that are more than it."""

    limit: Limit
    minutes: int

    @property
    def is_refusal(self) -> bool:
        return self.limit.severity == Severity.REFUSAL


def exceeded(limits: Iterable[Limit], minutes: Mapping[Span, int]) -> list[Exceeded]:
    """Return the limits that these minutes are beyond, what refuses first."""
    found = [
        Exceeded(limit, minutes[limit.span])
        for limit in limits
        if minutes[limit.span] > limit.minutes
    ]
    order = list(Span)
    return sorted(found, key=lambda one: (not one.is_refusal, order.index(one.limit.span)))
