"""The page of the week as each of the cast sees it, and what its forms do."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department
from tests.factories import DepartmentFactory, UserFactory
from tests.workforce.roster_rows import HTML, MONDAY, ZONE, plan, rows, shift_of
from workforce.models import RosterRule, ShiftAssignment
from workforce.roster_page import read_week
from workforce.roster_plan import dates_of_week

MON, TUE, WED, THU, FRI, SAT, SUN = dates_of_week(MONDAY)
WEEK = f"/shifts?week={MONDAY}"
QUERIES = 13  # of the page, the person, organisation and bell among them


@pytest.fixture
def day(sales):
    return shift_of(sales, minimum_staff=2)


@pytest.fixture
def late(sales):
    return shift_of(sales, "Late", "13-21", color="info")


def page_of(client, person, address: str = WEEK, status: int = 200):
    client.force_login(person)
    response = client.get(address, headers=HTML)
    assert response.status_code == status
    return response


def send(client, person, address: str, status: int = 302, **data):
    client.force_login(person)
    response = client.post(address, data, headers=HTML)
    assert response.status_code == status, response.text
    return response


def shown(response) -> list[tuple]:
    """The chips of the page, as (who, shift, clock, is it a draft)."""
    return [
        (row.person.username, chip.name, chip.clock, chip.is_draft)
        for row in response.context["plan"].rows
        for cell in row.cells
        for chip in cell.chips
    ]


# --- Who sees what --------------------------------------------------------------------------------
@pytest.fixture
def week(people, sales, billing, day, late):
    """A published and a draft shift in Sales, a published one in Billing."""
    foreign = shift_of(billing, "Bills")
    return {
        "published": plan(people["staff"], day, MON, published=True),
        "draft": plan(people["colleague"], late, TUE),
        "foreign": plan(people["other_staff"], foreign, WED, published=True),
    }


PUBLISHED = ("staff", "Day", "08:00–17:00", False)
DRAFT = ("colleague", "Late", "13:00–21:00", True)
FOREIGN = ("other_staff", "Bills", "08:00–17:00", False)


@pytest.mark.parametrize(
    ("who", "chips", "may_plan"),
    [
        ("staff", [PUBLISHED], False),
        ("colleague", [PUBLISHED], False),
        ("other_staff", [FOREIGN], False),
        ("manager", [DRAFT, PUBLISHED], True),
        ("other_manager", [FOREIGN], True),
        ("admin", [DRAFT, PUBLISHED, FOREIGN], True),
    ],
)
def test_each_sees_their_own_departments_week(client, people, week, who, chips, may_plan):
    page = page_of(client, people[who])
    assert sorted(shown(page)) == sorted(chips)
    assert ('action="/shifts/copy"' in page.text) is may_plan
    assert ("/shifts/assign?person=" in page.text) is may_plan
    assert ("/shifts/planned/" in page.text) is may_plan
    for chip in {PUBLISHED, DRAFT, FOREIGN} - set(chips):
        assert f"<b>{chip[1]}</b>" not in page.text


def test_an_administrator_narrows_to_a_department_others_name_only_their_own(
    client, people, week, sales, billing
):
    address = f"{WEEK}&department={billing.pk}"
    assert shown(page_of(client, people["admin"], address)) == [FOREIGN]
    assert shown(page_of(client, people["other_manager"], address)) == [FOREIGN]
    for who in ("manager", "staff"):
        page = page_of(client, people[who], address, 400)
        assert "Bills" not in page.text


@pytest.mark.parametrize("who", ["other_manager", "staff"])
def test_a_foreign_shift_is_not_there(client, people, week, who):
    address = f"/shifts/planned/{week['published'].pk}"
    status = 404 if who == "other_manager" else 403
    page_of(client, people[who], address, status)
    send(client, people[who], address, status)
    assert len(rows()) == 3


@pytest.mark.parametrize(
    "query", ["week=monday", "week=2026-02-30", "week=1999-12-31", "week=9999-12-31"]
)
def test_a_bad_week_is_said_to_be_bad(client, people, query):
    page = page_of(client, people["staff"], f"/shifts?{query}", 400)
    assert "Write a date like 2026-11-23." in page.text


# --- What the week shows --------------------------------------------------------------------------
def test_any_day_leads_to_its_week_and_none_to_this_one(client, people):
    page = page_of(client, people["manager"], "/shifts?week=2026-11-29")
    assert page.context["week"] == MONDAY
    assert "Week 23–29/11" in page.text
    assert 'href="/shifts?week=2026-11-16"' in page.text
    assert 'href="/shifts?week=2026-11-30"' in page.text
    # Sunday evening in UTC is Monday at the workplace.
    with time_machine.travel("2026-11-29T18:00:00Z", tick=False):
        page = page_of(client, people["manager"], "/shifts")
    assert page.context["week"] == date(2026, 11, 30)
    assert "Week 30/11–06/12" in page.text


def test_cover_hours_and_state(client, people, day, late):
    for on in (MON, TUE):
        plan(people["staff"], day, on, published=True)
    plan(people["colleague"], day, TUE)
    plan(people["manager"], day, TUE)
    page = page_of(client, people["manager"])
    found = page.context["plan"]
    assert [(row.person.username, row.minutes) for row in found.rows] == [
        ("colleague", 480),
        ("manager", 480),
        ("staff", 960),
    ]
    (cover,) = found.cover  # the late shift needs nobody
    assert cover.shift == day
    assert [(one.planned, one.minimum) for one in cover.days] == [(1, 2), (3, 2)] + [(0, 2)] * 5
    assert (found.missing, found.drafts, found.planned) == (11, 2, 4)
    assert "2 shifts are drafts" in page.text
    assert "11 places lack somebody" in page.text
    assert "short of 1" in page.text
    assert "1 over" in page.text
    assert "16.0 hours" in page.text


def test_an_overlap_is_listed_outlined_and_fixed_with_one_tap(client, people, day, late):
    kept = plan(people["staff"], day, MON, published=True)
    spare = plan(people["staff"], late, MON)
    page = page_of(client, people["manager"])
    (problem,) = page.context["plan"].problems
    assert (problem.who, problem.what) == (
        "Staff has two shifts at one time, Mon 23/11:",
        "Day 08:00–17:00 and Late 13:00–21:00.",
    )
    assert (problem.is_refusal, problem.fix_id) == (True, spare.pk)
    assert page.text.count('class="shift is-clash"') == 2
    assert "Remove Late 13:00–21:00" in page.text
    refused = send(client, people["manager"], "/shifts/publish", 409, week=MON)
    assert "Fix this first: Staff has two shifts at one time" in refused.text
    assert rows()[1] == ("staff", "Late", "2026-11-23", False)

    fixed = send(client, people["manager"], f"/shifts/planned/{problem.fix_id}")
    assert fixed["Location"] == WEEK
    assert [row.pk for row in ShiftAssignment.objects.all()] == [kept.pk]
    assert page_of(client, people["manager"]).context["plan"].problems == []


def test_of_two_drafts_the_later_goes_and_of_a_draft_and_a_published_one_the_draft(
    client, people, day, late
):
    plan(people["staff"], late, MON, published=True)
    first = plan(people["staff"], day, MON)
    plan(people["colleague"], day, MON)
    second = plan(people["colleague"], late, MON)
    problems = page_of(client, people["manager"]).context["plan"].problems
    assert {problem.fix_id for problem in problems} == {first.pk, second.pk}


def test_warnings_name_what_they_come_from(client, people, sales, day):
    night = shift_of(sales, "Night", "22-06")
    plan(people["staff"], night, MON)
    plan(people["staff"], day, TUE)
    page = page_of(client, people["manager"])
    (problem,) = page.context["plan"].problems
    assert (problem.who, problem.what, problem.source, problem.is_refusal) == (
        "Staff rests too little, Tue 24/11:",
        "2.0 hours between Night 22:00–06:00 and Day 08:00–17:00, at least 12.0.",
        "Bộ luật Lao động 2019, Điều 110",
        False,
    )
    RosterRule.objects.filter(kind="short_rest").update(severity="refusal")
    (problem,) = page_of(client, people["manager"]).context["plan"].problems
    assert problem.is_refusal is True


def test_a_long_week_without_rest_is_warned_of_twice(client, people, day):
    for on in (*dates_of_week(MONDAY), date(2026, 11, 30)):
        plan(people["staff"], day, on)
    found = page_of(client, people["manager"]).context["plan"].problems
    assert [(p.who, p.what) for p in found] == [
        ("Staff works too long:", "56.0 hours planned in the week, at most 48.0."),
        ("Staff has no weekly rest:", "no 24.0 hours off in one piece in the week."),
    ]


# --- What its forms do ----------------------------------------------------------------------------
def test_a_shift_is_added_by_a_form_that_knows_person_and_date(client, people, day):
    staff = people["staff"]
    address = f"/shifts/assign?person={staff.public_id}&date={TUE}"
    page = page_of(client, people["manager"], address)
    assert f'<option value="{staff.public_id}" selected>' in page.text
    assert f'value="{TUE}"' in page.text
    data = {"user": staff.public_id, "shift": day.pk, "date": TUE}
    done = send(client, people["manager"], address, **data)
    assert done["Location"] == WEEK
    assert rows() == [("staff", "Day", "2026-11-24", False)]


def test_what_the_form_cannot_take_is_said_at_the_field(client, people, billing, day, late):
    plan(people["staff"], day, MON, published=True)
    good = {"user": people["staff"].public_id, "shift": late.pk, "date": TUE}
    manager = people["manager"]
    for name, value, text in [
        ("date", "", "Choose a date."),
        ("date", "24/11/2026", "Write a date like 2026-11-23."),
        ("date", MON, "This overlaps a published shift of this person, Mon 23/11 08:00–17:00."),
        ("shift", shift_of(billing).pk, "Select a valid choice"),
        ("user", people["other_staff"].public_id, "Select a valid choice"),
        ("user", "nobody", "“nobody” is not a valid UUID."),
    ]:
        status = 409 if value == MON else 400
        page = send(client, manager, "/shifts/assign", status, **good | {name: value})
        assert set(page.context["form"].errors) == {name}
        assert text in page.text
    assert rows() == [("staff", "Day", "2026-11-23", True)]


def test_a_week_is_copied_and_published_by_its_buttons(client, people, day):
    plan(people["staff"], day, date(2026, 11, 16))
    plan(people["staff"], day, date(2026, 11, 17))
    plan(people["staff"], day, MON)
    manager = people["manager"]
    done = send(client, manager, "/shifts/copy", week=MON)
    page = page_of(client, manager, done["Location"])
    assert "1 shift is added as a draft. 1 is left out: the day is taken already." in page.text
    done = send(client, manager, "/shifts/publish", week=MON)
    assert "2 shifts are published." in page_of(client, manager, done["Location"]).text
    assert [row[3] for row in rows()] == [False, False, True, True]
    assert len(shown(page_of(client, people["staff"]))) == 2


def test_forms_of_the_week_keep_to_the_department_that_is_shown(client, people, sales, billing):
    plan(people["staff"], shift_of(sales), MON)
    plan(people["other_staff"], shift_of(billing), MON)
    about = {"week": MON, "department": billing.pk}
    done = send(client, people["admin"], "/shifts/publish", **about)
    assert done["Location"] == f"{WEEK}&department={billing.pk}"
    assert [row[0::3] for row in rows()] == [("other_staff", True), ("staff", False)]
    send(client, people["manager"], "/shifts/publish", 400, **about)
    send(client, people["staff"], "/shifts/publish", 403, week=MON)
    send(client, people["staff"], "/shifts/copy", 403, week=MON)


# --- What it costs --------------------------------------------------------------------------------
def test_many_people_cost_no_more_statements(client, people, sales):
    shifts = [shift_of(sales, f"Shift {n}", "08-17", minimum_staff=5) for n in range(4)]

    def fill(count: int) -> None:
        team = UserFactory.create_batch(count, department=sales, password="x")
        for number, person in enumerate(team):
            for on in dates_of_week(MONDAY)[:6]:
                plan(person, shifts[number % 4], on, published=number % 2 == 0)

    client.force_login(people["manager"])
    costs = []
    for more in (2, 58):
        fill(more)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(WEEK, headers=HTML)
        assert len(page.context["plan"].rows) == 3 + (2 if more == 2 else 60)
        costs.append(len(queries.captured_queries))
    assert costs == [QUERIES, QUERIES]
    assert len(page.context["page"].object_list) == 50
    assert len(client.get(f"{WEEK}&page=2", headers=HTML).context["page"].object_list) == 13


def test_the_week_itself_takes_five_statements(
    people, sales, billing, day, django_assert_num_queries
):
    plan(people["staff"], day, MON)
    departments = list(Department.objects.all())
    with django_assert_num_queries(5):
        read_week(people["admin"], departments, MONDAY, ZONE)


def test_more_departments_than_tabs_become_a_select(client, people):
    assert page_of(client, people["admin"]).context["has_tabs"] is True
    DepartmentFactory.create_batch(3)
    page = page_of(client, people["admin"])
    assert page.context["has_tabs"] is False
    assert re.search(r'<select class="input is-sm" id="rd" name="department">', page.text)
