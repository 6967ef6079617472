"""Granted leave in the timesheet: what a day counts for, and what pages and files show of it."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import User
from tests.workforce.roster_rows import HTML
from tests.workforce.timesheet_rows import IN_DECEMBER, moment, plan, shift, worked
from workforce.models import Holiday, Leave, LeaveType
from workforce.services import grant_leave, withdraw_leave
from workforce.timesheet_days import read_month, read_months

NOVEMBER = date(2026, 11, 1)
MONDAY = "2026-11-23"


@pytest.fixture(autouse=True)
def now(organisation, time_machine) -> None:
    time_machine.move_to(moment(IN_DECEMBER), tick=False)


@pytest.fixture
def staff(people) -> User:
    plan(people["staff"], shift(people["staff"].department), MONDAY)
    return people["staff"]


def grant(people, staff: User, symbol: str, part: str = "whole", first: str = MONDAY) -> Leave:
    on = date.fromisoformat(first)
    kind = LeaveType.objects.get(symbol=symbol)
    return grant_leave(user=staff, type=kind, first=on, last=on, part=part, actor=people["admin"])


def day_of(staff: User, on: str = MONDAY):
    """(symbol, half days, leave minutes, flags) of a date."""
    day = read_month(staff, NOVEMBER).rows[date.fromisoformat(on).day - 1].day
    return day.symbol, dict(day.half_days), day.leave_minutes, set(day.flags)


@pytest.mark.parametrize("symbol", ["P", "KL", "Ô", "TS", "NB"])
def test_a_whole_day_counts_by_its_symbol(people, staff, symbol):
    grant(people, staff, symbol)
    assert day_of(staff) == (symbol, {symbol: 2}, 480, set())


def test_without_leave_the_same_day_is_an_absence(staff):
    assert day_of(staff) == ("", {}, 0, {"absent"})


def test_half_a_day_goes_with_half_a_day_of_work(people, staff):
    grant(people, staff, "P", "first_half")
    worked(staff, f"{MONDAY} 13:00", "17:00")
    assert day_of(staff) == ("P/2", {"P": 1, "X": 1}, 240, set())


def test_who_came_at_the_start_of_the_other_half_is_not_late(people, staff):
    grant(people, staff, "P", "first_half")
    worked(staff, f"{MONDAY} 13:00", "17:00")
    totals = read_month(staff, NOVEMBER).totals
    assert (totals.late_minutes, totals.early_minutes, totals.leave_minutes) == (0, 0, 240)


def test_remote_work_is_checked_in_and_out(people, staff):
    grant(people, staff, "R")
    assert day_of(staff) == ("", {}, 0, {"absent"})
    worked(staff, f"{MONDAY} 08:00", "17:00")
    assert day_of(staff) == ("R", {"R": 2}, 0, set())


def test_a_trip_needs_no_check_in(people, staff):
    grant(people, staff, "CT")
    assert day_of(staff) == ("CT", {"CT": 2}, 480, set())


def test_leave_on_a_holiday_uses_up_nothing(people, staff):
    Holiday.objects.create(date=MONDAY, name="Ngày lễ")
    grant(people, staff, "P")
    assert day_of(staff) == ("L", {"L": 2}, 0, set())


def test_work_on_a_whole_day_of_leave_is_marked(people, staff):
    grant(people, staff, "P")
    worked(staff, f"{MONDAY} 08:00", "17:00")
    symbol, half_days, _minutes, flags = day_of(staff)
    assert (symbol, half_days, flags) == ("P", {"P": 2}, {"worked_on_leave"})


def test_a_day_without_a_plan_is_a_normal_day_of_leave(people, staff):
    grant(people, staff, "P", first="2026-11-24")
    assert day_of(staff, "2026-11-24") == ("P", {"P": 2}, 480, set())


def test_leave_that_was_taken_back_is_gone(people, staff):
    withdraw_leave(leave=grant(people, staff, "P"), actor=people["admin"])
    assert day_of(staff) == ("", {}, 0, {"absent"})


def test_leave_over_the_end_of_the_month_counts_in_each(people, staff):
    last, first = date(2026, 11, 30), date(2026, 12, 1)
    grant_leave(
        user=staff,
        type=LeaveType.objects.get(symbol="P"),
        first=last,
        last=first,
        actor=people["admin"],
    )
    assert read_month(staff, NOVEMBER).totals.half_days == {"P": 2}
    assert read_month(staff, first).totals.half_days == {"P": 2}


# --- What is shown --------------------------------------------------------------------------------
def test_the_own_page_names_the_leave_and_adds_it_up(client, people, staff):
    grant(people, staff, "P")
    client.force_login(staff)
    page = client.get("/shifts/timesheet?month=2026-11", headers=HTML).text
    assert '<span class="tag" data-s="info">Annual leave</span>' in page
    assert "up to today · P 1<" in page
    assert "<dt>TS</dt><dd>Maternity leave</dd>" in page


def test_the_sheet_of_the_team_and_its_file_show_the_symbol(client, people, staff):
    grant(people, staff, "Ô")
    client.force_login(people["manager"])
    page = client.get("/shifts/timesheet/team?month=2026-11", headers=HTML).text
    assert '<td data-s="violet">Ô<span class="vh"> Sick leave</span></td>' in page
    address = "/shifts/timesheet/team/export?month=2026-11&format=csv"
    file = b"".join(client.get(address, headers=HTML).streaming_content).decode("utf-8-sig")
    head, *rows = [line.split(",") for line in file.splitlines()]
    row = next(row for row in rows if row[1] == "staff")
    assert row[head.index("23/11")] == "Ô"
    assert row[head.index("Days Ô")] == "1.0"


def test_the_api_says_the_same(api, people, staff):
    grant(people, staff, "P", "second_half")
    worked(staff, f"{MONDAY} 08:00", "12:00")
    body = api(staff).get("/api/v1/shifts/timesheet?month=2026-11").json()
    assert body["totals"]["days"] == {"P": 0.5, "X": 0.5}
    assert [day["symbol"] for day in body["days"] if day["date"] == MONDAY] == ["P/2"]


def test_leave_of_many_costs_one_statement(people, sales, django_assert_num_queries):
    everybody = [people["staff"], people["colleague"]]
    for person in everybody:
        grant(people, person, "P")
    with django_assert_num_queries(9):
        months = read_months(everybody, NOVEMBER)
    assert [month.totals.half_days for month in months] == [{"P": 2}, {"P": 2}]
