"""How days of leave are added month by month, and what of them expires. Pure.

Labour Code 45/2019, articles 113 and 114: days by the year, one more for so many years with the
employer. Decree 145/2020, article 66: a month counts that was worked for half of it, here one
that began by the 15th. What is carried over is the company's own rule.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MONTHS = 12
LAST_START_DAY = 15  # of a month that still counts
CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one kind of leave; `since` is when days began to be added by themselves."""

    days_per_year: Decimal
    seniority_years: int  # one day more for so many; 0: never
    carry_over_days: Decimal | None  # None: all of it is carried
    carry_over_months: int  # 0: what is carried does not expire
    since: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of an account until the end of the year, if nothing more is taken."""

    now: Decimal
    to_come: Decimal
    at_end: Decimal
    carried: Decimal
    lost: Decimal


# --- Days added ---------------------------------------------------------------------------------
def extra_days(policy: Policy, employed: date, month: date) -> int:
    """Return the days a year that service adds in a month; the anniversary's own counts."""
    if not policy.seniority_years or not policy.days_per_year:
        return 0
    return max(0, _months_between(employed, month)) // (MONTHS * policy.seniority_years)


def days_of_year(policy: Policy, employed: date, month: date) -> Decimal:
    """Return the days a whole year has at the rate of a month."""
    return policy.days_per_year + extra_days(policy, employed, month)


def next_extra_day(policy: Policy, employed: date, month: date) -> date | None:
    """Return the first of the month from which one day more is given; None: never."""
    if not policy.seniority_years or not policy.days_per_year:
        return None
    steps = extra_days(policy, employed, month) + 1
    year = employed.year + steps * policy.seniority_years
    return date(year, employed.month, 1) if year <= date.max.year else None


def accrual_of(policy: Policy, employed: date, month: date) -> Decimal:
    """Return the days a month adds.

    What is rounded is the sum since January, so twelve months are exactly the year.
    """
    return _since_january(policy, employed, month) - _before(policy, employed, month)


def first_month(policy: Policy, employed: date) -> date:
    """Return the first of the first month that adds days."""
    hired = employed.replace(day=1)
    if employed.day > LAST_START_DAY:
        hired = _next_month(hired)
    # Whoever begins to count within a month has that month in the opening balance.
    since = policy.since if policy.since.day == 1 else _next_month(policy.since)
    return max(hired, since)


def months_due(policy: Policy, employed: date, until: date) -> list[date]:
    """Return the first of each month that adds days, up to a date, itself included."""
    if not policy.days_per_year:
        return []
    months, month = [], first_month(policy, employed)
    while month <= until:
        months.append(month)
        month = _next_month(month)
    return months


def accrual_between(policy: Policy, employed: date, after: date, until: date) -> Decimal:
    """Return the days that are added after one date, up to another."""
    months = [month for month in months_due(policy, employed, until) if month > after]
    return sum((accrual_of(policy, employed, month) for month in months), NOTHING)


# --- Days that expire ---------------------------------------------------------------------------
def new_year(year: int) -> date:
    """Return the date on which what is not carried into a year expires."""
    return date(year, 1, 1)


def carried_until(policy: Policy, year: int) -> date | None:
    """Return the last date of what was carried into a year; None: it does not expire."""
    if not policy.carry_over_months:
        return None
    return date(year, policy.carry_over_months, monthrange(year, policy.carry_over_months)[1])


def carried_of(policy: Policy, at_year_end: Decimal) -> Decimal:
    """Return how much of a balance at 31 December goes on into the new year."""
    balance = max(NOTHING, at_year_end)
    return balance if policy.carry_over_days is None else min(balance, policy.carry_over_days)


def expires_at_new_year(policy: Policy, *, at_year_end: Decimal, left: Decimal) -> Decimal:
    """Return what of a balance at 31 December is lost; never more than what is `left` now."""
    lost = max(NOTHING, at_year_end) - carried_of(policy, at_year_end)
    return _within(lost, left)


def expires_of_carried(
    policy: Policy, *, at_year_end: Decimal, used: Decimal, left: Decimal
) -> Decimal:
    """Return what of the carried days is lost when their time is over.

    `used` is what was taken, less what was given back, in the new year up to that date; it comes
    from the carried days first. Never more than what is `left` now.
    """
    unused = carried_of(policy, at_year_end) - max(NOTHING, used)
    return _within(unused, left)


def outlook(policy: Policy, employed: date, *, today: date, balance: Decimal) -> Outlook:
    """Return what an account comes to at the end of the year if nothing more is taken."""
    to_come = accrual_between(policy, employed, today, date(today.year, MONTHS, 31))
    at_end = balance + to_come
    carried = carried_of(policy, at_end)
    return Outlook(balance, to_come, at_end, carried, max(NOTHING, at_end) - carried)


def _within(days: Decimal, left: Decimal) -> Decimal:
    return max(NOTHING, min(days, left))


def _since_january(policy: Policy, employed: date, month: date) -> Decimal:
    months = (date(month.year, number, 1) for number in range(1, month.month + 1))
    days = sum((days_of_year(policy, employed, each) for each in months), NOTHING)
    return (days / MONTHS).quantize(CENT, rounding=ROUND_HALF_UP)


def _before(policy: Policy, employed: date, month: date) -> Decimal:
    if month.month == 1:
        return NOTHING
    return _since_january(policy, employed, month.replace(month=month.month - 1))


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * MONTHS + later.month - earlier.month


def _next_month(day: date) -> date:
    years, number = divmod(day.month, MONTHS)
    return date(day.year + years, number + 1, 1)
