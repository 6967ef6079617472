"""The door for platforms: who may deliver, what is answered, what is stored."""

import json
import logging
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from inbox import services, webhooks
from inbox.channels import signatures
from inbox.models import Channel, Contact, ContactIdentity, Conversation, Message, WebhookEvent
from routing.models import Agent
from tests.deliveries import BRIEF, as_bytes, deliver
from tests.factories import ChannelFactory, KeywordFactory

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent / "payloads" / "generic_webhook_message.json"
# Computed elsewhere with Python's hmac: the agreed value for this secret, time and body.
VECTOR_SECRET = "whsec_demo"
VECTOR_SECONDS = 1_795_316_645
VECTOR_DIGEST = "480a85150c29795bdc72c109d60a6a7cc6904c45005e400d20c4f19f48bed9f2"
VECTOR_HEADER = f"t={VECTOR_SECONDS},v1={VECTOR_DIGEST}"
VECTOR_BODY = (
    '{"event_id":"evt_01JDA9","type":"message","contact":{"id":"kh-778","name":"Đặng Mai",'
    '"phone":"+84901234567"},"message":{"id":"ext-1","text":"Tôi cần hỗ trợ mua hàng",'
    '"attachments":[]},"timestamp":"2026-11-22T10:04:05+07:00"}'
).encode()


@pytest.fixture
def channel(organisation) -> Channel:
    return ChannelFactory(secret=VECTOR_SECRET)


@pytest.fixture
def demo(settings, channel) -> Channel:
    """The channel that takes unsigned deliveries."""
    settings.DEMO = True
    return channel


@pytest.fixture
def at_vector_time():
    with time_machine.travel(VECTOR_SECONDS, tick=False) as clock:
        yield clock


def stored_counts() -> dict[str, int]:
    models = (WebhookEvent, Contact, ContactIdentity, Conversation, Message)
    return {model.__name__: model.objects.count() for model in models}


NOTHING = {
    "WebhookEvent": 0,
    "Contact": 0,
    "ContactIdentity": 0,
    "Conversation": 0,
    "Message": 0,
}
ONE_OF_EACH = dict.fromkeys(NOTHING, 1)


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


# --- Signatures --------------------------------------------------------------------------------
def test_the_agreed_vector_is_accepted(client, channel, at_vector_time):
    assert signatures.sign(VECTOR_BODY, VECTOR_SECRET, now=VECTOR_SECONDS) == VECTOR_HEADER
    response = deliver(client, VECTOR_BODY, **{signatures.HEADER: VECTOR_HEADER})
    assert response.status_code == 200
    assert stored_counts() == ONE_OF_EACH
    assert Message.objects.get().text == "Tôi cần hỗ trợ mua hàng"


@pytest.mark.parametrize(
    ("moved_seconds", "status"), [(-300, 200), (300, 200), (-301, 401), (301, 401)]
)
def test_a_signature_is_good_for_five_minutes_around_its_time(
    client, channel, at_vector_time, moved_seconds, status
):
    at_vector_time.shift(moved_seconds)
    response = deliver(client, VECTOR_BODY, **{signatures.HEADER: VECTOR_HEADER})
    assert response.status_code == status
    assert stored_counts() == (ONE_OF_EACH if status == 200 else NOTHING)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f"t={VECTOR_SECONDS},v1={VECTOR_DIGEST[:-1]}0",
        f"t={VECTOR_SECONDS},v1={VECTOR_DIGEST.upper()}",
        f"t={VECTOR_SECONDS},v1=",
        f"t={VECTOR_SECONDS}",
        f"v1={VECTOR_DIGEST}",
        f"t=,v1={VECTOR_DIGEST}",
        f"t={VECTOR_SECONDS}.0,v1={VECTOR_DIGEST}",
        f"t=-{VECTOR_SECONDS},v1={VECTOR_DIGEST}",
        f"t=+{VECTOR_SECONDS},v1={VECTOR_DIGEST}",
        f"t={'9' * 5000},v1={VECTOR_DIGEST}",
        f"t={VECTOR_SECONDS + 1},v1={VECTOR_DIGEST}",
        f"t=٣٣٣,v1={VECTOR_DIGEST}",
        f"t=²,v1={VECTOR_DIGEST}",
        f"t={VECTOR_SECONDS},v1=é{VECTOR_DIGEST}",
        f"t={VECTOR_SECONDS},v1={VECTOR_DIGEST}é",
        f"t={VECTOR_SECONDS},v0={VECTOR_DIGEST}",
        f"sha256={VECTOR_DIGEST}",
        VECTOR_DIGEST,
        ",,,=,=;;;",
        # The good one comes after more wrong ones than anybody needs.
        f"t={VECTOR_SECONDS}" + f",v1={'0' * 64}" * 4 + f",v1={VECTOR_DIGEST}",
    ],
)
def test_a_wrong_or_malformed_signature_stores_nothing(
    client, channel, at_vector_time, caplog, header
):
    headers = {} if header is None else {signatures.HEADER: header}
    with caplog.at_level(logging.DEBUG):
        response = deliver(client, VECTOR_BODY, **headers)
    assert response.status_code == 401
    assert set(response.json()) == {"code", "detail"}
    assert response.json()["code"] == "bad_signature"
    assert stored_counts() == NOTHING
    ours = [record for record in caplog.records if not record.name.startswith("django")]
    assert [(record.name, record.levelname) for record in ours] == [("inbox.webhooks", "WARNING")]
    for payload in ("kh-778", "Đặng Mai", "mua hàng", "ext-1", VECTOR_SECRET, VECTOR_DIGEST):
        assert payload not in caplog.text


