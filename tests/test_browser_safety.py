"""What an answer tells the browser: policy, cookies, https, and what may not be stored."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.tokens import issue_tokens
from tests.factories import PASSWORD, ConversationFactory

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


# --- What a browser is told ---------------------------------------------------------------------
@pytest.fixture
def secure(settings, production) -> Client:
    """A browser at an installation as production runs it."""
    for name, value in production.items():
        if name.startswith(("SECURE_", "SESSION_", "CSRF_", "X_FRAME")):
            setattr(settings, name, value)
    settings.WHITENOISE_USE_FINDERS = True  # nothing need have been collected
    return Client(headers={"accept": "text/html"})


PAGES = {
    "/login": 200,
    "/messages": 200,
    "/keywords": 200,
    "/profile": 200,
    "/users": 200,
    "/nothing/here": 404,
    "/messages?q=%00": 400,
    "/admin/": 200,
    "/admin/accounts/user/": 200,
    "/admin/accounts/user/add/": 200,
    "/admin/inbox/conversation/": 200,
    "/api/v1/docs": 200,
    "/api/v1/schema": 200,
    "/api/v1/departments": 401,
    "/webhook": 405,
    "/healthz/live": 200,
    "/static/css/base.css": 200,
}


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(secure, people, path):
    if path != "/login":
        secure.force_login(people["admin"])
    response = secure.get(path, secure=True)
    assert response.status_code == PAGES[path]
    assert sorted(response["Content-Security-Policy"].split("; ")) == sorted(POLICY.split("; "))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Strict-Transport-Security"] == "max-age=31536000"
    # The policy forbids frames as well; older browsers know only this one.
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", [p for p in PAGES if PAGES[p] == 200 and "/static/" not in p])
def test_no_page_needs_what_the_policy_forbids(secure, people, path):
    if path != "/login":
        secure.force_login(people["admin"])
    text = secure.get(path, secure=True).text
    if "<html" not in text:
        return
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    assert "javascript:" not in text
    sources = re.findall(r"<(?:script|link|img)[^>]*\s(?:src|href)=\"([^\"]*)\"", text)
    assert sources
    assert not [source for source in sources if not re.match(r"/(?!/)|data:image/", source)]


def test_too_large_a_body_is_refused_with_the_policy(secure, organisation):
    response = secure.post(
        "/api/v1/keywords", b"x" * 1_048_577, content_type="application/json", secure=True
    )
    assert response.status_code == 413
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_cookies_of_production(secure, people):
    page = secure.get("/login", secure=True)
    token = page.cookies["csrftoken"]
    assert (token["secure"], token["httponly"], token["samesite"]) == (True, True, "Lax")
    credentials = {"username": "staff", "password": PASSWORD}
    signed_in = secure.post("/login", credentials, secure=True)
    assert signed_in.status_code == 302
    cookie = signed_in.cookies["__Host-session"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    # What the __Host- prefix asks for, else browsers drop it.
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookie["max-age"] == 43_200
    chosen = secure.post("/preferences", {"theme": "dark"}, secure=True).cookies["theme"]
    assert (chosen["secure"], chosen["httponly"], chosen["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login", 301),
        ("/api/v1/departments", 301),
        ("/webhook", 301),
        ("/admin/", 301),
        ("/healthz/live", 200),
        ("/healthz/ready", 200),
    ],
)
def test_plain_http_is_sent_to_https_but_for_the_health(secure, organisation, path, status):
    response = secure.get(path)
    assert response.status_code == status
    if status == 301:
        assert response["Location"] == f"https://testserver{path}"
    assert "Strict-Transport-Security" not in response


@pytest.mark.parametrize("has_proxy", [False, True])
def test_the_proxys_word_about_https_counts_only_when_it_is_trusted(
    secure, organisation, settings, has_proxy
):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if has_proxy else None
    response = secure.get("/login", headers={"x-forwarded-proto": "https"})
    assert response.status_code == (200 if has_proxy else 301)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil"])
def test_another_host_is_refused(client, organisation, host):
    response = client.get("/login", headers={"host": host, "accept": "text/html"})
    assert response.status_code == 400
    assert host not in response.text


def test_a_forwarded_host_is_not_believed(client, people):
    token = {"authorization": f"Bearer {issue_tokens(people['admin'])['access_token']}"}
    headers = token | {"x-forwarded-host": "evil.example"}
    body = client.get("/users?page_size=1", headers=headers).json()
    assert body["next"] == "http://testserver/users?page=2&page_size=1"


# --- What is not stored -------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["staff", "admin"])
def test_no_page_of_a_signed_in_person_is_stored(client, people, who):
    person = people[who]
    conversation = ConversationFactory(
        assignee=people["staff"], department=people["staff"].department
    )
    client.force_login(person)
    paths = ["/", "/messages", "/keywords", "/password", "/nothing/here", "/admin/", "/login"]
    paths += [f"/conversations/{conversation.public_id}{end}" for end in PARTS]
    for path in paths:
        for headers in ({"accept": "text/html"}, {"accept": "text/html", "hx-request": "true"}):
            response = client.get(path, headers=headers)
            assert (path, "no-store" in response.get("Cache-Control", "")) == (path, True)


PARTS = ("", "/thread", "/contact", "/why", "/reply")


@pytest.mark.parametrize("door", ["token", "refresh", "logout", "register"])
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_answer_about_credentials_is_stored(client, organisation, prefix, door, method):
    response = getattr(client, method)(f"{prefix}/auth/{door}")
    assert response.status_code in (400, 405, 415)
    assert response["Cache-Control"] == "no-store"


def test_the_pictures_and_styles_may_be_stored(secure, people):
    secure.force_login(people["staff"])
    response = secure.get("/static/css/base.css", secure=True)
    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]
