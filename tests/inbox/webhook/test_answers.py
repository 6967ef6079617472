"""The door for platforms: what is answered, what is stored, and what trouble changes of it."""

import json
import logging

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client

from inbox import webhooks
from inbox.models import Message, WebhookEvent
from tests.deliveries import BRIEF, as_bytes, deliver
from tests.factories import KeywordFactory
from tests.inbox.webhook.known_delivery import NOTHING, SAMPLE, stored_counts

pytestmark = pytest.mark.django_db


# --- What is answered and stored ---------------------------------------------------------------
def test_the_briefs_body_is_stored_routed_and_answered(client, demo, commits, people, sales):
    KeywordFactory(word="mua", department=sales)
    response = deliver(client)
    message = Message.objects.inbound().get()
    assert response.status_code == 200
    assert response.json() == {
        "message_id": message.pk,
        "conversation_id": str(message.conversation.public_id),
        "keywords": ["mua"],
        "department": "Sales",
        "assigned_to": "staff",
        "queued": False,
    }
    assert message.text == "Tôi cần hỗ trợ mua hàng"
    assert (message.external_id, message.data) == (None, {})
    identity = message.conversation.identity
    assert (identity.channel, identity.platform, identity.external_id) == (
        demo,
        "zalo",
        "+84901234567",
    )
    assert identity.contact.name == "+84901234567"
    assert message.conversation.cycle_number == 1
    event = WebhookEvent.objects.get()
    assert message.webhook_event == event
    assert (event.state, event.dedup_key, json.loads(event.body)) == ("applied", None, BRIEF)


def test_what_nobody_can_take_is_answered_as_queued(client, demo, commits):
    response = deliver(client)
    message = Message.objects.inbound().get()
    assert response.json() == {
        "message_id": message.pk,
        "conversation_id": str(message.conversation.public_id),
        "keywords": [],
        "department": None,
        "assigned_to": None,
        "queued": True,
    }
    assert message.conversation.waiting_reason == "no_department"


def test_optional_fields_are_stored(client, demo):
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False):
        response = deliver(
            client,
            BRIEF
            | {
                "platform": " Zalo ",
                "external_id": "z-1",
                "sent_at": "2026-05-04T14:59:30+07:00",
                "sender_name": " Đặng Mai ",
                "metadata": {"page": "/p/ao-dai", "cart": [1, 2.5, None]},
            },
        )
    assert response.status_code == 200
    message = Message.objects.get()
    assert message.external_id == "z-1"
    assert message.sent_at.isoformat() == "2026-05-04T07:59:30+00:00"
    assert message.received_at.isoformat() == "2026-05-04T08:00:00+00:00"
    assert message.data == {"metadata": {"page": "/p/ao-dai", "cart": [1, 2.5, None]}}
    assert message.conversation.identity.platform == "zalo"
    assert message.conversation.contact.name == "Đặng Mai"
    assert WebhookEvent.objects.get().dedup_key == "message:z-1"


def test_a_moment_without_a_zone_is_the_organisations(client, demo):
    deliver(client, BRIEF | {"sent_at": "2026-01-02T10:00:00"})
    assert Message.objects.get().sent_at.isoformat() == "2026-01-02T03:00:00+00:00"


def test_the_richer_body_is_stored(client, demo, at_vector_time):
    at_vector_time.shift(60)
    response = deliver(client, SAMPLE.read_bytes())
    message = Message.objects.inbound().get()
    assert response.status_code == 200
    assert response.json()["message_id"] == message.pk
    assert message.text == "Tôi cần hỗ trợ mua hàng"
    assert message.external_id == "ext-1"
    assert message.sent_at.isoformat() == "2026-11-22T03:04:05+00:00"
    assert message.data == {}
    identity = message.conversation.identity
    assert (identity.platform, identity.external_id) == ("generic", "kh-778")
    assert (identity.contact.name, identity.contact.phone) == ("Đặng Mai", "+84901234567")
    assert WebhookEvent.objects.get().dedup_key == "event:evt_01JDA9"


