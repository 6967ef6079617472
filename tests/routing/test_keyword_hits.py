"""Counting hits: beside the work, nothing twice, nothing lost, whatever comes late."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from inbox.models import Message
from routing.models import CountPosition, KeywordHits, LateMessage
from routing.services import assign_conversation, count_keyword_hits, delete_keyword, hits_of
from tests.factories import KeywordFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def transactions(monkeypatch):
    """`transactions(oldest, following)`: what runs beside; else nothing does.

    PostgreSQL counts the transactions of all its databases, so the real ones are not ours alone.
    """

    def run(oldest: int, following: int) -> None:
        monkeypatch.setattr("omnichat.lib.settled_ids._transactions", lambda: (oldest, following))

    run(0, 0)
    return run


@pytest.fixture
def mua(sales):
    return KeywordFactory(word="mua", department=sales)


def message(*keywords, **fields) -> Message:
    found = [
        {"keyword": k.pk, "word": k.word, "department": k.department_id, "weight": "1.00"}
        | {"factor": "1", "start": 0, "end": 3}
        for k in keywords
    ]
    return MessageFactory(keywords=found, **fields)


def count() -> None:
    """As the worker does: on PostgreSQL an id is ready one run after it was noted."""
    for _run in range(3):
        count_keyword_hits()


def counted() -> list[tuple]:
    rows = KeywordHits.objects.order_by("keyword", "day")
    return list(rows.values_list("keyword", "day", "hits", "decided", "handed_on"))


def test_each_message_counts_once_on_the_day_it_came(organisation, mua, sales):
    other = KeywordFactory(word="sỉ", department=sales)
    now = timezone.now().replace(year=2026, month=11, day=24, hour=16, minute=59)
    message(mua, other, received_at=now)  # 23:59 in Ho Chi Minh City
    message(mua, received_at=now + timedelta(minutes=1))
    message(received_at=now)
    MessageFactory(direction="outbound", keywords=None)
    expected = [
        (mua.pk, date(2026, 11, 24), 1, 0, 0),
        (mua.pk, date(2026, 11, 25), 1, 0, 0),
        (other.pk, date(2026, 11, 24), 1, 0, 0),
    ]
    count()
    assert counted() == expected
    count()
    assert counted() == expected
    message(mua, received_at=now)
    count()
    assert counted()[0] == (mua.pk, date(2026, 11, 24), 2, 0, 0)


def test_a_message_routed_late_is_counted_when_it_is(organisation, mua):
    late = MessageFactory(keywords=None)
    message(mua)
    count()
    assert [row[2] for row in counted()] == [1]
    assert list(LateMessage.objects.values_list("pk", flat=True)) == [late.pk]
    Message.objects.filter(pk=late.pk).update(keywords=message(mua).keywords)
    count()
    assert [row[2] for row in counted()] == [3]
    assert not LateMessage.objects.exists()


def test_more_than_one_batch(organisation, mua, monkeypatch):
    monkeypatch.setattr("routing.services.hits.BATCH", 2)
    for _number in range(5):
        message(mua)
    count()
    assert [row[2] for row in counted()] == [5]


def test_nothing_is_counted_while_a_transaction_may_still_bring_a_lower_id(
    organisation, mua, transactions
):
    message(mua)
    transactions(5, 9)  # 5 to 8 run
    count()
    assert counted() == []
    transactions(8, 12)  # 8 still runs
    message(mua)
    count()
    assert counted() == []
    transactions(9, 13)
    count_keyword_hits()
    assert [row[2] for row in counted()] == [1]
    transactions(13, 14)
    count()
    assert [row[2] for row in counted()] == [2]


def test_a_position_from_another_server_does_not_stop_it(organisation, mua):
    message(mua)
    count()
    CountPosition.objects.update(noted_transaction=2**60)
    message(mua)
    count()
    assert [row[2] for row in counted()] == [2]


def test_hits_of_a_removed_keyword_go_with_it(organisation, mua, people):
    message(mua)
    message(mua)
    count()
    delete_keyword(keyword=mua, actor=people["admin"])
    message(mua)  # routed by a process that did not know yet
    count()
    assert counted() == []


def test_the_sum_of_the_last_days(mua):
    today = timezone.localdate()
    for days_ago, hits in ((0, 1), (6, 2), (7, 4), (29, 8), (30, 16)):
        KeywordHits.objects.create(keyword=mua, day=today - timedelta(days=days_ago), hits=hits)
    assert hits_of([mua.pk], days=7)[mua.pk]["hits"] == 3
    assert hits_of([mua.pk], days=30)[mua.pk]["hits"] == 15


def test_what_a_word_decided_and_what_was_handed_on(write, people, sales, billing, mua):
    kept = write("mua", sender="a")
    moved = write("mua", sender="b")
    assert kept.department == moved.department == sales
    count()
    assert [row[2:] for row in counted()] == [(2, 2, 0)]
    within = people["staff"] if moved.assignee == people["colleague"] else people["colleague"]
    assign_conversation(conversation=moved, assignee=within, by=people["admin"])
    count()
    assert [row[2:] for row in counted()] == [(2, 2, 0)]
    for person in (people["other_staff"], within, people["other_staff"]):
        moved.refresh_from_db()
        assign_conversation(conversation=moved, assignee=person, by=people["admin"])
    count()
    assert [row[2:] for row in counted()] == [(2, 2, 1)]


def test_what_a_word_decided_counts_on_the_day_of_its_message(write, people, mua):
    """Else a day would tell more conversations than messages."""
    conversation = write("mua", sender="a")
    yesterday = timezone.now() - timedelta(days=1)
    Message.objects.filter(conversation=conversation).inbound().update(received_at=yesterday)
    count()
    assign_conversation(
        conversation=conversation, assignee=people["other_staff"], by=people["admin"]
    )
    count()
    assert counted() == [(mua.pk, timezone.localdate(yesterday), 1, 1, 1)]
