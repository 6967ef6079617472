"""Who gets a conversation is told, by their bell and their open pages, unless they took it."""

import pytest

from accounts.models import LiveEvent, Notification, User
from inbox.services import receive
from routing.models import Agent
from routing.services import assign_conversation, assign_next, take_conversation
from tests.deliveries import event
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory

pytestmark = pytest.mark.django_db


def told_pages(person: User) -> int:
    events = LiveEvent.objects.filter(kind="me.changed")
    return sum(f"user:{person.pk}" in row.audience.split() for row in events)


def test_a_customers_message_tells_who_got_it(people, sales, commits):
    KeywordFactory(word="mua", department=sales)
    receive(channel=ChannelFactory(), events=[event("mua hàng")])
    row = Notification.objects.get()
    assert (row.user.department, row.kind) == (sales, "assigned")
    assert row.params["by"] == ""
    assert row.path.startswith("/conversations/")
    assert told_pages(row.user) == 1


def test_what_waited_tells_who_got_it(people, sales):
    waiting = ConversationFactory(department=sales, identity__contact__name="Chị Hoa")
    assignment = assign_next(conversation_id=waiting.pk)
    row = Notification.objects.get()
    assert (row.user_id, row.dedup_key) == (
        assignment.assignee_id,
        f"assigned:{assignment.pk}",
    )
    assert row.params == {"contact": "Chị Hoa", "by": ""}
    assert row.path == f"/conversations/{waiting.public_id}"
    assert row.created_at == assignment.assigned_at


def test_what_nobody_can_take_tells_nobody(people, sales):
    Agent.objects.update(is_routable=False)
    waiting = ConversationFactory(department=sales)
    assert assign_next(conversation_id=waiting.pk) is None
    assert not Notification.objects.exists()


def test_by_hand_tells_who_got_it_and_from_whom(people, sales):
    staff, colleague, manager = people["staff"], people["colleague"], people["manager"]
    conversation = ConversationFactory(
        department=sales, assignee=staff, identity__contact__name="Chị Hoa"
    )
    assign_conversation(conversation=conversation, assignee=colleague, by=manager)
    row = Notification.objects.get()
    assert (row.user, row.params) == (colleague, {"contact": "Chị Hoa", "by": "Manager"})
    # Both have another load now.
    assert told_pages(staff) >= 1
    assert told_pages(colleague) >= 1


def test_giving_it_to_oneself_tells_nobody(people, sales):
    sales.staff_can_claim = True
    sales.save(update_fields=["staff_can_claim"])
    staff = User.objects.get(pk=people["staff"].pk)
    take_conversation(conversation=ConversationFactory(department=sales), by=staff)
    assert not Notification.objects.exists()


def test_who_switched_it_off_gets_none(people, sales):
    User.objects.update(notify_assigned=False)
    assert assign_next(conversation_id=ConversationFactory(department=sales).pk) is not None
    assert not Notification.objects.exists()