def test_attachments_of_the_richer_body_are_kept_even_without_a_text(client, demo):
    files = [{"url": "https://cdn.example/a.jpg", "name": "mẫu.jpg"}]
    body = {"contact": {"id": "kh-1"}, "message": {"id": "m-1", "text": "", "attachments": files}}
    assert deliver(client, body).status_code == 200
    message = Message.objects.get()
    assert (message.text, message.data) == ("", {"attachments": files})


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"platform", "sender", "content"}),
        (BRIEF | {"platform": ""}, {"platform"}),
        (BRIEF | {"platform": "p" * 41}, {"platform"}),
        # Folding the case makes it twice as long.
        (BRIEF | {"platform": "ß" * 21}, {"platform"}),
        (BRIEF | {"sender": "  "}, {"sender"}),
        (BRIEF | {"sender": "s" * 256}, {"sender"}),
        (BRIEF | {"sender": 84901234567}, {"sender"}),
        (BRIEF | {"content": " \n"}, {"content"}),
        (BRIEF | {"content": None}, {"content"}),
        (BRIEF | {"content": ["a"]}, {"content"}),
        (BRIEF | {"external_id": 7}, {"external_id"}),
        (BRIEF | {"external_id": "e" * 256}, {"external_id"}),
        (BRIEF | {"event_id": "e" * 256}, {"event_id"}),
        (BRIEF | {"sent_at": "yesterday"}, {"sent_at"}),
        (BRIEF | {"sent_at": 1795316645}, {"sent_at"}),
        (BRIEF | {"sent_at": "1999-12-31T23:59:59Z"}, {"sent_at"}),
        (BRIEF | {"sent_at": "2100-01-01T00:00:01Z"}, {"sent_at"}),
        (BRIEF | {"sent_at": "0001-01-01T00:00:00+14:00"}, {"sent_at"}),
        (BRIEF | {"sender_name": "n" * 121}, {"sender_name"}),
        (BRIEF | {"metadata": "text"}, {"metadata"}),
        ({"contact": {}, "message": {}}, {"contact.id", "message.text"}),
        ({"contact": [], "message": "hi"}, {"contact", "message", "contact.id", "message.text"}),
        (
            {"type": "read", "contact": {"id": "k"}, "message": {"text": "hi"}},
            {"type"},
        ),
        (
            {"contact": {"id": "k"}, "message": {"text": "hi", "attachments": {"a": 1}}},
            {"message.attachments"},
        ),
    ],
)
def test_a_body_that_cannot_be_understood_names_every_bad_field(client, demo, body, fields):
    response = deliver(client, body)
    assert response.status_code == 400
    assert set(response.json()) == fields
    assert all(sentences and all(sentences) for sentences in response.json().values())
    assert stored_counts() == NOTHING


def test_an_idempotency_key_that_is_too_long_is_named(client, demo):
    response = deliver(client, Idempotency_Key="k" * 256)
    assert response.status_code == 400
    assert set(response.json()) == {"Idempotency-Key"}
    assert stored_counts() == NOTHING


def test_only_post_is_answered(client, demo):
    assert client.get("/webhook").status_code == 405


def test_a_session_or_token_is_not_asked_for_and_csrf_is_not_checked(demo):
    assert deliver(Client(enforce_csrf_checks=True)).status_code == 200


# --- Trouble -----------------------------------------------------------------------------------
def test_a_failure_inside_applying_still_answers_200(client, demo, commits, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("no room in the drawer")

    monkeypatch.setattr("inbox.services.intake._add_first", fail)
    response = deliver(client, BRIEF | {"external_id": "z-1"})
    assert response.status_code == 200
    assert response.json() == {
        "message_id": None,
        "conversation_id": None,
        "keywords": [],
        "department": None,
        "assigned_to": None,
        "queued": True,
    }
    assert stored_counts() == NOTHING | {"WebhookEvent": 1}
    event = WebhookEvent.objects.get()
    assert (event.state, event.attempts) == ("failed", 1)
    assert event.last_error == "ValueError: no room in the drawer"
    assert json.loads(event.body) == BRIEF | {"external_id": "z-1"}


def test_trouble_in_routing_changes_neither_the_answer_nor_the_message(
    client, demo, commits, monkeypatch
):
    def fail(*args, **kwargs):
        raise RuntimeError("routing is broken")

    monkeypatch.setattr("routing.services.assignment._route", fail)
    response = deliver(client)
    message = Message.objects.get()
    assert response.status_code == 200
    assert response.json()["message_id"] == message.pk
    assert response.json()["queued"] is True
    assert message.keywords is None


def test_a_database_that_is_away_asks_the_sender_to_repeat(client, demo, caplog):
    """The transaction of the test stays usable: the refusal comes before the database is asked."""

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with caplog.at_level(logging.ERROR, "inbox.webhooks"), connection.execute_wrapper(refuse):
        response = deliver(client)
    assert response.status_code == 503
    assert response["Retry-After"] == str(webhooks.RETRY_AFTER_SECONDS)
    assert response.json()["code"] == "try_again"
    assert BRIEF["content"] not in caplog.text
    assert stored_counts() == NOTHING
    assert deliver(client).status_code == 200


def test_a_database_that_refuses_to_write_asks_the_sender_to_repeat(client, demo):
    """Reading works, so the channel is found; not even the raw event can be kept."""

    def refuse_writes(execute, sql, params, many, context):
        if "INSERT" in sql:
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writes):
        response = deliver(client)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert stored_counts() == NOTHING


@pytest.mark.parametrize("size", [4_194_305, 10_485_760])
def test_a_body_over_four_megabytes_is_413(client, demo, size):
    raw = as_bytes(BRIEF)[:-2]
    response = deliver(client, raw + b"a" * (size - len(raw) - 2) + b'"}')
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert stored_counts() == NOTHING


def test_a_body_of_just_four_megabytes_is_stored(client, demo):
    raw = as_bytes(BRIEF)[:-2]
    response = deliver(client, raw + b"a" * (4_194_304 - len(raw) - 2) + b'"}')
    assert response.status_code == 200
    assert len(Message.objects.get().text) == 4_194_304 - len(raw) - 2 + len(BRIEF["content"])
