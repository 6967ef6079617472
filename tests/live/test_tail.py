"""The tail: every committed event once, in whatever order transactions end."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.models import LiveEvent
from accounts.services import live
from omnichat.live import tail as tail_module
from omnichat.live.tail import Tail

Kind = LiveEvent.Kind


def write(*audience: str, kind: str = Kind.QUEUE_CHANGED, object_id=None) -> int:
    news = live.event(kind, audience or (live.ADMINS,), object_id)
    return LiveEvent.objects.create(**news._asdict()).pk


@pytest.fixture
def tail(transactional_db) -> Tail:
    tail = Tail()
    tail.read()
    return tail


def ids(tail: Tail) -> list[int]:
    return [news.id for news in tail.read()]


def test_what_was_before_is_not_told(transactional_db):
    write()
    tail = Tail()
    assert tail.read() == []
    assert tail.read() == []


def test_an_event_is_told_once_with_all_it_says(tail):
    object_id = uuid4()
    pk = write("admins", "leads:7", kind=Kind.MESSAGE_CREATED, object_id=object_id)
    (news,) = tail.read()
    assert news == (pk, "message.created", ("admins", "leads:7"), object_id)
    assert tail.read() == []


def test_many_events_come_in_order_and_in_parts(tail, monkeypatch):
    monkeypatch.setattr(tail_module, "BATCH", 4)
    written = [write() for _ in range(10)]
    assert [ids(tail), ids(tail), ids(tail), ids(tail)] == [
        written[:4],
        written[4:8],
        written[8:],
        [],
    ]


def test_a_rolled_back_event_is_never_told_and_its_id_given_up(tail, monkeypatch):
    write()
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    last = write()
    assert ids(tail)[-1] == last
    assert ids(tail) == []
    monkeypatch.setattr(tail_module, "LATE_SECONDS", -1)
    assert ids(tail) == []
    assert tail._gaps == {}


@pytest.mark.usefixtures("on_postgresql")
def test_a_transaction_that_commits_late_is_not_lost(tail):
    """It took its id first and commits after the next one was read."""
    late, may_commit = _written_elsewhere()
    early = write()
    assert early > late
    assert ids(tail) == [early]
    assert ids(tail) == []
    may_commit()
    assert ids(tail) == [late]
    assert ids(tail) == []


@pytest.mark.usefixtures("on_postgresql")
def test_what_is_being_written_while_the_tail_begins_is_not_lost(transactional_db):
    late, may_commit = _written_elsewhere()
    write()
    tail = Tail()
    assert ids(tail) == []
    may_commit()
    assert ids(tail) == [late]


@pytest.mark.usefixtures("on_postgresql")
def test_forty_transactions_that_end_in_any_order_are_all_told(tail):
    written = [_written_elsewhere() for _ in range(40)]
    told: list[int] = []
    for number in (17 * step % 40 for step in range(40)):
        written[number][1]()
        told += ids(tail)
    assert len(told) == 40
    assert sorted(told) == sorted(pk for pk, _commit in written)


def _written_elsewhere():
    """Write an event in a transaction of another connection; the second value commits it."""
    is_written, may_commit = threading.Event(), threading.Event()
    pks: list[int] = []

    def work() -> None:
        with transaction.atomic():
            pks.append(write())
            is_written.set()
            assert may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert is_written.wait(30)

    def commit() -> None:
        may_commit.set()
        thread.join(30)

    return pks[0], commit


def test_a_jump_of_the_ids_keeps_only_the_newest_of_the_missing(tail, monkeypatch):
    monkeypatch.setattr(tail_module, "MAX_GAPS", 50)
    first = write()
    assert ids(tail) == [first]
    LiveEvent.objects.create(id=first + 10_000, kind=Kind.QUEUE_CHANGED, audience="admins")
    assert ids(tail) == [first + 10_000]
    assert len(tail._gaps) == 50
    assert min(tail._gaps) == first + 10_000 - 50


def test_a_database_that_was_put_back_is_noticed(tail):
    written = [write() for _ in range(5)]
    assert ids(tail) == written
    assert not tail.has_rewound()
    LiveEvent.objects.filter(pk__gt=written[1]).delete()
    assert tail.has_rewound()
    assert ids(tail) == []
    LiveEvent.objects.create(id=written[2], kind=Kind.QUEUE_CHANGED, audience="admins")
    assert ids(tail) == [written[2]]


def test_forgotten_events_are_no_rewind(tail):
    write()
    tail.read()
    LiveEvent.objects.all().delete()
    assert not tail.has_rewound()


def test_a_poll_is_one_statement(tail, django_assert_num_queries):
    with django_assert_num_queries(1):
        tail.read()
    write()
    with django_assert_num_queries(1):
        tail.read()


def test_reading_is_quick_when_ten_minutes_of_events_are_kept(transactional_db):
    """A poll looks at the new rows only: its plan says so, no clock does."""
    LiveEvent.objects.bulk_create(
        LiveEvent(kind=Kind.QUEUE_CHANGED, audience="admins") for _ in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_liveevent")
    tail = Tail()
    tail.read()
    tail._gaps = dict.fromkeys(range(tail._top - 20, tail._top), time.monotonic())
    plan = tail._wanted().explain()
    assert "Seq Scan" not in plan
    assert "SCAN accounts_liveevent" not in plan
