"""/shifts/rotation: a pattern is looked at first, and planned by the second form."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import escape

from accounts.models import AuditEntry, User
from tests.factories import DepartmentFactory, UserFactory
from tests.workforce.roster_rows import HTML, MONDAY, plan, rows, shift_of
from workforce.models import Holiday, LeaveType, RosterRule, TimesheetMonth
from workforce.services import grant_leave

ADDRESS = "/shifts/rotation"
MON, TUE, WED = "2026-11-23", "2026-11-24", "2026-11-25"


@pytest.fixture
def day(sales):
    return shift_of(sales)


@pytest.fixture
def wanted(people, sales, day) -> dict:
    """Two people, Monday and Tuesday of one week."""
    return {
        "department": sales.pk,
        "length": "7",
        "day_0": day.pk,
        "day_1": day.pk,
        "people": [people["staff"].public_id, people["colleague"].public_id],
        "first": MON,
        "weeks": "1",
        "step_days": "0",
        "skip_holidays": "on",
    }


def send(client, person: User, status: int = 200, **data):
    client.force_login(person)
    response = client.post(ADDRESS, data, headers=HTML)
    assert response.status_code == status, response.content[-2000:]
    return response


def cells(page) -> dict[tuple[str, str], str]:
    """What the preview shows, by person and date."""
    with translation.override("en"):
        return {
            (row.person.username, cell.date.isoformat()): str(cell.name or cell.reason)
            for week in page.context["preview"].weeks
            for row in week.rows
            for cell in row.cells
            if cell.name or cell.reason
        }


def told(page) -> list[str]:
    return re.findall(r'<p class="error"[^>]*>(?:<svg.*?</svg>)?([^<]*)<', page.text)


# --- The form -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("length", "weeks"), [("", 1), ("7", 1), ("14", 2), ("28", 4)])
def test_the_pattern_has_a_select_for_each_day(client, people, day, length, weeks):
    client.force_login(people["manager"])
    page = client.get(ADDRESS, {"length": length} if length else {}, headers=HTML)
    pattern = page.context["form"].pattern
    assert (len(pattern), {len(week) for week in pattern}) == (weeks, {7})
    assert page.text.count('<select class="input" id="id_day_') == weeks * 7
    assert f'<option value="{day.pk}">Day 08:00–17:00</option>' in page.text
    names = [box.choice_label for box in page.context["form"]["people"]]
    assert names == ["Colleague", "Manager", "Staff"]


def test_staff_and_strange_departments_are_refused(client, people, billing):
    client.force_login(people["staff"])
    assert client.get(ADDRESS, headers=HTML).status_code == 403
    client.force_login(people["manager"])
    for query in ({"department": billing.pk}, {"department": "x"}, {"length": "8"}):
        assert client.get(ADDRESS, query, headers=HTML).status_code == 400


def test_an_administrator_chooses_the_department(client, people, sales, billing, day):
    client.force_login(people["admin"])
    page = client.get(ADDRESS, {"department": sales.pk}, headers=HTML)
    assert (page.context["department"], page.context["has_choice"]) == (sales, True)
    assert '<select class="input is-sm" id="id_department"' in page.text
    page = client.get(ADDRESS, {"department": billing.pk}, headers=HTML)
    assert "/shifts/templates/new" in page.text  # Billing has no shift yet
    assert 'id="rotation"' not in page.text


def test_the_roster_leads_there_for_leads_only(client, people, day):
    for who, leads in (("manager", True), ("staff", False)):
        client.force_login(people[who])
        assert (f'href="{ADDRESS}' in client.get("/shifts", headers=HTML).text) is leads


# --- Preview, then write --------------------------------------------------------------------------
def test_the_first_form_shows_and_the_second_writes(client, people, wanted):
    page = send(client, people["manager"], **wanted)
    assert cells(page) == {(who, on): "Day" for who in ("staff", "colleague") for on in (MON, TUE)}
    assert (page.context["preview"].added, page.context["preview"].skipped) == (4, [])
    assert (rows(), AuditEntry.objects.count()) == ([], 0)

    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    form = page.text.partition('id="pv"')[2].partition("</form>")[0]
    again: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        again.setdefault(name, []).append(value)
    assert len(hidden) > len(again)
    done = send(client, people["manager"], 302, **again, step="write")
    assert done["Location"] == f"/shifts?week=2026-11-23&department={wanted['department']}"
    assert [row[0:4] for row in rows()] == [
        ("colleague", "Day", MON, False),
        ("staff", "Day", MON, False),
        ("colleague", "Day", TUE, False),
        ("staff", "Day", TUE, False),
    ]
    assert "4 shifts are planned as drafts." in client.get(done["Location"], headers=HTML).text


def test_the_preview_says_what_is_left_out_and_why(client, people, sales, day, wanted):
    staff, colleague = people["staff"], people["colleague"]
    plan(staff, day, MONDAY)
    kind = LeaveType.objects.filter(kind="away").first()
    on = date(2026, 11, 23)
    grant_leave(user=colleague, type=kind, first=on, last=on, actor=people["admin"])
    Holiday.objects.create(date=date(2026, 11, 24), name="Lễ")
    page = send(client, people["manager"], **wanted | {"day_2": day.pk})
    assert cells(page) == {
        ("staff", MON): "has a shift already",
        ("colleague", MON): "on leave",
        ("staff", TUE): "holiday",
        ("colleague", TUE): "holiday",
        ("staff", WED): "Day",
        ("colleague", WED): "Day",
    }
    with translation.override("en"):
        skipped = [str(line) for line in page.context["preview"].skipped]
    assert skipped == [
        "1 day is left out: the person has a shift already.",
        "1 day is left out: the person is on leave.",
        "2 days are left out: they are holidays.",
    ]
    done = send(client, people["manager"], 302, **wanted | {"day_2": day.pk, "step": "write"})
    text = client.get(done["Location"], headers=HTML).text
    assert "2 shifts are planned as drafts. 4 days are left out." in text


def test_the_preview_names_broken_rules_with_their_source(client, people, sales, day, wanted):
    night = shift_of(sales, "Night", "22-06")
    rule = RosterRule.objects.get(kind="short_rest")
    data = wanted | {"people": [people["staff"].public_id], "day_0": night.pk, "weeks": "2"}
    page = send(client, people["manager"], **data)
    problems = page.context["preview"].problems
    assert [problem.who for problem in problems] == [
        "Staff rests too little, Tue 24/11:",
        "Staff rests too little, Tue 01/12:",
    ]
    assert {problem.source for problem in problems} == {rule.source}
    assert rule.source in page.text
    assert 'value="write"' in page.text  # drafts may break it


def test_what_was_wrong_before_is_not_told_again(client, people, sales, day, wanted):
    plan(people["staff"], shift_of(sales, "Night", "22-06"), date(2026, 11, 26))
    plan(people["staff"], day, date(2026, 11, 27))
    page = send(client, people["manager"], **wanted)
    assert page.context["preview"].problems == []


def test_a_locked_month_is_said_before_and_refused_after(client, people, wanted):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    TimesheetMonth.objects.create(
        user=people["staff"], month=date(2026, 11, 1), approved_at=now, locked_at=now
    )
    page = send(client, people["manager"], **wanted)
    assert page.context["preview"].locked_months == ["11/2026"]
    assert "11/2026 is locked. An administrator can open it again." in page.text
    assert 'value="write"' not in page.text
    page = send(client, people["manager"], 409, **wanted, step="write")
    assert "11/2026 is locked. An administrator can open it again." in page.text
    assert rows() == []


# --- What is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize("step", ["", "write"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first", ""),
        ("first", "2026-13-01"),
        ("first", "1999-01-01"),
        ("first", "2100-01-01"),
        ("first", "2099-12-30"),
        ("weeks", ""),
        ("weeks", "0"),
        ("weeks", "13"),
        ("weeks", "x"),
        ("step_days", "2"),
        ("people", []),
        ("people", ["x"]),
        ("people", ["00000000-0000-4000-8000-000000000000"]),
        ("day_0", "x"),
        ("day_0", "999999"),
    ],
)
def test_a_wrong_field_is_marked_and_nothing_is_written(client, people, wanted, name, value, step):
    page = send(client, people["manager"], 400, **wanted | {name: value, "step": step})
    assert list(page.context["form"].errors) == [name]
    with translation.override("en"):
        assert told(page) == [escape(error) for error in page.context["form"].errors[name]]
    assert (rows(), AuditEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Choose a shift on one day at least."), ("vi", "Hãy chọn ca cho ít nhất một ngày.")],
)
def test_a_pattern_without_work_is_refused_in_words(client, people, wanted, language, expected):
    User.objects.update(language=language)
    people["manager"].refresh_from_db()
    page = send(client, people["manager"], 400, **wanted | {"day_0": "", "day_1": ""})
    assert expected in page.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"department": ""}, ""), ({"length": "9"}, ""), ({"step": "x"}, "")],
)
def test_the_frame_of_the_form_is_checked_too(client, people, wanted, changes, field):
    if changes == {"department": ""}:  # that is the own one
        send(client, people["manager"], 200, **wanted | changes)
    else:
        send(client, people["manager"], 400, **wanted | changes | {"step": "x"})
    assert rows() == []


def test_foreign_people_shifts_and_departments_are_refused(client, people, billing, wanted):
    foreign = shift_of(billing, "Foreign")
    for changes in (
        {"people": [people["other_staff"].public_id]},
        {"day_0": foreign.pk},
        {"department": billing.pk},
    ):
        send(client, people["manager"], 400, **wanted | changes | {"step": "write"})
    send(client, people["staff"], 403, **wanted | {"step": "write"})
    send(client, people["admin"], 302, **wanted | {"step": "write"})
    assert len(rows()) == 4


def test_a_closed_department_is_not_offered(client, people):
    gone = DepartmentFactory(is_active=False)
    client.force_login(people["admin"])
    assert client.get(ADDRESS, {"department": gone.pk}, headers=HTML).status_code == 400


# --- Costs ----------------------------------------------------------------------------------------
def test_a_preview_of_many_costs_as_much_as_one_of_few(client, people, sales, wanted):
    crowd = [UserFactory(username=f"person{n}", department=sales) for n in range(30)]

    def cost(chosen: list[User]) -> int:
        client.force_login(people["manager"])
        data = wanted | {"people": [person.public_id for person in chosen], "weeks": "12"}
        with CaptureQueriesContext(connection) as queries:
            assert client.post(ADDRESS, data, headers=HTML).status_code == 200
        return len(queries)

    assert cost(crowd) == cost(crowd[:1]) <= 34
