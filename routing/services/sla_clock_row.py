"""A clock's row: set as the promise stands, with the history of what was set anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inbox.models import Conversation
from routing.models import SlaChange, SlaClock
from routing.services.sla_rules import Promise, SlaRules
from routing.sla_clocks import DUE, HALF, RISK, Standing, Wanted, standing_since

# The columns of a conversation that show its deadline.
SHOWN = ["due_kind", "due_from", "due_risk_at", "due_at", "due_paused_until"]
Why = SlaChange.Why


def set_clock(
    clock: SlaClock,
    wanted: Wanted,
    promise: Promise,
    row: Conversation,
    *,
    priority: int,
    at: datetime,
) -> SlaChange | None:
    """Set a clock as its promise stands; returns what to note where it was set otherwise before."""
    before = _before(clock) if clock.pk else None
    broken = clock.breached_at
    standing = standing_since(wanted, promise.minutes, promise.hours, promise.since, broken)
    is_raised = before is not None and _is_longer(before, promise.minutes, standing)
    clock.department_id, clock.priority = row.department_id, priority
    clock.policy, clock.target_minutes = promise.policy, promise.minutes
    clock.in_hours = promise.in_hours
    clock.started_at, clock.resumed_at = wanted.started_at, standing.resumed_at
    clock.used_seconds, clock.paused_at = standing.used_seconds, standing.paused_at
    clock.half_at, clock.risk_at, clock.due_at = standing.half_at, standing.risk_at, standing.due_at
    clock.breached_at = _breached_at(clock, wanted, standing, at)
    clock.stopped_at, clock.is_met = wanted.stopped_at, _is_met(clock, wanted)
    if is_raised:
        clock.warned_percent = 0
    clock.look_at = next_look(clock, promise, at)
    return _change(clock, before) if before is not None else None


def due_columns(
    row: Conversation, clocks: Iterable[SlaClock], rules: SlaRules, *, at: datetime
) -> dict:
    """What a conversation shows of its open clocks: the deadline that comes first."""
    clocks = list(clocks)
    running = [clock for clock in clocks if clock.due_at is not None]
    columns: dict = dict.fromkeys(SHOWN)
    columns["due_kind"] = ""
    if running:
        first = min(running, key=lambda clock: (clock.due_at, clock.metric))
        columns |= {"due_kind": first.metric, "due_from": first.started_at}
        columns |= {"due_risk_at": first.risk_at, "due_at": first.due_at}
        promise = rules.promise(first.metric, first.department_id, first.priority)
        if promise is not None and not promise.hours.is_open(at):
            columns["due_paused_until"] = promise.hours.next_opening(at)
    elif paused := [clock for clock in clocks if clock.paused_at is not None]:
        first = min(paused, key=lambda clock: clock.metric)
        columns |= {"due_kind": first.metric, "due_from": first.started_at}
        columns["due_paused_until"] = row.snoozed_until
    return columns


def next_look(clock: SlaClock, promise: Promise | None, at: datetime) -> datetime | None:
    """When something happens to a running clock by time alone: a warning, opening, closing."""
    if clock.stopped_at is not None or clock.paused_at is not None:
        return None
    moments = [
        moment
        for percent, moment in thresholds_of(clock)
        if moment is not None and percent > clock.warned_percent
    ]
    if promise is not None:
        is_open = promise.hours.is_open(at)
        turn = promise.hours.next_closing(at) if is_open else promise.hours.next_opening(at)
        moments += [turn] if turn is not None else []
    return min(moments, default=None)


def thresholds_of(clock: SlaClock) -> tuple[tuple[int, datetime | None], ...]:
    return (HALF, clock.half_at), (RISK, clock.risk_at), (DUE, clock.due_at)


def _before(clock: SlaClock) -> SlaClock:
    names = [field.attname for field in SlaClock._meta.concrete_fields]
    return SlaClock(**{name: getattr(clock, name) for name in names})


def _is_longer(before: SlaClock, minutes: int, standing: Standing) -> bool:
    """Another promise gives more time, so its warnings are still to come."""
    is_other = before.target_minutes != minutes
    if before.due_at is None or standing.due_at is None:
        return is_other and minutes > before.target_minutes
    return is_other and standing.due_at > before.due_at


def _breached_at(
    clock: SlaClock, wanted: Wanted, standing: Standing, at: datetime
) -> datetime | None:
    """That of what is over; of a running clock only once somebody was told (`warn_deadlines`)."""
    if standing.breached_at is not None or wanted.stopped_at is not None:
        return standing.breached_at
    was_told = clock.breached_at is not None
    is_past = standing.due_at is not None and standing.due_at <= at
    return standing.due_at if was_told and is_past else None


def _is_met(clock: SlaClock, wanted: Wanted) -> bool | None:
    if wanted.stopped_at is None:
        return None
    return False if clock.breached_at is not None else wanted.is_kept


def _change(clock: SlaClock, before: SlaClock) -> SlaChange | None:
    why = _why(clock, before)
    if why is None:
        return None
    return SlaChange(
        clock=clock,
        why=why,
        before_minutes=before.target_minutes,
        after_minutes=clock.target_minutes,
        before_due_at=before.due_at,
        after_due_at=clock.due_at,
    )


def _why(clock: SlaClock, before: SlaClock) -> str | None:
    """Another promise is told by what changed it; the same one only where it stood still."""
    is_other = (clock.target_minutes, clock.in_hours) != (before.target_minutes, before.in_hours)
    is_moved = clock.due_at != before.due_at
    if clock.stopped_at is None:
        if clock.paused_at is not None and before.paused_at is None:
            return Why.PAUSED
        if clock.paused_at is None and (before.paused_at or before.stopped_at):
            return Why.RESUMED
        if clock.paused_at is not None:
            is_moved = False
    if not is_other and (not is_moved or clock.stopped_at is not None):
        return None
    if clock.department_id != before.department_id:
        return Why.DEPARTMENT
    return Why.PRIORITY if clock.priority != before.priority else Why.RULES
