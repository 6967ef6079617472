"""Bearer tokens: good once, for a short time, and only while nothing about the person changed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.models import User
from accounts.services import change_password, update_user
from accounts.tokens import issue_tokens
from tests.factories import PASSWORD

ME = "/api/v1/departments"  # a door for everybody
REFRESH, LOGOUT = "/auth/refresh", "/auth/logout"
NEW_PASSWORD = "another horse battery"


@pytest.fixture
def staff(people) -> User:
    return people["staff"]


@pytest.fixture
def tokens(staff) -> dict:
    return issue_tokens(staff)


def opens(client, tokens: dict) -> int:
    """The status with which an access token is met."""
    return client.get(ME, headers={"authorization": f"Bearer {tokens['access_token']}"}).status_code


def refresh(client, token: str):
    return client.post(REFRESH, {"refresh_token": token}, content_type="application/json")


def sign_out(client, token: str):
    return client.post(LOGOUT, {"refresh_token": token}, content_type="application/json")


def assert_refused(response) -> None:
    assert response.status_code == 401
    assert response.json() == {"code": "token_not_valid", "detail": "Sign in again."}


def test_refresh_gives_a_new_pair_that_opens(client, tokens):
    response = refresh(client, tokens["refresh_token"])
    assert response.status_code == 200
    new = response.json()
    assert set(new) == {"access_token", "token_type", "refresh_token", "expires_in"}
    assert (new["token_type"], new["expires_in"]) == ("bearer", 900)
    assert new["refresh_token"] != tokens["refresh_token"]
    assert opens(client, new) == 200
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_refresh_token_is_good_once(client, tokens, language):
    new = refresh(client, tokens["refresh_token"]).json()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    again = refresh(client, tokens["refresh_token"])
    assert (again.status_code, again.json()["code"]) == (401, "token_not_valid")
    assert OutstandingToken.objects.count() == 2
    assert refresh(client, new["refresh_token"]).status_code == 200


def test_of_two_calls_that_both_found_it_unspent_one_is_served(client, tokens, monkeypatch):
    monkeypatch.setattr(RefreshToken, "check_blacklist", lambda self: None)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert refresh(client, tokens["refresh_token"]).status_code == 200
    assert_refused(refresh(client, tokens["refresh_token"]))
    assert OutstandingToken.objects.count() == 2


def test_logout_ends_the_refresh_token(client, tokens):
    response = sign_out(client, tokens["refresh_token"])
    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-store"
    assert BlacklistedToken.objects.count() == 1
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert_refused(refresh(client, tokens["refresh_token"]))
    assert_refused(sign_out(client, tokens["refresh_token"]))
    assert OutstandingToken.objects.count() == 1


def test_an_access_token_is_no_refresh_token(client, tokens):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert_refused(refresh(client, tokens["access_token"]))
    assert_refused(sign_out(client, tokens["access_token"]))
    assert BlacklistedToken.objects.count() == 0


def test_a_refresh_token_opens_no_door(client, tokens):
    assert opens(client, {"access_token": tokens["refresh_token"]}) == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ê" * 10, " "])
def test_garbage_is_refused(client, db, token):
    response = refresh(client, token)
    assert response.status_code == (401 if token.strip() else 400)
    assert BlacklistedToken.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"refresh_token": None}, {"refresh_token": ["x"]}])
def test_the_token_must_be_text(client, db, body):
    response = client.post(REFRESH, body, content_type="application/json")
    assert (response.status_code, set(response.json())) == (400, {"refresh_token"})


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer a b", "Bearer a.b.c", "bearer é", "Basic eDp5"]
)
def test_a_broken_header_is_401(client, db, header):
    response = client.get(ME, headers={"authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_with_another_signature_is_refused(client, tokens):
    head, body, signature = tokens["access_token"].split(".")
    assert opens(client, {"access_token": f"{head}.{body}.{signature[::-1]}"}) == 401
    assert opens(client, {"access_token": f"{head}.{body}."}) == 401


def test_tokens_run_out(client, tokens):
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=25), tick=False):
        assert opens(client, tokens) == 200  # 30 s of leeway for clocks that differ
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=35), tick=False):
        assert opens(client, tokens) == 401
        assert refresh(client, tokens["refresh_token"]).status_code == 200
    newest = issue_tokens(User.objects.get(username="staff"))
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=35), tick=False):
        assert refresh(client, newest["refresh_token"]).status_code == 401


def test_role_and_department_come_from_the_row(client, people, sales, billing):
    tokens = issue_tokens(people["manager"])
    header = {"authorization": f"Bearer {tokens['access_token']}"}
    names = {p["username"] for p in client.get("/api/v1/users", headers=header).json()["results"]}
    assert names == {"manager", "staff", "colleague"}
    User.objects.filter(username="manager").update(department=billing)
    names = {p["username"] for p in client.get("/api/v1/users", headers=header).json()["results"]}
    assert names == {"manager", "other_staff", "other_manager"}


ENDINGS = {
    "password": lambda staff, admin: change_password(user=staff, password=NEW_PASSWORD),
    "role": lambda staff, admin: update_user(
        user=staff, actor=admin, changes={"role": User.Role.MANAGER}
    ),
    "deactivation": lambda staff, admin: update_user(
        user=staff, actor=admin, changes={"is_active": False}
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_change_ends_tokens_and_sessions_at_once(client, people, staff, tokens, ending):
    second = issue_tokens(staff)
    client.force_login(staff)
    assert client.get("/")["Location"] == "/messages"
    assert opens(client, tokens) == 200

    ENDINGS[ending](staff, people["admin"])

    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert opens(client, tokens) == 401
    assert_refused(refresh(client, tokens["refresh_token"]))
    assert_refused(refresh(client, second["refresh_token"]))
    assert client.get("/")["Location"] == "/login?next=/"
    assert BlacklistedToken.objects.count() == OutstandingToken.objects.count() == 2


@pytest.mark.parametrize("ending", ["password", "role"])
def test_who_signs_in_again_gets_in(client, people, staff, tokens, ending):
    ENDINGS[ending](staff, people["admin"])
    password = NEW_PASSWORD if ending == "password" else PASSWORD
    response = client.post(
        "/auth/token",
        {"username": "staff", "password": password},
        content_type="application/json",
    )
    assert response.status_code == 200
    assert opens(client, response.json()) == 200


def test_a_password_set_by_a_command_ends_tokens_and_sessions_too(client, staff, tokens):
    client.force_login(staff)
    staff.set_password(NEW_PASSWORD)  # as `manage.py changepassword` does
    staff.save()
    assert opens(client, tokens) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 401
    assert client.get("/")["Location"] == "/login?next=/"


def test_an_inactive_row_is_enough_to_be_kept_out(client, staff, tokens):
    """Whoever wrote it, and without the bookkeeping of a deactivation."""
    client.force_login(staff, backend="accounts.backends.NameOrEmailBackend")
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert opens(client, tokens) == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 401
    assert client.get("/")["Location"] == "/login?next=/"


def test_other_changes_end_nothing(client, people, staff, tokens, billing):
    client.force_login(staff)
    update_user(
        user=staff,
        actor=people["admin"],
        changes={"display_name": "Lan", "email": "lan@example.org", "department": billing},
    )
    assert opens(client, tokens) == 200
    assert client.get("/")["Location"] == "/messages"
    assert refresh(client, tokens["refresh_token"]).status_code == 200


def test_reactivation_revives_nothing(client, people, staff, tokens):
    client.force_login(staff)
    for is_active in (False, True):
        update_user(user=staff, actor=people["admin"], changes={"is_active": is_active})
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert opens(client, tokens) == 401
    assert_refused(refresh(client, tokens["refresh_token"]))
    assert client.get("/")["Location"] == "/login?next=/"
    assert opens(client, issue_tokens(User.objects.get(pk=staff.pk))) == 200


def test_a_token_of_nobody_is_refused(client, people, tokens):
    token = AccessToken()
    for subject in ("00000000-0000-0000-0000-000000000000", "staff", "1", "' or 1=1"):
        token["sub"] = subject
        assert opens(client, {"access_token": str(token)}) == 401
