"""How many messages each day of a Vietnamese shop brings, and when its customers write. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import holidays

from omnichat.demo.past.moments import HOUR

# Shares of a day by hour: lunch is quiet, the evening at home is not, few write at night.
HOURS = (2, 1, 1, 1, 1, 2, 7, 22, 55, 84, 88, 66, 40, 54, 76, 80, 78, 58, 62, 92, 94, 26, 11, 5)
# Of Monday to Sunday.
WEEKDAYS = (1.08, 1.0, 0.99, 1.02, 1.1, 1.06, 0.58)
FIRST_SHARE, LAST_SHARE = 0.9, 1.1  # the shop grows
UNEVEN = 0.08
RUSH, RUSH_DAYS = 1.3, 14  # before Tết people buy
TET, HOLIDAY = 0.12, 0.75
ONE_DAY = timedelta(days=1)


def share_of(on: date, progress: float, tet: set[date], others: set[date]) -> float:
    """What a date brings beside an ordinary one; `progress` is 0 on the first day, 1 on the last"""
    share = WEEKDAYS[on.weekday()] * (FIRST_SHARE + (LAST_SHARE - FIRST_SHARE) * progress)
    if on in tet:
        return share * TET
    if any(on + ONE_DAY * n in tet for n in range(1, RUSH_DAYS + 1)):
        share *= RUSH
    return share * (HOLIDAY if on in others else 1)


def quiet_days(years: Sequence[int]) -> tuple[set[date], set[date]]:
    """The days of Tết with those around it on which shops are shut, and the other holidays."""
    known = holidays.country_holidays("VN", years=list(years), language="vi")
    tet = {on for on, name in known.items() if "Tết" in name and "Dương" not in name}
    around = {on + ONE_DAY * n for on in tet for n in (-1, 0, 1)}
    return around, set(known) - around


def budgets(dates: Sequence[date], messages: int, rng: Random) -> list[int]:
    """How many messages each date brings; they add up to `messages`."""
    tet, others = quiet_days(sorted({on.year for on in dates}))
    last = max(1, len(dates) - 1)
    shares = [
        share_of(on, n / last, tet, others) * rng.uniform(1 - UNEVEN, 1 + UNEVEN)
        for n, on in enumerate(dates)
    ]
    whole, given, found = sum(shares), 0, []
    reached = 0.0
    for share in shares:
        reached += share
        found.append(round(messages * reached / whole) - given)
        given += found[-1]
    return found


def writing_times(midnight: int, count: int, rng: Random, *, until_hour: int = 24) -> list[int]:
    """When `count` customers begin to write on the day that begins at `midnight`, in order."""
    hours = rng.choices(range(until_hour), HOURS[:until_hour], k=count)
    return sorted(midnight + hour * HOUR + rng.randrange(HOUR) for hour in hours)
