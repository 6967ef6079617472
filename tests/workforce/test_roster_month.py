"""The month of the roster: cells, cover, hours, and what it costs."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory
from tests.workforce.roster_rows import HTML, MONDAY, plan, shift_of
from workforce.models import Holiday, LeaveType
from workforce.services import grant_leave

PAGE = "/shifts/month"
NOVEMBER = f"{PAGE}?month=2026-11"
CELL = re.compile(r"<td([^>]*)>(.*?)</td>")


@pytest.fixture
def day(sales):
    return shift_of(sales, minimum_staff=2)


def month_of(client, person, address: str = NOVEMBER, status: int = 200):
    client.force_login(person)
    page = client.get(address, headers=HTML)
    assert page.status_code == status
    return page


def cells_of(page, username: str) -> dict[int, tuple[str, str]]:
    """By day of the month what is not empty: (attributes, text)."""
    line = next(one for one in page.context["plan"].lines if one.person.username == username)
    found = CELL.findall(line.cells)
    assert len(found) == len(page.context["plan"].columns)
    return {n: (about.strip(), text) for n, (about, text) in enumerate(found, 1) if text}


def test_a_cell_is_the_hour_of_the_shift_and_a_draft_an_outline(client, people, day, sales):
    late = shift_of(sales, "Late", "13-21", color="info")
    plan(people["staff"], day, MONDAY, published=True)
    plan(people["staff"], late, MONDAY + timedelta(days=1))
    page = month_of(client, people["manager"])
    assert cells_of(page, "staff") == {
        23: ('data-s="ok"', "08"),
        24: ('data-s="info" class="is-wait"', '13<span class="vh"> draft</span>'),
    }
    line = next(one for one in page.context["plan"].lines if one.person.username == "staff")
    assert line.minutes == 480 + 480
    assert page.context["plan"].drafts == 1


def test_staff_see_what_is_published_and_no_other_department(client, people, day, billing):
    bills = shift_of(billing, "Bills")
    plan(people["staff"], day, MONDAY, published=True)
    plan(people["colleague"], day, MONDAY)
    plan(people["other_staff"], bills, MONDAY, published=True)
    page = month_of(client, people["colleague"])
    names = {line.person.username for line in page.context["plan"].lines}
    assert names == {"manager", "staff", "colleague"}
    assert cells_of(page, "staff") == {23: ('data-s="ok"', "08")}
    assert cells_of(page, "colleague") == {}
    assert "Bills" not in page.text
    assert month_of(client, people["staff"], f"{NOVEMBER}&department={billing.pk}", 400)


def test_shifts_of_one_hour_have_codes_of_their_own(client, people, sales):
    for name, on in (("Day", MONDAY), ("Half", MONDAY + timedelta(days=1))):
        shift = shift_of(sales, name, "08-17" if name == "Day" else "08-12")
        plan(people["staff"], shift, on, published=True)
    page = month_of(client, people["manager"])
    assert [text for _about, text in cells_of(page, "staff").values()] == ["08b", "08"]
    assert [code.text for code in page.context["plan"].codes] == ["08", "08b"]


def test_leave_covers_the_shift_and_counts_for_no_cover(client, people, day):
    for name in ("staff", "colleague"):
        plan(people[name], day, MONDAY, published=True)
    kind = LeaveType.objects.get(symbol="Ô")
    about = {"type": kind, "first": MONDAY, "last": MONDAY, "actor": people["admin"]}
    grant_leave(user=people["staff"], **about)
    page = month_of(client, people["manager"])
    sick = '<span class="vh"> Sick leave</span>'
    assert cells_of(page, "staff") == {23: ('data-s="violet"', f"Ô{sick}")}
    cover = CELL.findall(page.context["plan"].cover[0].cells)
    assert cover[22] == (' data-s="bad"', '1<span class="vh"> too few</span>')
    away = '<span class="vh"> away</span>'
    page = month_of(client, people["colleague"])
    assert cells_of(page, "staff") == {23: ('data-s="violet"', f"–{away}")}
    assert "Sick leave" not in page.text


def test_cover_counts_people_and_says_how_many_places_lack_one(client, people, day):
    for name in ("staff", "colleague"):
        plan(people[name], day, MONDAY)
    page = month_of(client, people["manager"])
    cover = CELL.findall(page.context["plan"].cover[0].cells)
    assert cover[22] == ("", "2")
    assert page.context["plan"].missing == 29 * 2


def test_days_off_and_holidays_are_marked(client, people, day):
    Holiday.objects.create(date=MONDAY, name="Ngày lễ")
    Holiday.objects.create(date=MONDAY + timedelta(days=1), name="Chưa chắc", is_confirmed=False)
    columns = month_of(client, people["manager"]).context["plan"].columns
    assert {one.date.day for one in columns if one.is_off} == {1, 8, 15, 22, 23, 29}
    assert [one.holiday for one in columns if one.holiday] == ["Ngày lễ"]


def test_a_name_is_text(client, people, sales):
    shift = shift_of(sales, "<i>Ca</i>")
    plan(people["staff"], shift, MONDAY, published=True)
    page = month_of(client, people["manager"]).text
    assert "<i>Ca</i>" not in page
    assert "&lt;i&gt;Ca&lt;/i&gt;" in page


@pytest.mark.parametrize("query", ["?month=x", "?month=2026-13", "?department=999"])
def test_what_cannot_be_read_is_said(client, people, query):
    month_of(client, people["manager"], PAGE + query, 400)


def test_the_neighbours_are_a_month_away(client, people):
    page = month_of(client, people["manager"], f"{PAGE}?month=2026-01")
    assert (page.context["before"], page.context["after"]) == ("month=2025-12", "month=2026-02")


def test_two_hundred_people_cost_as_many_statements_as_five(client, people, sales):
    shift = shift_of(sales, minimum_staff=3)

    def cost(more: int) -> int:
        for person in UserFactory.create_batch(more, department=sales, password="x"):
            for offset in range(0, 28, 7):
                plan(person, shift, date(2026, 11, 1) + timedelta(days=offset))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(NOVEMBER, headers=HTML).status_code == 200
        return len(queries)

    client.force_login(people["manager"])
    few = cost(2)
    assert cost(45) == few <= 15
