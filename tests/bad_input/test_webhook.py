"""Whatever bytes come to the webhook: a clear refusal, or the message is kept as far as it can."""

import json

import pytest

from inbox.models import Message
from tests.bad_input.values import NEVER_GOOD, REFUSED, SOMETIMES_GOOD
from tests.deliveries import BRIEF, deliver
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

WEBHOOK_REFUSED = {
    name: refusal for name, refusal in REFUSED.items() if name != "1 MB and a byte"
} | {"empty": (b"", 400, "bad_json"), "mark only": (b"\xef\xbb\xbf", 400, "bad_json")}


def test_the_webhook_refuses_what_is_no_good_json(client, open_webhook):
    before = snapshot()
    for name, (raw, status, code) in WEBHOOK_REFUSED.items():
        response = deliver(client, raw)
        assert (response.status_code, response.json()["code"]) == (status, code), name
        assert response.json()["detail"], name
    assert snapshot() == before


@pytest.mark.parametrize("field", ["platform", "sender", "content"])
def test_the_webhook_takes_text_only(client, open_webhook, field):
    before = snapshot()
    values = NEVER_GOOD | {
        name: value for name, value in SOMETIMES_GOOD.items() if not isinstance(value, str)
    }
    for name, value in values.items():
        response = deliver(client, json.dumps(BRIEF | {field: value}).encode())
        assert response.status_code == 400, name
        assert set(response.json()) == {field}, name
    assert snapshot() == before


@pytest.mark.parametrize("field", ["external_id", "event_id", "sent_at", "sender_name", "metadata"])
def test_a_strange_optional_field_is_taken_or_named(client, open_webhook, field):
    for name, value in (NEVER_GOOD | SOMETIMES_GOOD).items():
        before = snapshot()
        response = deliver(client, json.dumps(BRIEF | {field: value}).encode())
        assert response.status_code in (200, 400), name
        if response.status_code == 400:
            assert set(response.json()) == {field}, name
            assert snapshot() == before


@pytest.mark.parametrize("field", ["contact", "message", "timestamp", "type"])
def test_a_strange_part_of_the_richer_body_is_taken_or_named(client, open_webhook, field):
    body = {"contact": {"id": "k"}, "message": {"text": "hi"}, "type": "message"}
    for name, value in (NEVER_GOOD | SOMETIMES_GOOD).items():
        before = snapshot()
        response = deliver(client, json.dumps(body | {field: value}).encode())
        assert response.status_code in (200, 400), name
        if response.status_code == 400:
            assert response.json()
            assert all(key.split(".")[0] == field for key in response.json()), name
            assert snapshot() == before


def test_nul_and_lone_surrogates_are_replaced_and_the_message_is_kept(client, open_webhook):
    raw = (
        b'{"platform": "za\\u0000lo", "sender": "k\\ud83d1", "content": "a\\u0000b\\udc00c\\ud83d'
        b'\\ude00", "sender_name": "\\u0000Mai", "external_id": "\\ud800", "metadata":'
        b' {"a\\u0000": ["\\udfff", {"\\ud800": "\\u0000"}]}}'
    )
    assert deliver(client, raw).status_code == 200
    message = Message.objects.inbound().get()
    assert message.text == "a\ufffdb\ufffdc😀"
    assert message.external_id == "\ufffd"
    assert message.data == {"metadata": {"a\ufffd": ["\ufffd", {"\ufffd": "\ufffd"}]}}
    identity = message.conversation.identity
    assert (identity.platform, identity.external_id) == ("za\ufffdlo", "k\ufffd1")
    assert identity.contact.name == "\ufffdMai"
    assert json.loads(message.webhook_event.body)["content"] == "a\ufffdb\ufffdc😀"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", ";"],
)
def test_the_webhook_reads_json_whatever_its_type_says(client, open_webhook, content_type):
    response = client.generic("POST", "/webhook", json.dumps(BRIEF).encode(), content_type)
    assert response.status_code == 200
    assert Message.objects.get().text == BRIEF["content"]
