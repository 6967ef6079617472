"""Scores of a month: a pure function of facts, figures entered and definitions."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import (
    DailyRollup,
    Fact,
    KpiPeriod,
    KpiRecord,
    KpiScore,
    KpiTarget,
    RollupDay,
)
from reporting.services import recalculate_kpis, recalculate_recent
from routing.models import Agent
from tests.factories import AgentFactory, UserFactory
from tests.reporting.kpi_rows import (
    AT,
    FEBRUARY,
    MARCH,
    add_up,
    fact,
    figures,
    month_of_work,
    rows_of,
    scores,
)

pytestmark = pytest.mark.django_db

# 21 of 25 on time; the middle of 600, 675 and 4000 s; 3 in 2 h; 2 of 3 days.
WORKED = {
    "sla": (84, 25, 92, 26.25, 35),
    "first_response": (675, 3, 300, 18.75, 25),
    "resolved_per_hour": (1.5, 3, 3, 12.5, 25),
    "late": (2, 3, 0, 7.5, 15),
    None: (65, 4, None, 65, 100),
}


@pytest.fixture
def rules():
    return figures()


@pytest.fixture
def worker(people, rules):
    month_of_work(people["staff"])
    return people["staff"]


def run(period=MARCH, **more):
    return recalculate_kpis(period, at=AT, **more)


def test_a_month_of_a_person(worker, people):
    assert run() == (1, 5)
    assert rows_of(worker) == WORKED
    assert not KpiScore.objects.exclude(user=worker).exists()
    assert KpiPeriod.objects.get() == KpiPeriod(period=MARCH, counted_at=AT)
    assert KpiPeriod.objects.get().counted_at == AT


def test_rollups_and_facts_give_the_same(worker):
    run()
    of_facts = scores()
    add_up()
    assert not RollupDay.objects.filter(is_stale=True).exists()
    assert run() == (1, 0)
    # The rollups themselves are what is read now.
    DailyRollup.objects.filter(kind="late").delete()
    assert run() == (1, 2)
    assert scores() != of_facts


def test_a_second_run_writes_nothing(worker):
    run()
    before = list(KpiScore.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as asked:
        assert run() == (1, 0)
    writes = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert all('"reporting_kpiperiod"' in sql for sql in writes)
    assert list(KpiScore.objects.order_by("pk").values()) == before


def test_after_a_backfill_the_rows_are_those_of_a_first_count(worker):
    run()
    fact(worker, "sla_breached", date(2026, 3, 1), 60, "first_response")
    fact(worker, "first_response", date(2026, 3, 31), 100)
    assert run() == (1, 3)
    followed = scores()
    KpiScore.objects.all().delete()
    add_up()
    assert run() == (1, 5)
    assert scores() == followed
    assert rows_of(worker)["sla"][:2] == (pytest.approx(100 * 21 / 26), 26)
    assert rows_of(worker)["first_response"][:2] == (637.5, 4)


def test_only_the_days_of_the_month_count(worker):
    for day in (date(2026, 2, 28), date(2026, 4, 1)):
        fact(worker, "sla_breached", day, 60, "first_response")
    run()
    assert rows_of(worker) == WORKED


def test_what_another_did_counts_for_them(worker, people):
    fact(people["other_staff"], "sla_breached", date(2026, 3, 3), 60, "first_response")
    run()
    assert rows_of(worker) == WORKED
    assert rows_of(people["other_staff"]) == {
        "sla": (0, 1, 92, 0, 100),
        "first_response": (None, 0, 300, None, 0),
        "resolved_per_hour": (None, 0, 3, None, 0),
        "late": (None, 0, 0, None, 0),
        None: (0, 1, None, 0, 100),
    }


def test_a_number_says_nothing_about_who_was_never_there(people, rules):
    person = people["staff"]
    fact(person, "first_response", date(2026, 3, 3), 300)
    run()
    assert rows_of(person)["late"] == (None, 0, 0, None, 0)
    fact(person, "planned", date(2026, 3, 3), 28_800)
    run()
    assert rows_of(person)["late"] == (0, 1, 0, 37.5, 37.5)


def test_half_the_hours_and_half_the_work_are_worth_the_same(people, rules):
    full, part = people["staff"], people["other_staff"]
    fact(full, "resolved", date(2026, 3, 3), 1, count=20)
    fact(full, "routable", date(2026, 3, 3), 8 * 3600)
    fact(part, "resolved", date(2026, 3, 3), 1, count=10)
    fact(part, "routable", date(2026, 3, 3), 4 * 3600)
    run()
    assert rows_of(full)["resolved_per_hour"][0] == 2.5
    assert rows_of(part)["resolved_per_hour"][0] == 2.5
    assert rows_of(full)[None] == rows_of(part)[None]


# --- Targets and definitions --------------------------------------------------------------------
def test_the_closest_target_counts(worker, rules):
    sla = rules["sla"]
    KpiTarget.objects.create(definition=sla, role="staff", value=84, zero_value=60)
    KpiTarget.objects.create(definition=sla, role="manager", value=99, zero_value=60)
    run()
    assert rows_of(worker)["sla"] == (84, 25, 84, 35, 35)
    KpiTarget.objects.create(definition=sla, department=worker.department, value=108, zero_value=60)
    run()
    assert rows_of(worker)["sla"] == (84, 25, 108, 17.5, 35)


def test_without_a_target_a_figure_is_shown_and_does_not_count(worker, rules):
    rules["sla"].targets.all().delete()
    run()
    assert rows_of(worker)["sla"] == (84, 25, None, None, 0)
    assert rows_of(worker)["late"][-2:] == (pytest.approx(7.5 / 0.65, abs=1e-6),) + (
        pytest.approx(15 / 0.65, abs=1e-6),
    )


def test_what_is_switched_off_leaves_the_score(worker, rules):
    run()
    rules["late"].is_active = False
    rules["late"].save()
    assert run() == (1, 5)  # one gone, three reweighted, the score
    assert set(rows_of(worker)) == {"sla", "first_response", "resolved_per_hour", None}
    assert rows_of(worker)[None][0] == pytest.approx(57.5 / 0.85, abs=1e-6)


def test_an_unknown_code_is_left_out(worker, rules):
    rules["late"].code = "gone_from_the_list"
    rules["late"].save()
    run()
    assert set(rows_of(worker)) == {"sla", "first_response", "resolved_per_hour", None}


def test_a_figure_entered_by_hand_counts(worker, people):
    rules = figures(("sla", 50, "high", 92, 60), ("manual:csat", 50, "high", 5, 3))
    KpiRecord.objects.create(
        user=worker,
        definition=rules["manual:csat"],
        period=MARCH,
        value=4.5,
        recorded_by=people["admin"],
        recorded_at=AT,
    )
    run()
    assert rows_of(worker)["manual:csat"] == (4.5, 1, 5, 37.5, 50)
    assert rows_of(worker)[None][0] == 75


# --- Whose --------------------------------------------------------------------------------------
def test_leads_have_one_when_they_take_conversations(people, rules):
    manager = people["manager"]
    fact(manager, "first_response", date(2026, 3, 3), 300)
    agent = AgentFactory(user=manager, capacity=0)
    run()
    assert rows_of(manager) == {}
    Agent.objects.filter(pk=agent.pk).update(capacity=3)
    run()
    assert rows_of(manager)[None] == (100, 1, None, 100, 100)


def test_who_left_keeps_what_they_had(worker):
    run()
    worker.is_active = False
    worker.save()
    assert run() == (1, 0)


def test_some_people_leave_the_others_alone(worker, people):
    other = people["other_staff"]
    fact(other, "first_response", date(2026, 3, 3), 300)
    assert run(users=[other.pk]) == (1, 5)
    assert rows_of(worker) == {}
    assert not KpiPeriod.objects.exists()
    run()
    fact(worker, "late", date(2026, 3, 9), 600)
    before = rows_of(worker)
    Fact.objects.filter(actor=other).delete()
    assert run(users=[other.pk]) == (0, 5)
    assert rows_of(worker) == before


# --- Routing ------------------------------------------------------------------------------------
def test_the_score_of_this_month_goes_to_routing(worker, people):
    agent = Agent.objects.get(user=worker)
    other = AgentFactory(user=UserFactory(department=worker.department), kpi_score=12)
    run()
    agent.refresh_from_db()
    other.refresh_from_db()
    assert (agent.kpi_score, other.kpi_score) == (65, None)
    assert worker.__class__.objects.get(pk=worker.pk).kpi_score == 65
    assert people["admin"].kpi_score is None


def test_an_earlier_month_does_not(worker):
    Agent.objects.filter(user=worker).update(kpi_score=12)
    fact(worker, "first_response", date(2026, 2, 3), 300)
    run(FEBRUARY)
    agent = Agent.objects.get(user=worker)
    assert (agent.kpi_score, rows_of(worker, FEBRUARY)[None][0]) == (12, 100)


def test_the_job_works_out_this_month_and_the_last(worker):
    fact(worker, "first_response", date(2026, 2, 3), 300)
    fact(worker, "first_response", date(2026, 1, 3), 300)
    assert recalculate_recent(at=AT) == 10
    assert set(KpiScore.objects.values_list("period", flat=True)) == {MARCH, FEBRUARY}
    assert recalculate_recent(at=AT) == 0
