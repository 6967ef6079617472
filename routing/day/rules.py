"""What the synthetic day is made of; every number that may be turned stands here.

Times are minutes since the opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

HOUR = 60.0


@dataclass(frozen=True, slots=True)
class Shift:
    """From when to when, whose departments (one number a person), and when breaks begin.

    `breaks_at` has one instant a person, in the same order. In the last `handover` minutes they
    are given nothing new.
    """

    starts: float
    ends: float
    departments: tuple[int, ...]
    breaks_at: tuple[float, ...]
    handover: float = 15.0


# Two shifts of seven hours make the day, the third (12 to 19 h) lies over the breaks of both.
# Three departments of 5, 4 and 3; breaks two at a time, never two of one department. The last
# shift has nobody to hand over to.
SHIFTS = (
    Shift(0, 420, (0, 1, 2, 0, 1), (240, 240, 280, 280, 320)),
    Shift(240, 660, (0, 2), (420, 460)),
    Shift(420, 840, (0, 1, 2, 0, 1), (540, 540, 580, 580, 620), handover=0),
)
# How many begin to write in each hour from 8 to 22, against a mean hour of 1: late morning,
# afternoon and evening are the busy times of a shop.
ARRIVALS = (0.7, 0.95, 1.1, 1.1, 0.95, 1.0, 1.15, 1.15, 1.1, 1.0, 1.0, 1.1, 1.1, 0.6)
# Share of conversations by the number of turns, from 1.
TURNS = (0.10, 0.15, 0.20, 0.20, 0.15, 0.10, 0.06, 0.04)


@dataclass(frozen=True)
class Day:
    """The parameters. Fixed by the specification of routing, section 3, are: length, staff,
    departments and shifts in number, break, absence, returns, VIPs, promises, the factor of a
    secondary skill and `conversations_at_full` (393/0.55, 542/0.75, 685/0.95). The others are
    assumptions, made before the first run and the same for every policy.
    """

    length: float = 14 * HOUR
    shifts: tuple[Shift, ...] = SHIFTS
    break_minutes: float = 40.0
    absence_chance: float = 0.35  # of one person being away for the whole day
    capacity: int = 8  # open conversations
    sticky_turns: int = 2

    conversations_at_full: float = 720.0  # at a load of 1, those that come back included
    # Whose minutes a load of 1 fills: those of the whole day, or of its busiest hour.
    is_load_of_busiest_hour: bool = False
    arrivals: tuple[float, ...] = ARRIVALS
    # Uneven, and staffed accordingly.
    department_shares: tuple[float, ...] = (5 / 12, 4 / 12, 3 / 12)
    turn_shares: tuple[float, ...] = TURNS
    customer_minutes: float = 3.0  # mean time until the customer answers, exponential
    back_share: float = 0.22  # of those who write come back later, if the day is long enough
    back_after: tuple[float, float] = (60.0, 300.0)
    vip_share: float = 0.12
    vip_promise: float = 2.0
    promise: float = 5.0
    stuck_after: float = 60.0

    # Log-normal spread of the people's own means (twice as fast as the slowest third is common on
    # chat desks), and of the single answer around its person's mean.
    speed_spread: float = 0.35
    answer_spread: float = 0.6
    # How many answers of the days before are known of everybody's speed.
    replies_before: int = 30
    # KPI scores follow speed only in part: quality and attendance count as well.
    kpi_by_speed: float = 0.5
    # Every second person of a department can answer for the next one, more slowly.
    skilled_each: int = 2
    skill_level: int = 2  # "good": SKILL_FACTORS[2] = 1.3
    # An answer is timed from when its person was free for it; False: from when the turn was theirs.
    is_timed_when_free: bool = True

    @property
    def people(self) -> int:
        return sum(len(shift.departments) for shift in self.shifts)

    @cached_property
    def mean_turns(self) -> float:
        return sum(turns * share for turns, share in enumerate(self.turn_shares, 1))

    @cached_property
    def minutes_at_work(self) -> list[float]:
        """Of all people together in each hour, without breaks and the expected absence."""
        here = 1 - self.absence_chance / self.people
        spans = [(shift.starts, shift.ends) for shift in self.shifts for _ in shift.departments]
        breaks = [(at, at + self.break_minutes) for s in self.shifts for at in s.breaks_at]
        return [
            here * (_overlap(spans, hour * HOUR) - _overlap(breaks, hour * HOUR))
            for hour in range(len(self.arrivals))
        ]

    @property
    def busiest_share(self) -> float:
        """How much fuller the busiest hour is than the day, by arrivals against minutes."""
        minutes, arrivals = self.minutes_at_work, self.arrivals
        busiest = max(one / there for one, there in zip(arrivals, minutes, strict=True))
        return busiest * sum(minutes) / sum(arrivals)

    @cached_property
    def reply_minutes(self) -> float:
        """What an answer takes a person of average rate.

        From the definition of load: at a load of 1 the answers of `conversations_at_full` take
        just the minutes at work.
        """
        replies = self.conversations_at_full * self.mean_turns
        fullness = self.busiest_share if self.is_load_of_busiest_hour else 1
        return sum(self.minutes_at_work) / replies / fullness

    @cached_property
    def back_chance(self) -> float:
        """That somebody who writes comes back before the day is over."""
        low, high = self.back_after
        minutes = range(int(self.length))
        weights = [self.arrivals[int(m // HOUR)] for m in minutes]
        in_time = [min(1.0, max(0.0, (self.length - m - low) / (high - low))) for m in minutes]
        shares = sum(w * p for w, p in zip(weights, in_time, strict=True)) / sum(weights)
        return self.back_share * shares

    def first_visits(self, load: float) -> int:
        """How many write for the first time; the expected returns make up the rest."""
        return round(load * self.conversations_at_full / (1 + self.back_chance))

    def promised(self, *, is_vip: bool) -> float:
        return self.vip_promise if is_vip else self.promise


def _overlap(spans: list[tuple[float, float]], hour: float) -> float:
    """How many minutes of these lie in the hour that begins here."""
    return sum(max(0.0, min(ends, hour + HOUR) - max(starts, hour)) for starts, ends in spans)
