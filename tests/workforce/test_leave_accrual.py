"""Days of leave by the month: what is added, what expires. Nothing here asks the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workforce.leave_accrual import (
    Policy,
    accrual_between,
    accrual_of,
    carried_until,
    days_of_year,
    expires_at_new_year,
    expires_of_carried,
    first_month,
    months_due,
    next_extra_day,
    outlook,
)

LONG_AGO = date(2000, 1, 1)


def policy(**about) -> Policy:
    rules = {
        "days_per_year": Decimal(12),
        "seniority_years": 5,
        "carry_over_days": Decimal(5),
        "carry_over_months": 3,
        "since": LONG_AGO,
    }
    return Policy(**rules | about)


def year_of(rules: Policy, employed: date, year: int) -> list[Decimal]:
    return [accrual_of(rules, employed, date(year, month, 1)) for month in range(1, 13)]


days = st.decimals(min_value=0, max_value=40, places=2)
balances = st.decimals(min_value=-30, max_value=60, places=2)
dates = st.dates(min_value=date(2001, 1, 1), max_value=date(2040, 12, 31))


# --- What is added ------------------------------------------------------------------------------
def test_twelve_days_are_one_a_month():
    assert year_of(policy(), date(2026, 1, 1), 2026) == [Decimal(1)] * 12


def test_thirteen_days_are_rounded_as_a_sum():
    months = year_of(policy(days_per_year=Decimal(13)), date(2026, 1, 1), 2026)
    written = ["1.08", "1.09", "1.08", "1.08", "1.09", "1.08"] * 2
    assert months == [Decimal(value) for value in written]
    assert sum(months) == 13


@given(days, dates)
def test_twelve_months_are_exactly_the_year(a_year, employed):
    rules = policy(days_per_year=a_year, seniority_years=0)
    assert sum(year_of(rules, employed, employed.year)) == a_year


@given(days, st.integers(1, 9), dates, dates)
def test_a_year_of_two_rates_is_each_for_its_months(a_year, step, employed, at):
    rules = policy(days_per_year=a_year, seniority_years=step)
    months = [date(at.year, month, 1) for month in range(1, 13)]
    rates = [days_of_year(rules, employed, month) for month in months]
    whole = sum(rates) / 12
    assert abs(sum(year_of(rules, employed, at.year)) - whole) <= Decimal("0.005")
    assert sorted(rates) == rates
    for month, added in zip(months, year_of(rules, employed, at.year), strict=True):
        assert abs(added - days_of_year(rules, employed, month) / 12) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("month", "days"),
    [("2026-02", 12), ("2026-03", 13), ("2031-02", 13), ("2031-03", 14), ("2020-01", 12)],
)
def test_the_month_of_the_anniversary_counts(month, days):
    assert days_of_year(policy(), date(2021, 3, 31), date.fromisoformat(f"{month}-01")) == days


def test_a_year_in_which_the_fifth_year_is_full():
    months = year_of(policy(), date(2021, 7, 20), 2026)
    assert months[:6] == [Decimal(1)] * 6
    assert sum(months) == Decimal("12.5")


def test_when_one_day_more_is_given():
    employed = date(2024, 3, 5)
    assert next_extra_day(policy(), employed, date(2026, 11, 1)) == date(2029, 3, 1)
    assert next_extra_day(policy(), employed, date(2029, 3, 1)) == date(2034, 3, 1)
    assert next_extra_day(policy(seniority_years=0), employed, date(2026, 11, 1)) is None
    assert days_of_year(policy(days_per_year=Decimal(0)), employed, date(2036, 1, 1)) == 0


@pytest.mark.parametrize(
    ("employed", "since", "first"),
    [
        ("2026-03-01", "2020-01-01", "2026-03-01"),
        ("2026-03-15", "2020-01-01", "2026-03-01"),
        ("2026-03-16", "2020-01-01", "2026-04-01"),
        ("2026-12-16", "2020-01-01", "2027-01-01"),
        ("2020-01-01", "2026-11-01", "2026-11-01"),
        ("2020-01-01", "2026-11-02", "2026-12-01"),
        ("2026-12-20", "2026-11-02", "2027-01-01"),
    ],
)
def test_the_first_month(employed, since, first):
    rules = policy(since=date.fromisoformat(since))
    assert first_month(rules, date.fromisoformat(employed)) == date.fromisoformat(first)


def test_months_up_to_a_date():
    employed = date(2026, 9, 15)
    due = months_due(policy(), employed, date(2026, 11, 1))
    assert due == [date(2026, month, 1) for month in (9, 10, 11)]
    assert months_due(policy(), employed, date(2026, 8, 31)) == []
    assert months_due(policy(days_per_year=Decimal(0)), employed, date(2026, 11, 1)) == []


@given(days, dates, dates, dates)
def test_what_is_added_in_two_stretches_is_added_in_one(a_year, employed, one, other):
    rules, (early, late) = policy(days_per_year=a_year), sorted((one, other))
    until_early = accrual_between(rules, employed, LONG_AGO, early)
    rest = accrual_between(rules, employed, early, late)
    assert until_early + rest == accrual_between(rules, employed, LONG_AGO, late)


# --- What expires -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("balance", "left", "lost"),
    [("8.5", "8.5", "3.5"), ("5", "5", "0"), ("4", "4", "0"), ("-1", "-1", "0"), ("9", "2", "2")],
)
def test_what_a_new_year_takes(balance, left, lost):
    at = {"at_year_end": Decimal(balance), "left": Decimal(left)}
    assert expires_at_new_year(policy(), **at) == Decimal(lost)
    assert expires_at_new_year(policy(carry_over_days=None), **at) == 0
    taken = expires_at_new_year(policy(carry_over_days=Decimal(0)), **at)
    assert taken == max(0, min(Decimal(balance), Decimal(left)))


@pytest.mark.parametrize(
    ("balance", "used", "left", "lost"),
    [
        ("8.5", "0", "8", "5"),
        ("8.5", "3.5", "8", "1.5"),
        ("3", "1", "5", "2"),
        ("8.5", "6", "8", "0"),
        ("8.5", "0", "2", "2"),
        ("8.5", "0", "-1", "0"),
        ("-2", "0", "3", "0"),
        ("8.5", "-4", "8", "5"),
    ],
)
def test_what_the_end_of_the_carried_days_takes(balance, used, left, lost):
    found = expires_of_carried(
        policy(), at_year_end=Decimal(balance), used=Decimal(used), left=Decimal(left)
    )
    assert found == Decimal(lost)


def test_without_a_limit_all_is_carried_and_all_of_it_expires():
    rules = policy(carry_over_days=None)
    at = {"at_year_end": Decimal("8.5"), "used": Decimal(2), "left": Decimal(10)}
    assert expires_of_carried(rules, **at) == Decimal("6.5")


@given(days, balances, balances, balances)
def test_nothing_expires_below_zero(limit, balance, used, left):
    rules = policy(carry_over_days=limit)
    new_year = expires_at_new_year(rules, at_year_end=balance, left=left)
    carried = expires_of_carried(rules, at_year_end=balance, used=used, left=left)
    for lost in (new_year, carried):
        assert lost >= 0
        assert lost == 0 or left - lost >= 0
    assert carried <= limit
    if left >= balance:
        assert balance - new_year == min(balance, limit)


@pytest.mark.parametrize(("months", "last"), [(0, None), (2, "2028-02-29"), (3, "2028-03-31")])
def test_until_when_carried_days_hold(months, last):
    found = carried_until(policy(carry_over_months=months), 2028)
    assert found == (last and date.fromisoformat(last))


def test_what_is_left_at_the_end_of_the_year():
    """The example of the design: 7.5 in November, one month to come, five may be carried."""
    seen = outlook(policy(), date(2024, 3, 5), today=date(2026, 11, 23), balance=Decimal("7.5"))
    told = (seen.to_come, seen.at_end, seen.carried, seen.lost)
    assert told == (1, Decimal("8.5"), 5, Decimal("3.5"))
    seen = outlook(policy(), date(2024, 3, 5), today=date(2026, 12, 1), balance=Decimal(-3))
    assert (seen.to_come, seen.at_end, seen.carried, seen.lost) == (0, -3, 0, 0)
