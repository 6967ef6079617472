"""The page of KPI: the parts of the score, the way to more, the team without bottom ranks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from reporting.kpi_people import score_by_month
from reporting.models import KpiScore
from reporting.services import recalculate_kpis
from tests.factories import AgentFactory, UserFactory
from tests.reporting.kpi_rows import FEBRUARY, MARCH, fact, figures, month_of_work
from workforce.models import Request
from workforce.services.request_evidence import PROVIDERS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 20, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_march():
    with time_machine.travel(NOON, tick=False), translation.override("en"):
        yield


@pytest.fixture
def worker(people, client):
    figures()
    person = people["staff"]
    month_of_work(person)
    fact(person, "first_response", FEBRUARY, 1050)
    for period in (FEBRUARY, MARCH):
        recalculate_kpis(period)
    client.force_login(person)
    client.cookies["omnichat_language"] = "en"
    return person


def page_of(client, path="/kpi"):
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.context["page"]


def test_the_score_and_its_parts(client, worker):
    page = page_of(client)
    assert (page.score, page.change.is_up) == ("65", True)
    assert [one.code for one in page.parts] == [
        "sla",
        "first_response",
        "resolved_per_hour",
        "late",
    ]
    assert [one.has_points for one in page.parts] == [True] * 4
    # 24 of 32 of the way to the mark, 1125 of 1500, half, half
    assert [one.bar for one in page.parts] == pytest.approx([0.6, 0.6, 0.4, 0.4])
    assert "92" in page.way
    assert page.missing == ""
    assert page.month.way.place == 0


def test_an_earlier_month_has_no_way_and_says_what_is_missing(client, worker):
    page = page_of(client, "/kpi?period=2026-02")
    assert (page.score, page.change, page.way) == ("50", None, "")
    assert len(page.month.without_data) == 3
    assert page.missing
    assert [one.is_reweighted for one in page.parts if one.has_points] == [True]


def test_a_month_it_cannot_be_is_400(client, worker):
    for text in ("2026-13", "2026-04", "x"):
        assert client.get(f"/kpi?period={text}").status_code == 400


def test_three_lead_and_nobody_is_last(client, worker):
    team = [AgentFactory(user=UserFactory(department=worker.department)).user for _n in range(4)]
    for number, person in enumerate(team):
        fact(person, "first_response", MARCH, 375 + 75 * number)
    lowest = AgentFactory(user=UserFactory(department=worker.department)).user
    fact(lowest, "first_response", MARCH, 1700)
    recalculate_kpis(MARCH)
    page = page_of(client)
    assert [row.person for row in page.rows] == [*team[:3], worker]
    assert [row.score for row in page.rows] == ["95", "90", "85", "65"]
    assert (page.team.count, page.people) == (6, [])
    content = client.get("/kpi").content.decode()
    assert lowest.display_name not in content
    assert team[3].display_name not in content


def test_leads_see_all_of_theirs_by_name(client, worker, people):
    client.force_login(people["manager"])
    page = page_of(client)
    assert [row.person for row in page.people] == [worker]
    client.force_login(people["other_manager"])
    assert page_of(client).people == []
    client.force_login(people["admin"])
    assert [row.person for row in page_of(client).people] == [worker]


def test_the_page_of_a_person(client, worker, people):
    path = f"/kpi/people/{worker.public_id}"
    assert client.get(path).status_code == 403
    client.force_login(people["other_manager"])
    assert client.get(path).status_code == 404
    client.force_login(people["manager"])
    page = page_of(client, path)
    assert (page.score, page.is_own) == ("65", False)
    assert b"kpi/dispute" not in client.get(path).content


def test_the_page_of_a_month_asks_little(client, worker, people, django_assert_max_num_queries):
    client.force_login(people["admin"])
    client.get("/kpi")
    with django_assert_max_num_queries(40):
        client.get("/kpi")


# --- A doubt ------------------------------------------------------------------------------------
def test_a_doubt_becomes_a_request(client, worker):
    answer = client.post(
        "/kpi/dispute",
        {"period": "2026-03", "figure": "late", "note": "Hôm đó kẹt xe"},
        headers={"accept-language": "en"},
    )
    sent = Request.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/requests/{sent.pk}")
    assert (sent.user, sent.kind, sent.status) == (worker, "other", "pending")
    assert "03/2026" in sent.description
    assert sent.description.endswith("\nHôm đó kẹt xe")
    assert "7.5 / 15.0" in sent.description


def test_the_score_as_a_whole_can_be_doubted_once(client, worker):
    assert client.post("/kpi/dispute", {"period": "2026-03"}).status_code == 302
    again = client.post("/kpi/dispute", {"period": "2026-03"})
    assert again.status_code == 400
    assert again.context["doubt"].errors["figure"]
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"period": "2026-01"},
        {"period": "2026-13"},
        {"period": "2026-03", "figure": "none"},
        {"period": "2026-03", "note": "x" * 501},
    ],
)
def test_a_doubt_of_nothing_is_400(client, worker, data):
    assert client.post("/kpi/dispute", data).status_code == 400
    assert not Request.objects.exists()


def test_somebody_without_data_has_nothing_to_doubt(client, worker, people):
    client.force_login(people["colleague"])
    assert page_of(client).score == "–"
    assert client.post("/kpi/dispute", {"period": "2026-03"}).status_code == 400
    assert KpiScore.objects.filter(user=people["colleague"]).count() == 0


def test_who_decides_about_pay_sees_the_scores(worker, people):
    assert score_by_month(worker, [FEBRUARY, MARCH]) == {
        "kpi": [{"month": "2026-02", "score": 50.0}, {"month": "2026-03", "score": 65.0}]
    }
    assert score_by_month(worker, [FEBRUARY]) == {"kpi": [{"month": "2026-02", "score": 50.0}]}
    assert score_by_month(people["colleague"], [FEBRUARY, MARCH]) == {"kpi": []}
    assert score_by_month in PROVIDERS


def test_a_fall_of_a_colleague_is_not_shown(client, worker, people):
    fact(people["colleague"], "first_response", FEBRUARY, 300)
    fact(people["colleague"], "first_response", MARCH, 375)
    for period in (FEBRUARY, MARCH):
        recalculate_kpis(period)
    rows = {row.person: row for row in page_of(client).rows}
    assert rows[people["colleague"]].score == "95"
    assert rows[people["colleague"]].change is None
    assert rows[worker].change.words == "15.0"
    client.force_login(people["manager"])
    falls = [row.change.is_up for row in page_of(client).people if row.change]
    assert sorted(falls) == [False, True]
