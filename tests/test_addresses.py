"""The brief's short addresses: who gets the page and who the API; and no other short cuts."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from accounts.tokens import issue_tokens
from routing.models import Keyword
from tests.factories import (
    PASSWORD,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
)

API = "/api/v1"
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CURL = {"accept": "*/*"}
JSON = {"accept": "application/json"}
HTMX = {"accept": "*/*", "hx-request": "true"}
BOTH = {"Accept", "Authorization", "HX-Request"}
# Of the API's addresses, those that also answer without the prefix.
SHORT = {
    "auth/token",
    "auth/refresh",
    "auth/logout",
    "auth/register",
    "messages",
    "messages/<int:pk>/complete",
    "keywords",
    "keywords/<int:pk>",
    "departments",
    "users",
    "users/<uuid:public_id>",
    "users/<uuid:public_id>/status",
    "people/options",
    "requests",
    "requests/pending",
    "requests/<int:pk>/review",
    "shifts",
    "shifts/assign",
    "shifts/checkin",
    "shifts/checkout",
    "shifts/timesheet",
    "reports/summary",
    "kpi/user",
    "kpi/department",
    "kpi/record",
}


@pytest.fixture
def staff(people) -> User:
    return people["staff"]


@pytest.fixture
def signed_in(client, staff) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def bearer(staff) -> dict:
    return {"authorization": f"Bearer {issue_tokens(staff)['access_token']}"}


@pytest.fixture
def keyword(sales) -> Keyword:
    return KeywordFactory(department=sales)


def kind_of(response) -> str:
    return "api" if response["Content-Type"].startswith("application/json") else "page"


def varies_by(response) -> set[str]:
    return {name.strip() for name in response.get("Vary", "").split(",")}


# --- Page or API --------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/messages", "/keywords", "/shifts"])
@pytest.mark.parametrize(
    ("headers", "has_token", "has_session", "kind", "status"),
    [
        # a person with a browser
        (HTML, False, True, "page", 200),
        (HTML, False, False, "page", 302),
        (HTMX, False, True, "page", 200),
        ({"hx-request": "true"}, False, True, "page", 200),
        # a program
        (CURL, True, False, "api", 200),
        (CURL, False, False, "api", 401),
        (JSON, True, False, "api", 200),
        ({}, True, False, "api", 200),
        ({}, False, False, "api", 401),
        # a token means the API, whatever else is said
        (HTML, True, False, "api", 200),
        (HTML, True, True, "api", 200),
        (HTMX, True, True, "api", 200),
        # a bare fetch() of a page: its session is no key to the API
        (CURL, False, True, "api", 401),
        (JSON, False, True, "api", 401),
        ({}, False, True, "api", 401),
    ],
)
def test_who_gets_the_page_and_who_the_api(
    client, staff, bearer, path, headers, has_token, has_session, kind, status
):
    if has_session:
        client.force_login(staff)
    response = client.get(path, headers=headers | (bearer if has_token else {}))
    assert (kind_of(response), response.status_code) == (kind, status)
    assert varies_by(response) >= BOTH
    if status == 302:
        assert response["Location"] == f"/login?next={path}"
    if kind == "api" and status == 200:
        assert response.json() == client.get(f"{API}{path}", headers=bearer).json()


def test_a_fragment_for_htmx_a_whole_page_for_the_browser(signed_in):
    assert "<html" in signed_in.get("/messages", headers=HTML).text
    assert "<html" not in signed_in.get("/messages", headers=HTMX).text
    boosted = HTMX | {"hx-boosted": "true"}
    assert "<html" in signed_in.get("/messages", headers=boosted).text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_known_in_any_case(client, db, scheme):
    response = client.get("/messages", headers=HTML | {"authorization": f"{scheme} x.y.z"})
    assert (kind_of(response), response.status_code) == ("api", 401)


def test_another_scheme_of_authorization_does_not_hide_the_page(signed_in):
    """A proxy in front may ask for a password of its own."""
    response = signed_in.get("/messages", headers=HTML | {"authorization": "Basic eDp5"})
    assert (kind_of(response), response.status_code) == ("page", 200)


def test_a_form_of_the_page_and_a_call_of_the_api_reach_their_own_view(
    client, people, bearer, sales
):
    """One address, two doors, the same service."""
    manager = people["manager"]
    client.force_login(manager)
    form = {"word": "mua", "department": sales.pk, "weight": "2", "is_active": "on"}
    posted = client.post("/keywords", form, headers=HTML)
    assert (posted.status_code, posted["Location"]) == (302, "/keywords")
    token = {"authorization": f"Bearer {issue_tokens(manager)['access_token']}"}
    called = client.post(
        "/keywords",
        {"word": "bán", "department_id": sales.pk},
        content_type="application/json",
        headers=token | CURL,
    )
    assert called.status_code == 201
    assert {keyword.word for keyword in Keyword.objects.all()} == {"mua", "bán"}


def test_a_form_without_its_token_reaches_nothing(people, sales):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["manager"])
    form = {"word": "mua", "department": sales.pk, "weight": "2", "is_active": "on"}
    assert strict.post("/keywords", form, headers=HTML).status_code == 403
    assert strict.post("/keywords", form, headers=HTMX).status_code == 403
    # Without a wish for HTML it is a call of the API, which no session opens.
    assert strict.post("/keywords", form, headers=CURL).status_code == 401
    body = json.dumps({"word": "mua", "department_id": sales.pk})
    for content_type in ("application/json", "text/plain"):
        refused = strict.post("/keywords", body, content_type=content_type, headers=CURL)
        assert refused.status_code == 401
    assert Keyword.objects.count() == 0


def test_methods_go_where_they_are_understood(client, people, bearer, keyword):
    """PUT and DELETE are the API's; GET and POST of one keyword the page's."""
    manager = people["manager"]
    client.force_login(manager)
    path = f"/keywords/{keyword.pk}"
    token = {"authorization": f"Bearer {issue_tokens(manager)['access_token']}"}
    assert kind_of(client.get(path, headers=HTML)) == "page"
    assert client.put(path, headers=HTML).status_code == 405
    called = client.put(path, {"weight": 3}, content_type="application/json", headers=token | CURL)
    assert (called.status_code, called.json()["weight"]) == (200, 3.0)
    assert client.delete(path, headers=token | CURL).status_code == 204
    assert Keyword.objects.count() == 0


# --- Where only one of the two exists -----------------------------------------------------------
@pytest.mark.parametrize("headers", [HTML, {"accept": "text/html"}, HTMX, CURL, JSON, {}])
@pytest.mark.parametrize("path", ["/departments", "/people/options"])
def test_where_there_is_no_page_the_api_answers_everybody(signed_in, bearer, path, headers):
    opened = signed_in.get(path, headers=headers | bearer)
    assert (kind_of(opened), opened.status_code) == ("api", 200)
    assert varies_by(opened) >= BOTH
    refused = signed_in.get(path, headers=headers)  # with a session only
    assert (kind_of(refused), refused.status_code) == ("api", 401)


def test_signing_in_for_a_token_works_from_a_form_in_a_browser(client, staff):
    response = client.post(
        "/auth/token",
        f"username=staff&password={quote(PASSWORD)}",
        content_type="application/x-www-form-urlencoded",
        headers=HTML,
    )
    assert (kind_of(response), response.status_code) == ("api", 200)


@pytest.mark.parametrize("headers", [HTML, CURL, JSON, {}])
def test_where_there_is_no_short_api_the_page_answers(client, staff, bearer, headers):
    conversation = ConversationFactory(assignee=staff, department=staff.department)
    path = f"/conversations/{conversation.public_id}"
    refused = client.get(path, headers=headers | bearer)  # a token opens no page
    assert (refused.status_code, refused["Location"]) == (302, f"/login?next={path}")
    client.force_login(staff)
    opened = client.get(path, headers=headers)
    assert (kind_of(opened), opened.status_code) == ("page", 200)
    assert not varies_by(opened) & {"Accept", "Authorization"}


# --- Only the short addresses -------------------------------------------------------------------
def api_routes() -> set[str]:
    found = set()
    for entry in get_resolver().url_patterns:
        if getattr(entry, "namespace", None) == "api":
            found = {str(one.pattern).lstrip("^").rstrip("$") for one in entry.url_patterns}
    assert len(found) > 15
    return found


def address_of(route: str, staff: User) -> str:
    path = route.replace("<int:pk>", "1").replace("<uuid:public_id>", str(staff.public_id))
    return "/" + path.replace("(?P<public_id>[^/.]+)", str(staff.public_id))


def test_each_short_address_and_no_other_reaches_the_api(client, people, staff):
    token = {"authorization": f"Bearer {issue_tokens(people['admin'])['access_token']}"}
    answers = {
        route: kind_of(response) == "api" and response.status_code != 404
        for route in api_routes()
        # Every address of the API refuses PATCH with 405, but the one that has it.
        if (response := client.patch(address_of(route, staff), headers=token)) is not None
    }
    assert {route for route, answered in answers.items() if answered} == SHORT


@pytest.mark.parametrize("path", ["/schema", "/docs", "/conversations", "/v1/messages", "/api"])
@pytest.mark.parametrize("headers", [HTML, CURL])
def test_other_short_cuts_are_404(signed_in, bearer, path, headers):
    assert signed_in.get(path, headers=headers).status_code == 404
    assert signed_in.get(path, headers=headers | bearer).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/messages/1",
        "/messages/x/complete",
        "/messages/1/complete/more",
        "/keywords/x",
        "/users/1",
        "/users/1/status",
        "/auth/tokens",
        "/auth/token/x",
        "/xmessages",
        "/messages\n",
        "/messages/١/complete",
        "/Messages",
    ],
)
def test_what_only_looks_like_one_is_not(client, people, bearer, path):
    assert client.get(quote(path), headers=CURL | bearer).status_code == 404


@pytest.mark.parametrize(
    ("headers", "has_token", "kind"),
    [
        (HTML, False, "page"),
        (HTMX, False, "page"),
        (HTML, True, "api"),
        (CURL, True, "api"),
        ({}, False, "api"),
    ],
)
def test_people_have_a_page_and_an_api(client, people, headers, has_token, kind):
    admin = people["admin"]
    client.force_login(admin)
    token = {"authorization": f"Bearer {issue_tokens(admin)['access_token']}"} if has_token else {}
    for path in ("/users", f"/users/{people['staff'].public_id}"):
        response = client.get(path, headers=headers | token)
        assert (path, kind_of(response)) == (path, kind)
        assert varies_by(response) >= BOTH
        # Only the list can be read by the API; one person is changed there.
        known = {"page": 200, "api": 401 if not token else 200 if path == "/users" else 405}
        assert (path, response.status_code) == (path, known[kind])


def test_a_change_of_a_person_goes_to_the_api_by_its_method(client, people):
    admin, staff = people["admin"], people["staff"]
    client.force_login(admin)
    path = f"/users/{staff.public_id}"
    token = {"authorization": f"Bearer {issue_tokens(admin)['access_token']}"}
    body = {"display_name": "Chị Lan"}
    assert client.patch(path, headers=HTML).status_code == 405
    called = client.patch(path, body, content_type="application/json", headers=token | CURL)
    assert (called.status_code, called.json()["display_name"]) == (200, "Chị Lan")
    shown = client.get(path, headers=HTML)
    assert "Chị Lan" in shown.text


def test_a_page_below_a_short_address_stays_a_page(client, people, sales):
    keyword = KeywordFactory(department=sales)
    client.force_login(people["manager"])
    response = client.post(f"/keywords/{keyword.pk}/delete", headers=CURL)
    assert (response.status_code, response["Location"]) == (302, "/keywords")
    assert Keyword.objects.count() == 0


def test_links_to_other_pages_of_a_list_keep_the_address(client, people, sales):
    manager = people["manager"]
    token = {"authorization": f"Bearer {issue_tokens(manager)['access_token']}"}
    for conversation in ConversationFactory.create_batch(2, department=sales):
        MessageFactory(conversation=conversation)
    for path in ("/messages", f"{API}/messages"):
        following = client.get(f"{path}?page_size=1", headers=token).json()["next"]
        assert following.startswith(f"http://testserver{path}?cursor=")
        assert len(client.get(following, headers=token).json()["results"]) == 1


@pytest.mark.parametrize("route", sorted(SHORT))
def test_long_and_short_address_are_the_same_view(client, people, staff, route):
    """Every method does the same at both, and refuses in the same words."""
    token = {"authorization": f"Bearer {issue_tokens(people['admin'])['access_token']}"}
    path = address_of(route, staff)

    def call(method: str, address: str):
        cache.clear()  # throttle counters
        with transaction.atomic():
            response = client.generic(
                method, address, b"[]", "application/json", headers=token | HTML
            )
            transaction.set_rollback(True)
        return response

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        short, long = call(method, path), call(method, f"{API}{path}")
        assert (method, short.status_code) == (method, long.status_code)
        assert without_moments(short) == without_moments(long)
        assert varies_by(short) >= BOTH


def without_moments(response) -> object:
    """The answer, but for what differs from one call to the next."""
    if not response.content:
        return None
    body = response.json()
    return {k: v for k, v in body.items() if not k.endswith(("_at", "_since")) and k != "id"}


# --- Slashes ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    ["/messages/", "/keywords/", "/login/", "/webhook/", f"{API}/messages/", "/departments/"]
    + ["/healthz/live/", "/auth/token/", f"{API}/", "/password/"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_trailing_slash_is_another_address(signed_in, method, path):
    response = getattr(signed_in, method)(path, headers=HTML)
    assert response.status_code == 404
    assert "Location" not in response


@pytest.mark.parametrize("path", ["/messages", "/keywords", "/login", "/healthz/live"])
def test_the_right_address_is_never_redirected_for_a_slash(client, organisation, path):
    response = client.get(path, headers=CURL)
    assert response.status_code in (200, 401)


def test_the_back_office_is_found_without_its_slash(client, people):
    client.force_login(people["admin"])
    response = client.get("/admin")
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/inbox").status_code == 404


def test_guests_of_the_back_office_are_sent_to_the_products_sign_in(client, organisation):
    for path in ("/admin", "/admin/", "/admin/login/", "/admin/accounts/user/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/login?next=/admin")


@pytest.mark.parametrize(
    ("who", "path"),
    [("staff", "/messages"), ("manager", "/dashboard"), ("admin", "/dashboard")],
)
def test_the_start_page_leads_to_where_ones_work_begins(client, people, who, path):
    client.force_login(people[who])
    assert client.get("/")["Location"] == path


# --- Bytes that are no address ------------------------------------------------------------------
BROKEN = ["%00", "a%00b", "%ff", "%c3%28", "%ed%a0%80", "%f8%a1%a1%a1%a1", "%c0%80"]
DOORS = ["/messages", "/login", "/keywords", f"{API}/messages", "/webhook", "/admin/"]
DOORS += ["/healthz/live", "/static/css/base.css", "/conversations/x/reply", "/nothing/here"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nul_and_invalid_utf8_are_400_at_every_door(client, db, door, method):
    for broken in BROKEN:
        for address in (f"{door}?q={broken}", f"{door}?{broken}=1", f"{door}{broken}"):
            response = client.generic(method, address)
            assert (address, response.status_code) == (address, 400)
            assert response.json()["code"] == "bad_request"


def test_a_browser_gets_the_refusal_as_a_page(client, db):
    response = client.get("/messages?q=%00", headers=HTML)
    assert response.status_code == 400
    assert kind_of(response) == "page"
    assert "<h1>" in response.text


@pytest.mark.parametrize("text", ["tất cả", "日本", "👍", "a+b%2Fc", "%EF%BF%BD"])
def test_text_of_any_language_is_no_fault(signed_in, text):
    raw = text if text.startswith(("a+", "%")) else quote(text)
    assert signed_in.get(f"/messages?scope={raw}&x={raw}", headers=HTML).status_code == 200


# --- Other origins ------------------------------------------------------------------------------
ORIGIN = "https://app.example"


@pytest.mark.parametrize("path", [f"{API}/departments", "/departments", "/login", "/messages"])
def test_no_other_origin_reads_anything_by_default(client, db, path):
    asked = {"origin": ORIGIN, "access-control-request-method": "GET"}
    for response in (
        client.get(path, headers={"origin": ORIGIN}),
        client.options(path, headers=asked),
    ):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_named_origin_reads_the_api_only_and_never_with_cookies(client, staff, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    client.force_login(staff)
    opened = client.get(f"{API}/departments", headers={"origin": ORIGIN})
    assert opened["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in opened
    assert opened.status_code == 401
    for path, origin in (
        (f"{API}/departments", "https://evil.example"),
        ("/login", ORIGIN),
        ("/messages", ORIGIN),
    ):
        response = client.get(path, headers=HTML | {"origin": origin})
        assert "Access-Control-Allow-Origin" not in response