@pytest.mark.parametrize(
    "edited",
    [
        VECTOR_BODY.replace(b"ext-1", b"ext-2"),
        VECTOR_BODY + b" ",
        VECTOR_BODY[:-1],
        json.dumps(json.loads(VECTOR_BODY)).encode(),
        SAMPLE.read_bytes(),
        b"",
    ],
    ids=["changed", "longer", "shorter", "written-again", "indented", "empty"],
)
def test_an_edited_body_is_refused_before_it_is_read(client, channel, at_vector_time, edited):
    response = deliver(client, edited, **{signatures.HEADER: VECTOR_HEADER})
    assert response.status_code == 401
    assert stored_counts() == NOTHING


def test_several_digests_may_stand_in_one_header(client, channel, at_vector_time):
    header = f"v1={'0' * 64}, t={VECTOR_SECONDS}, v1={VECTOR_DIGEST}"
    assert deliver(client, VECTOR_BODY, **{signatures.HEADER: header}).status_code == 200


def test_the_header_is_found_in_any_case(client, channel, at_vector_time):
    response = deliver(client, VECTOR_BODY, **{signatures.HEADER.upper(): VECTOR_HEADER})
    assert response.status_code == 200


def test_unsigned_is_refused_without_demo(client, channel):
    response = deliver(client, BRIEF | {"external_id": "z-1"})
    assert (response.status_code, response.json()["code"]) == (401, "bad_signature")
    assert stored_counts() == NOTHING


def test_a_wrong_signature_is_refused_in_a_demo_too(client, demo):
    response = deliver(client, BRIEF, secret="whsec_other")
    assert (response.status_code, response.json()["code"]) == (401, "bad_signature")
    assert stored_counts() == NOTHING


def test_a_signature_made_with_an_empty_secret_opens_no_channel_without_one(client, organisation):
    ChannelFactory(secret="")
    response = deliver(client, BRIEF | {"external_id": "z-1"}, secret="")
    assert response.status_code == 401
    assert stored_counts() == NOTHING


def test_signed_without_any_id_could_be_played_back(client, channel):
    response = deliver(client, BRIEF, secret=VECTOR_SECRET)
    assert (response.status_code, response.json()["code"]) == (400, "id_needed")
    assert stored_counts() == NOTHING


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BRIEF | {"external_id": "z-1"}, {}),
        (BRIEF | {"event_id": "e-1"}, {}),
        (BRIEF, {"Idempotency_Key": "k-1"}),
    ],
)
def test_one_id_is_enough_for_a_signed_delivery(client, channel, body, headers):
    assert deliver(client, body, secret=VECTOR_SECRET, **headers).status_code == 200
    assert stored_counts() == ONE_OF_EACH


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


def test_each_secret_leads_to_its_own_channel(client, channel):
    second = ChannelFactory(secret="whsec_second")
    deliver(client, BRIEF | {"external_id": "z-1"}, secret="whsec_second")
    message = Message.objects.get()
    assert message.channel == second
    assert message.conversation.channel == second
    assert message.conversation.identity.channel == second
    assert WebhookEvent.objects.get().channel == second


def test_the_same_id_on_two_channels_is_two_messages(client, channel):
    ChannelFactory(secret="whsec_second")
    body = BRIEF | {"external_id": "z-1"}
    answers = [deliver(client, body, secret=s).json() for s in (VECTOR_SECRET, "whsec_second")]
    assert answers[0]["message_id"] != answers[1]["message_id"]
    assert stored_counts() == dict.fromkeys(NOTHING, 2)


def test_an_unsigned_demo_delivery_goes_to_the_lowest_active_channel(client, demo):
    second = ChannelFactory()
    ChannelFactory()
    Channel.objects.filter(pk=demo.pk).update(is_active=False)
    deliver(client)
    assert Message.objects.get().channel == second


def test_a_channel_that_is_off_accepts_nothing(client, channel):
    Channel.objects.update(is_active=False)
    response = deliver(client, BRIEF | {"external_id": "z-1"}, secret=VECTOR_SECRET)
    assert response.status_code == 401
    assert stored_counts() == NOTHING


def test_an_installation_without_a_channel_refuses(client, organisation, settings):
    settings.DEMO = True
    assert deliver(client).status_code == 401
    assert stored_counts() == NOTHING


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(0), 200),
        (timedelta(hours=24) - timedelta(seconds=1), 200),
        (timedelta(hours=24), 401),
    ],
)
def test_the_old_secret_is_good_for_a_day_after_a_change(client, organisation, age, status):
    now = timezone.now()
    ChannelFactory(secret="whsec_new", old_secret="whsec_old", secret_changed_at=now - age)
    with time_machine.travel(now, tick=False):
        response = deliver(client, BRIEF | {"external_id": "z-1"}, secret="whsec_old")
        newer = deliver(client, BRIEF | {"external_id": "z-2"}, secret="whsec_new")
    assert response.status_code == status
    assert newer.status_code == 200
    assert Message.objects.count() == (2 if status == 200 else 1)


def test_a_secret_that_no_key_opens_shuts_its_own_channel_only(client, channel, settings):
    settings.FIELD_KEYS = ["another key of enough bytes " * 2]
    ChannelFactory(secret="whsec_second")
    body = BRIEF | {"external_id": "z-1"}
    assert deliver(client, body, secret=VECTOR_SECRET).status_code == 401
    assert stored_counts() == NOTHING
    assert deliver(client, body, secret="whsec_second").status_code == 200


# --- Repeats -----------------------------------------------------------------------------------
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


# --- Trouble -----------------------------------------------------------------------------------
def test_a_failure_inside_applying_still_answers_200(client, demo, commits, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("no room in the drawer")

    monkeypatch.setattr("inbox.services.intake._conversation", fail)
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
        if sql.startswith("INSERT"):
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
