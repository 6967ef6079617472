"""Answering a customer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Conversation, Cycle, Message, OutboundPart
from inbox.services import send_reply
from inbox.services.conversations import ConversationResolved, NotYours
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def mine(people):
    conversation = ConversationFactory(
        department=people["staff"].department,
        assignee=people["staff"],
        waiting_since=NOW - timedelta(minutes=7),
    )
    MessageFactory(conversation=conversation, sent_at=NOW - timedelta(minutes=7))
    return conversation


def test_a_reply_leaves_the_turn_to_the_customer(mine, people):
    message = send_reply(conversation=mine, author=people["staff"], text="Dạ\ncó ạ", at=NOW)
    assert (message.direction, message.text, message.author) == (
        "outbound",
        "Dạ\ncó ạ",
        people["staff"],
    )
    mine.refresh_from_db()
    assert mine.status == Conversation.Status.WAITING
    assert mine.waiting_since is None
    assert mine.preview == "Dạ có ạ"
    assert mine.last_message_at == NOW
    part = OutboundPart.objects.get()
    assert (part.message, part.state, part.attempts) == (message, "queued", 0)


def test_the_first_reply_of_a_cycle_is_remembered_and_the_second_is_not(mine, people):
    send_reply(conversation=mine, author=people["staff"], text="1", at=NOW)
    send_reply(conversation=mine, author=people["manager"], text="2", at=NOW + timedelta(minutes=1))
    cycle = Cycle.objects.get()
    assert (cycle.first_response_at, cycle.first_responder) == (NOW, people["staff"])
    assert OutboundPart.objects.count() == 2


def test_a_reply_frees_the_place(mine, people, django_capture_on_commit_callbacks):
    agent = people["staff"].agent
    type(agent).objects.filter(pk=agent.pk).update(open_count=1)
    with django_capture_on_commit_callbacks(execute=True):
        send_reply(conversation=mine, author=people["staff"], text="Dạ")
    agent.refresh_from_db()
    assert agent.open_count == 0


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("staff", None),
        ("manager", None),
        ("admin", None),
        ("colleague", NotYours),
        ("other_staff", NotYours),
    ],
)
def test_staff_answer_only_what_is_theirs(mine, people, who, refusal):
    if refusal is None:
        send_reply(conversation=mine, author=people[who], text="Dạ")
        assert Message.objects.filter(direction="outbound").count() == 1
        return
    with pytest.raises(refusal) as refused:
        send_reply(conversation=mine, author=people[who], text="Dạ")
    assert (refused.value.code, refused.value.status) == ("not_yours", 403)
    assert_nothing_was_said(mine)


def test_what_is_done_is_not_answered(mine, people):
    Conversation.objects.filter(pk=mine.pk).update(status="resolved")
    with pytest.raises(ConversationResolved) as refused:
        send_reply(conversation=mine, author=people["staff"], text="Dạ")
    assert (refused.value.code, refused.value.status) == ("conversation_resolved", 409)
    assert_nothing_was_said(mine, status="resolved")


def test_the_row_as_it_stands_now_decides_not_the_one_in_hand(mine, people):
    stale = Conversation.objects.get(pk=mine.pk)
    Conversation.objects.filter(pk=mine.pk).update(assignee=people["colleague"])
    with pytest.raises(NotYours):
        send_reply(conversation=stale, author=people["staff"], text="Dạ")


def assert_nothing_was_said(conversation, status: str = "open") -> None:
    assert Message.objects.exclude(direction="inbound").count() == 0
    assert OutboundPart.objects.count() == 0
    conversation.refresh_from_db()
    assert conversation.status == status
    assert Cycle.objects.get().first_response_at is None


# --- The page -------------------------------------------------------------------------------
def page(conversation, what: str = "reply") -> str:
    return f"/conversations/{conversation.public_id}/{what}"


def test_the_page_sends_and_comes_back(client, mine, people):
    client.force_login(people["staff"])
    answer = client.post(page(mine), {"text": "  Dạ\r\ncó ạ"})
    assert answer["Location"] == f"/conversations/{mine.public_id}"
    assert Message.objects.get(direction="outbound").text == "  Dạ\ncó ạ"


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 8001])
def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(client, mine, people, text):
    client.force_login(people["staff"])
    answer = client.post(page(mine), {"text": text})
    assert answer.status_code == 400
    assert answer.context["form"].errors["text"]
    if text.strip():
        assert text in answer.content.decode()
    assert_nothing_was_said(mine)


def test_the_page_keeps_the_text_when_somebody_was_faster(client, mine, people):
    Conversation.objects.filter(pk=mine.pk).update(assignee=people["colleague"])
    people["staff"].department.staff_can_claim = True
    client.force_login(people["manager"])
    Conversation.objects.filter(pk=mine.pk).update(status="resolved")
    answer = client.post(page(mine), {"text": "chữ đã gõ"})
    assert answer.status_code == 409
    assert "chữ đã gõ" in answer.content.decode()
    assert OutboundPart.objects.count() == 0


def test_a_foreign_conversation_is_not_there(client, mine, people):
    client.force_login(people["other_staff"])
    for what in ("reply", "resolve"):
        assert client.post(page(mine, what), {"text": "Dạ"}).status_code == 404
    assert_nothing_was_said(mine)


def test_a_failed_reply_is_sent_again_from_the_page(client, mine, people):
    message = send_reply(conversation=mine, author=people["staff"], text="Dạ")
    OutboundPart.objects.update(state="failed", failure="refused", attempts=3)
    client.force_login(people["staff"])
    shown = client.get(f"/conversations/{mine.public_id}").content.decode()
    assert "Not sent: the receiver refused it." in shown
    client.post(page(mine, f"messages/{message.pk}/retry"))
    part = OutboundPart.objects.get()
    assert (part.state, part.failure, part.attempts) == ("queued", "", 0)


def test_a_reply_on_its_way_is_not_sent_twice(client, mine, people):
    message = send_reply(conversation=mine, author=people["staff"], text="Dạ")
    OutboundPart.objects.update(state="sent", attempts=1)
    client.force_login(people["staff"])
    client.post(page(mine, f"messages/{message.pk}/retry"))
    part = OutboundPart.objects.get()
    assert (part.state, part.attempts) == ("sent", 1)


def test_the_composer_says_when_there_is_nowhere_to_send(client, mine, people):
    client.force_login(people["staff"])
    assert "has no reply address" in client.get(f"/conversations/{mine.public_id}").content.decode()
    type(mine.channel).objects.update(reply_url="https://shop.example/replies")
    shown = client.get(f"/conversations/{mine.public_id}").content.decode()
    assert "has no reply address" not in shown
