"""The shapes every API answer has: parsed bodies, pages and refusals."""

import base64
import io
import json

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, generics, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from omnichat.lib.api import (
    NewestFirstCursorPagination,
    Refusal,
    SafeJSONParser,
    SmallListPagination,
    exception_handler,
    validated,
)
from omnichat.lib.errors import DomainError
from omnichat.lib.safe_json import BadJSON

factory = APIRequestFactory()


class OpenView(APIView):
    authentication_classes = ()
    permission_classes = ()


class EchoView(OpenView):
    def post(self, request):
        return Response({"got": request.data})


class AlreadyClosed(DomainError):
    code = "already_closed"


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ("id",)


class GroupList(generics.ListAPIView):
    authentication_classes = ()
    permission_classes = ()
    filter_backends = ()
    queryset = Group.objects.order_by("id")
    serializer_class = GroupSerializer


def post(raw: bytes, content_type: str = "application/json", **extra):
    request = factory.generic("POST", "/x", raw, content_type, **extra)
    return EchoView.as_view()(request).render()


def raised(error: Exception):
    """Answer of a view that raises `error`."""

    class View(OpenView):
        def get(self, request):
            raise error

    return View.as_view()(factory.get("/x")).render()


def body_of(response) -> dict:
    return json.loads(response.content)


# --- Bodies -----------------------------------------------------------------------------------
def test_a_clean_object_reaches_the_view():
    response = post(b'{"text": "ch\\u00e0o \\u0000", "n": [1]}')
    assert (response.status_code, body_of(response)) == (200, {"got": {"text": "chào �", "n": [1]}})


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_no_body_reads_as_an_empty_object(content_type):
    response = post(b"", content_type)
    assert (response.status_code, body_of(response)) == (200, {"got": {}})


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"[]", 400, "not_an_object"),
        (b"null", 400, "not_an_object"),
        (b"{", 400, "bad_json"),
        (b'{"a": NaN}', 400, "bad_json"),
        (b'{"a": 1e400}', 400, "bad_json"),
        (b"\xff", 400, "bad_encoding"),
        (b"[" * 100_000, 400, "too_deep"),
        (b"{" + b" " * 1_048_576, 413, "too_large"),
    ],
)
def test_a_bad_body_is_refused_with_its_code(raw, status, code):
    response = post(raw)
    assert (response.status_code, body_of(response).pop("code")) == (status, code)
    assert set(body_of(response)) == {"code", "detail"}


def test_the_largest_allowed_body_passes(settings):
    settings.API_MAX_BYTES = 9
    assert post(b'{"a": 12}').status_code == 200
    assert post(b'{"a": 123}').status_code == 413


def test_a_body_that_never_came_reads_as_an_empty_object():
    assert SafeJSONParser().parse(io.BytesIO(b"")) == {}


def test_no_more_than_the_limit_and_one_byte_is_read(settings):
    settings.API_MAX_BYTES = 10
    stream = io.BytesIO(b" " * 100)
    with pytest.raises(Refusal):
        SafeJSONParser().parse(stream)
    assert stream.tell() == 11


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_another_content_type_is_415(content_type):
    response = post(b"a=1", content_type)
    assert response.status_code == 415
    assert body_of(response)["code"] == "unsupported_media_type"


def test_another_method_is_405():
    response = EchoView.as_view()(factory.put("/x", {}, format="json")).render()
    assert (response.status_code, body_of(response)["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9", "*/*", "nonsense", ""])
def test_every_accept_header_gets_json(accept):
    response = post(b"{}", HTTP_ACCEPT=accept)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_the_first_renderer_answers():
    class OtherRenderer(JSONRenderer):
        media_type = "application/problem+json"

    class View(EchoView):
        renderer_classes = (OtherRenderer, JSONRenderer)

    request = factory.post("/x?format=json", {}, format="json", HTTP_ACCEPT="application/json")
    assert View.as_view()(request).render()["Content-Type"] == "application/problem+json"


def test_validated_returns_what_the_serializer_took_or_refuses():
    class Input(serializers.Serializer):
        n = serializers.IntegerField()

    class View(OpenView):
        def post(self, request):
            return Response(validated(Input, request))

    answers = [
        View.as_view()(factory.post("/x", body, format="json")).render()
        for body in ({"n": "5", "other": 1}, {"n": "x"})
    ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert body_of(answers[0]) == {"n": 5}
    assert list(body_of(answers[1])) == ["n"]


# --- Refusals ---------------------------------------------------------------------------------
def test_a_domain_error_keeps_code_sentence_and_status():
    response = raised(AlreadyClosed(gettext_lazy("Closed. Open it first.")))
    assert response.status_code == 409
    assert body_of(response) == {"code": "already_closed", "detail": "Closed. Open it first."}


def test_a_domain_error_names_the_field():
    response = raised(AlreadyClosed("No.", field="text"))
    assert body_of(response) == {"code": "already_closed", "detail": "No.", "field": "text"}


def test_bad_json_raised_by_a_view_keeps_its_status():
    response = raised(BadJSON("too_large", "Too large.", status=413))
    assert response.status_code == 413
    assert body_of(response) == {"code": "too_large", "detail": "Too large."}


@pytest.mark.parametrize(
    "error",
    [
        DataError("value too long: secret text"),
        RecursionError("deep"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        OverflowError("int too large"),
        UnreadablePostError("gone"),
    ],
)
def test_data_nothing_can_store_is_400(error, caplog):
    response = raised(error)
    assert (response.status_code, body_of(response)["code"]) == (400, "bad_input")
    assert set(body_of(response)) == {"code", "detail"}
    assert caplog.messages[0] == f"Refused input in View: {type(error).__name__}"
    assert "secret" not in caplog.text


def test_a_database_that_does_not_answer_is_503():
    response = raised(OperationalError("couldn't get a connection after 3.00 sec"))
    assert (response.status_code, body_of(response)["code"]) == (503, "try_again")
    assert response["Retry-After"] == "5"


def test_a_pool_timeout_is_an_operational_error_to_django():
    """Django wraps what is a psycopg OperationalError; the pool's timeout must be one."""
    psycopg = pytest.importorskip("psycopg")
    pool = pytest.importorskip("psycopg_pool")
    assert issubclass(pool.PoolTimeout, psycopg.OperationalError)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("none"), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 403, "not_authenticated"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.NotFound("Gone.", code="gone"), 404, "gone"),
    ],
)
def test_a_bare_detail_gets_a_code(error, status, code):
    response = raised(error)
    assert (response.status_code, body_of(response)["code"]) == (status, code)
    assert set(body_of(response)) == {"code", "detail"}


