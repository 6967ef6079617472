"""One cycle of a conversation as it went: what was said, who had it, what happened to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from omnichat.demo.past.moments import DAY, HOUR, MINUTE, SECOND, moment
from omnichat.demo.past.people import NEVER, Chosen, Person, Team, Window
from omnichat.demo.past.scripts import WHO, Script, Spoken

MOVED, BY_HAND, SNOOZED, NEXT_DAY = 0.03, 0.012, 0.02, 0.03
DAWDLES = 0.03  # of all answers
TOLD_TO_WAIT_AFTER = (22 * SECOND, 40 * SECOND)
LEAST_TO_BE_TOLD = 3  # messages of a cycle in which the program says one
NIGHT = (23 * HOUR, 6 * HOUR + 30 * MINUTE)
NO_WAIT = (3 * SECOND, 9 * SECOND)
GONE = "checked_out"  # whoever had it is at home when the customer writes again


@dataclass(slots=True)
class Line:
    """A message: `kind` is K (customer), N (staff) or A (the program), `spoken` what a K says."""

    kind: str
    at: int
    text: str
    by: Person | None = None
    spoken: Spoken | None = None


@dataclass(slots=True)
class Event:
    code: str
    at: int
    params: dict


@dataclass(slots=True)
class Given:
    """One assignment; `chosen` is None for one that a person made."""

    person: Person
    at: int
    department_id: int
    chosen: Chosen | None
    by: tuple[int, str] | None = None  # id and name
    department_by: str = "keyword"
    heard: int = 1  # customer's messages looked at
    waited_since: int = 0
    ended_at: int | None = None
    end_reason: str = ""


@dataclass(slots=True)
class Cycle:
    """The end of it is None while it goes on; `woken_at` when it last came back from snooze."""

    number: int
    started_at: int
    department_id: int
    lines: list[Line] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    moved: tuple[int, int] | None = None  # when, and from which department
    first_response_at: int | None = None
    first_responder: Person | None = None
    resolved_at: int | None = None
    resolved_by: Person | None = None
    snoozed: list[tuple[int, int]] = field(default_factory=list)
    is_cut: bool = False

    @property
    def message_count(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class House:
    """What a story has to know of the company. `leads` are id and name by department."""

    team: Team
    names: dict[int, str]
    leads: dict[int, tuple[int, str]]
    tells_wait: frozenset[int]
    wait_texts: tuple[str, str]  # when somebody is at work: with {minutes}; when nobody is
    midnight: int  # of any day, on the wall of the company


def tell(
    house: House,
    rng: Random,
    *,
    at: int,
    script: Script,
    length: int,
    department_id: int,
    number: int = 1,
    former: Person | None = None,
) -> Cycle:
    """Let a customer write at `at`; `length` messages at most, of them and of us."""
    teller = _Teller(house, rng, Cycle(number, at, department_id), former)
    teller.go(script, length)
    return teller.cycle


class _Teller:
    """Follows one cycle; stops where nobody comes any more."""

    def __init__(self, house: House, rng: Random, cycle: Cycle, former: Person | None) -> None:
        self.house, self.rng, self.cycle, self.former = house, rng, cycle, former
        self.now = cycle.started_at
        self.turn_since: int | None = cycle.started_at  # since when the customer waits
        self.owner: Person | None = None
        self.department_id = cycle.department_id

    def go(self, script: Script, length: int) -> None:
        lines = list(script.lines[:length])
        if self.cycle.number > 1:
            self._event("reopened", self.now, {})
        self._hear(lines[0])
        if not self._give(self.now + self.rng.randrange(40, 400), department_by="keyword"):
            return
        if self._was_told_to_wait(length):
            lines = lines[: length - 1]
        self._hand_on()
        for spoken in lines[1:]:
            if self.owner is None or not self._line(spoken):
                return
        if self.owner is not None:
            self._finish()

    # --- What is said -------------------------------------------------------------------------
    def _line(self, spoken: Spoken) -> bool:
        if spoken.kind == "N":
            return self._answer(spoken)
        self._write_again(spoken)
        return self.owner is not None

    def _hear(self, spoken: Spoken) -> None:
        self.cycle.lines.append(Line("K", self.now, spoken.text, spoken=spoken))
        if self.turn_since is None:
            self.turn_since = self.now

    def _write_again(self, spoken: Spoken) -> None:
        """The customer writes: after an answer, or one more line before it."""
        rng = self.rng
        if self.turn_since is not None:
            self.now += rng.randrange(8 * SECOND, 50 * SECOND)
        elif spoken.is_late or rng.random() < NEXT_DAY:
            self.now = self._awake(self.now + rng.randrange(4 * HOUR, 21 * HOUR))
        else:
            self.now = self._awake(self.now + self._span(20 * SECOND, 20 * MINUTE, 2 * MINUTE))
        self._hear(spoken)
        window = self.owner.window_at(self.now)
        if window is None:  # whoever had it has gone home
            self._release(self.now + rng.randrange(60, 300), GONE)
            self._give(self.now + rng.randrange(320, 600))

    def _answer(self, spoken: Spoken) -> bool:
        if self.turn_since is None:  # one more line of ours
            delay = self.rng.randrange(12 * SECOND, 70 * SECOND)
            self.now = self.owner.free_to_act(self.now + delay, self.rng)
            if self.now >= NEVER:
                self.owner = None
                return False
        elif not self._act():
            return False
        text = spoken.text.replace(WHO, self.owner.short_name)
        self.cycle.lines.append(Line("N", self.now, text, self.owner))
        if self.cycle.first_response_at is None:
            self.cycle.first_response_at = self.now
            self.cycle.first_responder = self.owner
        self.turn_since = None
        return True

    def _act(self, low: float = 0.3) -> bool:
        """Let whoever has it do something for a customer who waits, or lose it and go home."""
        for _day in range(20):
            free_from = max(self.turn_since, self.cycle.given[-1].at)
            window = self.owner.window_at(free_from)
            at = max(self.now, free_from) + self._thinking(free_from, low)
            if window is not None:
                if window.is_paused(at):
                    at = window.pause_to + self.rng.randrange(20 * SECOND, 5 * MINUTE)
                if at < window.ends:
                    self.owner.hold(free_from, at)
                    self.now = at
                    return True
                self.owner.hold(free_from, window.ends)
                self._release(window.ends, window.ended_by)
                self.now = max(self.now, window.ends)
            else:
                self._release(self.now + 1, GONE)
            if not self._give(self.now + self.rng.randrange(60, 400)):
                return False
        self.owner = None
        return False

    def _thinking(self, at: int, low: float) -> int:
        rng = self.rng
        busy = 1 + 0.09 * self.owner.open_at(at)
        seconds = self.owner.pace * busy * rng.triangular(low, 7 * low + 0.3, 2 * low)
        if rng.random() < DAWDLES:
            seconds *= rng.uniform(4, 11)
        return int(seconds * SECOND)

    # --- Who has it ---------------------------------------------------------------------------
    def _give(self, at: int, department_by: str = "earlier") -> bool:
        former = self.former if self.cycle.number > 1 else None
        chosen = self.house.team.choose(
            self.department_id, at, self.rng, former.user_id if former else None
        )
        self.owner = chosen and chosen.person
        if chosen is None:
            return False
        heard = sum(line.kind == "K" and line.at <= chosen.at for line in self.cycle.lines)
        self.cycle.given.append(
            Given(
                self.owner,
                chosen.at,
                self.department_id,
                chosen,
                department_by=department_by,
                heard=heard,
                waited_since=self.turn_since or self.now,
            )
        )
        self.former = self.owner
        return True

    def _release(self, at: int, why: str) -> None:
        self._end_given(at, why)
        self._event(f"released_{why}", at, {"person": self.owner.name, "why": why})
        self.owner = None

    def _end_given(self, at: int, why: str) -> None:
        self.cycle.given[-1].ended_at, self.cycle.given[-1].end_reason = at, why

    def _hand_on(self) -> None:
        """Some are moved to another department by who has them, some given on by a lead."""
        dice = self.rng.random()
        if dice >= MOVED + BY_HAND:
            return
        given = self.cycle.given[-1]
        at = given.at + self.rng.randrange(40 * SECOND, 4 * MINUTE)
        window = self.owner.window_at(at)
        if window is None or window.is_paused(at):
            return
        others = [pk for pk in self.house.names if pk != self.department_id]
        if dice < MOVED:
            self._move(at, self.rng.choice(others))
        else:
            self._give_by_hand(at, window)

    def _move(self, at: int, department_id: int) -> None:
        name = self.house.names[department_id]
        self.owner.hold(self.cycle.given[-1].at, at)
        self._end_given(at, "reassigned")
        self._event("moved", at, {"by": self.owner.name, "department": name})
        self.cycle.moved = (at, self.department_id)
        self.department_id = self.cycle.department_id = department_id
        self.now = at
        self._give(at + self.rng.randrange(60, 400))

    def _give_by_hand(self, at: int, window: Window) -> None:
        ready = self.house.team.at_work(at, self.department_id)
        others = [person for person in ready if person is not self.owner]
        if not others:
            return
        lead = self.house.leads[self.department_id]
        self.owner.hold(self.cycle.given[-1].at, at)
        self._end_given(at, "reassigned")
        self.owner = self.former = self.rng.choice(others)
        self.owner.last_assigned_at = moment(at)
        given = Given(self.owner, at, self.department_id, None, by=lead)
        self.cycle.given.append(given)
        self.now = at

    def _was_told_to_wait(self, length: int) -> bool:
        """The program says how long it takes where the department wants that."""
        began, at = self.cycle.started_at, self.cycle.given[-1].at
        told_at = began + self.rng.randrange(*TOLD_TO_WAIT_AFTER)
        is_told = self.cycle.department_id in self.house.tells_wait and told_at < at
        if not is_told or length < LEAST_TO_BE_TOLD:
            return False
        people = self.house.team.of[self.cycle.department_id]
        with_minutes, without = self.house.wait_texts
        is_here = any(person.takes_work(told_at) for person in people)
        minutes = max(1, -(-(at - told_at) // MINUTE) + 2)
        text = with_minutes.replace("{minutes}", str(minutes)) if is_here else without
        self.cycle.lines.append(Line("A", told_at, text))
        return True

    # --- How it ends --------------------------------------------------------------------------
    def _finish(self) -> None:
        if self.turn_since is not None:
            if not self._act(low=0.1):
                return
            self._resolve("open")
            return
        if self.rng.random() < SNOOZED and self._snooze():
            return
        delay = self._span(MINUTE, 30 * MINUTE, 4 * MINUTE)
        self.now = self.owner.free_to_act(self.now + delay, self.rng)
        if self.now < NEVER:
            self._resolve("waiting")

    def _snooze(self) -> bool:
        """Put it off until the next working day, look at it then and close it."""
        at = self.owner.free_to_act(self.now + self.rng.randrange(*NO_WAIT), self.rng)
        if at >= NEVER:
            return False
        window = self.owner.next_window(at)
        later = self.owner.next_window(window.ends) if window else None
        if later is None or later.begins > at + 3 * DAY or later.closes < later.begins + HOUR:
            return False
        until = (later.begins // MINUTE + 40) * MINUTE
        if later.is_paused(until) or until >= later.closes:
            return False
        self._event("snoozed", at, {"person": self.owner.name, "until": moment(until).isoformat()})
        self._event("woken", until, {})
        self.cycle.snoozed.append((at, until))
        self.now = self.turn_since = until
        if self._act(low=0.1):
            self._resolve("open")
        return True

    def _resolve(self, status: str) -> None:
        since = self.turn_since and moment(self.turn_since).isoformat()
        params = {"person": self.owner.name, "status": status, "waiting_since": since}
        self._event("resolved", self.now, params)
        self._end_given(self.now, "resolved")
        self.cycle.resolved_at, self.cycle.resolved_by = self.now, self.owner

    # --- Times --------------------------------------------------------------------------------
    def _event(self, code: str, at: int, params: dict) -> None:
        self.cycle.events.append(Event(code, at, params))

    def _span(self, low: int, high: int, mode: int) -> int:
        return int(self.rng.triangular(low, high, mode))

    def _awake(self, at: int) -> int:
        """`at`, or the morning after where the customer would be asleep."""
        clock = (at - self.house.midnight) % DAY
        if NIGHT[1] <= clock < NIGHT[0]:
            return at
        morning = at - clock + NIGHT[1] + (DAY if clock >= NIGHT[0] else 0)
        return morning + self.rng.randrange(2 * HOUR)
