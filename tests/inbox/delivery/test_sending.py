"""The outbox against a receiver: what is sent, how often, and how truthfully it is told."""

import json
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from werkzeug import Response

from inbox import services
from inbox.channels import signatures
from inbox.models import Channel, Message, OutboundPart
from omnichat.lib import http
from tests.inbox.delivery.receiver import MORNING, SECRET, step

pytestmark = pytest.mark.django_db

# After the first try, the second, and so on; each 20 % more or less.
STEPS = [5, 30, 120, 600, 1800, 3600, 3600]


# --- What is sent ------------------------------------------------------------------------------
def test_the_receiver_gets_one_signed_post(receiver, conversation, reply, clock):
    part = reply("Dạ còn ạ 😀\n<b>")
    clock.shift(90)
    assert services.deliver_due() == 1
    (request,) = receiver.requests
    assert request.method == "POST"
    assert json.loads(request.data) == {
        "event_id": str(part.public_id),
        "type": "message",
        "conversation": str(conversation.public_id),
        "contact": {"id": "+84901234567"},
        "message": {"id": str(part.message_id), "text": "Dạ còn ạ 😀\n<b>"},
        "timestamp": "2026-05-04T08:01:30+00:00",
    }
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == str(part.public_id)
    header = request.headers["X-OmniChat-Signature"]
    assert header.startswith(f"t={int(time.time())},v1=")
    assert signatures.verify(request.data, header, [SECRET], now=time.time())
    assert not signatures.verify(request.data + b" ", header, [SECRET], now=time.time())
    assert not signatures.verify(request.data, header, ["whsec_other"], now=time.time())
    part.refresh_from_db()
    assert (part.state, part.failure, part.last_error) == ("sent", "", "")
    assert (part.sent_at, part.attempts) == (timezone.now(), 1)
    assert (part.lease_until, part.locked_by) == (None, "")
    assert services.deliver_due() == 0
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_sent(receiver, reply, status):
    receiver.answers = [status]
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert part.state == "sent"


def test_what_we_send_our_own_webhook_would_accept(client, receiver, channel, reply):
    """In and out are one protocol: a reply is a delivery in the richer form."""
    reply()
    services.deliver_due()
    request = receiver.requests[0]
    response = client.post(
        "/webhook",
        request.data,
        content_type="application/json",
        headers={name: request.headers[name] for name in (signatures.HEADER, "Idempotency-Key")},
    )
    assert response.status_code == 200
    assert Message.objects.inbound().get().text == "Dạ còn ạ"


# --- What is tried again -----------------------------------------------------------------------
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again_with_the_same_key(receiver, reply, clock, status):
    receiver.answers = [status]
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.failure, part.sent_at) == ("queued", "", None)
    assert part.last_error == f"HTTP {status}"
    assert 4 <= (part.run_after - timezone.now()).total_seconds() <= 6
    assert part.give_up_at == MORNING + timedelta(hours=24)
    assert step(clock, part).state == "sent"
    assert receiver.keys == [str(part.public_id)] * 2
    bodies = [json.loads(request.data) for request in receiver.requests]
    assert bodies[0]["event_id"] == bodies[1]["event_id"]


