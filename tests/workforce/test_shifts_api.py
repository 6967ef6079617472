"""The API of shifts: what a department has, and planning somebody, by whoever may."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from tests.workforce.roster_rows import MONDAY, plan, rows, shift_of
from workforce.models import RosterRule, Shift, TimesheetMonth

NEW = {"name": "Morning", "starts_at": "08:00", "ends_at": "12:00"}
UNKNOWN = "00000000-0000-4000-8000-000000000007"


@pytest.fixture
def day(sales) -> Shift:
    return shift_of(sales, minimum_staff=2)


def wanted(people, shift, who: str = "staff", **about) -> dict:
    body = {"user_id": str(people[who].public_id), "shift_id": shift.pk, "date": str(MONDAY)}
    return body | about


# --- Shifts ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/shifts", "/api/v1/shifts"])
@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("staff", ["Day"]),
        ("manager", ["Day"]),
        ("other_staff", ["Bills"]),
        ("admin", ["Day", "Bills"]),
    ],
)
def test_each_reads_the_shifts_of_their_department(api, people, billing, day, path, who, names):
    shift_of(billing, "Bills", "09-18")
    results = api(people[who]).get(path).json()["results"]
    assert [row["name"] for row in results] == names


def test_what_a_shift_says(api, people, sales, day):
    (row,) = api(people["staff"]).get("/shifts").json()["results"]
    assert row == {
        "id": day.pk,
        "name": "Day",
        "department_id": sales.pk,
        "department": "Sales",
        "starts_at": "08:00:00",
        "ends_at": "17:00:00",
        "paid_break_minutes": 0,
        "unpaid_break_minutes": 60,
        "grace_in_minutes": 5,
        "grace_out_minutes": 5,
        "handover_minutes": 15,
        "minimum_staff": 2,
        "color": "ok",
        "is_active": True,
    }


def test_a_manager_adds_a_shift_to_the_own_department(api, people, sales, billing):
    response = api(people["manager"]).post("/shifts", NEW | {"department_id": sales.pk})
    assert response.status_code == 201
    shift = Shift.objects.get()
    assert response.json()["id"] == shift.pk
    assert (shift.department, str(shift.ends_at), shift.unpaid_break_minutes) == (
        sales,
        "12:00:00",
        0,
    )
    refused = api(people["manager"]).post("/shifts", NEW | {"department_id": billing.pk})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_department")
    again = api(people["admin"]).post(
        "/shifts", NEW | {"department_id": sales.pk, "name": "MORNING"}
    )
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (
        409,
        "shift_exists",
        "name",
    )
    long = NEW | {"department_id": sales.pk, "name": "Long", "unpaid_break_minutes": 240}
    refused = api(people["admin"]).post("/shifts", long)
    assert (refused.status_code, refused.json()["code"]) == (400, "break_too_long")
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "25:00"),
        ("ends_at", None),
        ("department_id", 10**6),
        ("name", " "),
        ("minimum_staff", -1),
        ("unpaid_break_minutes", 1441),
        ("color", "pink"),
    ],
)
def test_a_bad_shift_names_its_field(api, people, sales, field, value):
    body = NEW | {"department_id": sales.pk} | {field: value}
    response = api(people["admin"]).post("/shifts", body)
    assert response.status_code == 400
    assert field in response.text
    assert not Shift.objects.exists()


# --- Assign ---------------------------------------------------------------------------------------
def test_who_is_assigned_is_published_unless_a_draft_is_wanted(api, people, day):
    response = api(people["manager"]).post("/shifts/assign", wanted(people, day))
    assert response.status_code == 201
    body = response.json()
    assert body.pop("id")
    assert body == {
        "user_id": str(people["staff"].public_id),
        "user": "staff",
        "shift_id": day.pk,
        "shift": "Day",
        "date": "2026-11-23",
        "starts_at": "2026-11-23T08:00:00+07:00",
        "ends_at": "2026-11-23T17:00:00+07:00",
        "planned_minutes": 480,
        "is_published": True,
        "warnings": [],
    }
    draft = api(people["manager"]).post(
        "/shifts/assign", wanted(people, day, "colleague", publish=False)
    )
    assert (draft.status_code, draft.json()["is_published"]) == (201, False)
    assert rows() == [
        ("colleague", "Day", "2026-11-23", False),
        ("staff", "Day", "2026-11-23", True),
    ]


def test_a_warning_comes_with_what_it_is_about(api, people, sales, day):
    plan(people["staff"], shift_of(sales, "Night", "22-06"), date(2026, 11, 22), published=True)
    response = api(people["manager"]).post(
        "/shifts/assign", wanted(people, day), accept_language="en"
    )
    assert response.status_code == 201
    assert response.json()["warnings"] == [
        {
            "kind": "short_rest",
            "detail": "Staff rests too little, Mon 23/11: 2.0 hours between Night 22:00–06:00 "
            "and Day 08:00–17:00, at least 12.0.",
            "source": "Bộ luật Lao động 2019, Điều 110",
        }
    ]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"date": "23/11/2026"}, 400, "date"),
        ({"date": "2026-02-30"}, 400, "date"),
        ({"date": "9999-12-31"}, 400, "date"),
        ({"user_id": "staff"}, 400, "user_id"),
        ({"user_id": UNKNOWN}, 404, "user_id"),
        ({"shift_id": "x"}, 400, "shift_id"),
        ({"shift_id": 999_999}, 404, "shift_id"),
    ],
)
def test_what_is_bad_or_nobodys_names_its_field(api, people, day, change, status, field):
    response = api(people["admin"]).post("/shifts/assign", wanted(people, day) | change)
    assert response.status_code == status
    assert field in response.text
    assert rows() == []


@pytest.mark.parametrize(
    ("by", "who", "status", "code"),
    [
        ("staff", "staff", 403, "permission_denied"),
        ("other_manager", "staff", 404, "not_found"),
        ("other_manager", "other_staff", 404, "not_found"),  # the shift is of Sales
        ("manager", "other_staff", 404, "not_found"),
        ("admin", "other_staff", 400, "other_department"),
    ],
)
def test_person_and_shift_must_be_ones_own(api, people, day, by, who, status, code):
    response = api(people[by]).post("/shifts/assign", wanted(people, day, who))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert rows() == []


def test_refusals_of_the_plan_are_409(api, people, sales, day):
    call = api(people["manager"]).post
    assert call("/shifts/assign", wanted(people, day)).status_code == 201
    late = shift_of(sales, "Late", "16-21")
    night = shift_of(sales, "Night", "22-06")
    RosterRule.objects.filter(kind="short_rest").update(severity="refusal")
    TimesheetMonth.objects.create(
        user=people["staff"],
        month=date(2026, 10, 1),
        approved_at=timezone.now(),
        locked_at=timezone.now(),
    )
    for body, code in [
        (wanted(people, day), "already_planned"),
        (wanted(people, late), "overlapping_shift"),
        (wanted(people, late, publish=False), "overlapping_shift"),
        (wanted(people, night), "roster_conflicts"),
        (wanted(people, day, date="2026-10-05"), "month_locked"),
    ]:
        response = call("/shifts/assign", body)
        assert (response.status_code, response.json()["code"]) == (409, code)
        assert response.json()["detail"]
    assert rows() == [("staff", "Day", "2026-11-23", True)]
