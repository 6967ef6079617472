"""The safety net: what a crash lost is found again, and one bad row stops nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department, User
from inbox.models import Conversation, Cycle, Message
from routing import keyword_index
from routing.models import Agent, Assignment, KeywordVersion
from routing.services import (
    assign_waiting,
    drain_department,
    refresh_agents,
    repair_agents,
    repair_keyword_version,
)
from routing.services.assignment import route_messages
from tests.factories import ConversationFactory, DepartmentFactory, KeywordFactory, MessageFactory
from workforce.models import TimeEntry
from workforce.services import end_time_of_deactivated

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(minutes=1)


def waiting_in(department: Department, **fields) -> Conversation:
    return ConversationFactory(department=department, waiting_reason="all_full", **fields)


def test_a_message_nobody_routed_is_routed(people, sales):
    KeywordFactory(word="mua", folded="mua", department=sales)
    repair_keyword_version()
    KeywordVersion.objects.update(version=99)
    message = MessageFactory(text="em muốn mua", keywords=None, received_at=LONG_AGO)
    assign_waiting()
    message.refresh_from_db()
    assert message.keyword_words == ["mua"]
    assert message.conversation.assignee in (people["staff"], people["colleague"])


def test_a_message_still_in_other_hands_is_left_alone(people):
    message = MessageFactory(keywords=None)
    assign_waiting()
    message.refresh_from_db()
    assert message.keywords is None


def test_what_waits_is_given_out_and_the_limit_holds(people, sales):
    for _number in range(5):
        waiting_in(sales)
    assert assign_waiting(limit=2) == 2
    assert Conversation.objects.waiting().count() == 3
    assert assign_waiting() == 3


def test_one_broken_conversation_stops_nobody(people, sales, billing, caplog):
    broken = waiting_in(sales, waiting_since=LONG_AGO - timedelta(hours=1))
    Cycle.objects.filter(conversation=broken).delete()
    behind, elsewhere = waiting_in(sales), waiting_in(billing)
    assert assign_waiting() == 2
    for conversation in (behind, elsewhere):
        conversation.refresh_from_db()
        assert conversation.assignee is not None
    broken.refresh_from_db()
    assert broken.assignee is None
    assert f"conversation {broken.pk} could not be given out" in caplog.text


def test_one_person_whose_row_fails_keeps_nobody_from_working(people, monkeypatch, caplog):
    from routing.services import refresh

    staff, colleague = people["staff"], people["colleague"]
    Agent.objects.update(is_routable=False, reason="checked_out")
    true_refresh = refresh._refresh

    def fail(user: User):
        if user == staff:
            raise RuntimeError("broken")
        return true_refresh(user)

    monkeypatch.setattr(refresh, "_refresh", fail)
    refresh_agents(user_ids=[staff.pk, colleague.pk])
    assert not Agent.objects.get(user=staff).is_routable
    assert Agent.objects.get(user=colleague).is_routable
    assert f"agent of person {staff.pk} could not be refreshed" in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"open_count": 5},
        {"is_routable": False, "reason": "checked_out"},
        {"reason": "busy"},
        {"since": None},
    ],
)
def test_a_wrong_agent_row_is_corrected(people, wrong):
    repair_agents()  # the managers' rows are made
    agent = Agent.objects.get(user=people["staff"])
    Agent.objects.filter(pk=agent.pk).update(**wrong)
    assert repair_agents() == 1
    again = Agent.objects.get(pk=agent.pk)
    for name in ("open_count", "is_routable", "reason", "since"):
        assert getattr(again, name) == getattr(agent, name)
    assert repair_agents() == 0


def test_a_missing_agent_row_is_made(people):
    Agent.objects.filter(user=people["staff"]).delete()
    repair_agents()
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.capacity, agent.is_routable) == (8, True)


def test_a_release_that_was_lost_is_made_up_for(people, sales):
    """Checked out, and the process died before anybody heard."""
    conversation = ConversationFactory(assignee=people["staff"], department=sales)
    TimeEntry.objects.filter(user=people["staff"]).update(checked_out_at=timezone.now())
    repair_agents()
    conversation.refresh_from_db()
    assert conversation.assignee == people["colleague"]


def test_a_record_left_open_is_closed(people, sales):
    repair_agents()
    conversation = ConversationFactory(
        assignee=people["staff"], department=sales, status="resolved"
    )
    record = Assignment.objects.create(
        conversation=conversation,
        cycle=Cycle.objects.get(),
        assignee=people["staff"],
        department=sales,
        policy="least_open",
    )
    assert repair_agents() == 1
    record.refresh_from_db()
    assert record.end_reason == "resolved"
    assert record.ended_at is not None


def test_the_claim_asks_the_time_clock_not_its_copy(people, sales):
    """Checked out a moment ago: the agent row still says yes, the claim says no."""
    waiting_in(sales)
    TimeEntry.objects.filter(user__department=sales).update(checked_out_at=timezone.now())
    assert Agent.objects.filter(user__department=sales, is_routable=True).count() == 2
    assert drain_department(sales.pk) == 0
    assert set(Agent.objects.values_list("open_count", flat=True)) == {0}


def test_lost_news_of_a_department_reaches_the_dictionaries():
    department = DepartmentFactory(name="Sales", priority=50)
    repair_keyword_version()
    version = keyword_index.stored_version()
    assert repair_keyword_version() is False
    Department.objects.filter(pk=department.pk).update(priority=1)
    assert repair_keyword_version() is True
    assert keyword_index.stored_version() == version + 1
    assert repair_keyword_version() is False


def test_a_closed_department_takes_no_more(people, sales, billing):
    Department.objects.filter(pk=sales.pk).update(is_active=False)
    repair_keyword_version()
    message = MessageFactory(keywords=None, conversation=waiting_in(sales))
    message.channel.default_department = billing
    message.channel.save()
    route_messages(message_ids=[message.pk])
    conversation = Conversation.objects.get()
    assert (conversation.department, conversation.assignee) == (billing, people["other_staff"])
    assert Message.objects.get(direction="event").data["params"]["department"] == "Billing"


def test_time_of_the_deactivated_ends(people):
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    assert end_time_of_deactivated() == 1
    assert not TimeEntry.objects.open().filter(user=people["staff"]).exists()
    assert TimeEntry.objects.open().count() == 2
    assert end_time_of_deactivated() == 0