@pytest.fixture
def hangs_up():
    """The address of a receiver that reads the request and closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take_one() -> None:
            with suppress(OSError):
                connection, _address = server.accept()
                with connection, connection.makefile("rb") as request:
                    # All of it: closing on unread data would be a reset.
                    headers = b"".join(iter(request.readline, b"\r\n")).decode().lower()
                    length = headers.partition("content-length:")[2].split()[0]
                    request.read(int(length))

        threading.Thread(target=take_one, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/replies"
        server.shutdown(socket.SHUT_RDWR)


ERRORS = {
    "refused": "ConnectError",
    "silent": "ReadTimeout",
    "closed": "RemoteProtocolError",
    "no name": "gaierror",
}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_receiver_that_does_not_answer_is_tried_again(
    receiver, channel, reply, monkeypatch, hangs_up, fault
):
    if fault == "refused":
        channel.reply_url = "http://127.0.0.1:1/replies"
    elif fault == "no name":
        channel.reply_url = "https://no-such-name.invalid/replies"
    elif fault == "silent":
        monkeypatch.setattr(http, "READ_SECONDS", 0.1)
        receiver.answers = [lambda: time.sleep(0.5) or Response()]
    else:
        channel.reply_url = hangs_up
    channel.save(update_fields=["reply_url"])
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.failure) == ("queued", "")
    assert part.last_error.startswith(ERRORS[fault])
    assert 4 <= (part.run_after - timezone.now()).total_seconds() <= 6


def test_the_waits_grow_and_nothing_is_sent_before_its_time(receiver, reply, clock):
    receiver.answers = [503] * 20
    part = reply()
    services.deliver_due()
    for seconds in STEPS:
        part.refresh_from_db()
        wait = (part.run_after - timezone.now()).total_seconds()
        assert seconds * 0.8 <= wait <= seconds * 1.2
        calls = len(receiver.requests)
        clock.shift(wait - 1)
        assert services.deliver_due() == 0
        assert step(clock, part).state == "queued"
        assert len(receiver.requests) == calls + 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("60", 60, 60),
        ("0", 4, 6),  # not sooner than by our own steps
        ("Mon, 04 May 2026 08:02:00 GMT", 120, 120),
        ("86400", 3600, 3600),  # an hour at most
        ("soon", 4, 6),
        ("-5", 4, 6),
    ],
)
def test_a_wish_to_wait_is_honoured(receiver, reply, header, least, most):
    receiver.answers = [Response(status=429, headers={"Retry-After": header})]
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert part.state == "queued"
    assert least <= (part.run_after - timezone.now()).total_seconds() <= most


def test_it_gives_up_after_a_day(receiver, reply, clock):
    receiver.answers = [503] * 100
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    while part.state == "queued":
        part = step(clock, part)
    assert (part.state, part.failure) == ("failed", "gave_up")
    assert timedelta(hours=22) < timezone.now() - MORNING <= timedelta(hours=24)
    assert len(receiver.requests) == part.attempts
    clock.shift(timedelta(days=3))
    assert services.deliver_due() == 0


# --- What is final -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "status", [300, 301, 302, 307, 400, 401, 403, 404, 405, 409, 410, 413, 422]
)
def test_any_other_answer_is_final(receiver, reply, clock, status):
    receiver.answers = [Response(status=status, headers={"Location": receiver.url})]
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.failure) == ("failed", "refused")
    assert part.last_error == f"HTTP {status}"
    clock.shift(timedelta(days=1))
    assert services.deliver_due() == 0
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"reply_url": ""}, "no_reply_url"),
        ({"is_active": False}, "channel_off"),
        ({"reply_url": "http://192.168.1.1/replies"}, "bad_reply_url"),
        ({"reply_url": "http://example.com/replies"}, "bad_reply_url"),
        ({"reply_url": "ftp://example.com/replies"}, "bad_reply_url"),
        ({"reply_url": "https://user:password@example.com/"}, "bad_reply_url"),
        ({"reply_url": "https://169.254.169.254/latest"}, "bad_reply_url"),
    ],
)
def test_what_cannot_be_sent_says_so(receiver, channel, reply, monkeypatch, changes, failure):
    monkeypatch.setattr(
        http.socket,
        "getaddrinfo",
        lambda host, port, **kwargs: [
            (2, 1, 6, "", (host if host[0].isdigit() else "93.184.215.14", port))
        ],
    )
    part = reply()
    Channel.objects.filter(pk=channel.pk).update(**changes)
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.failure, part.sent_at) == ("failed", failure, None)
    assert receiver.requests == []


def test_a_secret_that_no_key_opens_waits_for_the_key(receiver, reply, settings, clock):
    """The reply is never signed with something public; it goes out when the key is back."""
    part = reply()
    keys, settings.FIELD_KEYS = settings.FIELD_KEYS, ["another key of enough bytes " * 2]
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.last_error) == ("queued", "SecretUnreadable")
    assert receiver.requests == []
    settings.FIELD_KEYS = keys
    assert step(clock, part).state == "sent"


# --- What the page shows -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], ""),
        (["sent"], "sent"),
        (["sent", "queued"], "queued"),
        (["read", "delivered"], "delivered"),
        (["sending", "failed", "read"], "failed"),
        (["unknown", "sent"], "unknown"),
        (["failed", "unknown"], "failed"),
        (["sent", "sending", "queued"], "queued"),
    ],
)
def test_a_reply_is_as_far_as_its_slowest_part(conversation, channel, reply, states, shown):
    message = reply().message
    OutboundPart.objects.all().delete()
    for state in states:
        OutboundPart.objects.create(
            message=message, conversation=conversation, channel=channel, state=state
        )
    assert message.delivery == shown
