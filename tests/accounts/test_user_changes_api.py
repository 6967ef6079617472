"""PATCH /users/{id}."""

import pytest

from accounts.models import AuditEntry, User
from tests.accounts.users_api import ADDRESS, one, only_entry, snapshot
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.usefixtures("in_english")


def test_a_registration_is_approved_as_the_brief_says(api, people, client, billing, pending):
    response = api(people["admin"]).patch(
        one(pending), {"is_active": True, "department_id": billing.pk}
    )
    assert response.status_code == 200
    assert (response.json()["is_active"], response.json()["is_pending"]) == (True, False)
    assert response.json()["department"] == {"id": billing.pk, "name": "Billing"}
    pending.refresh_from_db()
    assert (pending.role, pending.department, pending.is_active) == ("staff", billing, True)
    assert pending.approved_at is not None
    entry = only_entry()
    assert (entry.action, entry.actor, entry.target_id, entry.ip) == (
        "person_changed",
        people["admin"],
        str(pending.public_id),
        "127.0.0.1",
    )
    assert entry.changes == {"is_active": [False, True], "department": [None, "Billing"]}
    credentials = {"username": "applicant", "password": PASSWORD}
    signed_in = client.post("/auth/token", credentials, content_type="application/json")
    assert signed_in.status_code == 200


def test_an_approval_needs_a_department(api, people, pending):
    before = snapshot()
    response = api(people["admin"]).patch(one(pending), {"is_active": True})
    assert (response.status_code, response.json()["code"]) == (400, "department_needed")
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_a_deactivation_and_back(api, people, sales):
    admin, staff = api(people["admin"]), people["staff"]
    assert admin.patch(one(staff), {"is_active": False}).status_code == 200
    staff.refresh_from_db()
    assert (staff.is_active, staff.presence, staff.department) == (False, "offline", sales)
    assert staff.deactivated_at is not None
    assert staff.is_pending is False
    assert admin.patch(one(staff), {"is_active": True}).status_code == 200
    staff.refresh_from_db()
    assert (staff.is_active, staff.deactivated_at, staff.presence) == (True, None, "offline")
    told = list(AuditEntry.objects.order_by("pk").values_list("action", "changes"))
    assert told == [
        ("person_changed", {"is_active": [True, False]}),
        ("person_changed", {"is_active": [False, True]}),
    ]


def test_what_changes_is_told_from_and_to(api, people, sales, billing):
    body = {
        "display_name": "Lê Thu Hà",
        "email": "ha@example.org",
        "role": "manager",
        "department_id": billing.pk,
        "is_active": True,
    }
    assert api(people["admin"]).patch(one(people["staff"]), body).status_code == 200
    assert only_entry().changes == {
        "display_name": ["Staff", "Lê Thu Hà"],
        "email": ["", "ha@example.org"],
        "role": ["staff", "manager"],
        "department": ["Sales", "Billing"],
    }


@pytest.mark.parametrize("body", [{}, {"is_active": True}, {"role": "staff", "email": ""}])
def test_what_stays_the_same_is_not_told(api, people, body):
    before = snapshot()
    assert api(people["admin"]).patch(one(people["staff"]), body).status_code == 200
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_other_columns_are_out_of_reach(api, people):
    before = snapshot()
    body = {
        "username": "root",
        "password": "a horse of her own",
        "presence": "busy",
        "status": "busy",
        "is_superuser": True,
        "is_staff": True,
        "approved_at": None,
        "credentials_epoch": 9,
        "id": "00000000-0000-0000-0000-000000000000",
    }
    assert api(people["admin"]).patch(one(people["staff"]), body).status_code == 200
    assert snapshot() == before


@pytest.mark.parametrize("who", ["manager", "staff", "other_manager"])
@pytest.mark.parametrize("body", [{"role": "admin"}, {"is_active": False}, {"display_name": "x"}])
def test_others_change_nobody_not_even_themselves(api, people, who, body):
    before = snapshot()
    for person in people.values():
        response = api(people[who]).patch(one(person), body)
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {"is_active": False},
        {"role": "staff"},
        {"role": "manager"},
        {"role": "staff", "is_active": False},
    ],
)
@pytest.mark.parametrize("others", ["none", "inactive"])
def test_the_last_administrator_stays(api, people, sales, body, others):
    if others == "inactive":
        UserFactory(role="admin", department=None, is_active=False)
    before = snapshot()
    body = body | {"department_id": sales.pk}
    response = api(people["admin"]).patch(one(people["admin"]), body)
    assert (response.status_code, response.json()) == (
        409,
        {
            "code": "last_admin",
            "detail": "This is the last administrator. Make somebody else one first.",
        },
    )
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": "staff"}])
def test_one_of_two_administrators_may_go(api, people, sales, changes):
    second = UserFactory(role="admin", department=None)
    body = changes | {"department_id": sales.pk}
    assert api(people["admin"]).patch(one(second), body).status_code == 200
    second.refresh_from_db()
    assert second.is_active is changes.get("is_active", True)
    assert second.role == changes.get("role", "admin")
    last = api(people["admin"]).patch(one(people["admin"]), body)
    assert last.status_code == 409


def test_the_last_administrator_may_change_the_rest(api, people):
    response = api(people["admin"]).patch(
        one(people["admin"]), {"display_name": "Anh", "is_active": True, "role": "admin"}
    )
    assert response.status_code == 200
    assert User.objects.get(pk=people["admin"].pk).display_name == "Anh"


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_a_demoted_administrator_needs_a_department(api, people, role):
    second = UserFactory(role="admin", department=None)
    before = snapshot()
    response = api(people["admin"]).patch(one(second), {"role": role})
    assert (response.status_code, response.json()["code"]) == (400, "department_needed")
    assert snapshot() == before


@pytest.mark.parametrize("who", ["staff", "manager"])
def test_nobody_active_loses_the_department(api, people, who):
    before = snapshot()
    response = api(people["admin"]).patch(one(people[who]), {"department_id": None})
    assert (response.status_code, response.json()["code"]) == (400, "department_needed")
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_a_taken_e_mail_address_is_409(api, people):
    UserFactory(email="lan@example.org")
    before = snapshot()
    response = api(people["admin"]).patch(one(people["staff"]), {"email": "LAN@example.org"})
    assert (response.status_code, response.json()["code"], response.json()["field"]) == (
        409,
        "person_exists",
        "email",
    )
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "body", [{"role": "owner"}, {"is_active": "perhaps"}, {"is_active": None}, {"email": "x" * 300}]
)
def test_bad_changes_are_400(api, people, body):
    before = snapshot()
    response = api(people["admin"]).patch(one(people["staff"]), body)
    assert (response.status_code, set(response.json())) == (400, set(body))
    assert snapshot() == before


def test_an_unknown_person_is_404(api, people):
    address = f"{ADDRESS}/00000000-0000-0000-0000-000000000000"
    admin = api(people["admin"])
    assert admin.patch(address, {"role": "admin"}).status_code == 404
    assert admin.put(f"{address}/status", {"status": "busy"}).status_code == 404
    assert admin.patch(f"{ADDRESS}/1", {"role": "admin"}).status_code == 404
