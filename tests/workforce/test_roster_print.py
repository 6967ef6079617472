"""The week on paper: what counts, for whom it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.workforce.roster_rows import HTML, MONDAY, plan, shift_of
from workforce.models import LeaveType
from workforce.services import grant_leave

PAGE = f"/shifts/print?week={MONDAY.isoformat()}"


@pytest.fixture
def planned(people, sales, billing):
    day, late = shift_of(sales), shift_of(sales, "Late", "13-21")
    plan(people["staff"], day, MONDAY, published=True)
    plan(people["staff"], late, MONDAY + timedelta(days=1))
    plan(people["other_staff"], shift_of(billing, "Bills"), MONDAY, published=True)


def paper(client, person, status: int = 200, address: str = PAGE) -> str:
    client.force_login(person)
    page = client.get(address, headers=HTML)
    assert page.status_code == status
    return page.text


@pytest.mark.parametrize("who", ["manager", "staff"])
def test_what_is_published_of_the_own_department(client, people, planned, who):
    text = paper(client, people[who])
    assert "<div>Day<br><small>08:00–17:00</small></div>" in text
    assert "Late" not in text
    assert "Bills" not in text
    assert f"by {people[who].display_name}" in text


def test_an_administrator_prints_every_department_under_its_name(client, people, planned):
    text = paper(client, people["admin"])
    for part in ("<h2", "Sales", "Billing", "Day", "Bills"):
        assert part in text


def test_who_is_away_has_no_shift(client, people, planned):
    kind = LeaveType.objects.get(symbol="P")
    about = {"type": kind, "first": MONDAY, "last": MONDAY, "actor": people["admin"]}
    grant_leave(user=people["staff"], **about)
    text = paper(client, people["colleague"])
    assert "<small>away</small>" in text
    assert "Annual leave" not in text
    assert "<div>Day" not in text


def test_a_week_that_is_none_is_refused(client, people):
    paper(client, people["staff"], 400, "/shifts/print?week=x")
