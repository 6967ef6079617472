"""Completing and resolving."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.models import Conversation, Cycle, Message
from inbox.services import complete_message, mark_seen, resolve_conversation
from inbox.services.conversations import (
    ConversationResolved,
    MessageCompleted,
    NotACustomerMessage,
    NotYours,
)
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mine(people):
    return ConversationFactory(
        department=people["staff"].department,
        assignee=people["staff"],
        waiting_since=NOW - 3 * MINUTE,
    )


@pytest.fixture
def three(mine) -> list[Message]:
    """Three open messages, the oldest first by the platform's time, not by id."""
    second = MessageFactory(conversation=mine, text="2", sent_at=NOW - 2 * MINUTE)
    third = MessageFactory(conversation=mine, text="3", sent_at=NOW - MINUTE)
    first = MessageFactory(conversation=mine, text="1", sent_at=NOW - 3 * MINUTE)
    return [first, second, third]


def completed() -> set[str]:
    return set(Message.objects.exclude(completed_at=None).values_list("text", flat=True))


def test_completing_one_completes_the_earlier_ones_and_leaves_the_later(mine, three, people):
    message = complete_message(message=three[1], by=people["staff"], at=NOW)
    assert (message.pk, message.status) == (three[1].pk, "completed")
    assert completed() == {"1", "2"}
    mine.refresh_from_db()
    assert (mine.status, mine.assignee) == ("open", people["staff"])
    assert mine.waiting_since == NOW - MINUTE  # the customer waits for an answer to the third


def test_completing_the_last_resolves(mine, three, people):
    complete_message(message=three[2], by=people["staff"], at=NOW)
    assert completed() == {"1", "2", "3"}
    mine.refresh_from_db()
    assert (mine.status, mine.waiting_since) == ("resolved", None)
    assert mine.assignee == people["staff"]  # who had it stays readable
    cycle = Cycle.objects.get()
    assert (cycle.resolved_at, cycle.resolved_by) == (NOW, people["staff"])
    event = Message.objects.get(direction="event")
    assert event.data["code"] == "resolved"
    assert event.data["params"] == {
        "person": people["staff"].display_name,
        # What undoing it needs to know.
        "status": "open",
        "waiting_since": (NOW - 3 * MINUTE).isoformat(),
    }


def test_a_second_completion_is_refused(mine, three, people):
    complete_message(message=three[0], by=people["staff"], at=NOW)
    with pytest.raises(MessageCompleted) as refused:
        complete_message(message=three[0], by=people["staff"], at=NOW + MINUTE)
    assert (refused.value.code, refused.value.status) == ("message_completed", 409)
    assert Message.objects.get(pk=three[0].pk).completed_at == NOW


def test_only_customers_messages_can_be_completed(mine, three, people):
    ours = MessageFactory(conversation=mine, direction="outbound", author=people["staff"])
    with pytest.raises(NotACustomerMessage):
        complete_message(message=ours, by=people["staff"])
    assert completed() == set()


@pytest.mark.parametrize("act", ["complete", "resolve"])
def test_who_has_not_got_it_is_refused(mine, three, people, act):
    acts = {
        "complete": partial(complete_message, message=three[2]),
        "resolve": partial(resolve_conversation, conversation=mine),
    }
    with pytest.raises(NotYours) as refused:
        acts[act](by=people["colleague"])
    assert refused.value.status == 403
    assert completed() == set()
    mine.refresh_from_db()
    assert mine.status == "open"


def test_resolving_twice_is_refused_and_ends_one_cycle(mine, three, people):
    resolve_conversation(conversation=mine, by=people["manager"], at=NOW)
    assert completed() == {"1", "2", "3"}
    with pytest.raises(ConversationResolved) as refused:
        resolve_conversation(conversation=mine, by=people["staff"], at=NOW + MINUTE)
    assert refused.value.status == 409
    assert Cycle.objects.get().resolved_by == people["manager"]
    assert Message.objects.filter(direction="event").count() == 1


def test_the_api_answers_200_then_409_and_hides_foreign_ones(api, three, people):
    path = f"/messages/{three[2].pk}/complete"
    assert api(people["other_staff"]).post(path).status_code == 404
    assert completed() == set()
    done = api(people["staff"]).post(path)
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    again = api(people["staff"]).post(path)
    assert (again.status_code, again.json()["code"]) == (409, "message_completed")


def test_the_page_completes_and_returns_to_the_list(client, mine, three, people):
    client.force_login(people["staff"])
    answer = client.post(f"/conversations/{mine.public_id}/resolve")
    assert answer["Location"] == "/messages"
    again = client.post(f"/conversations/{mine.public_id}/resolve")
    assert again.status_code == 409
    assert "done already" in again.content.decode()


def test_what_came_after_the_page_is_not_completed_unread(client, mine, three, people):
    client.force_login(people["staff"])
    path = f"/conversations/{mine.public_id}"
    seen = client.get(path).context["newest_seen_id"]
    assert seen == max(message.pk for message in three)
    assert f'name="seen" value="{seen}" form="resolve"' in client.get(path).text
    unread = MessageFactory(conversation=mine, text="4")
    refused = client.post(f"{path}/resolve", {"seen": seen})
    assert (refused.status_code, "has just written again" in refused.text) == (409, True)
    mine.refresh_from_db()
    assert (mine.status, completed()) == ("open", set())
    assert client.post(f"{path}/resolve", {"seen": unread.pk})["Location"] == "/messages"
    assert completed() == {"1", "2", "3", "4"}


def test_so_over_the_api(api, mine, three, people):
    client, path = api(people["staff"]), f"/api/v1/conversations/{mine.public_id}/resolve"
    newest = max(message.pk for message in three)
    refused = client.post(path, {"seen": newest - 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "something_new")
    assert client.post(path, {"seen": newest}).json()["status"] == "resolved"


def test_completing_some_is_told_whoever_has_the_turn(mine, three, people):
    Conversation.objects.update(status="waiting", waiting_since=None)
    LiveEvent.objects.all().delete()
    complete_message(message=three[0], by=people["staff"], at=NOW)
    assert LiveEvent.objects.get().object_id == mine.public_id


def test_the_assignees_look_marks_it_as_read(client, mine, three, people):
    Conversation.objects.filter(pk=mine.pk).update(last_inbound_at=NOW)
    mine.refresh_from_db()
    assert mine.is_unread
    mark_seen(conversation=mine, user=people["manager"])
    mine.refresh_from_db()
    assert mine.is_unread
    client.force_login(people["staff"])
    client.get(f"/conversations/{mine.public_id}")
    mine.refresh_from_db()
    assert not mine.is_unread


@pytest.mark.parametrize(
    ("status", "who", "workable"),
    [("open", "staff", True), ("open", "colleague", False), ("open", "manager", True)],
)
def test_workable(mine, people, status, who, workable):
    assert mine.is_workable_by(people[who]) is workable
