"""GET /shifts/timesheet: one's own month for programs."""

from __future__ import annotations

import pytest

from accounts.models import Organisation
from tests.workforce.timesheet_rows import plan, shift, worked
from workforce.models import Holiday, TimeEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_in_november(time_machine) -> None:
    time_machine.move_to("2026-11-23T02:52:00+00:00", tick=False)


@pytest.fixture
def entry(people, sales) -> TimeEntry:
    TimeEntry.objects.all().delete()
    plan(people["staff"], shift(sales, name="Ca ngày"), "2026-11-19")
    worked(people["colleague"], "2026-11-19 08:00", "17:00")
    return worked(people["staff"], "2026-11-19 08:12", "18:30")


@pytest.mark.parametrize("path", ["/api/v1/shifts/timesheet", "/shifts/timesheet"])
@pytest.mark.parametrize("query", ["", "?month=2026-11", "?month=2026-11&user_id=1&person=x"])
def test_ones_own_month(api, people, entry, path, query):
    body = api(people["staff"]).get(path + query).json()
    assert (body["month"], body["time_zone"], body["state"]) == (
        "2026-11",
        "Asia/Ho_Chi_Minh",
        "open",
    )
    assert [day["date"] for day in body["days"]] == [f"2026-11-{n:02}" for n in range(1, 31)]
    assert body["days"][18] == {
        "date": "2026-11-19",
        "kind": "ordinary",
        "holiday": "",
        "symbol": "X",
        "flags": [],
        "planned_minutes": 480,
        "worked_minutes": 558,
        "break_minutes": 60,
        "late_minutes": 12,
        "early_minutes": 0,
        "overtime_minutes": 78,
        "minutes": {"normal_day": 480, "overtime_day": 78},
        "shifts": [
            {
                "name": "Ca ngày",
                "starts_at": "2026-11-19T08:00:00+07:00",
                "ends_at": "2026-11-19T17:00:00+07:00",
            }
        ],
        "entries": [
            {
                "id": entry.pk,
                "checked_in_at": "2026-11-19T08:12:00+07:00",
                "checked_out_at": "2026-11-19T18:30:00+07:00",
                "is_corrected": False,
                "is_off_site": False,
            }
        ],
    }
    assert body["totals"] == {
        "planned_minutes": 480,
        "worked_minutes": 558,
        "break_minutes": 60,
        "late_minutes": 12,
        "early_minutes": 0,
        "overtime_minutes": 78,
        "minutes": {"normal_day": 480, "overtime_day": 78},
        "late_times": 1,
        "early_times": 0,
        "days": {"X": 1.0},
        "unresolved": [],
    }


def test_the_month_without_a_month_is_the_workplaces(api, people, time_machine):
    time_machine.move_to("2026-11-30T17:30:00+00:00", tick=False)  # 00:30 of 1/12 there
    assert api(people["staff"]).get("/api/v1/shifts/timesheet").json()["month"] == "2026-12"
    Organisation.objects.update(time_zone="America/Sao_Paulo")
    assert api(people["staff"]).get("/api/v1/shifts/timesheet").json()["month"] == "2026-11"


def test_a_forgotten_check_out_is_null(api, people, entry):
    TimeEntry.objects.filter(pk=entry.pk).update(is_auto_closed=True)
    Holiday.objects.create(date="2026-11-20", name="Ngày Nhà giáo")
    body = api(people["staff"]).get("/api/v1/shifts/timesheet").json()
    day = body["days"][18]
    assert day["entries"][0]["checked_out_at"] is None
    assert day["flags"] == ["auto_closed", "missing_check_out"]
    assert body["totals"]["unresolved"] == ["2026-11-19"]
    holiday = body["days"][19]
    assert (holiday["kind"], holiday["holiday"]) == ("holiday", "Ngày Nhà giáo")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Write a month like 2026-11."), ("vi", "Ghi tháng như 2026-11.")],
)
def test_a_month_that_is_none(api, people, language, sentence):
    for month in ("x", "2026-13", "2026-1", "9" * 5000, "2026-11-01"):
        response = api(people["staff"]).get(
            f"/api/v1/shifts/timesheet?month={month}", accept_language=language
        )
        assert (response.status_code, response.json()) == (400, {"month": [sentence]})


def test_it_costs_few_statements(api, people, entry, django_assert_num_queries):
    staff = api(people["staff"])
    with django_assert_num_queries(12):  # the person, the zone, the first rules, the month's eight
        staff.get("/api/v1/shifts/timesheet")
