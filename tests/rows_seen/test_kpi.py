"""Whose KPI one sees: staff their own, a manager the department's, an administrator all."""

from __future__ import annotations

from datetime import date

import pytest

from reporting.models import KpiRecord, KpiScore
from tests.reporting.kpi_rows import figures

pytestmark = pytest.mark.django_db
MONTH = date(2026, 3, 1)
WORKERS = ("staff", "colleague", "other_staff")
SEES = {
    "admin": set(WORKERS),
    "manager": {"staff", "colleague"},
    "other_manager": {"other_staff"},
    "staff": {"staff"},
    "colleague": {"colleague"},
    "other_staff": {"other_staff"},
}


@pytest.fixture
def world(people):
    """A score and a figure entered of everybody who works."""
    csat = figures(("manual:csat", 50, "high", 5, 3))["manual:csat"]
    for number, name in enumerate(WORKERS):
        own = {"user": people[name], "period": MONTH, "value": 60 + number}
        KpiScore.objects.create(**own, points=60 + number, weight=100, n=1)
        KpiScore.objects.create(**own, definition=csat)
        by = {"recorded_by": people["admin"], "recorded_at": "2026-03-20T00:00Z"}
        KpiRecord.objects.create(**own, definition=csat, **by)


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("model", [KpiScore, KpiRecord])
def test_rows(people, world, who, model):
    seen = set(model.objects.visible_to(people[who]).values_list("user__username", flat=True))
    assert seen == SEES[who]


@pytest.mark.parametrize("who", ["admin", "manager", "other_manager"])
def test_people_of_the_department_by_the_api(people, world, api, who):
    body = api(people[who]).get("/api/v1/kpi/department?period=2026-03").json()
    found = {row["user"]["id"] for row in body["people"]}
    assert found == {str(people[name].public_id) for name in SEES[who]}


@pytest.mark.parametrize("who", WORKERS)
def test_staff_have_their_own_alone(people, world, api, who):
    body = api(people[who]).get("/api/v1/kpi/user?period=2026-03").json()
    assert (body["user"]["id"], body["score"]) == (
        str(people[who].public_id),
        60 + WORKERS.index(who),
    )
    assert api(people[who]).get("/api/v1/kpi/department").status_code == 403


@pytest.mark.parametrize("who", SEES)
def test_the_page_of_each_person(people, world, client, who):
    client.force_login(people[who])
    is_lead = who in ("admin", "manager", "other_manager")
    for name in WORKERS:
        answer = client.get(f"/kpi/people/{people[name].public_id}?period=2026-03")
        expected = 403 if not is_lead else 200 if name in SEES[who] else 404
        assert answer.status_code == expected, name


@pytest.mark.parametrize("who", ["staff", "manager"])
def test_the_page_names_nobody_of_another_department(people, world, client, who):
    client.force_login(people[who])
    page = client.get("/kpi?period=2026-03").content.decode()
    assert people["colleague"].display_name in page
    assert people["other_staff"].display_name not in page
