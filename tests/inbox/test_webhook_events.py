"""Events that could not be applied: tried again, given up, tried again by hand."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox import services
from inbox.models import Channel, Message, WebhookEvent
from inbox.services import intake
from inbox.services.webhook_events import EventNotFailed
from tests.deliveries import BRIEF, deliver
from tests.factories import ChannelFactory, KeywordFactory

pytestmark = pytest.mark.django_db

SECRET = "whsec_demo"
SECONDS_BETWEEN_TRIES = [5, 15, 45, 135, 405, 1215, 3645]


@pytest.fixture
def channel(organisation) -> Channel:
    return ChannelFactory(secret=SECRET)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def poison(monkeypatch):
    """Applying fails for as long as `poison.texts` holds the text."""

    class Poison:
        texts: set[str] = {BRIEF["content"]}

    news = intake._news

    def fail(event, *moments):
        if event.text in Poison.texts:
            raise ValueError("poison")
        return news(event, *moments)

    monkeypatch.setattr(intake, "_news", fail)
    return Poison


def receive_failing(client, external_id: str = "z-1") -> WebhookEvent:
    response = deliver(client, BRIEF | {"external_id": external_id}, secret=SECRET)
    assert (response.status_code, response.json()["message_id"]) == (200, None)
    return WebhookEvent.objects.get(dedup_key=f"message:{external_id}")


def test_a_retry_makes_it_a_message_that_is_routed(
    client, channel, people, sales, poison, clock, commits
):
    KeywordFactory(word="mua", department=sales)
    event = receive_failing(client)
    poison.texts.clear()
    clock.shift(timedelta(seconds=6))
    assert services.retry_due_events() == 1
    message = Message.objects.inbound().get()
    assert (message.text, message.external_id) == (BRIEF["content"], "z-1")
    assert message.webhook_event == event
    assert message.conversation.assignee == people["staff"]
    event.refresh_from_db()
    assert (event.state, event.last_error, event.lease_until) == ("applied", "", None)
    assert services.retry_due_events() == 0
    # The platform's own repeat finds the message.
    again = deliver(client, BRIEF | {"external_id": "z-1"}, secret=SECRET)
    assert again.json()["message_id"] == message.pk
    assert Message.objects.inbound().count() == 1


def test_the_customer_waits_since_the_message_came_not_since_the_retry(
    client, channel, poison, clock
):
    event = receive_failing(client)
    poison.texts.clear()
    clock.shift(timedelta(minutes=10))
    services.retry_due_events()
    message = Message.objects.get()
    assert message.sent_at == event.received_at == timezone.now() - timedelta(minutes=10)
    assert message.received_at == timezone.now()
    assert message.conversation.waiting_since == event.received_at


def test_the_key_of_the_header_survives_a_retry(client, channel, poison, clock):
    deliver(client, BRIEF, secret=SECRET, Idempotency_Key="k-1")
    poison.texts.clear()
    clock.shift(timedelta(seconds=6))
    services.retry_due_events()
    again = deliver(client, BRIEF, secret=SECRET, Idempotency_Key="k-1")
    assert again.json()["message_id"] == Message.objects.get().pk


def test_nothing_is_tried_before_its_time(client, channel, poison, clock):
    event = receive_failing(client)
    poison.texts.clear()
    clock.shift(timedelta(seconds=3.9))
    assert services.retry_due_events() == 0
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("failed", 1)


def test_eight_tries_in_an_hour_and_a_half_then_dead(client, channel, poison, clock, caplog):
    event = receive_failing(client)
    start = timezone.now()
    for done, seconds in enumerate(SECONDS_BETWEEN_TRIES, start=1):
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("failed", done)
        wait = (event.run_after - timezone.now()).total_seconds()
        assert seconds * 0.8 <= wait <= seconds * 1.2
        clock.move_to(event.run_after)
        with caplog.at_level(logging.WARNING, "inbox.services.webhook_events"):
            assert services.retry_due_events() == 0
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("dead", 8)
    assert event.last_error == "ValueError: poison"
    assert timedelta(minutes=70) < timezone.now() - start < timedelta(minutes=115)
    levels = [r.levelname for r in caplog.records if r.name == "inbox.services.webhook_events"]
    assert levels == ["WARNING"] * 6 + ["ERROR"]
    assert BRIEF["content"] not in caplog.text
    # Nobody tries a dead one again by himself.
    poison.texts.clear()
    clock.shift(timedelta(days=1))
    assert services.retry_due_events() == 0
    assert Message.objects.count() == 0


def test_a_poison_event_blocks_no_other(client, channel, poison, clock):
    receive_failing(client)
    poison.texts.add("hai")
    deliver(client, BRIEF | {"external_id": "z-2", "content": "hai"}, secret=SECRET)
    poison.texts.discard("hai")
    clock.shift(timedelta(seconds=6))
    assert services.retry_due_events() == 1
    states = WebhookEvent.objects.order_by("pk").values_list("dedup_key", "state")
    assert list(states) == [("message:z-1", "failed"), ("message:z-2", "applied")]
    assert Message.objects.get().text == "hai"


def test_what_can_no_longer_be_read_fails_like_any_other(client, channel, poison, clock):
    event = receive_failing(client)
    poison.texts.clear()
    WebhookEvent.objects.update(body="{broken")
    clock.shift(timedelta(seconds=6))
    assert services.retry_due_events() == 0
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("failed", 2)
    assert event.last_error.startswith("JSONDecodeError: ")


def test_a_message_that_arrived_by_another_way_makes_the_event_applied(
    client, channel, poison, clock
):
    event = receive_failing(client)
    poison.texts.clear()
    deliver(client, BRIEF | {"external_id": "z-1"}, secret=SECRET, Idempotency_Key="k-2")
    clock.shift(timedelta(seconds=6))
    assert services.retry_due_events() == 1
    event.refresh_from_db()
    assert event.state == "applied"
    assert Message.objects.count() == 1


def test_an_event_somebody_is_trying_is_left_to_him_until_his_lease_ends(
    client, channel, poison, clock
):
    event = receive_failing(client)
    poison.texts.clear()
    clock.shift(timedelta(seconds=6))
    WebhookEvent.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    assert services.retry_due_events() == 0
    clock.shift(timedelta(seconds=61))
    assert services.retry_due_events() == 1
    event.refresh_from_db()
    assert event.state == "applied"


def test_the_limit_bounds_one_round(client, channel, poison, clock):
    for number in range(3):
        receive_failing(client, f"z-{number}")
    poison.texts.clear()
    clock.shift(timedelta(seconds=6))
    assert services.retry_due_events(limit=2) == 2
    assert Message.objects.count() == 2


@pytest.mark.parametrize("state", ["failed", "dead"])
def test_a_retry_by_hand_starts_anew(client, channel, poison, clock, state):
    event = receive_failing(client)
    WebhookEvent.objects.update(
        state=state,
        attempts=8,
        run_after=timezone.now() + timedelta(hours=1),
        lease_until=timezone.now() + timedelta(hours=1),
    )
    services.retry_event(event)
    event.refresh_from_db()
    assert (event.state, event.attempts, event.run_after) == ("failed", 0, timezone.now())
    poison.texts.clear()
    assert services.retry_due_events() == 1
    assert Message.objects.get().text == BRIEF["content"]


def test_an_applied_event_is_not_tried_again(client, channel):
    deliver(client, BRIEF | {"external_id": "z-1"}, secret=SECRET)
    before = WebhookEvent.objects.values().get()
    with pytest.raises(EventNotFailed) as refusal:
        services.retry_event(WebhookEvent.objects.get())
    assert (refusal.value.code, refusal.value.status) == ("event_not_failed", 409)
    assert WebhookEvent.objects.values().get() == before
