"""Whatever bytes come to a JSON door: a clear refusal and nothing changed, never an error of ours.

The test client raises what a view does not handle, so each request here is also a "no 500".
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEntry, Department, User
from accounts.tokens import issue_tokens
from inbox.models import Conversation, Message, OutboundPart, WebhookEvent
from omnichat import api as routes
from routing.models import Agent, Assignment, Keyword, KeywordVersion
from tests.conftest import ApiClient
from tests.deliveries import BRIEF, deliver
from tests.factories import (
    ChannelFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
)
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db

WATCHED = (
    User,
    Department,
    Conversation,
    Message,
    OutboundPart,
    WebhookEvent,
    Keyword,
    KeywordVersion,
    Agent,
    Assignment,
    TimeEntry,
    AuditEntry,
)
LARGE = b"x" * 10_485_760


def snapshot() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WATCHED}


# --- The doors ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Door:
    """One door with a body: who knocks, and a body with every field it knows."""

    method: str
    name: str
    who: str
    body: dict


UNKNOWN_ID = str(uuid.UUID(int=7))
PASSWORD = "correct horse battery"
DOORS = [
    Door("post", "token", "", {"username": "staff", "password": PASSWORD}),
    Door("post", "refresh", "", {"refresh_token": "REFRESH"}),
    Door("post", "logout", "", {"refresh_token": "REFRESH"}),
    Door(
        "post",
        "register",
        "",
        {
            "username": "nobody",
            "password": PASSWORD,
            "display_name": "Nobody",
            "email": "nobody@example.com",
        },
    ),
    Door(
        "post",
        "department-list",
        "admin",
        {"name": "Warehouse", "priority": 5, "staff_can_claim": True},
    ),
    Door(
        "post",
        "user-list",
        "admin",
        {
            "username": "nobody",
            "password": PASSWORD,
            "display_name": "Nobody",
            "email": "nobody@example.com",
            "role": "staff",
            "department_id": "DEPARTMENT",
            "language": "en",
        },
    ),
    Door(
        "patch",
        "user-detail",
        "admin",
        {
            "display_name": "Nobody",
            "email": "nobody@example.com",
            "role": "manager",
            "is_active": True,
            "department_id": "DEPARTMENT",
        },
    ),
    Door("put", "user-status", "admin", {"status": "busy"}),
    Door("post", "notifications-read", "staff", {"ids": [1]}),
    Door("post", "conversation-assign", "manager", {"assignee": "COLLEAGUE"}),
    Door(
        "post",
        "conversation-reply",
        "staff",
        {
            "text": "Dạ còn ạ",
            "submission": "6f3a5a3e-0000-4000-8000-000000000001",
            "seen": 1,
        },
    ),
    Door(
        "post",
        "conversation-notes",
        "staff",
        {"text": "Khách quen", "submission": "6f3a5a3e-0000-4000-8000-000000000002"},
    ),
    Door(
        "post",
        "keyword-list",
        "admin",
        {"word": "bảo hành", "department_id": "DEPARTMENT", "weight": 2, "is_active": True},
    ),
    Door(
        "put",
        "keyword-detail",
        "admin",
        {"word": "bảo hành", "department_id": "DEPARTMENT", "weight": 2, "is_active": False},
    ),
]
DOORS_WITHOUT_BODY = {
    ("post", "message-complete"),
    ("post", "conversation-resolve"),
    ("post", "conversation-undo-resolve"),
    ("post", "conversation-take"),
    ("post", "checkin"),
    ("post", "checkout"),
}
LISTS = {
    "message-list",
    "conversation-list",
    "conversation-messages",
    "keyword-list",
    "department-list",
    "user-list",
    "people-options",
    "notification-list",
}

each_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.name}")


def api_doors() -> Iterator[tuple[str, str]]:
    """Every method of every address of the API, from the routes themselves."""
    for pattern in routes.urlpatterns:
        view = pattern.callback
        methods = getattr(view, "actions", None) or [
            method
            for method in ("get", "post", "put", "patch", "delete")
            if hasattr(view.view_class, method)
        ]
        yield from ((method, pattern.name) for method in methods if method != "head")


def test_every_door_of_the_api_is_tried():
    unsafe = {door for door in api_doors() if door[0] in ("post", "put", "patch")}
    assert unsafe == {(door.method, door.name) for door in DOORS} | DOORS_WITHOUT_BODY
    readable = {name for method, name in api_doors() if method == "get"}
    assert readable - LISTS == {"schema", "docs", "conversation-detail"}


@pytest.fixture
def ids(people, sales) -> dict[str, dict]:
    """What the addresses of the API need, each with something that is there."""
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    message = MessageFactory(conversation=conversation)
    conversation_id = {"public_id": conversation.public_id}
    return {
        "user-detail": {"public_id": people["colleague"].public_id},
        "user-status": {"public_id": people["colleague"].public_id},
        "message-complete": {"pk": message.pk},
        "conversation-assign": conversation_id,
        "conversation-take": conversation_id,
        "conversation-reply": conversation_id,
        "conversation-resolve": conversation_id,
        "conversation-undo-resolve": conversation_id,
        "conversation-messages": conversation_id,
        "conversation-notes": conversation_id,
        "keyword-detail": {"pk": KeywordFactory(department=sales).pk},
    }


class Knock:
    """Sends bodies to one door as the person who may use it."""

    def __init__(self, client, door: Door, people, ids) -> None:
        self.path = reverse(f"api:{door.name}", kwargs=ids.get(door.name))
        self.method = door.method.upper()
        self.client = client
        self.headers = ApiClient(client, people.get(door.who)).headers
        refresh = issue_tokens(people["staff"])["refresh_token"]
        known = {
            "REFRESH": refresh,
            "DEPARTMENT": people["manager"].department_id,
            "COLLEAGUE": str(people["colleague"].public_id),
        }
        self.body = {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in door.body.items()
        }

    def send(self, body: object, content_type: str = "application/json", **headers):
        cache.clear()  # registrations are counted in it
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            self.method, self.path, raw, content_type, headers=self.headers | headers
        )

    def try_out(self, body: object, **headers):
        """Send, and take back what it did: the next body finds everything as it was."""
        with transaction.atomic():
            response = self.send(body, **headers)
            transaction.set_rollback(True)
        return response


@pytest.fixture
def knock(client, door, people, ids) -> Knock:
    return Knock(client, door, people, ids)


@each_door
def test_the_body_of_the_table_is_a_good_one(knock):
    assert knock.send(knock.body).status_code in (200, 201, 204)


# --- Bodies no door takes ----------------------------------------------------------------------
NOT_JSON = {
    "truncated": b'{"text": "abc',
    "half": b'{"text": ',
    "open": b"{",
    "single quotes": b"{'text': 'abc'}",
    "two": b"{} {}",
    "trailing": b'{"text": "a"} x',
    "comma": b'{"text": "a",}',
    "spaces": b"  \n ",
    "form": b"text=abc&word=abc",
    "NaN": b'{"text": "a", "extra": NaN}',
    "Infinity": b'{"extra": Infinity}',
    "-Infinity": b'{"extra": [-Infinity]}',
    "1e400": b'{"extra": 1e400}',
    "-1e400": b'{"extra": {"deep": [-1e400]}}',
    "5000 digits": b'{"extra": ' + b"9" * 5000 + b"}",
    "UTF-16 LE": '{"text": "a"}'.encode("utf-16-le"),
    "NUL outside of a string": b'{"text": "a"}\0',
    "raw NUL inside a string": b'{"text": "a\0b"}',
}
BAD_ENCODING = {
    "binary": bytes(range(256)),
    "Latin-1": '{"text": "é"}'.encode("latin-1"),
    "UTF-16 with mark": '{"text": "a"}'.encode("utf-16"),
    "UTF-32 with mark": '{"text": "a"}'.encode("utf-32"),
    "surrogate bytes": b'{"text": "\xed\xa0\x80"}',
    "overlong": b'{"text": "\xc0\x80"}',
    "cut": '{"text": "ơ"}'.encode()[:-3],
}
TOO_DEEP = {
    "65 lists": b'{"text": ' + b"[" * 64 + b"]" * 64 + b"}",
    "20 000 lists": b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "100 000 lists": b"[" * 100_000,
    "100 000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}
NO_OBJECT = {
    "list": b"[]",
    "list of one": b'[{"text": "a"}]',
    "null": b"null",
    "text": b'"text"',
    "number": b"5",
    "true": b"true",
}
REFUSED = (
    {name: (raw, 400, "bad_json") for name, raw in NOT_JSON.items()}
    | {name: (raw, 400, "bad_encoding") for name, raw in BAD_ENCODING.items()}
    | {name: (raw, 400, "too_deep") for name, raw in TOO_DEEP.items()}
    | {name: (raw, 400, "not_an_object") for name, raw in NO_OBJECT.items()}
    | {
        "10 MB": (b'{"text": "' + LARGE + b'"}', 413, "too_large"),
        "1 MB and a byte": (b'{"text": "' + b"x" * (1_048_577 - 12) + b'"}', 413, "too_large"),
    }
)


@each_door
def test_a_body_that_is_no_good_json_is_refused_everywhere(knock):
    before = snapshot()
    answers = {}
    for name, (raw, status, code) in REFUSED.items():
        response = knock.send(raw)
        answer = response.json()
        assert answer["detail"], name
        answers[name] = (response.status_code, answer["code"]) == (status, code) or answer
    assert answers == dict.fromkeys(REFUSED, True)
    assert snapshot() == before


OTHER_TYPES = [
    "text/plain",
    "text/html",
    "application/xml",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "json",
    ";;;",
    "application/json/json",
    "",
]


@each_door
def test_a_body_of_another_type_is_415(knock):
    before = snapshot()
    for content_type in OTHER_TYPES:
        response = knock.send(knock.body, content_type)
        answer = (response.status_code, response.json()["code"])
        assert answer == (415, "unsupported_media_type"), content_type
    assert snapshot() == before


@each_door
def test_a_form_is_415_where_json_is_asked_for(knock, door):
    before = snapshot()
    form = b"&".join(b"f%d=1" % number for number in range(1500))
    response = knock.send(form, "application/x-www-form-urlencoded")
    expected = (400, "bad_request") if door.name == "token" else (415, "unsupported_media_type")
    assert (response.status_code, response.json()["code"]) == expected
    assert snapshot() == before


@each_door
def test_no_body_and_an_empty_object_are_the_same(knock, door):
    before = snapshot()
    answers = [knock.send(raw) for raw in (b"", b"{}")]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()
    # What changes only what it names changes nothing.
    if door.name in ("user-detail", "keyword-detail"):
        assert answers[0].status_code == 200
    else:
        assert answers[0].status_code == 400
        assert set(answers[0].json()) <= set(door.body)
    assert snapshot() == before


# --- Values no field takes ---------------------------------------------------------------------
NEVER_GOOD = {
    "list": [1],
    "empty list": [],
    "object": {"a": 1},
    "deep": [[[{"a": [None]}]]],
}
SOMETIMES_GOOD = {
    "null": None,
    "true": True,
    "0": 0,
    "-1": -1,
    "1.5": 1.5,
    "1e308": 1e308,
    "2^31": 2**31,
    "2^63": 2**63,
    "10^30": 10**30,
    "4000 digits": int("9" * 4000),
    "empty": "",
    "space": " ",
    "NUL": "\0",
    "NUL inside": "a\0b",
    "surrogate": "\ud800",
    "pair the wrong way round": "\udc00\ud800",
    "100 000 characters": "ơ" * 100_000,
    "digits": "9" * 5000,
    "1e400": "1e400",
    "-1e400": "-1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "1E+9999999": "1E+9999999",
    "0e-9999999": "0e-9999999",
    "bidi": "\u202eabc",
    "zero width": "\u200b",
    "emoji": "👨‍👩‍👧‍👦",
    "uuid": UNKNOWN_ID,
    "nul uuid": "\0" * 32,
    "arabic digits": "٣٤",
    "percent": "%s %d {0} %(a)s",
    "markup": "<script>alert(1)</script>",
    "quote": "'; DROP TABLE accounts_user; --",
}


@each_door
def test_a_value_no_field_takes_is_named(knock, door):
    before = snapshot()
    for field in knock.body:
        for name, value in NEVER_GOOD.items():
            if knock.body[field] == value:
                continue
            response = knock.try_out(knock.body | {field: value})
            assert response.status_code == 400, (field, name)
            assert field in response.json(), (field, name, response.json())
    assert snapshot() == before


@each_door
def test_a_strange_value_is_taken_or_refused_in_words(knock, door):
    for field in knock.body:
        for name, value in SOMETIMES_GOOD.items():
            response = knock.try_out(knock.body | {field: value})
            assert response.status_code < 500, (field, name)
            if response.status_code == 204:
                continue
            answer = response.json()
            if response.status_code >= 400:
                assert field in answer or {"code", "detail"} <= set(answer), (field, name, answer)


@each_door
def test_keys_nobody_knows_are_ignored(knock):
    strange = {"\0": 1, "\ud800": [2], "": {}, "__proto__": {"a": 1}, "id": 2**70, "pk": None}
    strange |= {"is_superuser": True, "actor": 1, "ip": "1.2.3.4", "at": "x", "user": 1}
    assert knock.try_out(strange | knock.body).status_code in (200, 201, 204)


def test_a_door_without_a_body_does_not_look_at_one(client, people, ids):
    """The five that ask nothing: broken bytes there are as good as none."""
    for method, name in DOORS_WITHOUT_BODY:
        path = reverse(f"api:{name}", kwargs=ids.get(name))
        headers = ApiClient(client, people["staff"]).headers
        for raw in (b"[[[", b"\xff", b"null", b'{"user_id": 1}', b"[" * 100_000):
            with transaction.atomic():
                response = client.generic(
                    method.upper(), path, raw, "application/json", headers=headers
                )
                transaction.set_rollback(True)
            assert response.status_code in (200, 201, 403, 409), (name, raw[:20])


# --- Ids that are not there --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/messages/{}/complete"),
        ("POST", "/messages/{}/complete"),
        ("PUT", "/api/v1/keywords/{}"),
        ("DELETE", "/api/v1/keywords/{}"),
        ("DELETE", "/keywords/{}"),
    ],
)
def test_a_number_that_is_nobodys_is_404(api, people, ids, method, path):
    before = snapshot()
    for pk in (0, 999_999, 2**31, 2**63 - 1, 2**63, 2**64, 10**40):
        response = api(people["admin"]).call(method, path.format(pk), {})
        assert (response.status_code, response.json()["code"]) == (404, "not_found"), pk
    assert snapshot() == before


@pytest.mark.parametrize("path", ["/api/v1/messages/{}/complete", "/messages/{}/complete"])
def test_what_is_no_number_is_no_address(api, people, ids, path):
    before = snapshot()
    for pk in ("9" * 5000, "-1", "1.5", "abc", "%20", "٣", "1e400", "0x1"):
        response = api(people["admin"]).post(path.format(pk))
        assert (response.status_code, response.json()["code"]) == (404, "not_found"), pk
    assert snapshot() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/users/{}"),
        ("PUT", "/users/{}/status"),
        ("POST", "/api/v1/conversations/{}/assign"),
        ("POST", "/api/v1/conversations/{}/take"),
        ("POST", "/api/v1/conversations/{}/reply"),
        ("POST", "/api/v1/conversations/{}/resolve"),
        ("POST", "/api/v1/conversations/{}/resolve/undo"),
        ("GET", "/api/v1/conversations/{}"),
        ("GET", "/api/v1/conversations/{}/messages"),
    ],
)
def test_a_uuid_that_is_nobodys_is_404(api, people, ids, method, path):
    before = snapshot()
    body = {"text": "a", "status": "busy", "assignee": str(people["colleague"].public_id)}
    for key in (UNKNOWN_ID, UNKNOWN_ID.upper(), "7", "f" * 32, "x" * 36, "%0d%0a"):
        response = api(people["admin"]).call(method, path.format(key), body)
        assert (response.status_code, response.json()["code"]) == (404, "not_found"), key
    assert snapshot() == before


@pytest.mark.parametrize(
    ("method", "name"),
    [("post", "keyword-list"), ("put", "keyword-detail"), ("post", "user-list")],
)
def test_a_department_that_is_not_there_is_named(client, people, ids, method, name):
    door = next(d for d in DOORS if (d.method, d.name) == (method, name))
    knock = Knock(client, door, people, ids)
    before = snapshot()
    for number in (0, 999_999, 2**31, 2**63, 10**30):
        response = knock.send(knock.body | {"department_id": number})
        assert response.status_code == 400, number
        assert set(response.json()) == {"department_id"}, number
    assert snapshot() == before


def test_a_person_who_is_not_there_cannot_be_assigned(api, people, ids):
    path = reverse("api:conversation-assign", kwargs=ids["conversation-assign"])
    before = snapshot()
    response = api(people["manager"]).post(path, {"assignee": UNKNOWN_ID})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert snapshot() == before


# --- The webhook -------------------------------------------------------------------------------
@pytest.fixture
def open_webhook(organisation, settings) -> None:
    settings.DEMO = True
    ChannelFactory()


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


# --- Addresses ---------------------------------------------------------------------------------
GARBAGE_IN_QUERIES = {
    "message-list": {
        "status=x": "status",
        "status=": None,
        "status=assigned&status=x": "status",
        "department=abc": "department",
        "department=0": "department",
        "department=-1": "department",
        "department=1e400": "department",
        "department=NaN": "department",
        "department=1.5": "department",
        "department=1.0": None,
        "department=9999999999999999999999": "department",
        "department=" + "9" * 5000: "department",
        "conversation=notuuid": "conversation",
        f"conversation={UNKNOWN_ID}": None,
        "assigned_to=" + "x" * 61: "assigned_to",
        "assigned_to=%ef%bf%bd": None,
        "platform=" + "x" * 41: "platform",
        "received_after=garbage": "received_after",
        "received_after=2026-13-45": "received_after",
        "received_before=0001-01-01T00:00:00Z": None,
        "received_before=9999-12-31T23:59:59Z": None,
        "received_after=2026-05-04T08:00:00%2B07:00": None,
        "unknown=1": None,
    },
    "conversation-list": {
        "status=x": "status",
        "status=spam": "status",
        "scope=x": "scope",
        "scope=department": None,
        "unknown=%F0%9F%98%80": None,
    },
}
CURSOR_LISTS = (
    "message-list",
    "conversation-list",
    "conversation-messages",
    "notification-list",
)
CURSORS = [
    "x",
    "%25",
    "////",
    "cD0tMQ==",  # p=-1
    "cD1hYmM=",  # p=abc
    "cD0lMDA=",  # p=%00
    "cD0yMDI2LTA1LTA0",  # p=2026-05-04
    "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=",  # a number of 38 digits
    "bz1hYmM=",  # o=abc
    "bz0tMQ==",  # o=-1
    "bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk=",  # an offset of 23 digits
    "A" * 5000,
]
PAGES = ["-1", "0", "abc", "1.5", "999999", "9" * 30, "9" * 5000, "1e400"]
PAGE_SIZES = ["99999", "0", "-1", "abc", "9" * 5000, "1e400", ""]


def read(api, people, ids, name: str, query: str):
    path = reverse(f"api:{name}", kwargs=ids.get(name))
    return api(people["admin"]).get(f"{path}?{query}")


@pytest.mark.parametrize(
    ("name", "query"),
    [(name, query) for name, queries in GARBAGE_IN_QUERIES.items() for query in queries],
    ids=lambda value: value[:60],
)
def test_a_filter_is_checked_before_it_meets_a_query(api, people, ids, name, query):
    response = read(api, people, ids, name, query)
    field = GARBAGE_IN_QUERIES[name][query]
    if field is None:
        assert response.status_code == 200
    else:
        assert response.status_code == 400
        assert set(response.json()) == {field}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_of_the_calendar_is_no_error_of_ours(api, people, ids, moment):
    """Only PostgreSQL knows the day before the first; SQLite has none to compare with."""
    response = read(api, people, ids, "message-list", f"received_before={moment}")
    if response.status_code != 200:
        assert (response.status_code, response.json()["code"]) == (400, "bad_input")


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_place_in_a_list_that_is_none_is_404(api, people, ids, name):
    key, values = ("cursor", CURSORS) if name in CURSOR_LISTS else ("page", PAGES)
    answers = {}
    for value in values:
        response = read(api, people, ids, name, f"{key}={value}")
        answers[value[:40]] = (response.status_code, response.json().get("code"))
    assert set(answers.values()) <= {(404, "not_found"), (200, None)}
    if key == "page":
        assert set(answers.values()) == {(404, "not_found")}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_page_size_that_is_none_is_the_usual_and_none_is_too_large(api, people, ids, name):
    for size in PAGE_SIZES:
        response = read(api, people, ids, name, f"page_size={size}")
        assert response.status_code == 200, size
        assert len(response.json()["results"]) <= 200


@pytest.mark.parametrize("name", sorted(LISTS))
def test_nul_and_broken_text_in_a_query_are_400(api, people, ids, name):
    for query in ("q=%00", "cursor=a%00", "status=%ff", "%00=1", "page=%c3%28"):
        response = read(api, people, ids, name, query)
        assert (response.status_code, response.json()["code"]) == (400, "bad_request"), query


@pytest.mark.parametrize(
    "path",
    [
        "/messages/%00",
        "/api/v1/messages%00",
        "/api/v1/%ff",
        "/%c3%28",
        "/conversations/%00/reply",
        "/webhook%00",
        "/login%00",
        "/static/%00",
        "/healthz/live%ff",
        "/admin/%00",
    ],
)
def test_nul_and_broken_text_in_an_address_are_400(client, organisation, path):
    for method in ("GET", "POST", "PUT", "DELETE"):
        response = client.generic(method, path)
        assert (response.status_code, response.json()["code"]) == (400, "bad_request"), method


def test_letters_with_marks_in_an_address_are_an_address(client, organisation):
    response = client.get("/tin-nh%E1%BA%AFn-caf%C3%A9")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", "9" * 13, "³"])
@pytest.mark.parametrize("path", ["/webhook", "/api/v1/keywords", "/login"])
def test_a_length_that_is_no_number_is_400(client, organisation, path, length):
    response = client.post(path, b"{}", "application/json", CONTENT_LENGTH=length)
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


# --- In the reader's language ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The data is not valid JSON. Correct it and send it again."),
        ("vi", None),
        ("xx", None),
        ("*;q=0.5, \xff", None),
    ],
)
def test_a_refusal_keeps_its_code_in_every_language(api, people, ids, language, sentence):
    client = api(people["staff"])
    path = reverse("api:conversation-reply", kwargs=ids["conversation-reply"])
    refusal = client.post(path, b"{", accept_language=language).json()
    assert refusal["code"] == "bad_json"
    if sentence:
        assert refusal["detail"] == sentence
    named = client.post(path, {"text": ""}, accept_language=language).json()
    assert set(named) == {"text"}
    assert all(named["text"])


def test_sentences_are_in_the_language_that_was_asked_for(client, open_webhook, api, people, ids):
    path = reverse("api:conversation-reply", kwargs=ids["conversation-reply"])
    fields = {
        language: deliver(client, {}, Accept_Language=language).json() for language in ("vi", "en")
    }
    assert set(fields["vi"]) == set(fields["en"]) == {"platform", "sender", "content"}
    blanks = {
        language: api(people["staff"]).post(path, {"text": ""}, accept_language=language).json()
        for language in ("vi", "en")
    }
    assert blanks["en"] == {"text": ["This field may not be blank."]}
    assert blanks["vi"] != blanks["en"]