@pytest.mark.parametrize(
    ("detail", "body"),
    [
        ({"text": ["Required."]}, {"text": ["Required."]}),
        ({"detail": ["Required."]}, {"detail": ["Required."]}),
        ("Wrong.", ["Wrong."]),
    ],
)
def test_field_errors_keep_their_shape(detail, body):
    response = raised(exceptions.ValidationError(detail))
    assert (response.status_code, body_of(response)) == (400, body)


def test_an_answer_with_its_own_code_is_not_changed():
    error = exceptions.AuthenticationFailed({"detail": "Expired.", "code": "token_not_valid"})
    assert body_of(raised(error)) == {"detail": "Expired.", "code": "token_not_valid"}


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), IntegrityError("x")])
def test_a_mistake_of_the_program_stays_one(error):
    assert exception_handler(error, {}) is None
    with pytest.raises(type(error)):
        raised(error)


# --- Pages ------------------------------------------------------------------------------------
@pytest.fixture
def ids(db) -> list[int]:
    groups = Group.objects.bulk_create([Group(name=f"group {n}") for n in range(205)])
    return [group.pk for group in groups]


def listed(paginator: type, query: str = ""):
    view = GroupList.as_view(pagination_class=paginator)
    response = view(factory.get(f"/groups{query}")).render()
    return response.status_code, body_of(response)


@pytest.mark.parametrize(
    ("query", "size"),
    [("", 50), ("?page_size=3", 3), ("?page_size=9999", 200), ("?page_size=x", 50)],
)
def test_small_lists_are_paged_by_number(ids, query, size):
    status, body = listed(SmallListPagination, query)
    assert (status, body["count"], body["previous"]) == (200, 205, None)
    assert [row["id"] for row in body["results"]] == ids[:size]
    assert set(body) == {"count", "next", "previous", "results"}


@pytest.mark.parametrize("number", ["0", "6", "x", "%00", "9" * 5_000])
def test_a_page_that_is_not_there_is_404(ids, number):
    status, body = listed(SmallListPagination, f"?page={number}")
    assert (status, body["code"]) == (404, "not_found")


@pytest.mark.parametrize(("query", "size"), [("", 50), ("?page_size=9999", 200)])
def test_growing_lists_are_paged_newest_first(ids, query, size):
    newest = sorted(ids, reverse=True)
    status, body = listed(NewestFirstCursorPagination, query)
    assert (status, set(body), body["previous"]) == (200, {"next", "previous", "results"}, None)
    assert [row["id"] for row in body["results"]] == newest[:size]
    Group.objects.create(name="came meanwhile")
    status, body = listed(NewestFirstCursorPagination, "?" + body["next"].partition("?")[2])
    assert [row["id"] for row in body["results"]] == newest[size : 2 * size]


@pytest.mark.parametrize(
    "text", ["p=abc", "p=%00", "p=1.5", "p=" + "9" * 5_000, "o=x", "o=-1", "r=x", "p=\x00"]
)
def test_a_forged_cursor_is_404(ids, text):
    cursor = base64.b64encode(text.encode()).decode()
    status, body = listed(NewestFirstCursorPagination, f"?cursor={cursor}")
    assert (status, body["code"]) == (404, "not_found")


@pytest.mark.parametrize("cursor", ["%C3%A9", "abc"])
def test_a_cursor_that_is_no_base64_is_404(ids, cursor):
    status, body = listed(NewestFirstCursorPagination, f"?cursor={cursor}")
    assert (status, body["code"]) == (404, "not_found")


def test_a_cursor_beyond_every_id_starts_at_the_newest(ids):
    cursor = base64.b64encode(b"p=" + b"9" * 30).decode()
    status, body = listed(NewestFirstCursorPagination, f"?cursor={cursor}&page_size=1")
    assert (status, [row["id"] for row in body["results"]]) == (200, [max(ids)])


def test_a_mistake_without_a_cursor_is_not_hidden():
    class Broken:
        def order_by(self, *fields):
            raise ValueError("mistake")

    with pytest.raises(ValueError, match="mistake"):
        NewestFirstCursorPagination().paginate_queryset(Broken(), Request(factory.get("/x")))
