"""Signing in: the page and the token endpoint are two doors with one lock."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.backends import DEMO_PASSWORDS
from accounts.models import AuditEntry, User
from omnichat.demo.people import EVERYBODY
from tests.factories import PASSWORD

PAGE, TOKEN = "/login", "/auth/token"
LIMIT = 10
WRONG = "not the password"
OTHER_ADDRESS = "203.0.113.9"


@pytest.fixture(autouse=True)
def in_english(client, organisation):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.cookies["language"] = "en"


@pytest.fixture
def staff(people) -> User:
    person = people["staff"]
    person.email = "Lan@Example.org"
    person.save(update_fields=["email"])
    return person


def on_page(client, name: str, password: str, **extra):
    query = extra.pop("query", "")
    return client.post(f"{PAGE}{query}", {"username": name, "password": password, **extra})


def for_token(client, name: str, password: str, **extra):
    body = {"username": name, "password": password}
    return client.post(TOKEN, body, content_type="application/json", **extra)


def fail(client, times: int, name: str = "staff", **extra) -> None:
    for _ in range(times):
        assert for_token(client, name, WRONG, **extra).status_code == 401


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


# --- The token endpoint -------------------------------------------------------------------------
def test_token_by_form_and_by_json(client, staff):
    by_form = client.post(
        TOKEN,
        f"username=staff&password={PASSWORD.replace(' ', '+')}",
        content_type="application/x-www-form-urlencoded",
    )
    by_json = for_token(client, "staff", PASSWORD)
    for response in (by_form, by_json):
        assert response.status_code == 200
        body = response.json()
        assert set(body) == {"access_token", "token_type", "refresh_token", "expires_in"}
        assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
        assert response["Cache-Control"] == "no-store"
        opened = client.get(
            "/departments", headers={"authorization": f"Bearer {body['access_token']}"}
        )
        assert opened.status_code == 200
    assert not is_signed_in(client)
    assert OutstandingToken.objects.filter(user=staff).count() == 2


@pytest.mark.parametrize(
    "name",
    ["staff", "STAFF", "Staff", " staff ", "ＳＴＡＦＦ", "lan@example.org", "LAN@EXAMPLE.ORG"],
)
@pytest.mark.parametrize("door", [on_page, for_token])
def test_name_in_any_case_or_the_e_mail_address(client, staff, door, name):
    response = door(client, name, PASSWORD)
    assert response.status_code == (302 if door is on_page else 200)
    assert AuditEntry.objects.get().actor == staff


def test_an_e_mail_address_is_nobodys_when_nobody_has_one(client, people):
    assert for_token(client, "@", PASSWORD).status_code == 401
    assert client.post(TOKEN, {}, content_type="application/json").json() == {
        "username": ["This field is required."],
        "password": ["This field is required."],
    }


@pytest.mark.parametrize(
    "body",
    [
        {"username": ["staff"], "password": PASSWORD},
        {"username": {"a": 1}, "password": PASSWORD},
        {"username": "staff", "password": None},
        {"username": "staff", "password": ""},
        {"username": "", "password": PASSWORD},
        {"username": True, "password": PASSWORD},
        {"username": "s" * 255, "password": PASSWORD},
        {"username": "staff", "password": "p" * 201},
    ],
)
def test_wrong_types_are_400_and_no_failure(client, staff, body):
    response = client.post(TOKEN, body, content_type="application/json")
    assert response.status_code == 400
    assert set(response.json()) <= {"username", "password"}
    assert AccessAttempt.objects.count() == AuditEntry.objects.count() == 0
    assert OutstandingToken.objects.count() == 0


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x"])
def test_other_content_types_are_415(client, staff, content_type):
    response = client.post(TOKEN, "username=staff", content_type=content_type)
    assert response.status_code == 415
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_tokens_are_only_posted_for(client, db, method):
    assert getattr(client, method)(TOKEN).status_code == 405


def test_a_token_is_given_whatever_accept_says(client, staff):
    response = for_token(client, "staff", PASSWORD, headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


# --- The page -----------------------------------------------------------------------------------
def test_page_signs_in_and_cycles_the_session_key(client, staff):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    response = on_page(client, "staff", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert client.session["_auth_user_id"] == str(staff.pk)
    cookie = response.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 43_200)


def test_a_session_of_somebody_else_is_emptied(client, people):
    client.force_login(people["admin"])
    client.session["secret"] = "of the admin"
    assert client.get(PAGE)["Location"] == "/"  # who is in need not sign in
    client.post("/logout")
    on_page(client, "staff", PASSWORD)
    assert "secret" not in client.session


def test_sign_out_ends_the_session(client, people):
    client.force_login(people["staff"])
    key = client.session.session_key
    assert client.get("/logout").status_code == 405
    assert Session.objects.filter(session_key=key).exists()
    response = client.post("/logout")
    assert (response.status_code, response["Location"]) == (302, "/login")
    assert not Session.objects.filter(session_key=key).exists()


def test_page_is_shown_and_never_stored(client, people):
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert 'name="username"' in response.text
    assert "csrfmiddlewaretoken" in response.text


def test_wrong_try_keeps_the_name_and_says_what_is_left(client, staff):
    response = on_page(client, "staff", WRONG)
    assert response.status_code == 401
    assert "The sign-in name or the password is not right. 9 tries left." in response.text
    assert 'value="staff"' in response.text
    assert WRONG not in response.text
    assert not is_signed_in(client)


def test_empty_form_says_so_at_the_fields(client, db):
    response = on_page(client, "", "")
    assert response.status_code == 400
    assert "Type your sign-in name or e-mail." in response.text
    assert "Type your password." in response.text
    assert AccessAttempt.objects.count() == 0


def test_form_without_its_csrf_token_is_refused(staff):
    strict = Client(enforce_csrf_checks=True)
    response = on_page(strict, "staff", PASSWORD)
    assert response.status_code == 403
    assert response.json()["code"] == "csrf_failed"
    assert not is_signed_in(strict)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/keywords", "/keywords"),
        ("/messages?status=waiting&page=2", "/messages?status=waiting&page=2"),
        ("http://testserver/keywords", "/"),
        ("keywords", "/"),
        ("accounts:login", "/"),  # the name of a view
        ("", "/"),
        ("https://evil.example/", "/"),
        ("http://evil.example/", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("http:///evil.example", "/"),
        ("http://testserver@evil.example/", "/"),
        ("http://testserver.evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("data:text/html,x", "/"),
        (" //evil.example", "/"),
        ("\t//evil.example", "/"),
        ("ftp://testserver/", "/"),
    ],
)
@pytest.mark.parametrize("place", ["query", "form", "signed_in"])
def test_next_never_leads_elsewhere(client, staff, target, expected, place):
    if place == "signed_in":
        client.force_login(staff)
        response = client.get(f"{PAGE}?next={quote(target)}")
    elif place == "form":
        response = on_page(client, "staff", PASSWORD, next=target)
    else:
        response = on_page(client, "staff", PASSWORD, query=f"?next={quote(target)}")
    assert (response.status_code, response["Location"]) == (302, expected)


def test_next_survives_a_wrong_try(client, staff):
    response = on_page(client, "staff", WRONG, next="/keywords")
    assert 'name="next" value="/keywords"' in response.text


def test_a_page_sends_to_sign_in_and_back(client, staff):
    response = client.get("/keywords", headers={"accept": "text/html"})
    assert (response.status_code, response["Location"]) == (302, "/login?next=/keywords")
    signed_in = on_page(client, "staff", PASSWORD, query="?next=/keywords")
    assert signed_in["Location"] == "/keywords"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_language_links_of_the_sign_in_page(db, language):
    with translation.override(language):
        heading = translation.gettext("Sign-in name or e-mail")
    fresh = Client()
    response = fresh.get(f"{PAGE}?language={language}&next=/keywords")
    assert response.status_code == 200
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.text
    assert heading in response.text
    assert fresh.cookies["language"].value == language
    other = {"vi": "en", "en": "vi"}[language]
    assert f'href="?language={other}&amp;next=/keywords"' in response.text
    again = fresh.get(PAGE)  # remembered by the cookie
    assert heading in again.text
    assert again["Content-Language"] == language


@pytest.mark.parametrize("language", ["", "xx", "en'", "vi-VN"])
def test_an_unknown_language_changes_nothing(db, organisation, language):
    fresh = Client()
    response = fresh.get(PAGE, {"language": language})
    assert response["Content-Language"] == "vi"
    assert "language" not in fresh.cookies


# --- Ten failures -------------------------------------------------------------------------------
def test_tries_are_counted_down_then_429(client, staff):
    for left in range(9, -1, -1):
        response = for_token(client, "staff", WRONG)
        word = "try" if left == 1 else "tries"
        assert (response.status_code, response.json()) == (
            401,
            {
                "code": "wrong_credentials",
                "detail": f"The sign-in name or the password is not right. {left} {word} left.",
            },
        )
    response = for_token(client, "staff", PASSWORD)
    assert (response.status_code, response.json()) == (
        429,
        {
            "code": "too_many_failures",
            "detail": "Too many wrong tries. Wait 15 minutes, then try again.",
        },
    )
    assert response["Cache-Control"] == "no-store"
    assert OutstandingToken.objects.count() == 0
    assert AuditEntry.objects.count() == AuditEntry.objects.filter(action="sign_in_failed").count()


def test_both_doors_count_together_and_both_close(client, staff):
    for _ in range(5):
        assert on_page(client, "staff", WRONG).status_code == 401
    fail(client, 5)
    page = on_page(client, "staff", PASSWORD)
    assert page.status_code == 429
    assert "Too many wrong tries. Wait 15 minutes, then try again." in page.text
    assert not is_signed_in(client)
    assert for_token(client, "staff", PASSWORD).status_code == 429


@pytest.mark.parametrize("name", ["STAFF", " staff", "ＳＴＡＦＦ"])
def test_the_same_name_written_otherwise_is_locked_too(client, staff, name):
    fail(client, LIMIT)
    assert for_token(client, name, PASSWORD).status_code == 429
    assert on_page(client, name, PASSWORD).status_code == 429


def test_another_browser_does_not_get_round_it(client, staff):
    for number in range(LIMIT):
        fail(client, 1, headers={"user-agent": f"browser {number}"})
    assert for_token(client, "staff", PASSWORD).status_code == 429


def test_a_forwarded_address_does_not_get_round_it(client, staff):
    for number in range(LIMIT):
        fail(client, 1, headers={"x-forwarded-for": f"198.51.100.{number}"})
    other = {"x-forwarded-for": "198.51.100.99"}
    assert for_token(client, "staff", PASSWORD, headers=other).status_code == 429


def test_behind_the_proxy_its_last_entry_is_the_address(client, staff, settings):
    settings.TRUST_PROXY = True
    for number in range(LIMIT):
        fail(client, 1, headers={"x-forwarded-for": f"198.51.100.{number}, 203.0.113.5"})
    same = {"x-forwarded-for": "198.51.100.77, 203.0.113.5"}
    other = {"x-forwarded-for": "203.0.113.5, 203.0.113.6"}
    assert for_token(client, "staff", PASSWORD, headers=same).status_code == 429
    assert for_token(client, "staff", PASSWORD, headers=other).status_code == 200


def test_another_name_from_the_same_address_is_free(client, people):
    fail(client, LIMIT)
    assert for_token(client, "colleague", PASSWORD).status_code == 200
    assert on_page(client, "manager", PASSWORD).status_code == 302


def test_the_same_name_from_another_address_is_free(client, staff):
    fail(client, LIMIT)
    assert for_token(client, "staff", PASSWORD, REMOTE_ADDR=OTHER_ADDRESS).status_code == 200
    assert for_token(client, "staff", PASSWORD).status_code == 429


@pytest.mark.parametrize("door", [on_page, for_token])
@pytest.mark.parametrize("name", ["staff", "lan@example.org"])
def test_success_resets_the_count(client, staff, door, name):
    fail(client, LIMIT - 1, name)
    fail(client, 1, name, REMOTE_ADDR=OTHER_ADDRESS)
    assert door(client, name, PASSWORD).status_code in (200, 302)
    client.logout()
    response = for_token(client, name, WRONG)
    assert response.json()["detail"].endswith(" 9 tries left.")
    elsewhere = for_token(client, name, WRONG, REMOTE_ADDR=OTHER_ADDRESS)
    assert elsewhere.json()["detail"].endswith(" 8 tries left.")


def test_after_fifteen_minutes_it_opens_again(client, staff):
    fail(client, LIMIT)
    with time_machine.travel(timezone.now() + timedelta(minutes=14, seconds=50), tick=False):
        assert for_token(client, "staff", PASSWORD).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=10), tick=False):
        assert for_token(client, "staff", PASSWORD).status_code == 200


def test_tries_while_locked_do_not_prolong_it(client, staff):
    fail(client, LIMIT)
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert for_token(client, "staff", WRONG).status_code == 429
        assert on_page(client, "staff", WRONG).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=10), tick=False):
        assert for_token(client, "staff", PASSWORD).status_code == 200


def test_nothing_typed_as_a_password_is_kept(client, staff):
    on_page(client, "staff", "my-secret-1")
    for_token(client, "staff", "my-secret-2")
    client.post(
        TOKEN,
        "username=staff&password=my-secret-3",
        content_type="application/x-www-form-urlencoded",
    )
    kept = [str(row) for row in AccessAttempt.objects.values()]
    kept += [str(row) for row in AuditEntry.objects.values()]
    assert len(kept) == 4  # one counter, three entries
    assert not [row for row in kept if "my-secret" in row]


# --- The same answer for everybody who does not get in -----------------------------------------
@pytest.mark.parametrize("door", [on_page, for_token])
def test_unknown_wrong_and_inactive_are_told_the_same(client, staff, deactivated, pending, door):
    cases = {"staff": WRONG, "nobody": PASSWORD, "leaver": PASSWORD, "applicant": PASSWORD}
    answers = set()
    for name, password in cases.items():
        response = door(client, name, password)
        text = re.sub(r'value="[A-Za-z0-9]{64}"', "", response.text)
        answers.add((response.status_code, text.replace(name, "NAME")))
    assert len(answers) == 1
    assert answers.pop()[0] == 401
    assert not is_signed_in(client)
    assert OutstandingToken.objects.count() == 0


@pytest.mark.parametrize("door", [on_page, for_token])
def test_unknown_wrong_and_inactive_cost_one_hash_each(
    client, staff, deactivated, pending, door, monkeypatch
):
    encode, hashed = MD5PasswordHasher.encode, []

    def counting(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    cases = {"staff": WRONG, "nobody": PASSWORD, "leaver": PASSWORD, "applicant": PASSWORD}
    for name, password in cases.items():
        hashed.clear()
        assert door(client, name, password).status_code == 401
        assert hashed == [password]


@pytest.mark.parametrize("name", ["nobody", "leaver", "staff"])
def test_all_are_locked_after_ten(client, staff, deactivated, name):
    fail(client, LIMIT, name)
    assert for_token(client, name, PASSWORD).status_code == 429


@pytest.mark.parametrize("door", [on_page, for_token])
def test_a_long_name_that_folds_to_a_longer_one(client, db, door):
    response = door(client, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 254, WRONG)
    assert response.status_code == 401


# --- Demo ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("door", [on_page, for_token])
@pytest.mark.parametrize("password", sorted(DEMO_PASSWORDS))
def test_demo_passwords_open_nothing_outside_a_demo(client, staff, settings, door, password):
    staff.set_password(password)
    staff.save()
    assert settings.DEMO is False
    assert door(client, "staff", password).status_code == 401
    assert not is_signed_in(client)
    assert OutstandingToken.objects.count() == 0
    settings.DEMO = True
    assert door(client, "staff", password).status_code == (302 if door is on_page else 200)


def test_the_demo_passwords_are_those_of_everybody_in_the_demo():
    briefs = {"adminpass", "managerpass", "staff1pass", "staff2pass"}
    assert briefs < DEMO_PASSWORDS
    assert {password for _name, password, *_rest in EVERYBODY} == DEMO_PASSWORDS


# --- The audit ----------------------------------------------------------------------------------
@pytest.mark.parametrize("door", [on_page, for_token])
def test_both_outcomes_are_in_the_audit(client, staff, door):
    door(client, "staff", WRONG)
    door(client, "staff", PASSWORD)
    failed, done = AuditEntry.objects.order_by("pk")
    assert (failed.action, failed.actor, failed.changes, failed.ip) == (
        "sign_in_failed",
        None,
        {"name": "staff"},
        "127.0.0.1",
    )
    assert (done.action, done.actor, done.target_id, done.ip) == (
        "signed_in",
        staff,
        str(staff.public_id),
        "127.0.0.1",
    )
