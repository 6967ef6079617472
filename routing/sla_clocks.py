"""What was promised in a cycle and how each promise stands, from what happened in it. Pure.

Everything follows from moments that were written down, never from when somebody looks: done
twice, late or by two workers it comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from workforce.shift_times import in_utc

FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION = "first_response", "next_response", "resolution"
HALF, RISK, DUE = 50, 80, 100  # percent of a promise at which somebody is warned


class Hours(Protocol):
    """What counts time: business hours, or every hour."""

    def add_seconds(self, start: datetime, seconds: float) -> datetime | None: ...

    def seconds_between(self, start: datetime, end: datetime) -> float: ...


@dataclass(frozen=True, slots=True)
class Happening:
    """One moment of a cycle: `in`, `out` (a person's reply), `snoozed` or `woken`."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """A cycle as it went, in the order in which we learned of it.

    `status` is that of the conversation while the cycle is its latest and open, else empty;
    `waiting_since` since when the customer waits. `is_asked` is False where nothing is promised
    any more, as of spam.
    """

    started_at: datetime
    happenings: Sequence[Happening] = ()
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    status: str = ""
    waiting_since: datetime | None = None
    since: datetime | None = None
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """A promise: when it runs, and how it ended. `is_kept` is None where it was not kept or broken.

    The last stretch has no end while the promise runs.
    """

    metric: str
    started_at: datetime
    runs: tuple[tuple[datetime, datetime | None], ...]
    stopped_at: datetime | None = None
    is_kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise of some minutes stands; without `due_at` it stands still."""

    resumed_at: datetime
    used_seconds: int
    paused_at: datetime | None = None
    half_at: datetime | None = None
    risk_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass(slots=True)
class _Turns:
    """What the happenings come to: who had the turn when."""

    state: str = "open"
    # When the customer began to wait after an answer, and the answer.
    turns: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)

    def go(self, state: str, at: datetime) -> None:
        if state == self.state:
            return
        if self.pauses and self.pauses[-1][1] is None:
            begun, _end, kind = self.pauses[-1]
            self.pauses[-1] = (begun, max(begun, at), kind)
        if state != "open":
            self.pauses.append((at, None, state))
        self.state = state


def promises_of(story: Story) -> list[Wanted]:
    """What a cycle promises: a first response, one for each later turn, an end."""
    story = replace(story, started_at=in_utc(story.started_at))
    turns = _turns(story)
    end = story.resolved_at
    snoozed = [(a, b) for a, b, kind in turns.pauses if kind == "snoozed"]
    paused = [(a, b) for a, b, _kind in turns.pauses]
    first = story.first_response_at
    wanted = [_promise(FIRST_RESPONSE, story.started_at, first or end, snoozed, first is not None)]
    for begun, answered in turns.turns:
        is_kept = answered is not None
        wanted.append(_promise(NEXT_RESPONSE, begun, answered or end, snoozed, is_kept))
    wanted.append(_promise(RESOLUTION, story.started_at, end, paused, end is not None))
    return wanted if story.is_asked else []


def _turns(story: Story) -> _Turns:
    turns = _Turns()
    is_answered = False
    for one in story.happenings:
        at = max(one.at, story.started_at)
        if one.kind == "in":
            if is_answered:
                turns.turns.append((at, None))
            is_answered = False
            turns.go("open", at)
        elif one.kind == "out":
            if turns.turns and turns.turns[-1][1] is None:
                turns.turns[-1] = (turns.turns[-1][0], at)
            is_answered = True
            turns.go("waiting", at)
        elif one.kind == "snoozed":
            turns.go("snoozed", at)
        elif one.kind == "woken":
            turns.go("open", at)
    _believe_the_row(turns, story)
    return turns


def _believe_the_row(turns: _Turns, story: Story) -> None:
    """The row is the truth about now; what was completed singly moved the wait on."""
    if story.status in ("open", "waiting", "snoozed"):
        turns.go(story.status, story.since or story.waiting_since or story.started_at)
    if story.waiting_since and turns.turns and turns.turns[-1][1] is None:
        begun, _answered = turns.turns[-1]
        turns.turns[-1] = (max(begun, in_utc(story.waiting_since)), None)


def _promise(
    metric: str,
    started_at: datetime,
    stopped_at: datetime | None,
    pauses: Iterable[tuple[datetime, datetime | None]],
    is_kept: bool,
) -> Wanted:
    """A promise without its pauses; a clock that was set back makes no negative time."""
    if stopped_at is not None:
        stopped_at = max(in_utc(stopped_at), started_at)
    runs: list[tuple[datetime, datetime | None]] = []
    begin: datetime | None = started_at
    for paused_at, resumed_at in pauses:
        is_over = resumed_at is not None and resumed_at <= begin
        if is_over or (stopped_at is not None and paused_at >= stopped_at):
            continue
        if paused_at > begin:
            runs.append((begin, paused_at))
        begin = resumed_at
        if begin is None:
            break
    if begin is not None and (stopped_at is None or begin <= stopped_at):
        runs.append((begin, stopped_at))
    kept = True if is_kept and stopped_at is not None else None
    return Wanted(metric, started_at, tuple(runs), stopped_at, kept)


def standing_of(wanted: Wanted, minutes: int, hours: Hours) -> Standing:
    """How a promise of `minutes` stands; the deadline itself is too late already.

    Of one that was kept, `due_at` is when it would have been due.
    """
    used = 0.0
    reached: dict[int, datetime] = {}
    is_broken = False
    for begin, end in wanted.runs:
        is_last = end is None or end == wanted.stopped_at
        for percent in (HALF, RISK, DUE):
            at = hours.add_seconds(begin, minutes * 60 * percent / 100 - used)
            if percent not in reached and at is not None and (is_last or at <= end):
                reached[percent] = at
        # What comes after the beginning of the last stretch is not known yet.
        used += 0 if is_last else hours.seconds_between(begin, end)
        is_broken |= not is_last and DUE in reached
    due, stopped = reached.get(DUE), wanted.stopped_at
    if due is not None and stopped is not None and stopped >= due:
        is_broken = True
    pause = _pause_of(wanted)
    return Standing(
        resumed_at=wanted.runs[-1][0] if wanted.runs else wanted.started_at,
        used_seconds=int(used),
        paused_at=pause,
        half_at=reached.get(HALF),
        risk_at=reached.get(RISK),
        due_at=due if pause is None else None,
        breached_at=due if is_broken else None,
    )


def standing_since(
    wanted: Wanted, minutes: int, hours: Hours, since: datetime | None, was_broken: datetime | None
) -> Standing:
    """The same for a promise made at `since`: one that would have been broken by then counts anew.

    Not so what was broken already (`was_broken`) by what was promised before: that stays broken.
    """
    standing = standing_of(wanted, minutes, hours)
    due = standing.breached_at or standing.due_at
    is_older = since is not None and due is not None and due <= since
    if not is_older or (was_broken is not None and was_broken <= since):
        return standing
    runs = [(max(begin, since), end) for begin, end in wanted.runs if end is None or end > since]
    if not runs:
        last = wanted.runs[-1][1]
        runs = [(last, last)]  # it stands still, and nothing of it is used up
    return standing_of(replace(wanted, runs=tuple(runs)), minutes, hours)


def _pause_of(wanted: Wanted) -> datetime | None:
    """Since when an open promise stands still."""
    if wanted.stopped_at is not None:
        return None
    if not wanted.runs:
        return wanted.started_at
    return wanted.runs[-1][1]
