"""Other deadlines and hours reach the clocks of all conversations, a few at a time."""

import logging
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.models import Conversation
from routing.models import KeywordVersion, SlaClock, SlaPolicy
from routing.services import (
    follow_clocks,
    hear_of_hours,
    rules_changed,
    sla,
    sla_news,
    tell_clocks,
)
from routing.services.sla_policies import save_sla_policy
from tests.factories import ConversationFactory
from workforce.models import Holiday
from workforce.services import copy_holidays

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(db) -> list[Conversation]:
    return [ConversationFactory(is_clock_stale=False) for _number in range(5)]


def stale(rows: list[Conversation]) -> list[bool]:
    flags = dict(Conversation.objects.values_list("pk", "is_clock_stale"))
    return [flags[row.pk] for row in rows]


def version() -> int:
    return KeywordVersion.objects.get(pk=1).rules_version


def test_a_saved_policy_touches_no_conversation(rows):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        save_sla_policy(changes={"first_response_minutes": 5}, actor=None)

    assert not [q for q in queries if "inbox_conversation" in q["sql"]]
    assert stale(rows) == [False] * 5


def test_clocks_hear_of_it_a_few_at_a_time_and_each_once(rows, monkeypatch):
    monkeypatch.setattr(sla_news, "CHUNK", 2)
    Conversation.objects.filter(pk=rows[1].pk).update(status="resolved")
    assert tell_clocks() == 0

    rules_changed()

    assert tell_clocks() == 2
    assert stale(rows) == [True, False, True, False, False]
    assert [tell_clocks(), tell_clocks()] == [2, 0]
    assert stale(rows) == [True, False, True, True, True]
    Conversation.objects.update(is_clock_stale=False)
    assert tell_clocks() == 0
    assert stale(rows) == [False] * 5


def test_a_change_meanwhile_begins_from_the_first(rows, monkeypatch):
    monkeypatch.setattr(sla_news, "CHUNK", 2)
    mark = sla_news._mark

    def mark_and_change(told):
        done = mark(told)
        rules_changed()
        return done

    rules_changed()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(sla_news, "_mark", mark_and_change)
        tell_clocks()
    Conversation.objects.update(is_clock_stale=False)

    assert tell_clocks() == 2
    assert stale(rows) == [True, True, False, False, False]


def test_whoever_follows_the_clocks_brings_the_news(rows):
    rules_changed()
    assert follow_clocks() == 5


def test_one_that_cannot_be_followed_stops_no_other(rows, monkeypatch, caplog):
    SlaPolicy.objects.create(resolution_minutes=5, resolution_in_hours=False)
    for row in rows:
        row.cycles.get_or_create(number=1, defaults={"started_at": timezone.now()})
    Conversation.objects.update(is_clock_stale=True)
    follow = sla._follow_cycle

    def fail(work, row, cycle):
        if row.pk == rows[0].pk:
            raise ValueError("broken row")
        follow(work, row, cycle)

    monkeypatch.setattr(sla, "_follow_cycle", fail)
    with caplog.at_level(logging.ERROR):
        assert [follow_clocks(), follow_clocks()] == [4, 0]
    assert len(caplog.records) == 1
    told = SlaClock.objects.order_by("pk").values_list("conversation", flat=True)
    assert list(told) == [row.pk for row in rows[1:]]


# --- holidays and the time zone ---


def test_other_holidays_are_news_and_unconfirmed_ones_are_not(rows):
    hear_of_hours()
    first = version()
    copy_holidays([2031])
    assert (hear_of_hours(), version(), tell_clocks()) == (True, first + 1, 5)
    copy_holidays([2031])
    Holiday.objects.create(date=date(2031, 6, 6), name="Chưa rõ", is_confirmed=False)
    assert (hear_of_hours(), version(), tell_clocks()) == (False, first + 1, 0)
    Holiday.objects.filter(date=date(2031, 6, 6)).update(is_confirmed=True)
    assert (hear_of_hours(), version()) == (True, first + 2)
    Holiday.objects.all().delete()
    assert (hear_of_hours(), version()) == (True, first + 3)


@pytest.mark.parametrize(("change", "is_news"), [("time_zone", True), ("name", False)])
def test_another_time_zone_is_news(rows, organisation, change, is_news):
    hear_of_hours()
    tell_clocks()
    setattr(organisation, change, "Asia/Tokyo")
    organisation.save(update_fields=[change])
    assert hear_of_hours() is is_news
    assert tell_clocks() == (5 if is_news else 0)
