"""A place that becomes free is filled at once, with whoever waits longest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import set_presence, update_user
from inbox.models import Conversation
from inbox.services import complete_message, resolve_conversation, send_reply
from routing.models import Agent, Assignment
from routing.services import assign_next, drain_department, set_capacity
from tests.factories import ConversationFactory, MessageFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import everybody_goes_home
from workforce.models import TimeEntry
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(write, people, words, load):
    """Sales is full, one customer waits; `staff` has places 1 of 1 taken."""
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    (held,) = load(people["staff"], 1)
    MessageFactory(conversation=held)
    row = write("mua")
    assert (row.assignee, row.waiting_reason) == (None, "all_full")
    row.held = held
    return row


def assert_given_to(conversation: Conversation, person: User) -> None:
    conversation.refresh_from_db()
    assert conversation.assignee == person
    assert conversation.waiting_reason == ""
    assert Assignment.objects.get(conversation=conversation, ended_at=None).assignee == person


def test_a_reply_frees_a_place(waiting, people):
    send_reply(conversation=waiting.held, author=people["staff"], text="Dạ")
    assert_given_to(waiting, people["staff"])
    assert open_counts(people["staff"]) == [1]


def test_a_resolve_frees_a_place(waiting, people):
    resolve_conversation(conversation=waiting.held, by=people["staff"])
    assert_given_to(waiting, people["staff"])


def test_completing_the_last_message_frees_a_place(waiting, people):
    complete_message(message=waiting.held.messages.get(), by=people["staff"])
    assert_given_to(waiting, people["staff"])


def test_completing_one_of_two_messages_frees_none(waiting, people):
    first = waiting.held.messages.get()
    MessageFactory(conversation=waiting.held)
    complete_message(message=first, by=people["staff"])
    waiting.refresh_from_db()
    assert waiting.assignee is None
    assert open_counts(people["staff"]) == [1]


def test_a_check_in_takes_what_waits(waiting, people):
    colleague = people["colleague"]
    check_out(user=colleague)
    Agent.objects.filter(user=colleague).update(capacity=8)
    check_in(user=colleague)
    assert_given_to(waiting, colleague)


def test_a_larger_capacity_takes_what_waits(waiting, people):
    set_capacity(agent=people["colleague"].agent, capacity=1, actor=people["admin"])
    assert_given_to(waiting, people["colleague"])


def test_a_smaller_capacity_takes_nothing_away(waiting, people):
    set_capacity(agent=people["staff"].agent, capacity=0, actor=people["admin"])
    waiting.held.refresh_from_db()
    assert waiting.held.assignee == people["staff"]
    assert open_counts(people["staff"]) == [1]


def test_available_again_takes_what_waits(waiting, people):
    colleague = people["colleague"]
    set_presence(user=colleague, presence="busy")
    Agent.objects.filter(user=colleague).update(capacity=8)
    set_presence(user=colleague, presence="available")
    assert_given_to(waiting, colleague)


def test_a_newcomer_of_the_department_takes_what_waits(waiting, people, sales):
    other = people["other_staff"]
    update_user(user=other, actor=people["admin"], changes={"department": sales})
    assert_given_to(waiting, other)


def test_the_longest_waiting_is_first(write, people, words):
    everybody_goes_home(people)
    now = timezone.now()
    late = write("mua", sender="late", sent_at=now - timedelta(minutes=1))
    early = write("mua", sender="early", sent_at=now - timedelta(minutes=9))
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    check_in(user=people["staff"])
    assert_given_to(early, people["staff"])
    late.refresh_from_db()
    assert (late.assignee, late.waiting_reason) == (None, "all_full")


def test_another_departments_queue_is_not_touched(write, people, words):
    everybody_goes_home(people)
    mine, theirs = write("mua", sender="a"), write("hoá đơn", sender="b")
    check_in(user=people["staff"])
    assert_given_to(mine, people["staff"])
    theirs.refresh_from_db()
    assert theirs.assignee is None


def test_draining_gives_out_as_much_as_there_is_room(write, people, words, sales):
    everybody_goes_home(people)
    for number in range(4):
        write("mua", sender=f"kh-{number}")
    Agent.objects.filter(user=people["staff"]).update(is_routable=True, capacity=3)
    assert drain_department(sales.pk) == 0  # the copy says yes, the time clock says no
    TimeEntry.objects.create(user=people["staff"])
    User.objects.filter(pk=people["staff"].pk).update(presence="available")
    assert drain_department(sales.pk) == 3
    assert drain_department(sales.pk) == 0
    assert open_counts(people["staff"]) == [3]


@pytest.mark.parametrize("status", ["waiting", "snoozed", "resolved", "spam"])
def test_only_what_is_open_is_given_out(people, sales, status):
    conversation = ConversationFactory(status=status, department=sales)
    assert assign_next(conversation_id=conversation.pk) is None
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_what_somebody_has_is_not_given_out_again(write, people, words):
    conversation = write("mua")
    assert assign_next(conversation_id=conversation.pk) is None
    assert assign_next(conversation_id=999_999) is None
    assert open_counts(people["staff"], people["colleague"]) == [1, 0]
