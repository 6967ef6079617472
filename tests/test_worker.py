"""The worker's table of periodic work."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from omnichat import worker
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


def test_a_job_does_not_wait_for_a_clock_that_was_set_back():
    runs, job = counting()
    assert run_if_due(job)
    PeriodicJob.objects.filter(name="count").update(run_after=timezone.now() + timedelta(hours=1))
    assert run_if_due(job)
    assert not run_if_due(job)
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


@pytest.mark.parametrize(
    ("minutes", "begins_anew"),
    [(0.1, False), (2.9, False), (3.1, True), (10, True), (-1, False), (-60, True)],
)
def test_it_is_written_down_since_when_a_job_runs_without_a_gap(minutes, begins_anew):
    """A pause of two minutes beyond its minute is a gap, and so is a clock that steps."""
    told = []
    job = Job("count", timedelta(minutes=1), lambda steady_since: told.append(steady_since), True)
    began = timezone.now()
    assert run_if_due(job)
    row = PeriodicJob.objects.get(name="count")
    assert began <= row.steady_since <= row.last_finished_at
    moments = {
        "run_after": timezone.now(),
        "last_finished_at": timezone.now() - timedelta(minutes=minutes),
        "steady_since": began - timedelta(hours=1),
    }
    PeriodicJob.objects.update(**moments)
    assert run_if_due(job)
    now_steady = PeriodicJob.objects.get(name="count").steady_since
    assert told == [row.steady_since, now_steady]
    assert (now_steady > began) is begins_anew
    assert now_steady == moments["steady_since"] or begins_anew


def test_of_two_workers_that_see_a_job_due_one_runs_it(monkeypatch):
    """The other one is quicker between this one's look and its grip."""
    runs, job = counting()
    look = PeriodicJob.objects.get_or_create

    def look_and_be_late(**row):
        found = look(**row)
        with monkeypatch.context() as quick:
            quick.setattr(PeriodicJob.objects, "get_or_create", look)
            assert run_if_due(job)
        return found

    monkeypatch.setattr(PeriodicJob.objects, "get_or_create", look_and_be_late)
    assert not run_if_due(job)
    assert runs == [1]


def test_a_job_that_fails_does_not_stop_the_next(monkeypatch, caplog):
    def fail() -> None:
        raise RuntimeError("no more paper")

    runs, job = counting()
    monkeypatch.setattr(worker, "JOBS", (Job("fail", timedelta(minutes=1), fail), job))
    assert worker.Worker()._round(None) is False
    assert runs == [1]
    assert PeriodicJob.objects.get(name="fail").last_error
    assert [record.getMessage() for record in caplog.records] == ["job fail failed"]


def test_a_worker_waits_for_a_database_that_is_away(monkeypatch, caplog):
    rounds = []

    def round_of(self, senders):
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise OperationalError("the server closed the connection")
        self.stop()
        return False

    monkeypatch.setattr(worker, "DATABASE_AWAY_SECONDS", 0)
    monkeypatch.setattr(worker.Worker, "_round", round_of)
    worker.Worker().run()
    assert rounds == [0, 1]
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR"] == [
        "the database is away; trying again"
    ]


def test_a_worker_told_to_stop_begins_no_job(monkeypatch):
    runs, job = counting()
    monkeypatch.setattr(worker, "JOBS", (job,))
    told = worker.Worker()
    told.stop()
    told._round(None)
    told.run()
    assert runs == []


def test_the_table_names_what_repairs_the_product():
    every = {job.name: job.every.total_seconds() for job in JOBS}
    assert every == {
        "assign_waiting": 2,
        "take_away_unanswered": 5,
        "hear_of_hours": 10,
        "repair_agents": 5,
        "repair_keyword_version": 5,
        "send_auto_replies": 1,
        "count_keyword_hits": 30,
        "flush_keyword_imports": 21_600,
        "end_time_of_deactivated": 30,
        "close_forgotten": 60,
        "carry_out_transfers": 60,
        "close_unanswered": 60,
        "remind_deciders": 300,
        "follow_clocks": 0.25,
        "warn_deadlines": 1,
        "wake_snoozed": 1,
        "follow_time": 0.25,
        "repair_history": 30,
        "settle_leave_accounts": 3_600,
        "retry_events": 2,
        "follow_facts": 5,
        "repair_facts": 86_400,
        "recalculate_kpis": 3_600,
        "take_backlog_snapshot": 60,
        "tell_long_waits": 30,
        "prune_viewers": 600,
        "prune_notifications": 86_400,
        "forget_live_events": 60,
        "flush_expired": 86_400,
    }


def test_all_jobs_run_on_an_empty_database():
    for job in JOBS:
        assert run_if_due(job)
    assert set(PeriodicJob.objects.values_list("last_error", flat=True)) == {""}
