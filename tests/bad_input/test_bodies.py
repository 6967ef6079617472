"""Whatever bytes come to a JSON door: a clear refusal and nothing changed, never an error of ours.

The test client raises what a view does not handle, so each request here is also a "no 500".
"""

import pytest
from django.db import transaction
from django.urls import reverse

from tests.bad_input.doors import DOORS, DOORS_WITHOUT_BODY, LISTS, api_doors, each_door
from tests.bad_input.values import NEVER_GOOD, REFUSED, SOMETIMES_GOOD
from tests.conftest import ApiClient
from tests.deliveries import deliver
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db


def test_every_door_of_the_api_is_tried():
    unsafe = {door for door in api_doors() if door[0] in ("post", "put", "patch")}
    assert unsafe == {(door.method, door.name) for door in DOORS} | DOORS_WITHOUT_BODY
    readable = {name for method, name in api_doors() if method == "get"}
    one = {"conversation-detail", "request-detail"}
    figures = {"timesheet", "report-summary", "kpi-user", "kpi-department"}
    assert readable - LISTS == {"schema", "docs"} | figures | one


@each_door
def test_the_body_of_the_table_is_a_good_one(knock):
    assert knock.send(knock.body).status_code in (200, 201, 204)


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
    # Those need no word, so the first is enough; handed back it is a colleague's.
    if after := {"conversation-resolve": 409, "conversation-hand-back": 404}.get(door.name):
        assert [answer.status_code for answer in answers] == [200, after]
        return
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()
    # What changes only what it names changes nothing.
    if door.name in ("user-detail", "keyword-detail"):
        assert answers[0].status_code == 200
    else:
        assert answers[0].status_code == 400
        assert set(answers[0].json()) <= set(door.body)
    assert snapshot() == before


@each_door
def test_a_value_no_field_takes_is_named(knock, door):
    before = snapshot()
    for field in knock.body:
        for name, value in NEVER_GOOD.items():
            good = knock.body[field]
            if good == value or (isinstance(good, list) and name in ("list", "empty list")):
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
    """Those that ask nothing: broken bytes there are as good as none."""
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
