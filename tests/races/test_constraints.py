"""What the database itself refuses, should a lock ever be forgotten. On both databases."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Department, User
from inbox.models import ContactIdentity, Conversation, Cycle, Message, WebhookEvent
from omnichat.models import PeriodicJob
from routing.models import Agent, Assignment, Keyword
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    DepartmentFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db


def _refuses(constraint: str, make, /, *arguments, **fields) -> None:
    """The database refuses the row, for this reason and no other.

    PostgreSQL names the constraint; SQLite names the columns, or the index of an expression.
    """
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make(*arguments, **fields)
    told = str(refusal.value)
    assert constraint in told or "UNIQUE constraint failed" in told or "CHECK constraint" in told


def _assign(conversation: Conversation, assignee: User, **fields) -> Assignment:
    cycle = conversation.cycles.get()
    return Assignment.objects.create(
        conversation=conversation, cycle=cycle, assignee=assignee, policy="by_hand", **fields
    )


def test_a_conversation_has_one_active_assignment():
    conversation, user = ConversationFactory(), UserFactory()
    _assign(conversation, user, ended_at=timezone.now())
    _assign(conversation, user)
    _refuses("routing_one_active_assignment", _assign, conversation, UserFactory())


def test_a_person_has_one_open_time_entry():
    user = UserFactory()
    over = timezone.now() + timedelta(minutes=1)
    TimeEntry.objects.create(user=user, checked_out_at=over)
    TimeEntry.objects.create(user=user)
    _refuses("workforce_one_open_time_entry", TimeEntry.objects.create, user=user)


def test_a_time_entry_does_not_end_before_it_begins():
    entry = TimeEntry.objects.create(user=UserFactory())
    early = entry.checked_in_at - timedelta(seconds=1)
    rows = TimeEntry.objects.filter(pk=entry.pk)
    _refuses("workforce_time_entry_is_not_negative", rows.update, checked_out_at=early)


def test_a_person_has_one_agent_row_with_no_negative_count():
    agent = AgentFactory()
    _refuses("user_id", Agent.objects.create, user=agent.user, capacity=8)
    rows = Agent.objects.filter(pk=agent.pk)
    _refuses("routing_open_count_not_negative", rows.update, open_count=-1)


def test_a_department_has_a_keyword_once():
    keyword = KeywordFactory(word="mua", folded="mua")
    KeywordFactory(word="mua", folded="mua")  # of another department
    again = {"word": "Mua", "folded": "mua", "department": keyword.department}
    _refuses("routing_keyword_unique_in_department", Keyword.objects.create, **again)


def test_a_channel_knows_a_sender_once():
    identity = ConversationFactory().identity
    again = {
        "contact": identity.contact,
        "channel": identity.channel,
        "platform": identity.platform,
        "external_id": identity.external_id,
    }
    _refuses("inbox_identity_unique", ContactIdentity.objects.create, **again)
    ContactIdentity.objects.create(**again | {"platform": "telegram"})


def test_an_identity_has_one_conversation_that_is_not_resolved():
    done = ConversationFactory(status="resolved")
    again = {"identity": done.identity, "contact": done.contact, "channel": done.channel}
    Conversation.objects.create(**again)
    Conversation.objects.create(**again, thread_key="<root@mail>")
    _refuses("inbox_one_open_conversation", Conversation.objects.create, **again)
    _refuses("inbox_one_open_conversation", Conversation.objects.create, **again, status="waiting")


def test_a_conversation_has_one_open_cycle_and_each_number_once():
    cycle = ConversationFactory().cycles.get()
    again = {"conversation": cycle.conversation, "started_at": timezone.now()}
    _refuses("inbox_one_open_cycle", Cycle.objects.create, **again, number=2)
    ended = again | {"resolved_at": timezone.now()}
    _refuses("inbox_cycle_number_unique", Cycle.objects.create, **ended, number=1)
    Cycle.objects.create(**ended, number=2)


def test_a_channel_has_a_message_of_an_external_id_once():
    message = MessageFactory(external_id="m-1")
    elsewhere = ConversationFactory(identity__channel=message.channel)
    MessageFactory(external_id="m-1")  # on another channel
    MessageFactory.create_batch(2, conversation=elsewhere, external_id=None)
    again = {"conversation": elsewhere, "external_id": "m-1"}
    _refuses("inbox_message_external_id_unique", MessageFactory, **again)
    assert Message.objects.filter(external_id="m-1").count() == 2


def test_a_channel_has_an_event_of_a_key_once():
    channel = ConversationFactory().channel
    for _event in range(2):
        WebhookEvent.objects.create(channel=channel, body="{}")  # without a key: never a repeat
    WebhookEvent.objects.create(channel=channel, body="{}", dedup_key="event:1")
    again = {"channel": channel, "body": "{}", "dedup_key": "event:1"}
    _refuses("inbox_webhook_event_unique", WebhookEvent.objects.create, **again)


def test_names_of_people_departments_and_jobs_are_unique():
    UserFactory(username="lan", email="Lan@example.org")
    _refuses("username", UserFactory, username="lan")
    _refuses("accounts_email_unique", UserFactory, email="lan@EXAMPLE.org")
    DepartmentFactory(name="Kho")
    _refuses("accounts_department_name_unique", Department.objects.create, name="KHO")
    PeriodicJob.objects.create(name="sweep")
    _refuses("name", PeriodicJob.objects.create, name="sweep")
