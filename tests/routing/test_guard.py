"""The fairness guard: nobody gets a whole backlog at once, and the row says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Conversation
from routing.models import Agent, Assignment
from routing.services import drain_department, guard, route_messages
from routing.services.choosing import candidates_of
from tests.factories import ConversationFactory, MessageFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(people, sales):
    """Sales shares its backlog evenly, and only staff takes work, up to 20."""
    set_policy(sales, is_guarded=True)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    Agent.objects.filter(user=people["staff"]).update(capacity=20)
    return sales


def seconds_ago(count: float) -> None:
    Assignment.objects.update(assigned_at=timezone.now() - timedelta(seconds=count))


def test_five_and_no_more_within_ten_seconds(guarded, people):
    ConversationFactory.create_batch(12, department=guarded)
    assert drain_department(guarded.pk) == 5
    assert drain_department(guarded.pk) == 0
    seconds_ago(9)
    assert drain_department(guarded.pk) == 0
    seconds_ago(10)
    assert drain_department(guarded.pk) == 5
    seconds_ago(11)
    assert drain_department(guarded.pk) == 2


def test_the_rows_say_who_is_held_back_and_for_how_long(guarded, people):
    rows = ConversationFactory.create_batch(8, department=guarded)
    drain_department(guarded.pk)
    given_at = timezone.now() - timedelta(seconds=6)
    Assignment.objects.update(assigned_at=given_at)
    drain_department(guarded.pk)
    left = Conversation.objects.waiting().filter(pk__in=[row.pk for row in rows])
    until = (given_at + timedelta(seconds=10)).isoformat()
    said = ("guard", {"person": "Staff", "until": until})
    assert list(left.values_list("waiting_reason", "waiting_params")) == [said] * 3


def test_who_is_full_is_full_and_not_held_back(guarded, people):
    Agent.objects.filter(user=people["staff"]).update(capacity=5)
    ConversationFactory.create_batch(6, department=guarded)
    drain_department(guarded.pk)
    (left,) = Conversation.objects.waiting()
    assert (left.waiting_reason, left.waiting_params) == ("all_full", {})


def test_others_take_what_the_guard_keeps_from_one(guarded, people):
    Agent.objects.filter(user=people["colleague"]).update(capacity=20, reply_seconds=1800.0)
    ConversationFactory.create_batch(12, department=guarded)
    assert drain_department(guarded.pk) == 10
    assert open_counts(people["staff"], people["colleague"]) == [5, 5]


def test_a_new_message_is_no_backlog(guarded, people, write, words):
    ConversationFactory.create_batch(5, department=guarded)
    assert drain_department(guarded.pk) == 5
    assert write("mua").assignee == people["staff"]
    # But it counts.
    seconds_ago(10)
    ConversationFactory.create_batch(5, department=guarded)
    write("mua", sender="b")
    assert drain_department(guarded.pk) == 4


def test_who_writes_again_does_not_leave_the_backlog(guarded, people, write, words):
    ConversationFactory.create_batch(6, department=guarded)
    assert drain_department(guarded.pk) == 5
    (left,) = Conversation.objects.waiting()
    new = MessageFactory(conversation=left, keywords=None)
    route_messages(message_ids=[new.pk])
    left.refresh_from_db()
    assert (left.assignee, left.waiting_reason) == (None, "guard")


def test_what_people_gave_by_hand_does_not_count(guarded, people):
    ConversationFactory.create_batch(10, department=guarded)
    assert drain_department(guarded.pk) == 5
    Assignment.objects.update(assigned_by=people["manager"])
    assert drain_department(guarded.pk) == 5


def test_the_claim_itself_counts_when_the_look_came_too_early(guarded, people, monkeypatch):
    """Two drains look at once; what the first gave, the second sees only with the place."""
    ConversationFactory.create_batch(8, department=guarded)
    assert drain_department(guarded.pk) == 5
    monkeypatch.setattr("routing.services.deciding.held_back", lambda candidates, at: {})
    assert drain_department(guarded.pk) == 0
    assert open_counts(people["staff"]) == [5]


def test_without_the_guard_one_gets_it_all(people, sales):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    ConversationFactory.create_batch(8, department=sales)
    assert drain_department(sales.pk) == 8


def test_until_when_each_is_held_back(guarded, people):
    ConversationFactory.create_batch(5, department=guarded)
    drain_department(guarded.pk)
    now = timezone.now()
    records = Assignment.objects.order_by("pk")
    for age, record in zip((1, 2, 3, 4, 8), records, strict=True):
        Assignment.objects.filter(pk=record.pk).update(assigned_at=now - timedelta(seconds=age))
    candidates = candidates_of(guarded.pk, now)
    held = guard.held_back(candidates, now)
    assert held == {people["staff"].pk: now + timedelta(seconds=2)}
    assert guard.held_back(candidates, now + timedelta(seconds=2)) == {}
