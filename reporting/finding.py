"""The one sentence above the dashboard: the worst thing that is true now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

BUSY_SHARE = 1.25  # of the same weekday's conversations, and
BUSY_MORE = 10  # so many more: few against fewer is no rush


class Code(StrEnum):
    """What is found, the worst first."""

    FULL_AND_LATE = "full_and_late"
    LATE = "late"
    LONG_WAIT = "long_wait"
    NOBODY = "nobody"
    FULL = "full"
    BUSY = "busy"
    CALM = "calm"


BAD = frozenset({Code.FULL_AND_LATE, Code.LATE, Code.LONG_WAIT, Code.NOBODY})


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A department as it is now; without a name the common queue.

    `people` take conversations at all, `at_work` are here, `taking` could get the next one;
    `taken` of `capacity` places are those of who takes work. `late` deadlines are missed;
    `waiting` are nobody's yet, `long_waits` of them for too long.
    """

    name: str
    people: int = 0
    at_work: int = 0
    taking: int = 0
    taken: int = 0
    capacity: int = 0
    free: int = 0
    waiting: int = 0
    late: int = 0
    long_waits: int = 0
    is_closed: bool = False

    @property
    def is_full(self) -> bool:
        return self.taking > 0 and self.free == 0

    @property
    def is_deserted(self) -> bool:
        """Open for customers, and none of its people is here."""
        return self.people > 0 and self.at_work == 0 and not self.is_closed


@dataclass(frozen=True, slots=True)
class Finding:
    """A code and what its sentence is made of (`reporting.board_words`)."""

    code: Code
    params: dict = field(default_factory=dict)

    @property
    def is_bad(self) -> bool:
        return self.code in BAD


def finding_of(teams: Sequence[TeamNow], *, started: int, started_before: int) -> Finding:
    """Find the worst thing; `started_before` is the same weekday of last week up to this hour."""
    late, long_waits = sum(t.late for t in teams), sum(t.long_waits for t in teams)
    if team := _worst(teams, lambda t: t.late if t.is_full else 0):
        return Finding(Code.FULL_AND_LATE, _of(team) | _help(teams, team) | {"late": team.late})
    if late:
        return Finding(Code.LATE, _of(_worst(teams, lambda t: t.late)) | {"late": late})
    if long_waits:
        team = _worst(teams, lambda t: t.long_waits)
        return Finding(Code.LONG_WAIT, _of(team) | {"long_waits": long_waits})
    if team := _worst(teams, lambda t: 1 + t.waiting if t.is_deserted else 0):
        return Finding(Code.NOBODY, _of(team) | {"waiting": team.waiting})
    if team := _worst(teams, lambda t: 1 + t.waiting if t.is_full else 0):
        return Finding(Code.FULL, _of(team) | _help(teams, team))
    counts = {"started": started, "before": started_before}
    is_busy = started >= started_before * BUSY_SHARE and started >= started_before + BUSY_MORE
    return Finding(Code.BUSY if is_busy else Code.CALM, counts)


def _worst(teams: Sequence[TeamNow], badness: Callable[[TeamNow], int]) -> TeamNow | None:
    """The first of those with the most of it; None where nobody has any."""
    worst = max(teams, key=badness, default=None)
    return worst if worst is not None and badness(worst) else None


def _of(team: TeamNow) -> dict:
    return {"department": team.name, "taken": team.taken, "capacity": team.capacity}


def _help(teams: Sequence[TeamNow], team: TeamNow) -> dict:
    """Who has most room beside a team that has none."""
    others = [other for other in teams if other is not team]
    helper = _worst(others, lambda t: t.free)
    return {"helper": helper.name, "free": helper.free} if helper else {}
