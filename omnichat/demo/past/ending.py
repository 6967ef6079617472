"""Where the history ends: what had not happened by then is taken out of a cycle. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from omnichat.demo.past.moments import moment
from omnichat.demo.past.story import Cycle, Person


def cut(cycle: Cycle, ends_at: int) -> None:
    """Forget what a cycle holds from beyond `ends_at`; it is still open then."""
    if cycle.resolved_at is not None and cycle.resolved_at <= ends_at:
        return
    cycle.is_cut = True
    cycle.lines = [line for line in cycle.lines if line.at <= ends_at]
    cycle.events = [event for event in cycle.events if event.at <= ends_at]
    cycle.given = [given for given in cycle.given if given.at <= ends_at]
    for given in cycle.given:
        if given.ended_at is not None and given.ended_at > ends_at:
            given.ended_at, given.end_reason = None, ""
    cycle.snoozed = [stretch for stretch in cycle.snoozed if stretch[0] <= ends_at]
    cycle.resolved_at = cycle.resolved_by = None
    if cycle.first_response_at is not None and cycle.first_response_at > ends_at:
        cycle.first_response_at = cycle.first_responder = None
    if cycle.moved is not None and cycle.moved[0] > ends_at:
        cycle.department_id, cycle.moved = cycle.moved[1], None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the row of a conversation says after its latest cycle."""

    status: str
    owner: Person | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    woken_at: datetime | None


def standing_after(cycle: Cycle, ends_at: int) -> Standing:
    woken = [until for _at, until in cycle.snoozed if until <= ends_at]
    woken_at = moment(woken[-1]) if woken else None
    if cycle.resolved_at is not None:
        return Standing("resolved", cycle.given[-1].person, None, None, woken_at)
    active = [given for given in cycle.given if given.ended_at is None]
    owner = active[-1].person if active else None
    asleep = [until for _at, until in cycle.snoozed if until > ends_at]
    if asleep:
        return Standing("snoozed", owner, None, moment(asleep[-1]), woken_at)
    since = _unanswered_since(cycle, woken[-1] if woken else None)
    status = "waiting" if since is None else "open"
    return Standing(status, owner, since and moment(since), None, woken_at)


def _unanswered_since(cycle: Cycle, woken_at: int | None) -> int | None:
    since = None
    for line in cycle.lines:
        if line.kind == "N":
            since = None
        elif line.kind == "K" and since is None:
            since = line.at
    return since if since is not None or woken_at is None else woken_at
