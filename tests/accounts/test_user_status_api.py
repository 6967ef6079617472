"""PUT /users/{id}/status: a lead says whether somebody takes work."""

import pytest

from accounts.models import AuditEntry, User
from tests.accounts.users_api import only_entry, snapshot, status_of
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize("presence", ["available", "busy", "offline"])
def test_a_manager_sets_the_status_of_the_own_staff(api, people, presence):
    staff = people["staff"]
    before = staff.presence_since
    response = api(people["manager"]).put(status_of(staff), {"status": presence})
    assert (response.status_code, response.json()["status"]) == (200, presence)
    staff.refresh_from_db()
    assert staff.presence == presence
    if presence == "available":  # as before: nothing happened, nothing is told
        assert staff.presence_since == before
        assert AuditEntry.objects.count() == 0
        return
    assert staff.presence_since > before
    entry = only_entry()
    assert (entry.action, entry.actor, entry.target_id, entry.ip) == (
        "presence_set",
        people["manager"],
        str(staff.public_id),
        "127.0.0.1",
    )
    assert entry.changes == {"presence": ["available", presence]}


@pytest.mark.parametrize(
    ("who", "whose", "expected"),
    [
        ("staff", "staff", 403),
        ("staff", "colleague", 403),
        ("staff", "other_staff", 403),
        ("manager", "staff", 200),
        ("manager", "colleague", 200),
        ("manager", "manager", 403),
        ("manager", "admin", 404),
        ("manager", "other_staff", 404),
        ("manager", "other_manager", 404),
        ("other_manager", "staff", 404),
        ("other_manager", "other_staff", 200),
        ("admin", "staff", 200),
        ("admin", "manager", 200),
        ("admin", "other_staff", 200),
        ("admin", "admin", 200),
    ],
)
def test_who_speaks_for_whom(api, people, who, whose, expected):
    before = snapshot()
    response = api(people[who]).put(status_of(people[whose]), {"status": "busy"})
    assert response.status_code == expected
    if expected == 200:
        assert User.objects.get(pk=people[whose].pk).presence == "busy"
        return
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_a_manager_never_speaks_for_another_manager_of_the_department(api, people, sales):
    second = UserFactory(role="manager", department=sales)
    response = api(people["manager"]).put(status_of(second), {"status": "busy"})
    assert (response.status_code, response.json()) == (
        403,
        {"code": "not_staff", "detail": "You can set the status of staff only."},
    )
    second.refresh_from_db()
    assert second.presence == "offline"


@pytest.mark.parametrize(
    "body",
    [{}, {"status": "away"}, {"status": None}, {"status": ["busy"]}, {"presence": "busy"}],
)
def test_the_words_are_a_closed_list(api, people, body):
    before = snapshot()
    response = api(people["manager"]).put(status_of(people["staff"]), body)
    assert (response.status_code, set(response.json())) == (400, {"status"})
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_who_has_left_takes_no_work(api, people, deactivated):
    before = snapshot()
    response = api(people["admin"]).put(status_of(deactivated), {"status": "available"})
    assert (response.status_code, response.json()["code"]) == (409, "person_not_active")
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0
