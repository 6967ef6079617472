"""Registering: a request for an account that opens nothing until an administrator approves it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import update_user
from tests.factories import UserFactory

ADDRESS = "/auth/register"
PASSWORD = "a horse of her own"
LIMIT_PER_HOUR = 5


@pytest.fixture(autouse=True)
def in_english(client, organisation):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def register(client, username: str = "newcomer", password: str = PASSWORD, **fields):
    extra = {k: fields.pop(k) for k in ("REMOTE_ADDR", "headers") if k in fields}
    body = {"username": username, "password": password, **fields}
    return client.post(ADDRESS, body, content_type="application/json", **extra)


def sign_in(client, username: str = "newcomer"):
    body = {"username": username, "password": PASSWORD}
    return client.post("/auth/token", body, content_type="application/json")


def test_a_registration_waits(client):
    response = register(client, display_name="Mai Lan", email="mai@example.org")
    assert response.status_code == 201
    person = User.objects.get()
    assert response.json() == {
        "id": str(person.public_id),
        "username": "newcomer",
        "display_name": "Mai Lan",
        "email": "mai@example.org",
        "role": "staff",
        "department": None,
        "status": "offline",
        "status_since": response.json()["status_since"],
        "is_active": False,
        "is_pending": True,
    }
    assert response["Cache-Control"] == "no-store"
    assert (person.role, person.department, person.is_active) == ("staff", None, False)
    assert person.approved_at is None
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id, entry.changes, entry.ip) == (
        "person_registered",
        None,
        str(person.public_id),
        {},
        "127.0.0.1",
    )


def test_the_name_stands_in_for_a_missing_display_name(client):
    assert register(client, username="Mai.Lan-2_x").status_code == 201
    person = User.objects.get()
    assert (person.username, person.display_name, person.email) == (
        "mai.lan-2_x",
        "mai.lan-2_x",
        "",
    )


def test_role_department_and_activity_of_the_body_are_ignored(client, sales):
    response = register(
        client,
        role="admin",
        department_id=sales.pk,
        department=sales.pk,
        is_active=True,
        is_superuser=True,
        is_staff=True,
        approved_at="2026-01-01T00:00:00Z",
        presence="available",
        status="available",
    )
    assert response.status_code == 201
    person = User.objects.get()
    assert (person.role, person.department, person.is_active) == ("staff", None, False)
    assert (person.approved_at, person.presence) == (None, "offline")


def test_nobody_gets_in_before_the_approval(client, people, sales):
    register(client)
    assert sign_in(client).status_code == 401
    page = client.post("/login", {"username": "newcomer", "password": PASSWORD})
    assert page.status_code == 401
    update_user(
        user=User.objects.get(username="newcomer"),
        actor=people["admin"],
        changes={"is_active": True, "department": sales},
    )
    assert sign_in(client).status_code == 200


@pytest.mark.parametrize("who", ["admin", "staff"])
def test_signed_in_people_register_like_anybody(api, people, who):
    response = api(people[who]).post(ADDRESS, {"username": "newcomer", "password": PASSWORD})
    assert response.status_code == 201
    assert User.objects.get(username="newcomer").is_active is False


@pytest.mark.parametrize("username", ["staff", "STAFF", "sTaff"])
def test_a_taken_name_is_409(client, people, username):
    response = register(client, username=username)
    assert (response.status_code, response.json()) == (
        409,
        {"code": "person_exists", "detail": "This sign-in name is taken.", "field": "username"},
    )
    assert User.objects.count() == len(people)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("email", ["lan@example.org", "LAN@Example.ORG"])
def test_a_taken_e_mail_address_is_409(client, organisation, email):
    UserFactory(email="lan@example.org")
    response = register(client, email=email)
    assert (response.status_code, response.json()) == (
        409,
        {
            "code": "person_exists",
            "detail": "This e-mail address belongs to somebody else.",
            "field": "email",
        },
    )
    assert User.objects.count() == 1
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "password", ["Zw7!qLx", "password12", "1234567890", "newcomer12", "newcomer@x"]
)
def test_a_weak_password_is_400(client, password):
    response = register(client, password=password)
    assert (response.status_code, response.json()["code"]) == (400, "weak_password")
    assert response.json()["field"] == "password"
    assert password not in response.text
    assert User.objects.count() == AuditEntry.objects.count() == 0


def test_spaces_of_a_password_count(client, people, sales):
    register(client, password="  spaces around  ")
    assert User.objects.get(username="newcomer").check_password("  spaces around  ")


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"username": ""}, "username"),
        ({"username": "two words"}, "username"),
        ({"username": "lan@example.org"}, "username"),
        ({"username": "ngọc"}, "username"),
        ({"username": "newline\n"}, None),  # DRF trims it, and what is left is a good name
        ({"username": "x" * 61}, "username"),
        ({"username": ["newcomer"]}, "username"),
        ({"username": "a\u0000b"}, "username"),
        ({"password": "p" * 201}, "password"),
        ({"password": None}, "password"),
        ({"display_name": "n" * 121}, "display_name"),
        ({"display_name": {"a": "b"}}, "display_name"),
        ({"email": "no address"}, "email"),
        ({"email": "x" * 250 + "@example.org"}, "email"),
    ],
)
def test_bad_fields_are_400(client, fields, faulty):
    response = register(client, **fields)
    if faulty is None:
        assert response.status_code == 201
        return
    assert (response.status_code, set(response.json())) == (400, {faulty})
    assert User.objects.count() == AuditEntry.objects.count() == 0


def test_five_an_hour_from_one_address(client):
    for number in range(LIMIT_PER_HOUR):
        assert register(client, username=f"newcomer{number}").status_code == 201
    refused = register(client, username="newcomer9")
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert User.objects.count() == LIMIT_PER_HOUR
    assert AuditEntry.objects.count() == LIMIT_PER_HOUR
    assert register(client, username="newcomer9", REMOTE_ADDR="203.0.113.9").status_code == 201
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        assert register(client, username="newcomer8").status_code == 201


def test_a_forwarded_address_does_not_get_round_the_limit(client):
    for number in range(LIMIT_PER_HOUR):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        assert register(client, username=f"n{number}", headers=headers).status_code == 201
    headers = {"x-forwarded-for": "198.51.100.99"}
    assert register(client, username="n9", headers=headers).status_code == 429
    assert User.objects.count() == LIMIT_PER_HOUR


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_only_post(client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405
