"""Recalculations at one moment: the same rows as of one, none double."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from reporting.models import KpiDefinition, KpiRecord, KpiScore
from reporting.services import follow_facts, recalculate_kpis, record_kpi
from reporting.services.facts import lock_position
from reporting.services.rollups import mark_days
from routing.models import Agent
from tests.factories import AgentFactory, UserFactory
from tests.races.together import at_once
from tests.reporting.kpi_rows import AT, MARCH, fact, figures, month_of_work, scores

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

PEOPLE, AT_ONCE = 6, 4


@pytest.fixture
def workers():
    """So many people with a month of work behind them, and what they are measured by."""
    figures(
        ("sla", 35, "high", 92, 60),
        ("first_response", 25, "low", 300, 1800),
        ("manual:csat", 40, "high", 5, 3),
    )
    found = [AgentFactory().user for _number in range(PEOPLE)]
    for worker in found:
        month_of_work(worker)
    return found


def recalculate():
    return recalculate_kpis(MARCH, at=AT)


def assert_as_of_one() -> None:
    """The rows are those of a count from nothing, and routing knows the scores."""
    found = scores()
    assert recalculate().changed == 0
    KpiScore.objects.all().delete()
    recalculate()
    assert scores() == found
    told = dict(KpiScore.objects.filter(definition=None).values_list("user", "value"))
    assert dict(Agent.objects.values_list("user", "kpi_score")) == told


def test_recalculations_at_once_give_the_rows_of_one(rounds, workers):
    for _round in rounds:
        KpiScore.objects.all().delete()
        outcomes = at_once([recalculate] * AT_ONCE)
        # Whoever came first wrote them all; the others found nothing to write.
        changed = sorted(outcome.value.changed for outcome in outcomes)
        assert changed == [0] * (AT_ONCE - 1) + [4 * PEOPLE]
        assert KpiScore.objects.count() == 4 * PEOPLE
        assert_as_of_one()


def test_recalculations_while_facts_arrive(rounds, workers):
    def backfill(worker):
        @transaction.atomic
        def call() -> None:
            lock_position()
            fact(worker, "first_response", date(2026, 3, 9), 200)

        return call

    for _round in rounds:
        at_once([*(backfill(one) for one in workers), recalculate, follow_facts, recalculate])
        recalculate()
        assert_as_of_one()


def test_figures_entered_at_once_leave_one_and_its_score(rounds, workers):
    admin = UserFactory(role="admin", department=None)
    csat = KpiDefinition.objects.get(code="manual:csat")

    def enter(value):
        def call() -> None:
            record_kpi(
                user=workers[0], definition=csat, period=MARCH, value=value, actor=admin, at=AT
            )

        return call

    for _round in rounds:
        mark_days([date(2026, 3, 3)])
        at_once([enter(3.5), enter(4), recalculate, enter(4.5)])
        kept = KpiRecord.objects.get().value
        assert KpiScore.objects.get(user=workers[0], definition=csat).value == kept
        assert_as_of_one()
