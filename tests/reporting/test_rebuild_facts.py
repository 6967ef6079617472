"""The command that derives everything again: safe to repeat, to end half way, beside the worker."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.models import DailyRollup, Fact, FactPosition, RollupDay
from reporting.services import rebuild as rebuilding
from reporting.services import rebuild_facts, writing
from reporting.services.rebuild import Rebuilt
from tests.reporting.golden.conversations import STORIES
from tests.reporting.golden.load import AT, loaded
from tests.reporting.test_golden import everything
from tests.workforce.timesheet_rows import moment

OURS = ("reporting_fact", "reporting_dailyrollup", "reporting_rollupday")


@pytest.fixture(scope="module")
def records(django_db_setup, django_db_blocker):
    """The golden set without facts."""
    with django_db_blocker.unblock(), loaded() as world:
        yield world


@pytest.fixture(autouse=True)
def within(records, db) -> None:
    """Every test in a savepoint of its own."""


def run() -> str:
    out = StringIO()
    call_command("rebuild_facts", stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue().strip()


def rebuild(progress=lambda done, of: None) -> Rebuilt:
    return rebuild_facts(progress=progress, at=moment(AT))


def written(do) -> list[str]:
    """Statements that write facts or rollups."""
    with CaptureQueriesContext(connection) as asked:
        do()
    verbs = ("INSERT", "UPDATE", "DELETE", "COPY")
    statements = [one["sql"] for one in asked if one["sql"].startswith(verbs)]
    return [sql for sql in statements if any(f'"{table}"' in sql for table in OURS)]


def test_the_command_says_what_it_did():
    said = run()
    days = Fact.objects.values("day").distinct().count()
    assert said == f"{len(STORIES)} conversations looked at, {days} days added up again"
    assert Fact.objects.filter(kind="cycle_started").count() == 71
    before = everything()
    assert run() == f"{len(STORIES)} conversations looked at, 0 days added up again"
    assert everything() == before


def test_it_makes_the_row_that_is_locked():
    FactPosition.objects.all().delete()
    rebuild()
    assert FactPosition.objects.count() == 1


def test_a_second_run_writes_nothing():
    assert written(rebuild)
    assert written(rebuild) == []


def test_only_what_differs_is_written():
    rebuild()
    numbers = dict(Fact.objects.values_list("pk", "kind"))
    rollups = set(DailyRollup.objects.values_list("pk", flat=True))
    wrong = Fact.objects.filter(kind="reply").first()
    Fact.objects.filter(pk=wrong.pk).update(seconds=wrong.seconds + 1)
    gone = Fact.objects.filter(kind="one_touch").first()
    Fact.objects.filter(pk=gone.pk).delete()
    assert rebuild().days == len({wrong.day, gone.day})
    now = dict(Fact.objects.values_list("pk", "kind"))
    assert set(numbers) - set(now) == {wrong.pk, gone.pk}
    assert sorted(now[pk] for pk in set(now) - set(numbers)) == ["one_touch", "reply"]
    # The rollups were right and are still the same rows.
    assert set(DailyRollup.objects.values_list("pk", flat=True)) == rollups


def test_facts_of_nothing_are_removed():
    rebuild()
    before = everything()
    fact = Fact.objects.filter(kind="resolved").first()
    values = {f.attname: getattr(fact, f.attname) for f in Fact._meta.concrete_fields}
    Fact.objects.create(**values | {"id": None, "source_id": 10**9})
    worked = Fact.objects.filter(kind="worked").first()
    values = {f.attname: getattr(worked, f.attname) for f in Fact._meta.concrete_fields}
    Fact.objects.create(**values | {"id": None, "source_id": 10**9})
    rebuild()
    assert everything() == before


def test_progress_is_told_bit_by_bit(monkeypatch):
    monkeypatch.setattr(rebuilding, "CONVERSATIONS", 30)
    told = []
    rebuild(lambda done, of: told.append((done, of)))
    assert told == [(30, 64), (60, 64), (64, 64)]


def test_ended_half_way_it_has_done_no_harm(monkeypatch):
    rebuild()
    before = everything()
    for model in (Fact, DailyRollup, RollupDay):
        model.objects.all().delete()
    monkeypatch.setattr(rebuilding, "CONVERSATIONS", 30)

    def stop(done: int, of: int) -> None:
        if done == 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(stop)
    assert RollupDay.objects.filter(is_stale=True).exists()  # so that somebody adds them up
    found = Fact.objects.exclude(conversation=None).values("conversation").distinct().count()
    assert found == 60
    rebuild()
    assert everything() == before


def test_many_rows_at_once_are_the_same_rows(monkeypatch):
    """On PostgreSQL through COPY."""
    rebuild()
    before = everything()
    for model in (Fact, DailyRollup, RollupDay):
        model.objects.all().delete()
    monkeypatch.setattr(writing, "COPY_FROM", 1)
    rebuild()
    assert everything() == before
