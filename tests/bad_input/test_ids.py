"""Ids of nothing, in an address or a body, are 404 or a named field, and change nothing."""

import pytest
from django.urls import reverse

from tests.bad_input.doors import DOORS, UNKNOWN_ID, Knock
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/messages/{}/complete"),
        ("POST", "/messages/{}/complete"),
        ("PUT", "/api/v1/keywords/{}"),
        ("DELETE", "/api/v1/keywords/{}"),
        ("DELETE", "/keywords/{}"),
        ("GET", "/api/v1/requests/{}"),
        ("POST", "/requests/{}/review"),
        ("POST", "/api/v1/requests/{}/cancel"),
        ("POST", "/api/v1/requests/{}/answer"),
        ("POST", "/api/v1/requests/{}/comments"),
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
