"""The golden set: every fact is the one worked out by hand, however often it is derived."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from reporting.models import DailyRollup, Fact, FactPosition, RollupDay
from reporting.services import facts as following
from reporting.services import follow_facts, rebuild_facts
from tests.reporting.golden import conversations, expected
from tests.reporting.golden.facts import expected_rows, stored_rows
from tests.reporting.golden.load import AT, february, loaded
from tests.workforce.timesheet_rows import moment


def rebuild() -> None:
    rebuild_facts(progress=lambda done, of: None, at=moment(AT))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The golden set with its facts, for all tests of this file; each may change its own."""
    with django_db_blocker.unblock(), loaded() as world:
        rebuild()
        yield world


@pytest.fixture(autouse=True)
def within(world, db) -> None:
    """Every test in a savepoint of its own."""


def differences(found: list, wanted: list) -> str:
    found, wanted = Counter(found), Counter(wanted)
    lines = [f"- {row}" for row in (wanted - found).elements()]
    return "\n".join(sorted(lines + [f"+ {row}" for row in (found - wanted).elements()]))


def everything() -> dict[str, list]:
    """All facts and rollups, every column but the number."""
    found = {}
    for model in (Fact, DailyRollup, RollupDay):
        names = [f.attname for f in model._meta.concrete_fields if f.attname != "id"]
        found[model.__name__] = sorted(map(_plain, model.objects.values_list(*names)), key=repr)
    return found


def _plain(row: tuple) -> tuple:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def test_there_are_enough_of_them():
    assert len(conversations.STORIES) >= 60
    assert list(conversations.STORIES) == list(expected.FACTS)


@pytest.mark.parametrize("name", [*conversations.STORIES, "-"])
def test_the_facts_are_those_worked_out_by_hand(world, name):
    found = [row for row in stored_rows(world) if row.conversation == name]
    wanted = [row for row in expected_rows() if row.conversation == name]
    assert not differences(found, wanted)


def test_each_day_is_added_up(world):
    assert not RollupDay.objects.filter(is_stale=True).exists()
    days = set(Fact.objects.values_list("day", flat=True))
    assert set(RollupDay.objects.values_list("day", flat=True)) == days
    assert set(DailyRollup.objects.values_list("day", flat=True)) == days


def test_a_second_time_changes_nothing(world):
    before = everything()
    numbers = list(Fact.objects.order_by("pk").values_list("pk", flat=True))
    rebuild()
    assert everything() == before
    assert list(Fact.objects.order_by("pk").values_list("pk", flat=True)) == numbers


def test_from_nothing_it_is_the_same_again(world):
    before = everything()
    for model in (Fact, DailyRollup, RollupDay):
        model.objects.all().delete()
    rebuild()
    assert everything() == before


def test_following_message_by_message_gives_the_same(world, monkeypatch):
    before = everything()
    for model in (Fact, DailyRollup, RollupDay, FactPosition):
        model.objects.all().delete()
    # The test's own transaction would hold the ids back on PostgreSQL.
    monkeypatch.setattr("omnichat.lib.settled_ids._transactions", lambda: (0, 0))
    monkeypatch.setattr(following, "MESSAGES", 37)
    monkeypatch.setattr(following, "RUN_SECONDS", 600)  # however slow the machine is
    FactPosition.objects.create(pk=1, looked_at=february("1/00:00"))
    looked_at = [follow_facts(at=moment(AT)) for _run in range(2)]
    assert everything() == before
    # Conversations are looked at again for each piece of them; nothing is left for the second run.
    assert looked_at[0] >= len(conversations.STORIES)
    assert looked_at[1] == 0


@pytest.mark.parametrize("wrong", ["seconds", "actor_id", "day", "keyword"])
def test_what_is_wrong_is_put_right(world, wrong):
    before = everything()
    fact = Fact.objects.filter(kind="first_response", hour=8).first()
    values = {"seconds": 1, "actor_id": world.people["boss"].pk, "keyword": "khác"}
    values["day"] = date(2026, 2, 3)
    assert getattr(fact, wrong) != values[wrong]
    Fact.objects.filter(pk=fact.pk).update(**{wrong: values[wrong]})
    assert everything() != before
    rebuild()
    assert everything()["Fact"] == before["Fact"]
    assert everything()["DailyRollup"] == before["DailyRollup"]
