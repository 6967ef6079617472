"""All chance of a day, drawn before it begins.

Each conversation and the staff have a stream of their own, so that one seed means the same
arrivals, handling times and absences for every policy, and a higher load only adds to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from random import Random

from routing.day.rules import HOUR, Day


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff: own minutes a reply, when they work, which departments they know."""

    id: int
    department: int
    reply_minutes: float
    kpi_score: float
    starts: float
    ends: float
    handover: float
    break_at: float | None = None
    is_absent: bool = False
    replies_before: tuple[float, ...] = ()  # minutes of answers of the days before
    skills: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the customer: how hard it is, and when it comes after our last answer."""

    effort: float  # of the person's own minutes
    pause: float = 0.0  # minutes


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation, from the first message on. `after` is the earlier one of the customer."""

    id: int
    at: float
    department: int
    is_vip: bool
    turns: tuple[Turn, ...]
    after: int | None = None


@dataclass(frozen=True, slots=True)
class DrawnDay:
    day: Day
    people: tuple[Person, ...]
    visits: tuple[Visit, ...]


def draw_day(day: Day, *, load: float, seed: int) -> DrawnDay:
    """Draw staff and conversations of a day."""
    visits = []
    for number in range(day.first_visits(load)):
        visits += _visits_of_customer(day, number, Random(f"{seed}/customer/{number}"))  # noqa: S311
    return DrawnDay(day, _staff(day, Random(f"{seed}/staff")), tuple(visits))  # noqa: S311


def _staff(day: Day, chance: Random) -> tuple[Person, ...]:
    absent = None
    if chance.random() < day.absence_chance:
        absent = chance.randrange(day.people)
    zs = [chance.gauss(0, 1) for _ in range(day.people)]
    others = [chance.gauss(0, 1) for _ in range(day.people)]
    # Scaled so that the mean rate of the staff is one reply in `reply_minutes`.
    slowness = [exp(day.speed_spread * z) for z in zs]
    scale = sum(1 / one for one in slowness) / day.people
    people: list[Person] = []
    seen = [0] * len(day.department_shares)
    for shift in day.shifts:
        for department, break_at in zip(shift.departments, shift.breaks_at, strict=True):
            number = len(people)
            is_skilled = day.skilled_each and seen[department] % day.skilled_each == 0
            seen[department] += 1
            other = (department + 1) % len(day.department_shares)
            minutes = day.reply_minutes * slowness[number] * scale
            rest = (1 - day.kpi_by_speed**2) ** 0.5
            people.append(
                Person(
                    id=number + 1,
                    department=department,
                    reply_minutes=minutes,
                    kpi_score=80 + 8 * (rest * others[number] - day.kpi_by_speed * zs[number]),
                    starts=shift.starts,
                    ends=shift.ends,
                    handover=shift.handover,
                    break_at=break_at,
                    is_absent=number == absent,
                    replies_before=tuple(
                        minutes * _effort(day, chance) for _ in range(day.replies_before)
                    ),
                    skills=frozenset([other]) if is_skilled else frozenset(),
                )
            )
    return tuple(people)


def _visits_of_customer(day: Day, number: int, chance: Random) -> list[Visit]:
    """The first conversation of a customer, and perhaps one more. Ids are even, then odd."""
    at = _arrival(day, chance)
    department = chance.choices(range(len(day.department_shares)), day.department_shares)[0]
    is_vip = chance.random() < day.vip_share
    visits = [Visit(2 * number, at, department, is_vip, _turns(day, chance))]
    comes_back = chance.random() < day.back_share
    back_at = at + chance.uniform(*day.back_after)
    turns = _turns(day, chance)
    if comes_back and back_at < day.length:
        again = Visit(2 * number + 1, back_at, department, is_vip, turns, after=2 * number)
        visits.append(again)
    return visits


def _arrival(day: Day, chance: Random) -> float:
    hour = chance.choices(range(len(day.arrivals)), day.arrivals)[0]
    return (hour + chance.random()) * HOUR


def _turns(day: Day, chance: Random) -> tuple[Turn, ...]:
    shares = day.turn_shares
    count = chance.choices(range(1, len(shares) + 1), shares)[0]
    drawn = [Turn(_effort(day, chance), _pause(day, chance)) for _ in shares]
    return tuple(drawn[:count])


def _effort(day: Day, chance: Random) -> float:
    """Log-normal with a mean of 1; that of exp(spread * z) is exp(spread^2 / 2)."""
    return exp(day.answer_spread * chance.gauss(0, 1) - day.answer_spread**2 / 2)


def _pause(day: Day, chance: Random) -> float:
    return -log(1 - chance.random()) * day.customer_minutes
