"""The command that works out the KPI of a month."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reporting.models import KpiScore
from reporting.services.kpi import this_month
from tests.reporting.kpi_rows import MARCH, fact, figures, month_of_work, rows_of

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("recalculate_kpis", *args, stdout=out, stderr=err, no_color=True)
    return out.getvalue().strip(), err.getvalue()


@pytest.fixture
def worker(people):
    figures()
    month_of_work(people["staff"])
    fact(people["other_staff"], "first_response", MARCH, 300)
    return people["staff"]


def test_it_says_what_it_did_and_repeats_without_a_trace(worker):
    assert run("--period", "2026-03")[0] == "2026-03: 2 people have a score, 10 rows changed"
    assert run("--period", "2026-03")[0] == "2026-03: 2 people have a score, 0 rows changed"
    assert rows_of(worker)[None] == (65, 4, None, 65, 100)


def test_one_person(worker):
    said, _bar = run("--period", "2026-03", "--user", " Staff ")
    assert said == "2026-03: 1 people have a score, 5 rows changed"
    assert set(KpiScore.objects.values_list("user", flat=True)) == {worker.pk}


def test_without_a_period_it_is_this_month(worker):
    fact(worker, "first_response", timezone.localdate(), 300)
    run()
    assert set(KpiScore.objects.values_list("period", flat=True)) == {this_month()}


@pytest.mark.parametrize("period", ["2026-13", "2026-3", "March", "9999-01", "0000-01", "1999-12"])
def test_a_month_it_cannot_be_is_refused(worker, period):
    with pytest.raises(CommandError, match="like 2026-11"):
        run("--period", period)
    assert not KpiScore.objects.exists()


def test_nobody_is_refused(worker):
    with pytest.raises(CommandError, match="nobody called wer"):
        run("--user", "wer")
