"""Whose accounts of leave each person sees, and whose lines are on a page."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory
from workforce.models import LeaveLedgerEntry

SALES, BILLING = {"staff", "colleague"}, {"other_staff"}
SEES = {
    "admin": SALES | BILLING | {"admin", "manager", "second_manager", "other_manager"},
    "manager": SALES | {"manager"},
    "second_manager": SALES | {"second_manager"},
    "other_manager": BILLING | {"other_manager"},
    "staff": {"staff"},
    "other_staff": {"other_staff"},
}


@pytest.fixture
def cast(people, sales) -> dict:
    """Everybody has thirty days of each kind; another manager of Sales is none of the staff."""
    return people | {
        "second_manager": UserFactory(username="second_manager", role="manager", department=sales)
    }


@pytest.mark.parametrize("who", SEES)
def test_people_of_the_team(client, cast, who):
    client.force_login(cast[who])
    page = client.get("/requests/balances")
    if len(SEES[who]) == 1:
        assert page.status_code == 403
        return
    assert {row.person.username for row in page.context["rows"]} == SEES[who]
    for foreign in set(cast) - SEES[who]:
        assert str(cast[foreign].public_id) not in page.text


@pytest.mark.parametrize("who", SEES)
def test_lines_of_one_person(client, cast, who):
    client.force_login(cast[who])
    for name, person in cast.items():
        page = client.get(f"/requests/balance/{person.public_id}?year=2020")
        assert (name, page.status_code) == (name, 200 if name in SEES[who] else 404)
        if page.status_code == 200:
            shown = [line.entry for line in page.context["year"].lines]
            of_kind = LeaveLedgerEntry.objects.filter(user=person, type__symbol="P")
            assert shown == list(of_kind)


@pytest.mark.parametrize("who", SEES)
def test_ones_own_lines_are_nobody_elses(client, cast, who):
    client.force_login(cast[who])
    page = client.get("/requests/balance?year=2020")
    lines = [line.entry for line in page.context["year"].lines]
    assert {line.user_id for line in lines} <= {cast[who].pk}
    assert len(lines) == (who != "second_manager")
