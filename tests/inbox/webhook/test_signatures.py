"""Who may deliver: signatures, secrets, and the channel they lead to."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from inbox.channels import signatures
from inbox.models import Channel, Message, WebhookEvent
from tests.deliveries import BRIEF, deliver
from tests.factories import ChannelFactory
from tests.inbox.webhook.known_delivery import (
    NOTHING,
    ONE_OF_EACH,
    SAMPLE,
    VECTOR_BODY,
    VECTOR_DIGEST,
    VECTOR_HEADER,
    VECTOR_SECONDS,
    VECTOR_SECRET,
    stored_counts,
)

pytestmark = pytest.mark.django_db


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
