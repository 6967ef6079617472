"""KPI for programs: one's own, the department's, figures entered by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from accounts.models import AuditEntry
from reporting.models import KpiRecord, KpiScore
from reporting.services import recalculate_kpis
from tests.reporting.kpi_rows import FEBRUARY, MARCH, fact, figures, month_of_work

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 20, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_march():
    with time_machine.travel(NOON, tick=False), translation.override("en"):
        yield


@pytest.fixture
def worker(people):
    figures()
    person = people["staff"]
    month_of_work(person)
    fact(person, "first_response", FEBRUARY, 1050)
    fact(people["colleague"], "first_response", MARCH, 1125)
    for period in (FEBRUARY, MARCH):
        recalculate_kpis(period)
    return person


def test_own_figures_of_this_month(api, worker):
    body = api(worker).get("/api/v1/kpi/user").json()
    trend = body.pop("trend")
    lines = [tuple(line.values()) for line in body.pop("metrics")]
    assert body == {
        "user": {"id": str(worker.public_id), "display_name": worker.display_name},
        "score": 65,
        "before": 50,
        "period": "2026-03",
        # a quarter of the way from 1800 s to 300 s adds a quarter of 25; from 0 to 3 an hour too
        "nearest": {"metric": "sla", "value": 92, "gain": 8.75, "score": 73.75},
    }
    assert lines == [
        ("sla", "On time", 84, 25, 92, 26.25, 35),
        ("first_response", "First response", 675, 3, 300, 18.75, 25),
        ("resolved_per_hour", "Resolved per hour", 1.5, 3, 3, 12.5, 25),
        ("late", "Came late", 2, 3, 0, 7.5, 15),
    ]
    assert [one["period"] for one in trend] == [
        "2025-10",
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    # the middle of 65 and 45
    assert trend[-1] == {"period": "2026-03", "score": 65, "median": 55}
    assert trend[-2] == {"period": "2026-02", "score": 50, "median": 50}
    assert trend[0] == {"period": "2025-10", "score": None, "median": None}


def test_own_figures_whoever_is_named(api, worker, people):
    path = f"/api/v1/kpi/user?user={people['colleague'].public_id}&user_id=1"
    assert api(worker).get(path).json()["user"]["id"] == str(worker.public_id)


def test_an_earlier_month(api, worker):
    body = api(worker).get("/kpi/user?period=2026-02").json()
    assert (body["score"], body["before"]) == (50, None)
    assert body["metrics"][0] == {
        "metric": "sla",
        "name": "On time",
        "value": None,
        "n": 0,
        "target": 92,
        "points": None,
        "weight": 0,
    }


def test_somebody_without_data(api, worker, people):
    body = api(people["admin"]).get("/api/v1/kpi/user").json()
    assert (body["score"], body["metrics"], body["nearest"]) == (None, [], None)


@pytest.mark.parametrize("door", ["user", "department"])
@pytest.mark.parametrize("period", ["2026-13", "2026-04", "x", "2026-3", "1999-01", "٢٠٢٦-٠٣"])
def test_a_month_it_cannot_be_is_400(api, worker, people, door, period):
    answer = api(people["admin"]).get(f"/api/v1/kpi/{door}?period={period}")
    assert (answer.status_code, list(answer.json())) == (400, ["period"])


def test_the_department_of_a_manager(api, worker, people):
    body = api(people["manager"]).get("/api/v1/kpi/department").json()
    found = {row["user"]["display_name"]: row["score"] for row in body["people"]}
    assert found == {worker.display_name: 65, people["colleague"].display_name: 45}
    assert [row["user"]["display_name"] for row in body["people"]] == sorted(found)
    assert (body["period"], body["median"]) == ("2026-03", 55)


def test_a_department_one_does_not_lead_is_400(api, worker, people):
    other = people["other_manager"].department_id
    for who, status in (("manager", 400), ("admin", 200), ("other_manager", 200)):
        answer = api(people[who]).get(f"/api/v1/kpi/department?department={other}")
        assert answer.status_code == status
    assert list(api(people["manager"]).get(f"/kpi/department?department={other}").json()) == [
        "department"
    ]
    assert api(people["admin"]).get("/kpi/department?department=x").status_code == 400


# --- Entering -----------------------------------------------------------------------------------
@pytest.fixture
def csat(worker):
    return figures(("manual:csat", 50, "high", 5, 3), ("first_response", 50, "low", 300, 1800))


def given(person, **changes) -> dict:
    body = {"user_id": str(person.public_id), "metric": "manual:csat", "period": "2026-03"}
    return body | {"value": 4.5, "note": "38 ratings"} | changes


def test_a_figure_is_entered_and_the_score_follows(api, worker, people, csat):
    answer = api(people["admin"]).post("/kpi/record", given(worker))
    assert (answer.status_code, answer.json()) == (201, given(worker))
    row = KpiRecord.objects.get()
    assert (row.user, row.period, row.value, row.recorded_by) == (
        worker,
        MARCH,
        4.5,
        people["admin"],
    )
    # 675 s is worth 37.5 of 50, 4.5 another 37.5
    assert KpiScore.objects.get(user=worker, period=MARCH, definition=None).value == 75
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.target_label) == (
        "kpi_recorded",
        people["admin"],
        worker.display_name,
    )
    assert entry.changes == {
        "kpi": "manual:csat",
        "month": "2026-03",
        "figure": [None, 4.5],
        "remark": "38 ratings",
    }


def test_a_correction_replaces_and_leaves_a_trace(api, worker, people, csat):
    for value in (4.5, 4):
        assert (
            api(people["admin"]).post("/kpi/record", given(worker, value=value)).status_code == 201
        )
    assert KpiRecord.objects.get().value == 4
    assert AuditEntry.objects.latest("pk").changes["figure"] == [4.5, 4]
    assert (
        KpiScore.objects.get(user=worker, period=MARCH, definition=csat["manual:csat"]).value == 4
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": "2026-13"}, "period"),
        ({"period": "2026-04"}, "period"),
        ({"period": ""}, "period"),
        ({"metric": "first_response"}, "metric"),
        ({"metric": "nothing"}, "metric"),
        ({"value": "many"}, "value"),
        ({"value": 1e13}, "value"),
        ({"value": None}, "value"),
        ({"user_id": "00000000-0000-0000-0000-000000000007"}, "user_id"),
        ({"user_id": "x"}, "user_id"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_is_wrong_is_named(api, worker, people, csat, changes, field):
    answer = api(people["admin"]).post("/kpi/record", given(worker, **changes))
    body = answer.json()
    assert (answer.status_code, body.get("field") or list(body)) in [(400, field), (400, [field])]
    assert not KpiRecord.objects.exists()


def test_who_takes_no_conversations_has_no_figures(api, people, csat):
    answer = api(people["admin"]).post("/kpi/record", given(people["admin"]))
    assert answer.status_code == 400
    assert not KpiRecord.objects.exists()


def test_only_administrators_enter(api, worker, people, csat):
    for who in ("staff", "manager", "other_manager"):
        assert api(people[who]).post("/kpi/record", given(worker)).status_code == 403
    assert not KpiRecord.objects.exists()
