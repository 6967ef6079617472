"""The control in the top bar."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.factories import UserFactory
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db

URL = "/presence"
HTML = {"accept": "text/html"}


def test_in_busy_available_out(client, organisation):
    user = UserFactory()
    client.force_login(user)
    for choice, presence, open_entries in (
        ("checkin", "available", 1),
        ("busy", "busy", 1),
        ("available", "available", 1),
        ("checkout", "offline", 0),
    ):
        answer = client.post(URL, {"choice": choice, "next": "/messages"})
        expected = "/" if choice == "checkout" else "/messages"
        assert (answer.status_code, answer["Location"]) == (302, expected)
        user.refresh_from_db()
        assert user.presence == presence
        assert TimeEntry.objects.open().filter(user=user).count() == open_entries


def test_checking_out_twice_says_so_and_changes_nothing(client, organisation):
    user = UserFactory()
    client.force_login(user)
    page = client.post(URL, {"choice": "checkout"}, follow=True, headers=HTML)
    assert "You are not checked in" in page.content.decode()
    assert TimeEntry.objects.count() == 0


@pytest.mark.parametrize("choice", ["", "offline", "deactivated", "x" * 300])
def test_unknown_choices_are_refused(client, organisation, choice):
    user = UserFactory()
    client.force_login(user)
    assert client.post(URL, {"choice": choice}).status_code == 400
    user.refresh_from_db()
    assert user.presence == User.Presence.OFFLINE


def test_a_foreign_address_is_not_followed(client, organisation):
    client.force_login(UserFactory())
    answer = client.post(URL, {"choice": "checkin", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("home")


def test_the_bar_shows_load_and_reason(client, people):
    client.force_login(people["staff"])
    page = client.get("/messages", headers=HTML).content.decode()
    assert '<span class="presence-text">Taking work</span>' in page
    assert ">0/8</span>" in page


def test_who_takes_no_work_is_told_so_without_a_dot(client, people):
    client.force_login(people["manager"])
    page = client.get("/messages", headers=HTML).content.decode()
    assert '<span class="presence-text">Takes no work</span>' in page
