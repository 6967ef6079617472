"""The safety net: what a crash between two commits lost is found again."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation, Message
from inbox.services import receive
from routing.models import Agent, Assignment
from routing.services import assign_waiting, refresh, repair_agents
from routing.services import assignment as service
from tests.deliveries import event
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    KeywordFactory,
    UserFactory,
)
from tests.routing.conftest import open_counts
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db

LONG_ENOUGH = timedelta(seconds=3)


@pytest.fixture
def lost(channel, people, sales) -> Conversation:
    """Stored some seconds ago by a process that died before it routed the message."""
    KeywordFactory(word="mua", department=sales)
    at = timezone.now() - LONG_ENOUGH
    receive(channel=channel, events=[event("mua hàng")], at=at)
    conversation = Conversation.objects.get()
    assert (conversation.department, conversation.assignee) == (None, None)
    return conversation


@pytest.fixture
def quiet(people):
    """Rows of agents that are right, also of those who lead."""
    repair_agents()
    assert repair_agents() == 0


def give(conversation: Conversation, person: User, **record) -> Assignment:
    return Assignment.objects.create(
        conversation=conversation,
        cycle=conversation.cycles.get(),
        assignee=person,
        department=person.department,
        policy="least_open",
        **record,
    )


# --- What waits --------------------------------------------------------------------------------
def test_a_message_that_was_stored_but_not_routed_is_routed(lost, people, caplog):
    with caplog.at_level(logging.WARNING, "routing.services.sweep"):
        assign_waiting()
    lost.refresh_from_db()
    assert (lost.assignee, lost.department.name) == (people["staff"], "Sales")
    assert Message.objects.inbound().get().keyword_words == ["mua"]
    assert [record.getMessage() for record in caplog.records] == [
        "1 messages were stored but not routed; routing them"
    ]
    assert assign_waiting() == 0
    assert Assignment.objects.count() == 1


def test_a_young_message_is_left_to_whoever_stored_it(channel, people, sales):
    KeywordFactory(word="mua", department=sales)
    receive(channel=channel, events=[event("mua hàng")])
    assert assign_waiting() == 0
    assert Message.objects.inbound().get().keywords is None


def test_what_waits_is_given_out_when_the_news_was_lost(people, sales, billing):
    rows = [ConversationFactory(department=d, waiting_reason="all_full") for d in (sales, billing)]
    common = ConversationFactory(waiting_reason="no_department")
    assert assign_waiting() == 2
    for row, name in zip(rows, ("staff", "other_staff"), strict=True):
        row.refresh_from_db()
        assert (row.assignee, row.waiting_reason) == (people[name], "")
    common.refresh_from_db()
    assert (common.assignee, common.waiting_reason) == (None, "no_department")
    assert assign_waiting() == 0


def test_the_limit_bounds_one_pass(people, sales, billing):
    for department in (sales, billing):
        ConversationFactory.create_batch(2, department=department)
    assert assign_waiting(limit=3) == 3
    assert assign_waiting(limit=3) == 1


def test_a_row_that_cannot_be_given_out_stops_nobody_behind_it(people, sales, monkeypatch, caplog):
    broken, good = ConversationFactory.create_batch(2, department=sales)
    cycle_of = service.cycle_id_of

    def fail(conversation):
        if conversation.pk == broken.pk:
            raise ValueError("broken row")
        return cycle_of(conversation)

    monkeypatch.setattr(service, "cycle_id_of", fail)
    with caplog.at_level(logging.ERROR, "routing.services.assignment"):
        assert assign_waiting() == 1
    good.refresh_from_db()
    assert good.assignee == people["staff"]
    assert len(caplog.records) == 1


# --- Agents ------------------------------------------------------------------------------------
def test_nothing_wrong_is_nothing_done(people, quiet, caplog):
    before = list(Agent.objects.order_by("pk").values())
    with caplog.at_level(logging.WARNING, "routing.services.sweep"):
        assert repair_agents() == 0
    assert caplog.records == []
    assert list(Agent.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("wrong", [0, 5])
def test_a_wrong_count_is_corrected(people, quiet, load, wrong):
    load(people["staff"], 2)
    Agent.objects.filter(user=people["staff"]).update(open_count=wrong)
    assert repair_agents() == 1
    assert open_counts(people["staff"]) == [2]


def test_a_wrong_reason_is_corrected(people, quiet):
    Agent.objects.filter(user=people["staff"]).update(is_routable=False, reason="busy")
    assert repair_agents() == 1
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.is_routable, agent.reason) == (True, "taking_work")


def test_a_lost_check_out_releases(people, quiet, load, sales):
    """The process died between the check-out and telling routing."""
    rows = load(people["staff"], 2)
    for row in rows:
        give(row, people["staff"])
    now = timezone.now()
    TimeEntry.objects.filter(user=people["staff"]).update(checked_out_at=now)
    assert repair_agents() == 1
    for row in rows:
        row.refresh_from_db()
        assert row.assignee == people["colleague"]
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.is_routable, agent.reason, agent.since) == (False, "checked_out", now)
    assert open_counts(people["staff"], people["colleague"]) == [0, 2]
    assert Assignment.objects.filter(ended_at=None).count() == 2


def test_a_lost_release_is_made_up_for(people, quiet, load):
    """The agent row knew it, the conversations did not."""
    (row,) = load(people["staff"], 1)
    give(row, people["staff"])
    TimeEntry.objects.filter(user=people["staff"]).update(checked_out_at=timezone.now())
    refresh._refresh(people["staff"])
    row.refresh_from_db()
    assert row.assignee == people["staff"]
    assert repair_agents() == 1
    row.refresh_from_db()
    assert row.assignee == people["colleague"]


def test_a_lost_deactivation_releases(people, quiet, load):
    (row,) = load(people["staff"], 1)
    give(row, people["staff"])
    User.objects.filter(pk=people["staff"].pk).update(
        is_active=False, deactivated_at=timezone.now()
    )
    assert repair_agents() == 1
    row.refresh_from_db()
    assert row.assignee == people["colleague"]
    assert Agent.objects.get(user=people["staff"]).reason == "deactivated"


def test_a_lost_move_releases(people, quiet, load, billing):
    (row,) = load(people["staff"], 1)
    give(row, people["staff"])
    User.objects.filter(pk=people["staff"].pk).update(department=billing)
    assert repair_agents() == 1
    row.refresh_from_db()
    assert row.assignee == people["colleague"]


def test_a_missing_row_is_made(people, quiet, sales):
    newcomer = UserFactory(department=sales)
    assert repair_agents() == 1
    agent = Agent.objects.get(user=newcomer)
    assert (agent.capacity, agent.reason, agent.is_routable) == (8, "not_checked_in", False)


def test_a_place_that_is_found_is_filled(people, quiet, sales):
    Agent.objects.filter(user=people["staff"]).update(open_count=8)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    waits = ConversationFactory(department=sales, waiting_reason="all_full")
    assert repair_agents() == 1
    assign_waiting()
    waits.refresh_from_db()
    assert waits.assignee == people["staff"]


# --- Records -----------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["resolved", "nobody's", "another's"])
def test_a_record_that_is_no_longer_true_is_ended(people, quiet, sales, state):
    status = "resolved" if state == "resolved" else "waiting"
    assignee = {"resolved": people["staff"], "another's": people["colleague"]}.get(state)
    conversation = ConversationFactory(
        status=status, waiting_since=None, department=sales, assignee=assignee
    )
    record = give(conversation, people["staff"])
    assert repair_agents() == 1
    record.refresh_from_db()
    assert record.ended_at is not None
    assert record.end_reason
    assert repair_agents() == 0


def test_a_record_that_is_true_stays(people, quiet, load):
    (row,) = load(people["staff"], 1)
    record = give(row, people["staff"])
    assert repair_agents() == 0
    record.refresh_from_db()
    assert record.ended_at is None


def test_many_wrong_rows_are_repaired_in_one_pass(people, quiet, sales):
    agents = [AgentFactory(user=UserFactory(department=sales)) for _number in range(5)]
    Agent.objects.filter(pk__in=[agent.pk for agent in agents]).update(open_count=3)
    repair_agents()
    assert repair_agents() == 0
    assert set(Agent.objects.values_list("open_count", flat=True)) == {0}
