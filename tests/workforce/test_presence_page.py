"""The control in the top bar."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory
from workforce.availability import availability
from workforce.models import Break, TimeEntry
from workforce.services import check_in, start_break

pytestmark = pytest.mark.django_db

URL = "/presence"
HTML = {"accept": "text/html"}
OFFERED_AT_WORK = [
    'value="available"',
    *(f'name="reason" value="{reason}"' for reason in ("meal", "rest", "private", "meeting")),
]


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


# --- Breaks -------------------------------------------------------------------------------------
def test_a_break_and_back_leave_everything_where_it_was(client, people):
    client.force_login(people["staff"])
    go = {"choice": "break", "reason": "meal", "minutes": "45", "next": "/messages"}
    answer = client.post(URL, go)
    assert (answer.status_code, answer["Location"]) == (302, "/messages")
    taken = Break.objects.get()
    assert (taken.entry.user, taken.reason, taken.ended_at) == (people["staff"], "meal", None)
    assert taken.expected_back_at - taken.started_at == timedelta(minutes=45)
    answer = client.post(URL, {"choice": "back", "next": "/messages"})
    assert (answer.status_code, answer["Location"]) == (302, "/messages")
    taken.refresh_from_db()
    assert taken.ended_at is not None
    assert availability(people["staff"]).reason == "taking_work"


def test_a_break_without_a_known_end(client, people):
    client.force_login(people["staff"])
    client.post(URL, {"choice": "break", "reason": "private", "minutes": ""})
    assert Break.objects.get().expected_back_at is None


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"reason": "fishing"},
        {"reason": "meal", "minutes": "0"},
        {"reason": "meal", "minutes": "481"},
        {"reason": "meal", "minutes": "soon"},
    ],
)
def test_a_break_that_makes_no_sense_is_refused(client, people, more):
    client.force_login(people["staff"])
    assert client.post(URL, {"choice": "break"} | more).status_code == 400
    assert Break.objects.count() == 0


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"choice": "break", "reason": "meal"}, "You are not checked in"),
        ({"choice": "back"}, "You are not on a break"),
    ],
)
def test_a_step_that_is_refused_says_why(client, organisation, choice, words):
    client.force_login(UserFactory())
    page = client.post(URL, choice, follow=True, headers=HTML)
    assert words in page.content.decode()


def test_the_bar_says_until_when_and_offers_the_way_back(client, people):
    client.force_login(people["staff"])
    at = timezone.now()
    page = client.get("/messages", headers=HTML).content.decode()
    assert [value in page for value in OFFERED_AT_WORK] == [True] * 5
    assert 'value="back"' not in page
    start_break(user=people["staff"], reason="meal", minutes=45, at=at)
    back = timezone.localtime(at + timedelta(minutes=45)).strftime("%H:%M")
    page = client.get("/messages", headers=HTML).content.decode()
    words = f'On a break <span class="muted">back at {back}</span></span>'
    assert f'<span class="presence-text">{words}' in page
    assert f'<h2 id="presence-h">On a break · back at {back}</h2>' in page
    assert [value in page for value in OFFERED_AT_WORK] == [False] * 5
    assert 'name="choice" value="back"' in page
    assert 'name="choice" value="checkout"' in page


def test_who_takes_no_work_has_breaks_too(client, people):
    check_in(user=people["manager"])
    client.force_login(people["manager"])
    page = client.get("/messages", headers=HTML).content.decode()
    assert 'name="reason" value="meal"' in page
    start_break(user=people["manager"], reason="meal")
    page = client.get("/messages", headers=HTML).content.decode()
    assert '<span class="presence-text">Takes no work</span>' in page
    assert '<h2 id="presence-h">On a break since' in page
    assert 'name="choice" value="back"' in page


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
