"""/profile: changing one's own password."""

import pytest
from django.test import Client
from django.utils.crypto import salted_hmac

from accounts.models import AuditEntry, User
from accounts.tokens import issue_tokens
from tests.factories import PASSWORD

ADDRESS = "/profile"
NEW = "another horse battery"
GOOD = {"part": "password", "current": PASSWORD, "new": NEW, "repeat": NEW}


@pytest.fixture
def staff(client, people) -> User:
    client.force_login(people["staff"])
    return people["staff"]


def has_password(person: User, password: str) -> bool:
    return User.objects.get(pk=person.pk).check_password(password)


def test_guests_are_sent_to_sign_in(client, people):
    for response in (client.get(ADDRESS), client.post(ADDRESS, GOOD)):
        assert (response.status_code, response["Location"]) == (302, "/login?next=/profile")
    assert has_password(people["staff"], PASSWORD)


def test_the_old_address_leads_to_the_part_of_the_profile(client, staff):
    response = client.get("/password")
    assert (response.status_code, response["Location"]) == (302, "/profile#password")


@pytest.mark.parametrize("who", ["admin", "manager", "staff"])
def test_everybody_has_the_page(client, people, who):
    client.force_login(people[who])
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "INVALID" not in response.text
    for name in GOOD:
        assert f'name="{name}"' in response.text


def test_the_password_changes_and_the_own_session_stays(client, staff):
    key = client.session.session_key
    response = client.post(ADDRESS, GOOD)
    assert (response.status_code, response["Location"]) == (302, ADDRESS)
    assert has_password(staff, NEW)
    assert client.get("/")["Location"] == "/messages"
    assert client.session.session_key != key
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id, entry.changes, entry.ip) == (
        "password_changed",
        staff,
        str(staff.public_id),
        {},
        "127.0.0.1",
    )


def test_every_other_session_and_token_ends(client, people, staff):
    elsewhere = Client()
    elsewhere.force_login(staff)
    tokens = issue_tokens(staff)
    neighbour = issue_tokens(people["colleague"])
    client.post(ADDRESS, GOOD)
    assert elsewhere.get("/")["Location"] == "/login?next=/"
    for name, token, expected in (
        ("staff", tokens, 401),
        ("colleague", neighbour, 200),
    ):
        header = {"authorization": f"Bearer {token['access_token']}"}
        assert client.get("/api/v1/departments", headers=header).status_code == expected, name
        body = {"refresh_token": token["refresh_token"]}
        renewed = client.post("/auth/refresh", body, content_type="application/json")
        assert renewed.status_code == expected, name


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": "wrong"}, "This is not your current password."),
        ({"current": ""}, "This field is required."),
        ({"repeat": NEW + "x"}, "The two new passwords are not the same."),
        ({"repeat": f" {NEW}"}, "The two new passwords are not the same."),
        ({"new": "Zw7!qLx", "repeat": "Zw7!qLx"}, "It must contain at least 10 characters."),
        ({"new": "1234567890", "repeat": "1234567890"}, "This password is too common."),
        ({"new": "trangthu.99", "repeat": "trangthu.99"}, "too similar to the display name."),
        ({"new": "trang@x.example", "repeat": "trang@x.example"}, "too similar to the e-mail."),
        ({"new": "n" * 201, "repeat": "n" * 201}, "at most 200 characters"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(client, staff, fields, sentence):
    User.objects.update(display_name="Trang Thu")
    User.objects.filter(pk=staff.pk).update(email="trang@x.example")
    before = User.objects.filter(pk=staff.pk).values_list("password", "credentials_epoch").get()
    response = client.post(ADDRESS, GOOD | fields)
    assert response.status_code == 400
    assert sentence in response.text
    assert "INVALID" not in response.text
    assert NEW not in response.text
    after = User.objects.filter(pk=staff.pk).values_list("password", "credentials_epoch").get()
    assert after == before
    assert AuditEntry.objects.count() == 0


def test_a_form_without_its_csrf_token_is_refused(people):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["staff"])
    assert strict.post(ADDRESS, GOOD).status_code == 403
    assert has_password(people["staff"], PASSWORD)


def test_only_the_own_password_can_be_changed(client, people, staff):
    client.post(ADDRESS, GOOD | {"user": people["admin"].pk, "username": "admin"})
    assert has_password(staff, NEW)
    assert has_password(people["admin"], PASSWORD)


def test_the_session_hash_is_not_the_password_hash(people):
    """A stolen session store must not give away what a dictionary can be tried on."""
    staff = people["staff"]
    value = f"{staff.password}:{staff.credentials_epoch}"
    keyed = salted_hmac("accounts.session", value, algorithm="sha256").hexdigest()
    assert staff.get_session_auth_hash() == keyed
