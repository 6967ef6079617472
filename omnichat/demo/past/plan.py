"""The whole history, day after day: who begins or comes back, until the messages are spent. Pure.

Seeded, and nothing of it depends on what was written: told again it is the same, which is how a
run that was interrupted goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from random import Random

from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL
from omnichat.demo.past.contacts import Newcomers
from omnichat.demo.past.ending import cut
from omnichat.demo.past.moments import DAY, HOUR, MINUTE, midnight
from omnichat.demo.past.rows import Thread
from omnichat.demo.past.scripts import Script, Scripts
from omnichat.demo.past.story import Cycle, House, tell
from omnichat.demo.past.traffic import budgets, writing_times

SHARES = {SALES: 40, CUSTOMER_SERVICE: 43, TECHNICAL: 17}
# Messages of a cycle: one of a hundred is never answered in writing.
LENGTHS = {1: 1, 2: 18, 3: 25, 4: 19, 5: 19, 6: 10, 7: 8}
FIRST_GUESS = 3.9
RETURNING = 0.215  # of all cycles
MOST_CYCLES = 3
MOST_KNOWN = 20_000
TRIES = 8
LAST_HOUR, NOTHING_NEW = 21, 40 * MINUTE
FILLED = (8 * HOUR + 30 * MINUTE, 14 * HOUR)

Told = tuple[Thread, Cycle]


@dataclass(slots=True)
class Plan:
    """Tells the days; `chunks` yields what is written together."""

    house: House
    scripts: Scripts
    newcomers: Newcomers
    rng: Random
    dates: list[date]
    zone: tzinfo
    messages: int
    ends_at: int
    known: list[Thread] = field(default_factory=list)
    left: int = 0
    cycles: int = 0

    def chunks(self, size: int) -> Iterator[list[Told]]:
        """Whole days until they hold `size` messages."""
        chunk: list[Told] = []
        held = 0
        for day in self._days():
            chunk += day
            held += sum(cycle.message_count for _thread, cycle in day)
            if held >= size:
                yield chunk
                chunk, held = [], 0
        if chunk:
            yield chunk

    def _days(self) -> Iterator[list[Told]]:
        self.left = self.messages
        due = 0
        for on, budget in zip(
            self.dates, budgets(self.dates, self.messages, self.rng), strict=True
        ):
            due += budget
            is_last = on == self.dates[-1]
            yield self._day(midnight(on, self.zone), due - (self.messages - self.left), is_last)

    def _day(self, begins: int, budget: int, is_last: bool) -> list[Told]:
        count = max(0, round(budget / self._mean_length()))
        hours = LAST_HOUR if is_last else 24
        day = []
        for at in writing_times(begins, count, self.rng, until_hour=hours):
            if self.left and at < self.ends_at - NOTHING_NEW:
                day.append(self._begin(at))
        while is_last and self.left:  # exactly as many as were asked for
            day.append(self._begin(begins + self.rng.randrange(*FILLED)))
        return day

    def _mean_length(self) -> float:
        told = self.messages - self.left
        return told / self.cycles if self.cycles > MOST_CYCLES * TRIES else FIRST_GUESS

    def _begin(self, at: int) -> Told:
        """Let a customer write at `at`: somebody new, or somebody who was here before."""
        rng = self.rng
        thread = self._returning(at) if rng.random() < RETURNING else None
        script = None
        if thread is None:
            thread, script = self._newcomer(at)
        else:
            script = self.scripts.any(thread.department_id, thread.title, rng)
        length = min(self.left, rng.choices(list(LENGTHS), list(LENGTHS.values()))[0])
        cycle = tell(
            self.house,
            rng,
            at=at,
            script=script,
            length=length,
            department_id=thread.department_id,
            number=thread.cycles + 1,
            former=thread.former,
        )
        cut(cycle, self.ends_at)
        thread.cycles, thread.resolved_at = cycle.number, cycle.resolved_at
        thread.department_id = cycle.department_id
        if cycle.given:
            thread.former = cycle.given[-1].person
        self.left -= cycle.message_count
        self.cycles += 1
        return thread, cycle

    def _newcomer(self, at: int) -> tuple[Thread, Script]:
        rng = self.rng
        names = list(self.house.names)
        department_id = rng.choices(names, [self._share(pk, at) for pk in names])[0]
        title = "chị" if rng.random() < 0.58 else "anh"  # noqa: PLR2004
        script = self.scripts.for_newcomer(department_id, title, rng)
        title = "you" if script.is_english else title
        thread = Thread(self.newcomers.make(title), title, department_id, at)
        if len(self.known) < MOST_KNOWN:
            self.known.append(thread)
        else:
            self.known[rng.randrange(MOST_KNOWN)] = thread
        return thread, script

    def _share(self, department_id: int, at: int) -> float:
        """What a department gets grows with it: nobody asks for people who are not hired yet."""
        people = self.house.team.of[department_id]
        hired = sum(person.begins[0] <= at for person in people if person.begins)
        return SHARES[self.house.names[department_id]] * max(1, hired) / len(people)

    def _returning(self, at: int) -> Thread | None:
        """Somebody whose last cycle was over a day before."""
        for _try in range(TRIES if self.known else 0):
            thread = self.rng.choice(self.known)
            is_over = thread.resolved_at is not None and thread.resolved_at + DAY < at
            if is_over and thread.cycles < MOST_CYCLES and thread.customer.platform != "web":
                return thread
        return None
