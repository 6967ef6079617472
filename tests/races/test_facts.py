"""Workers that follow, repair and rebuild at one moment: each fact once, and none is forgotten."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from inbox.models import Conversation
from inbox.services import resolve_conversation, send_reply
from reporting.models import DailyRollup, Fact, FactPosition, RollupDay
from reporting.services import follow_facts, rebuild_facts, repair_facts
from tests.races.company import conversation_of, new_sender, write
from tests.races.together import DEADLINE_SECONDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WORKERS, CUSTOMERS = 4, 8


RUNNING = """SELECT
    COALESCE(min(backend_xid::text::bigint), txid_snapshot_xmax(txid_current_snapshot())),
    txid_snapshot_xmax(txid_current_snapshot())
    FROM pg_stat_activity WHERE datname = current_database()"""


@pytest.fixture(autouse=True)
def nobody_elses_transactions(monkeypatch) -> None:
    """Wait for those of this database alone: what else the server is asked to do is not ours."""

    def transactions() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(RUNNING)
            return cursor.fetchone()

    monkeypatch.setattr("omnichat.lib.settled_ids._transactions", transactions)


@pytest.fixture
def customers(company):
    """`customers()`: that many have written to somebody who has them all."""

    def call() -> list:
        here = company(people=1, capacity=CUSTOMERS)
        senders = [new_sender() for _customer in range(CUSTOMERS)]
        for sender in senders:
            write(sender, here.word(0))
        return senders

    return call


def rebuild() -> None:
    rebuild_facts(progress=lambda done, of: None)


def everything() -> list[list]:
    """Facts of conversations and what they come to; how long people take work goes on growing."""
    facts = Fact.objects.exclude(conversation=None)
    rollups = DailyRollup.objects.exclude(kind="routable")
    names = [f.attname for f in Fact._meta.concrete_fields if f.attname != "id"]
    columns = ("day", "axis", "key", "department", "kind", "label", "count", "wall_values")
    rows = [facts.values_list(*names), rollups.values_list(*columns)]
    return [sorted(map(repr, found)) for found in rows]


def assert_as_from_nothing() -> None:
    """The same rows as when all are derived anew."""
    assert not RollupDay.objects.filter(is_stale=True).exists()
    found = everything()
    assert all(found)
    for model in (Fact, DailyRollup, RollupDay, FactPosition):
        model.objects.all().delete()
    rebuild()
    assert everything() == found


def answer(sender: str):
    def call() -> None:
        it = conversation_of(sender)
        send_reply(conversation=it, author=it.assignee, text="Dạ")
        resolve_conversation(conversation=it, by=it.assignee)
        write(sender, "Cảm ơn")

    return call


def test_4_workers_follow_at_once(rounds, customers):
    for _round in rounds:
        customers()
        Fact.objects.all().delete()
        RollupDay.objects.all().delete()
        DailyRollup.objects.all().delete()
        FactPosition.objects.all().delete()
        looked_at = at_once([follow_facts] * WORKERS)
        # Who found the lock taken did nothing, and whoever saw others at it left it for later.
        count = sum(outcome.value for outcome in looked_at) + follow_facts()
        conversations = Conversation.objects.count()
        assert count == conversations >= CUSTOMERS
        before = everything()
        at_once([follow_facts] * WORKERS)
        assert everything() == before
        assert_as_from_nothing()


def test_following_repairing_and_rebuilding_at_once(rounds, customers):
    for _round in rounds:
        customers()
        at_once([follow_facts, repair_facts, rebuild, follow_facts, rebuild])
        follow_facts()
        assert_as_from_nothing()


def test_a_message_that_is_committed_late_is_followed(rounds, customers):
    """Its id is lower than that of a message which everybody can see already."""
    for _round in rounds:
        senders = customers()
        follow_facts()
        late, early = (conversation_of(sender) for sender in senders[:2])
        is_written, may_commit = threading.Event(), threading.Event()

        def write_late(late=late, is_written=is_written, may_commit=may_commit) -> None:
            with transaction.atomic():
                send_reply(conversation=late, author=late.assignee, text="Dạ")
                is_written.set()
                assert may_commit.wait(DEADLINE_SECONDS)

        def write_and_follow(early=early, is_written=is_written, may_commit=may_commit) -> None:
            assert is_written.wait(DEADLINE_SECONDS)
            send_reply(conversation=early, author=early.assignee, text="Dạ")
            try:
                for _look in range(3):
                    follow_facts()
            finally:
                may_commit.set()

        at_once([write_late, write_and_follow])
        for _look in range(2):
            follow_facts()
        answered = Fact.objects.filter(kind="reply", conversation__in=(late, early))
        assert set(answered.values_list("conversation", flat=True)) == {late.pk, early.pk}
        assert_as_from_nothing()


def test_nothing_is_missed_of_what_is_written_meanwhile(rounds, customers):
    for _round in rounds:
        senders = customers()
        at_once([*(answer(sender) for sender in senders), follow_facts, follow_facts, rebuild])
        for _look in range(2):  # what is noted first is looked at next
            follow_facts()
        assert Fact.objects.filter(kind="reopened").count() >= CUSTOMERS
        assert_as_from_nothing()
