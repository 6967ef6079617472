"""Why somebody who was at work was not asked: noted with the choice, and told in words."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from inbox.models import Conversation
from routing.explanation import explain
from routing.models import Agent, Assignment
from routing.services import assign_waiting, drain_department, take_away_unanswered
from routing.services import assignment as routing
from routing.services.placing import PlaceLost
from tests.factories import ConversationFactory
from tests.routing.helpers import set_policy
from workforce.services import check_out

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def left_out(conversation: Conversation) -> dict[str, str]:
    """Of the newest choice: who was left out, by the code of the reason."""
    told = conversation.assignments.latest("pk").explanation["left_out"]
    return {one["name"]: one["reason"] for one in told}


def words_of(conversation: Conversation) -> dict[str, str]:
    found = explain(conversation.assignments.latest("pk"))
    return {one.name: one.left_out for one in found.left_out}


def page_of(conversation: Conversation, reader) -> str:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(reader)
    return client.get(f"/conversations/{conversation.public_id}/why").content.decode()


def test_who_just_got_several_of_a_backlog(people, sales):
    set_policy(sales, is_guarded=True, method="kpi_first")
    Agent.objects.filter(user=people["staff"]).update(capacity=20, kpi_score=99)
    rows = ConversationFactory.create_batch(6, department=sales)
    assert drain_department(sales.pk) == 6
    last = Assignment.objects.latest("pk").conversation
    assert last in rows
    assert left_out(last) == {"Staff": "guard"}
    assert words_of(last) == {"Staff": "just got several"}
    assert "Just got several" in page_of(last, people["manager"])


def test_who_is_full_is_full_also_where_the_guard_holds_them(people, sales):
    set_policy(sales, is_guarded=True, method="kpi_first")
    Agent.objects.filter(user=people["staff"]).update(capacity=5, kpi_score=99)
    ConversationFactory.create_batch(6, department=sales)
    assert drain_department(sales.pk) == 6
    assert left_out(Assignment.objects.latest("pk").conversation) == {"Staff": "at_capacity"}


def test_whose_place_was_gone_when_it_was_claimed(write, people, words, monkeypatch):
    decide, tries = routing.decide, []

    def decide_and_lose(standing):
        tries.append(1)
        if len(tries) == 1:
            raise PlaceLost(people["staff"].pk)
        return decide(standing)

    monkeypatch.setattr(routing, "decide", decide_and_lose)
    conversation = write("mua")
    assert conversation.assignee == people["colleague"]
    assert left_out(conversation) == {"Staff": "lost"}
    assert words_of(conversation) == {"Staff": "had no place left when it was given"}


def test_who_would_help_and_had_it_before(people, sales, billing):
    set_policy(sales, overflow_department=billing, overflow_minutes=5, no_reply_minutes=5)
    for name in ("staff", "colleague"):
        Agent.objects.filter(user=people[name]).update(capacity=0)
    long_ago = timezone.now() - timedelta(minutes=30)
    conversation = ConversationFactory(department=sales, waiting_since=long_ago)
    assert assign_waiting() == 1
    conversation.refresh_from_db()
    assert conversation.assignee == people["other_staff"]
    Assignment.objects.update(assigned_at=long_ago)
    assert take_away_unanswered() == 1
    Agent.objects.filter(user=people["staff"]).update(capacity=8)
    assert assign_waiting() == 1
    assert left_out(conversation) == {"Other_Staff": "had_it"}
    assert words_of(conversation) == {"Other_Staff": "had it before"}


def test_who_has_too_few_places_for_it(write, channel, people, words, load):
    channel.load_percent = 200
    channel.save(update_fields=["load_percent"])
    load(people["colleague"], 7)
    conversation = write("mua")
    assert left_out(conversation) == {"Colleague": "full"}
    assert words_of(conversation) == {"Colleague": "not enough room for it"}


def test_who_is_not_at_work_is_left_out_for_that(write, people, words):
    check_out(user=people["colleague"])
    assert left_out(write("mua")) == {"Colleague": "checked_out"}
