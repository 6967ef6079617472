"""When people of the demo company are at work, and when customers write. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from random import Random

from omnichat.demo.people import ROSTER, Roster

# How many customers out of a hundred write in each hour of a day.
WRITING_HOURS = {7: 3, 8: 7, 9: 10, 10: 11, 11: 9, 12: 6, 13: 7, 14: 8, 15: 8, 16: 8}
WRITING_HOURS |= {17: 6, 18: 4, 19: 5, 20: 5, 21: 2, 22: 1}
LATEST_LEAVE = timedelta(minutes=12)
DAY = timedelta(days=1)


@dataclass(slots=True)
class Colleague:
    """A member of staff during the history: working hours and what they hold at each moment."""

    username: str
    user_id: int
    name: str
    department: str
    zone: tzinfo
    capacity: int
    last_assigned_at: datetime | None = None
    held: list[tuple[datetime, datetime]] = field(default_factory=list)
    acts: dict[object, datetime] = field(default_factory=dict)  # latest act per day
    first_acts: dict[object, datetime] = field(default_factory=dict)
    away: frozenset[date] = frozenset()  # dates on which they did not come

    @property
    def short_name(self) -> str:
        return self.name.split()[-1]

    @property
    def roster(self) -> Roster:
        return ROSTER[self.username]

    def shift_on(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The shift they worked on the day of `at`, or None when they were not there."""
        return None if at.astimezone(self.zone).date() in self.away else self.planned_on(at)

    def planned_on(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The shift they are planned for on the day of `at`, or None on the day off."""
        local = at.astimezone(self.zone)
        if local.weekday() == self.roster.day_off:
            return None
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + timedelta(hours=self.roster.start_hour)
        return start, midnight + timedelta(hours=self.roster.end_hour)

    def is_on_shift(self, at: datetime, *, left: timedelta = timedelta(0)) -> bool:
        shift = self.shift_on(at)
        return shift is not None and shift[0] <= at and at + left < shift[1]

    def into(self, at: datetime) -> timedelta:
        """How long their shift has lasted at this moment, which is in one."""
        shift = self.shift_on(at)
        return at - shift[0] if shift else timedelta(0)

    def into_shift(self, at: datetime, rng: Random) -> datetime:
        """`at` when they work then, else some minutes after their next shift begins."""
        if self.is_on_shift(at):
            return at
        return self.next_start(at) + timedelta(minutes=rng.uniform(2, 40))

    def next_start(self, at: datetime) -> datetime:
        """When their next shift begins that is not over at `at`."""
        for days in range(8):
            shift = self.shift_on(at + DAY * days)
            if shift is not None and shift[1] > at and (days or shift[0] >= at):
                return shift[0]
        raise ValueError(f"{self.username} never works")

    def open_at(self, at: datetime) -> int:
        """How many they hold; call with rising times, what is over is forgotten."""
        self.held = [stretch for stretch in self.held if stretch[1] > at]
        return sum(start <= at for start, _end in self.held)

    def room_at(self, at: datetime) -> datetime:
        """`at`, or when they have a free place again if they are full then."""
        over = self.open_at(at) - self.capacity
        if over < 0:
            return at
        ends = sorted(end for start, end in self.held if start <= at)
        return ends[over] + timedelta(minutes=1)

    def did(self, at: datetime) -> None:
        day = at.astimezone(self.zone).date()
        self.acts[day] = max(at, self.acts.get(day, at))
        self.first_acts[day] = min(at, self.first_acts.get(day, at))


def writing_times(day: datetime, rng: Random) -> list[datetime]:
    """When customers write for the first time on the day that begins at `day`, in order."""
    is_sunday = day.weekday() == 6
    grows = rng.randint(0, 4)
    count = rng.randint(15, 20) if is_sunday else rng.randint(24, 32) + grows
    hours = rng.choices(list(WRITING_HOURS), list(WRITING_HOURS.values()), k=count)
    return sorted(day + timedelta(hours=hour, seconds=rng.randint(0, 3599)) for hour in hours)
