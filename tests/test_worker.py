"""The worker's table of periodic work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from omnichat.models import PeriodicJob
from omnichat.worker import JOBS, Job, run_if_due

pytestmark = pytest.mark.django_db


def counting() -> tuple[list[int], Job]:
    runs: list[int] = []
    return runs, Job("count", timedelta(minutes=1), lambda: runs.append(1))


def test_a_due_job_runs_once_until_it_is_due_again():
    runs, job = counting()
    assert run_if_due(job)
    assert not run_if_due(job)
    assert runs == [1]
    PeriodicJob.objects.filter(name="count").update(run_after=timezone.now())
    assert run_if_due(job)
    assert runs == [1, 1]


def test_a_failing_job_is_recorded_and_comes_back():
    def fail() -> None:
        raise RuntimeError("no more paper")

    assert run_if_due(Job("fail", timedelta(minutes=1), fail))
    row = PeriodicJob.objects.get(name="fail")
    assert row.last_error == "RuntimeError: no more paper"
    assert row.run_after > timezone.now()
    row.run_after = timezone.now()
    row.save()
    assert run_if_due(Job("fail", timedelta(minutes=1), lambda: None))
    row.refresh_from_db()
    assert row.last_error == ""


def test_the_table_names_what_repairs_the_product():
    every = {job.name: job.every.total_seconds() for job in JOBS}
    assert every == {
        "assign_waiting": 2,
        "repair_agents": 5,
        "repair_keyword_version": 5,
        "end_time_of_deactivated": 30,
        "retry_events": 2,
        "flush_expired": 86_400,
    }


def test_all_jobs_run_on_an_empty_database():
    for job in JOBS:
        assert run_if_due(job)
    assert set(PeriodicJob.objects.values_list("last_error", flat=True)) == {""}
