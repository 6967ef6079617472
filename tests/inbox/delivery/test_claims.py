"""Replies go out in order, each by one worker at a time, also when a worker dies."""

from datetime import timedelta

import pytest

from inbox import services
from inbox.channels.base import Outcome, SendResult
from inbox.models import OutboundPart
from inbox.services import delivery
from tests.inbox.delivery.receiver import MORNING, another_conversation, step

pytestmark = pytest.mark.django_db


# --- Order -------------------------------------------------------------------------------------
def test_replies_of_a_conversation_arrive_in_order(receiver, reply):
    for text in ("một", "hai", "ba"):
        reply(text)
    assert services.deliver_due() == 3
    assert receiver.texts == ["một", "hai", "ba"]


def test_a_later_reply_waits_for_an_earlier_one(receiver, reply, clock):
    receiver.answers = [503]
    first, second = reply("một"), reply("hai")
    assert services.deliver_due() == 1
    second.refresh_from_db()
    assert (second.state, second.attempts) == ("queued", 0)
    assert step(clock, first).state == "sent"
    second.refresh_from_db()
    assert second.state == "sent"
    assert receiver.texts == ["một", "một", "hai"]


def test_a_part_that_is_being_sent_holds_back_the_next(receiver, reply):
    first = reply("một")
    reply("hai")
    held = services.claim_part()
    assert held.pk == first.pk
    assert services.claim_part() is None
    services.deliver(held)
    services.deliver_due()
    assert receiver.texts == ["một", "hai"]


def test_a_failed_reply_does_not_hold_back_the_next(receiver, reply):
    receiver.answers = [400]
    first, second = reply("một"), reply("hai")
    assert services.deliver_due() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("failed", "sent")


def test_another_conversation_is_not_delayed(receiver, channel, people, reply):
    receiver.answers = [503]
    slow = reply("một")
    other = reply("hai", to=another_conversation(channel, people["staff"]))
    assert services.deliver_due() == 2
    slow.refresh_from_db()
    other.refresh_from_db()
    assert (slow.state, other.state) == ("queued", "sent")


def test_the_limit_bounds_one_round(receiver, channel, people, reply):
    for _number in range(3):
        reply(to=another_conversation(channel, people["staff"]))
    assert services.deliver_due(limit=2) == 2
    assert services.deliver_due() == 1


# --- A worker that dies ------------------------------------------------------------------------
def test_a_lease_that_runs_out_sends_again_with_the_same_key(receiver, reply, clock):
    part = reply()
    dead = services.claim_part()
    assert (dead.pk, dead.state, dead.attempts) == (part.pk, "sending", 1)
    assert dead.lease_until == MORNING + timedelta(seconds=30)
    clock.shift(29)
    assert services.claim_part() is None
    clock.shift(1.1)
    assert services.deliver_due() == 1
    part.refresh_from_db()
    assert (part.state, part.attempts) == ("sent", 2)
    assert receiver.keys == [str(part.public_id)]


def test_only_the_holder_of_the_claim_writes_the_outcome(receiver, reply, clock):
    """A worker that comes back after its lease changes nothing of what another one wrote."""
    receiver.answers = [200, 400]
    part = reply()
    late = services.claim_part()
    clock.shift(31)
    services.deliver_due()
    part.refresh_from_db()
    before = OutboundPart.objects.values().get()
    assert part.state == "sent"
    assert services.deliver(late) == "sent"
    assert len(receiver.requests) == 1
    assert OutboundPart.objects.values().get() == before


def test_a_claim_that_is_lost_while_sending_writes_nothing(receiver, reply, clock, monkeypatch):
    send = delivery._send

    def be_overtaken(part):
        monkeypatch.setattr(delivery, "_send", send)
        clock.shift(31)
        services.deliver_due()
        return SendResult(Outcome.REFUSED, failure="refused")

    part = reply()
    monkeypatch.setattr(delivery, "_send", be_overtaken)
    services.deliver(services.claim_part())
    part.refresh_from_db()
    assert (part.state, part.failure, part.attempts) == ("sent", "", 2)
    assert receiver.keys == [str(part.public_id)]
