"""Sixty days of the demo company, planned: who wrote what and when, who had it. Pure.

Seeded, so the same moment gives the same history. `history_rows` writes it down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from random import Random

from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.customers import Customer, Customers
from omnichat.demo.hours import DAY, Colleague, writing_times
from omnichat.demo.people import MANAGER_OF, PRESENT, QUEUED
from omnichat.demo.talks import Said, Talk, speak, talks

SEED = 20_261_124
DAYS = 60
# The last hours before now belong to the conversations that are still going on.
QUIET = timedelta(hours=3)
LONGEST_TALK = timedelta(hours=2)  # of those that go on
SHARES = {SALES: 41, CUSTOMER_SERVICE: 43, TECHNICAL: 16}
RETURNING, HANDED_OVER, NEXT_DAY = 0.15, 0.03, 0.04  # of all cycles, of all answers
ENGLISH = 0.035
NEEDED = timedelta(minutes=35)  # a shift must last that long for somebody to begin a talk

# What a customer can only write when the visit or the delivery has been.
AFTER_THE_DEED = re.compile(
    r"xong rồi|xong, |đổi xong|nhận được rồi|lấy máy về|tiền về|lấy rồi|nhận máy|thợ làm|hết rỉ"
    r"|xong roi|nhan duoc roi|lay may ve|tien ve|tho lam|het ri|xong r\b"
    r"|nhận đc r",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Line:
    """One message of a cycle. `by` is the username of staff, empty for the customer."""

    kind: str  # K, N or G
    at: datetime
    text: str
    by: str = ""
    calls: str = ""


@dataclass(slots=True)
class Stretch:
    """One assignment. `loads` is what the people of the department held when it was made."""

    username: str
    at: datetime
    loads: dict[str, int | None]  # open conversations; None: not at work
    is_former: bool = False
    by_hand_of: str = ""
    until: datetime | None = None


@dataclass(slots=True)
class ToldCycle:
    started_at: datetime
    lines: list[Line] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    resolved_at: datetime | None = None


@dataclass(slots=True)
class ToldConversation:
    """All cycles of one customer; `state` is resolved, open, waiting or queued."""

    customer: Customer
    department: str
    state: str = "resolved"
    cycles: list[ToldCycle] = field(default_factory=list)


class Historian:
    """Plans the past and the present of the company."""

    def __init__(
        self, *, now: datetime, zone: tzinfo, colleagues: list[Colleague], taken: set[str]
    ) -> None:
        self.now = now
        self.zone = zone
        self.rng = Random(SEED)  # noqa: S311 - a demo, not a secret
        self.customers = Customers(self.rng, taken)
        self.colleagues = {colleague.username: colleague for colleague in colleagues}
        self.conversations: list[ToldConversation] = []

    def past(self, days: int = DAYS) -> list[ToldConversation]:
        """Everything that is over, from so many days ago: all resolved."""
        today = self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for days_ago in range(days, -1, -1):
            for at in writing_times(today - DAY * days_ago, self.rng):
                if at < self.now - QUIET:
                    self._tell(at)
        return self.conversations

    def present(self) -> list[ToldConversation]:
        """What the colleagues hold now, and what waits because nobody has room."""
        told = []
        for username, state in PRESENT.items():
            told += [self._going_on(username, "open") for _each in range(state.open)]
            told += [self._going_on(username, "waiting") for _each in range(state.waiting)]
        for department, count in QUEUED.items():
            told += [self._queued(department, number) for number in range(count)]
        return told

    def _tell(self, at: datetime) -> None:
        """Let a customer begin a talk at `at`; nothing when it would not be over by now."""
        rng = self.rng
        conversation = self._returning(at) if rng.random() < RETURNING else None
        if conversation is None:
            department = rng.choices(list(SHARES), list(SHARES.values()))[0]
            talk = self._talk(department)
            customer = self.customers.make(is_foreign=talk.is_english)
            conversation = ToldConversation(customer, department)
        else:
            talk = self._talk(conversation.department, is_english=False)
        cycle = self._cycle(at, conversation, talk)
        if cycle is None:
            return
        if not conversation.cycles:
            self.conversations.append(conversation)
        conversation.cycles.append(cycle)

    def _returning(self, at: datetime) -> ToldConversation | None:
        """Somebody who was here before and is not in a talk at this moment."""
        for _try in range(6 if self.conversations else 0):
            known = self.rng.choice(self.conversations)
            last = known.cycles[-1].resolved_at
            if len(known.cycles) < 4 and last + DAY < at and known.customer.says_you != "you":
                return known if known.customer.platform != "web" else None
        return None

    def _talk(self, department: str, *, is_english: bool | None = None) -> Talk:
        known = talks(department)
        if is_english is None:
            is_english = self.rng.random() < ENGLISH
        fitting = [talk for talk in known if talk.is_english == is_english]
        return self.rng.choice(fitting or known)

    def _cycle(self, at: datetime, told: ToldConversation, talk: Talk) -> ToldCycle | None:
        former = told.cycles[-1].stretches[-1].username if told.cycles else ""
        stretch = self._assign(told.department, at, former)
        stretches = [stretch]
        owner = self.colleagues[stretch.username]
        if self.rng.random() < HANDED_OVER and told.department in MANAGER_OF:
            stretches += self._handed_over(told.department, stretch)
            owner = self.colleagues[stretches[-1].username]
        others = [c.name for c in self._people_of(told.department) if c is not owner]
        called = self.rng.choice(others)
        said = speak(talk, told.customer, owner.short_name, self.rng, colleague=called)
        lines = self._in_time(said, at, stretches[-1].at, owner)
        resolved_at = owner.into_shift(lines[-1].at + self._minutes(1, 25), self.rng)
        if resolved_at > self.now - QUIET:
            return None
        for one in stretches:
            person = self.colleagues[one.username]
            one.until = one.until or resolved_at
            person.last_assigned_at = one.at
            person.held.append((one.at, one.until))
            person.did(one.at)
        owner.did(max(resolved_at, lines[-1].at))
        for line in lines:
            if line.by:
                owner.did(line.at)
        return ToldCycle(at, lines, stretches, resolved_at)

    def _assign(self, department: str, at: datetime, former: str) -> Stretch:
        """Who gets it: the one with the fewest open at work, else whoever comes in first."""
        ours = self._people_of(department)
        given_at = at + timedelta(milliseconds=self.rng.randint(40, 400))
        free = [c for c in ours if c.is_on_shift(given_at, left=NEEDED)]
        free = [c for c in free if c.open_at(given_at) < c.capacity]
        if not free:
            first = min(ours, key=lambda c: c.next_start(given_at + NEEDED))
            given_at = first.next_start(given_at + NEEDED) + self._minutes(1, 6)
            given_at = first.into_shift(first.room_at(given_at), self.rng)
            free = [first]
        loads = {
            c.username: c.open_at(given_at) if c.is_on_shift(given_at) or c in free else None
            for c in ours
        }
        long_ago = given_at - DAY * 1000
        chosen = min(
            free,
            key=lambda c: (
                c.username != former,
                c.open_at(given_at),
                c.last_assigned_at or long_ago,
                c.user_id,
            ),
        )
        return Stretch(chosen.username, given_at, loads, is_former=chosen.username == former)

    def _handed_over(self, department: str, first: Stretch) -> list[Stretch]:
        """A manager gives it to somebody else who is at work."""
        at = first.at + self._minutes(2, 9)
        others = [
            c
            for c in self._people_of(department)
            if c.username != first.username and c.is_on_shift(at, left=NEEDED)
        ]
        if not others:
            return []
        first.until = at
        return [
            Stretch(self.rng.choice(others).username, at, {}, by_hand_of=MANAGER_OF[department])
        ]

    def _in_time(
        self, said: list[Said], at: datetime, given_at: datetime, owner: Colleague
    ) -> list[Line]:
        """Give each line its moment; staff write in their shifts only."""
        lines = []
        for number, one in enumerate(said):
            if number == 0:
                lines.append(Line("K", at, one.text))
                continue
            if one.kind == "N":
                wait = self._minutes(0.7, 5.5) if number > 1 else self._minutes(0.8, 11)
                at = owner.into_shift(max(at, given_at) + wait, self.rng)
            elif one.kind == "G":
                at = owner.into_shift(at + self._minutes(0.5, 3), self.rng)
            elif self.rng.random() < NEXT_DAY or AFTER_THE_DEED.search(one.text):
                at = owner.into_shift(at + self._minutes(300, 1300), self.rng)
            else:
                at = owner.into_shift(at + self._minutes(0.6, 14), self.rng)
            by = "" if one.kind == "K" else owner.username
            lines.append(Line(one.kind, at, one.text, by, one.calls))
        return lines

    def _going_on(self, username: str, state: str) -> ToldConversation:
        """One that somebody holds now: cut where the customer or staff spoke last."""
        rng, owner = self.rng, self.colleagues[username]
        talk = self._talk(owner.department, is_english=False)
        customer = self.customers.make()
        said = speak(talk, customer, owner.short_name, rng)
        said = [one for one in said if one.kind != "G"]
        wanted = "K" if state == "open" else "N"
        cuts = [n for n, one in enumerate(said[:-1], start=1) if one.kind == wanted]
        said = said[: rng.choice(cuts)]
        at_work = PRESENT[username].at_work
        longest = at_work.total_seconds() / 60 if at_work else 60 * 20
        wait = rng.uniform(2, 38) if state == "open" else rng.uniform(15, longest * 0.45)
        at = self.now - timedelta(minutes=wait)
        lines: list[Line] = []
        for one in reversed(said):
            by = owner.username if one.kind == "N" else ""
            lines.insert(0, Line(one.kind, at, one.text, by))
            at -= self._minutes(1, 6)
        if at_work:
            self._move_behind_arrival(lines, at_work)
        else:  # written yesterday, when they were here
            self._move_before_leaving(owner, lines)
        started_at = lines[0].at
        loads = {username: rng.randint(0, 3)}
        stretch = Stretch(username, started_at + timedelta(milliseconds=210), loads)
        cycle = ToldCycle(started_at, lines, [stretch])
        return ToldConversation(customer, owner.department, state, [cycle])

    def _move_behind_arrival(self, lines: list[Line], at_work: timedelta) -> None:
        """Draw a talk together that would begin before its owner came."""
        share = 0.97 * at_work / (self.now - lines[0].at)
        if share < 1:
            for line in lines:
                line.at = self.now - (self.now - line.at) * share

    def _move_before_leaving(self, owner: Colleague, lines: list[Line]) -> None:
        """Put a talk into the owner's last working hours before the quiet time."""
        late = [act for act in owner.acts.values() if owner.into(act) > LONGEST_TALK]
        last_act = max(late or owner.acts.values())
        shift = lines[-1].at - (last_act - self._minutes(4, 50))
        for line in lines:
            line.at -= shift

    def _queued(self, department: str, number: int) -> ToldConversation:
        """One that nobody has room for."""
        talk = self._talk(department, is_english=False)
        customer = self.customers.make()
        first = speak(talk, customer, "", self.rng)[0]
        at = self.now - timedelta(minutes=6 + number * 11 + self.rng.uniform(0, 6))
        cycle = ToldCycle(at, [Line("K", at, first.text)])
        return ToldConversation(customer, department, "queued", [cycle])

    def _people_of(self, department: str) -> list[Colleague]:
        return [c for c in self.colleagues.values() if c.department == department]

    def _minutes(self, low: float, high: float) -> timedelta:
        """A span of time, rather short than long."""
        return timedelta(minutes=self.rng.triangular(low, high, low + (high - low) / 5))
