"""What is delivered again is known again, whatever it calls itself."""

import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox import services
from inbox.channels import signatures
from inbox.models import Conversation, Message, WebhookEvent
from routing.models import Agent
from tests.deliveries import BRIEF, as_bytes, deliver
from tests.factories import ChannelFactory, KeywordFactory
from tests.inbox.webhook.known_delivery import (
    ONE_OF_EACH,
    VECTOR_SECONDS,
    VECTOR_SECRET,
    stored_counts,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("extra", [{}, {"event_id": "e-1"}])
@pytest.mark.parametrize("rewrite", [lambda header: header, lambda header: f"v1=00, {header},x=1"])
def test_what_was_signed_is_known_again_under_another_key(
    client, channel, at_vector_time, extra, rewrite
):
    """The key of the header is not signed: who overhears a delivery cannot play it back."""
    deliver(client, BRIEF, secret=VECTOR_SECRET, Idempotency_Key="k-0")
    at_vector_time.shift(1)
    raw = as_bytes(BRIEF | extra)
    header = signatures.sign(raw, VECTOR_SECRET, now=VECTOR_SECONDS + 1)
    first = deliver(client, raw, **{signatures.HEADER: header, "Idempotency-Key": "k-1"})
    played = deliver(client, raw, **{signatures.HEADER: rewrite(header), "Idempotency-Key": "k-2"})
    assert (first.status_code, played.status_code) == (200, 200)
    assert played.json() == first.json()
    assert first.json()["message_id"] == Message.objects.latest("pk").pk
    assert (Message.objects.count(), WebhookEvent.objects.count()) == (2, 2)


def test_the_same_text_signed_again_is_another_message(client, channel, at_vector_time):
    deliver(client, BRIEF, secret=VECTOR_SECRET, Idempotency_Key="k-1")
    at_vector_time.shift(1)
    deliver(client, BRIEF, secret=VECTOR_SECRET, Idempotency_Key="k-2")
    assert Message.objects.count() == 2


def test_what_names_its_message_in_the_body_needs_no_fingerprint(client, channel):
    deliver(client, BRIEF | {"external_id": "z-1"}, secret=VECTOR_SECRET)
    deliver(client, BRIEF, secret=VECTOR_SECRET, Idempotency_Key="k-1")
    prints = WebhookEvent.objects.order_by("pk").values_list("fingerprint", flat=True)
    assert [value and len(value) for value in prints] == [None, 64]


REPEATS = [
    ({"external_id": "z-1"}, {}),
    ({}, {"Idempotency_Key": "k-1"}),
    ({"event_id": "e-1"}, {}),
    ({"external_id": "z-1", "event_id": "e-1"}, {"Idempotency_Key": "k-1"}),
]


@pytest.mark.parametrize(("extra", "headers"), REPEATS)
@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=11), timedelta(days=7)])
def test_a_repeat_is_answered_alike_and_changes_nothing(
    client, demo, commits, people, sales, extra, headers, later
):
    KeywordFactory(word="mua", department=sales)
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        first = deliver(client, BRIEF | extra, **headers)
        before = list(Conversation.objects.values())
        clock.shift(later)
        again = deliver(client, BRIEF | extra | {"content": "khác hẳn"}, **headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert first.json()["assigned_to"] == "staff"
    assert stored_counts() | {"Message": Message.objects.inbound().count()} == ONE_OF_EACH
    assert Message.objects.inbound().get().text == BRIEF["content"]
    assert list(Conversation.objects.values()) == before
    assert Agent.objects.get(user=people["staff"]).open_count == 1


def test_a_repeat_after_resolve_does_not_reopen(client, demo, commits, people, sales):
    KeywordFactory(word="mua", department=sales)
    body = BRIEF | {"external_id": "z-1"}
    first = deliver(client, body)
    conversation = Conversation.objects.get()
    services.resolve_conversation(conversation=conversation, by=people["staff"])
    again = deliver(client, body)
    assert again.json() == first.json()
    conversation.refresh_from_db()
    assert (conversation.status, conversation.cycle_number) == ("resolved", 1)


def test_another_event_about_the_same_message_is_one_message(client, demo):
    first = deliver(client, BRIEF | {"external_id": "z-1"}, Idempotency_Key="k-1")
    again = deliver(client, BRIEF | {"external_id": "z-1"}, Idempotency_Key="k-2")
    third = deliver(client, BRIEF | {"external_id": "z-1"})
    repeat = deliver(client, BRIEF | {"external_id": "z-1"}, Idempotency_Key="k-2")
    assert first.json() == again.json() == third.json() == repeat.json()
    assert Message.objects.count() == 1
    assert Conversation.objects.get().cycle_number == 1


def test_the_header_wins_over_the_key_in_the_body(client, demo):
    first = deliver(client, BRIEF | {"event_id": "e-1"}, Idempotency_Key="k-1")
    again = deliver(client, BRIEF | {"event_id": "e-2"}, Idempotency_Key="k-1")
    assert again.json() == first.json()
    stored = WebhookEvent.objects.get()
    assert stored.dedup_key == "event:k-1"
    # Read again by the worker it is still the same event.
    assert json.loads(stored.body) == BRIEF | {"event_id": "k-1"}


def test_an_event_key_and_a_message_id_that_look_alike_do_not_meet(client, demo):
    deliver(client, BRIEF | {"external_id": "same"})
    deliver(client, BRIEF | {"event_id": "same"})
    assert Message.objects.count() == 2


def test_without_an_id_nothing_is_merged(client, demo):
    with time_machine.travel(timezone.now(), tick=False):
        answers = [deliver(client).json() for _ in range(3)]
    assert len({answer["message_id"] for answer in answers}) == 3
    assert len({answer["conversation_id"] for answer in answers}) == 1
    assert stored_counts() == ONE_OF_EACH | {"Message": 3, "WebhookEvent": 3}


def test_a_signed_body_cannot_be_played_back_under_another_key(client, db):
    """The header with the key stands outside of what is signed."""
    channel = ChannelFactory(secret="whsec_replay")
    raw = json.dumps(BRIEF).encode()
    header = signatures.sign(raw, "whsec_replay", now=time.time())
    answers = [
        client.post(
            "/webhook",
            raw,
            content_type="application/json",
            headers={"x-omnichat-signature": header, "idempotency-key": key},
        )
        for key in ("k-1", "k-2", "k-1")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.json()["message_id"] for answer in answers}) == 1
    assert Message.objects.filter(channel=channel).count() == 1
    # Signed anew under a new key it is a new message, as the sender means it.
    header = signatures.sign(raw, "whsec_replay", now=time.time() + 1)
    client.post(
        "/webhook",
        raw,
        content_type="application/json",
        headers={"x-omnichat-signature": header, "idempotency-key": "k-3"},
    )
    assert Message.objects.filter(channel=channel).count() == 2
