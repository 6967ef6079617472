"""Whatever stands in an address or its query: a clear refusal, never an error of ours."""

import pytest
from django.urls import reverse

from tests.bad_input.doors import LISTS, UNKNOWN_ID

pytestmark = pytest.mark.django_db


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
