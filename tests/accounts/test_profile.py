"""/profile: what people set for themselves. The password's part: test_password_page.py."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import AuditEntry, User
from routing.models import Agent, AgentSkill

ADDRESS = "/profile"
SWITCHES = (
    "notify_assigned",
    "notify_mentioned",
    "notify_waiting",
    "notify_failed",
    "notify_queue",
    "notify_shifts",
    "is_quiet_off_work",
)


@pytest.fixture
def staff(client, people) -> User:
    client.force_login(people["staff"])
    return people["staff"]


def row() -> dict:
    return User.objects.filter(username="staff").values().get()


def test_the_page_shows_what_is_set(client, staff):
    User.objects.update(has_shortcuts=False, notify_queue=True, theme="dark")
    text = client.get(ADDRESS).text
    assert 'name="has_shortcuts">' in text
    assert 'name="notify_queue" checked>' in text
    assert 'name="notify_assigned" checked>' in text
    assert 'value="dark" checked>' in text
    assert 'href="/profile"' in text  # in the account's menu
    assert "INVALID" not in text.partition('id="main"')[2]


def test_the_name_changes_and_the_audit_says_so(client, staff):
    response = client.post(ADDRESS, {"part": "name", "display_name": " Nguyễn Thị Lan "})
    assert (response.status_code, response["Location"]) == (302, ADDRESS)
    assert row()["display_name"] == "Nguyễn Thị Lan"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.changes) == (
        "person_changed",
        staff,
        {"display_name": ["Staff", "Nguyễn Thị Lan"]},
    )
    client.post(ADDRESS, {"part": "name", "display_name": "Nguyễn Thị Lan"})
    assert AuditEntry.objects.count() == 1


def test_the_look_changes_at_once_and_the_sign_in_page_follows(client, staff):
    data = {"part": "look", "language": "vi", "theme": "dark", "has_shortcuts": ""}
    response = client.post(ADDRESS, data)
    assert (response.status_code, response["Location"]) == (302, ADDRESS)
    now = row()
    assert (now["language"], now["theme"], now["has_shortcuts"]) == ("vi", "dark", False)
    assert (client.cookies["language"].value, client.cookies["theme"].value) == ("vi", "dark")
    text = client.get(ADDRESS).text
    assert '<html lang="vi" data-theme="dark"' in text
    assert "Đã lưu" in text
    client.post(ADDRESS, data | {"has_shortcuts": "on"})
    assert row()["has_shortcuts"] is True


@pytest.mark.parametrize("on", SWITCHES)
def test_each_switch_is_stored_alone(client, staff, on):
    response = client.post(ADDRESS, {"part": "notifications", on: "on"})
    assert response.status_code == 302
    now = row()
    assert {name: now[name] for name in SWITCHES} == {name: name == on for name in SWITCHES}


@pytest.mark.parametrize(
    "data",
    [
        {"part": "name", "display_name": " "},
        {"part": "name", "display_name": "x" * 121},
        {"part": "look", "language": "fr", "theme": "dark"},
        {"part": "look", "language": "vi", "theme": "pink"},
        {"part": "look", "language": "vi"},
        {"part": "role", "role": "admin"},
        {"part": ""},
        {},
    ],
)
def test_what_is_refused_changes_nothing(client, staff, data):
    before = row()
    assert client.post(ADDRESS, data).status_code == 400
    assert row() == before
    assert AuditEntry.objects.count() == 0


def test_a_part_changes_only_what_is_its(client, staff):
    extra = {"role": "admin", "email": "x@x.example", "is_active": "", "theme": "dark"}
    client.post(ADDRESS, extra | {"part": "name", "display_name": "Lan"})
    client.post(ADDRESS, extra | {"part": "notifications"})
    now = row()
    assert (now["role"], now["email"], now["is_active"], now["theme"]) == (
        "staff",
        "",
        True,
        "auto",
    )


def test_guests_are_sent_to_sign_in(people):
    response = Client(headers={"accept": "text/html"}).get(ADDRESS)
    assert (response.status_code, response["Location"]) == (302, "/login?next=/profile")


def test_people_see_the_departments_they_answer_for(client, people, billing):
    agent = Agent.objects.get(user=people["staff"])
    AgentSkill.objects.create(agent=agent, department=billing, level=AgentSkill.Level.EXPERT)
    client.force_login(people["staff"])
    with translation.override("en"):
        skills = client.get("/profile").content.decode().partition('id="ps"')[2]
        assert '<li><span>Billing</span><span class="tag push">expert</span></li>' in skills
        client.force_login(people["colleague"])
        skills = client.get("/profile").content.decode().partition('id="ps"')[2]
        assert "None beside your own department." in skills
        client.force_login(people["admin"])  # is given no work
        assert 'id="ps"' not in client.get("/profile").content.decode()
