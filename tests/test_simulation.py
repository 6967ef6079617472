"""Simulated customers against a real server: signed in, verified out, once each."""

import http.client
import json
import time
from collections import deque
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from inbox.channels import signatures
from inbox.models import Channel, Conversation, Message, OutboundPart
from inbox.services import deliver_due, send_reply
from omnichat.demo.customers import Customer
from omnichat.demo.simulation import (
    Counts,
    NotLocal,
    Simulation,
    Writer,
    listening,
    local_address,
)
from omnichat.demo.talks import Said
from omnichat.management.commands import simulate
from tests.factories import UserFactory

SECRET = "simulation-secret-0123456789"


@pytest.fixture
def channel(people, live_server, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    return Channel.objects.create(name="Mô phỏng", secret=SECRET)


@pytest.fixture
def simulation(live_server):
    return Simulation(url=live_server.url, secret=SECRET, rate=6000, seed=5)


def post(url: str, raw: bytes, headers: dict) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    connection.request("POST", address.path, raw, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def writer(*lines: Said) -> Writer:
    customer = Customer("Lan Anh", "zalo", "+84900777001", "chị", "chị", "em", "neat")
    return Writer(customer, deque(lines))


def test_customers_write_through_the_signed_webhook(channel, simulation):
    counts = simulation.run(until=lambda: False, count=3)
    assert (counts.sent, counts.errors) == (3, 0)
    stored = Message.objects.inbound()
    assert stored.count() == 3
    assert set(stored.values_list("channel", flat=True)) == {channel.pk}
    assert all(message.external_id.startswith("sim-") for message in stored)
    assert Conversation.objects.count() == 3


def test_a_reply_reaches_its_customer_who_answers_in_the_same_thread(
    channel, simulation, people, monkeypatch
):
    monkeypatch.setattr("omnichat.demo.simulation.READING_SECONDS", (0.0, 0.0))
    with listening(simulation) as reply_url:
        Channel.objects.filter(pk=channel.pk).update(reply_url=reply_url)
        simulation.run(until=lambda: False, count=1)
        conversation = Conversation.objects.get()
        send_reply(conversation=conversation, author=people["admin"], text="Dạ có ngay ạ.")
        assert deliver_due() == 1
        assert OutboundPart.objects.get().state == OutboundPart.State.SENT
        assert simulation.counts.replies == 1
        simulation.write_next()
    assert simulation.counts.answers == 1
    assert conversation.messages.inbound().count() == 2
    assert len(simulation.counts.waits) == 1


def test_a_repeat_counts_once_and_a_forged_reply_nothing(simulation):
    simulation.writers["+84900777001"] = writer(Said("N", "Dạ"), Said("K", "ok em"))
    raw = json.dumps({"contact": {"id": "+84900777001"}, "message": {"text": "x"}}).encode()
    signed = {signatures.HEADER: signatures.sign(raw, SECRET, now=time.time())}
    forged = {signatures.HEADER: signatures.sign(raw, "another-secret", now=time.time())}
    with listening(simulation) as url:
        assert post(url, raw, forged | {"Idempotency-Key": "a"}) == 401
        assert (simulation.counts.replies, len(simulation.due)) == (0, 0)
        assert post(url, raw, signed | {"Idempotency-Key": "a"}) == 200
        assert post(url, raw, signed | {"Idempotency-Key": "a"}) == 200
    assert (simulation.counts.replies, simulation.counts.repeats) == (1, 1)
    assert len(simulation.due) == 1


def test_a_refused_message_is_an_error(channel, live_server):
    simulation = Simulation(url=live_server.url, secret="not the secret", rate=6000, seed=1)
    simulation.write_next()
    assert (simulation.counts.sent, simulation.counts.errors) == (0, 1)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1", "http://example.com", "http://127.0.0.1.example.com", "ftp://x"]
)
def test_it_writes_to_this_machine_only(url):
    with pytest.raises(NotLocal):
        local_address(url)


def test_the_command_makes_its_channel_once_and_says_how_it_went(
    channel, live_server, settings, monkeypatch
):
    Channel.objects.all().delete()
    monkeypatch.setattr(simulate, "LAST_REPLIES_SECONDS", 0)
    settings.DEMO = True
    for _time in range(2):
        out = StringIO()
        call_command("simulate", rate=6000, count=2, url=live_server.url, stdout=out)
        assert "sent 2 (answers 0) · replies 0 · errors 0" in out.getvalue()
    made = Channel.objects.get(name="Mô phỏng")
    assert made.reply_url.startswith("http://127.0.0.1:")
    assert Message.objects.inbound().count() == 4


@pytest.mark.django_db
def test_refusals_leave_no_channel(settings, monkeypatch):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("simulate")
    settings.DEMO = True
    with pytest.raises(CommandError, match="a minute"):
        call_command("simulate", rate=0)
    with pytest.raises(CommandError, match="this machine"):
        call_command("simulate", url="http://example.com")
    with pytest.raises(CommandError, match=r"Nothing answers at http://127\.0\.0\.1:9"):
        call_command("simulate", count=1, url="http://127.0.0.1:9")
    monkeypatch.setattr(simulate, "answers", lambda url: True)
    with pytest.raises(CommandError, match="make run"):
        call_command("simulate", count=1)
    UserFactory(username="somebody")
    assert Channel.objects.count() == 0


def test_the_progress_line():
    counts = Counts(sent=42, answers=12, replies=15, errors=1)
    counts.waits.extend([10.0, 30.0, 31.0])
    told = "sent 42 (answers 12) · replies 15 · errors 1 · median wait 30.0 s · queue 5"
    assert counts.line(5) == told
    assert "median wait –" in Counts().line(0)
