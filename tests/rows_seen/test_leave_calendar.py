"""Whose leave, requests and deputies each person sees in the calendar of a team."""

from __future__ import annotations

import re
from datetime import date

import pytest

from workforce.models import Delegation, LeaveType, Request
from workforce.services import grant_leave

SALES, BILLING = {"manager", "staff", "colleague"}, {"other_manager", "other_staff"}
GRANTED, ASKED = date(2026, 11, 24), date(2026, 11, 25)
CELL = re.compile(r"<td[^>]*>(.*?)</td>")
# Whose rows they see, whose leave in full, and whose requests.
SEES = {
    "admin": (SALES, SALES, SALES),
    "manager": (SALES, SALES, SALES),
    "other_manager": (BILLING, BILLING, BILLING),
    "staff": (SALES, {"staff"}, {"staff"}),
    "colleague": (SALES, {"colleague"}, {"colleague"}),
    "other_staff": (BILLING, {"other_staff"}, {"other_staff"}),
}


@pytest.fixture
def everybody_is_away(people, time_machine) -> None:
    time_machine.move_to("2026-11-23T02:00:00+00:00", tick=False)
    annual = LeaveType.objects.get(symbol="P")
    for person in people.values():
        about = {"first": GRANTED, "last": GRANTED, "type": annual}
        grant_leave(user=person, actor=people["admin"], **about)
        Request.objects.create(user=person, kind="leave", first=ASKED, last=ASKED)


@pytest.mark.parametrize("who", SEES)
def test_rows_leave_and_requests_of_the_calendar(client, people, sales, who, everybody_is_away):
    client.force_login(people[who])
    query = f"&department={sales.pk}" if who == "admin" else ""
    plan = client.get(f"/requests/calendar?month=2026-11{query}").context["plan"]
    lines = {line.person.username: CELL.findall(line.cells) for line in plan.lines}
    rows, in_full, requests = SEES[who]
    assert set(lines) == rows
    assert {name for name in rows if lines[name][23].startswith("P")} == in_full
    assert {name for name in rows if lines[name][23].startswith("–")} == rows - in_full
    assert {name for name in rows if lines[name][24].startswith("?")} == requests
    coming = {(one.person.username, one.is_waiting) for one in plan.coming}
    assert coming == {(name, False) for name in rows} | {(name, True) for name in requests}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"manager", "other_manager"}),
        ("manager", {"manager"}),
        ("other_manager", {"manager", "other_manager"}),
    ],
)
def test_deputies(client, people, who, sees):
    days = {"first": GRANTED, "last": ASKED}
    named = {"manager": "other_manager", "other_manager": "admin"}
    for user, deputy in named.items():
        Delegation.objects.create(user=people[user], deputy=people[deputy], **days)
    client.force_login(people[who])
    page = client.get("/requests/deputies").context["page"]
    assert {row.user.username for row in page} == sees
