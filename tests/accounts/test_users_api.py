"""GET and POST /users; what the database refuses of people, and the methods nobody has."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from tests.accounts.users_api import ADDRESS, NEW, one, only_entry, snapshot, status_of
from tests.factories import DepartmentFactory, UserFactory

pytestmark = pytest.mark.usefixtures("in_english")


# --- The list -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (
            "admin",
            ["admin", "applicant", "colleague", "leaver", "manager"]
            + ["other_manager", "other_staff", "staff"],
        ),
        ("manager", ["colleague", "leaver", "manager", "staff"]),
        ("other_manager", ["other_manager", "other_staff"]),
    ],
)
def test_who_is_listed(api, people, deactivated, pending, who, sees):
    response = api(people[who]).get(ADDRESS)
    assert response.status_code == 200
    body = response.json()
    assert [row["username"] for row in body["results"]] == sees
    assert (body["count"], body["next"], body["previous"]) == (len(sees), None, None)


def test_the_fields_of_a_person(api, people, sales):
    rows = api(people["manager"]).get(ADDRESS).json()["results"]
    staff = people["staff"]
    assert rows[2] == {
        "id": str(staff.public_id),
        "username": "staff",
        "display_name": "Staff",
        "email": "",
        "role": "staff",
        "department": {"id": sales.pk, "name": "Sales"},
        "status": "available",
        "status_since": rows[2]["status_since"],
        "is_active": True,
        "is_pending": False,
    }


@pytest.mark.parametrize("who", ["staff", "colleague", "other_staff"])
def test_staff_are_refused_the_list(api, people, who):
    response = api(people[who]).get(ADDRESS)
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


def test_guests_are_refused_everything(api, people):
    before, guest = snapshot(), api(None)
    staff = people["staff"]
    answers = [
        guest.get(ADDRESS),
        guest.post(ADDRESS, NEW),
        guest.patch(one(staff), {"role": "admin"}),
        guest.put(status_of(staff), {"status": "busy"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert snapshot() == before


def test_the_list_costs_the_same_for_twenty_people(api, people, sales, django_assert_num_queries):
    manager = api(people["manager"])
    UserFactory.create_batch(20, department=sales)
    with django_assert_num_queries(3):  # the person, the count, the rows
        assert manager.get(ADDRESS).json()["count"] == 23


def test_a_page_is_of_fifty_and_of_two_hundred_at_most(api, people, sales):
    UserFactory.create_batch(200, department=sales)
    admin = api(people["admin"])
    assert len(admin.get(ADDRESS).json()["results"]) == 50
    assert len(admin.get(f"{ADDRESS}?page_size=9999").json()["results"]) == 200


# --- Creating -----------------------------------------------------------------------------------
def test_an_administrator_creates_a_person(api, people, billing):
    body = NEW | {"username": "Mai", "department_id": billing.pk, "email": "mai@example.org"}
    response = api(people["admin"]).post(ADDRESS, body)
    assert response.status_code == 201
    person = User.objects.get(username="mai")
    assert response.json()["id"] == str(person.public_id)
    assert response.json()["department"] == {"id": billing.pk, "name": "Billing"}
    assert (person.role, person.department, person.is_active) == ("staff", billing, True)
    assert person.approved_at is not None
    assert (person.presence, person.language) == ("offline", "vi")
    assert "password" not in response.text
    entry = only_entry()
    assert (entry.action, entry.actor, entry.actor_name) == (
        "person_created",
        people["admin"],
        "Admin",
    )
    assert (entry.target_type, entry.target_id) == ("user", str(person.public_id))
    assert entry.target_label == "Mai Lan"
    assert entry.changes == {"role": [None, "staff"], "department": [None, "Billing"]}
    assert entry.ip == "127.0.0.1"


@pytest.mark.parametrize("role", ["admin", "manager", "staff"])
def test_the_role_is_the_administrators_choice(api, people, sales, client, role):
    body = NEW | {"role": role, "department_id": sales.pk, "language": "en"}
    assert api(people["admin"]).post(ADDRESS, body).status_code == 201
    person = User.objects.get(username="mai")
    assert (person.role, person.language) == (role, "en")
    credentials = {"username": "mai", "password": NEW["password"]}
    signed_in = client.post("/auth/token", credentials, content_type="application/json")
    assert signed_in.status_code == 200


def test_an_administrator_needs_no_department(api, people):
    assert api(people["admin"]).post(ADDRESS, NEW | {"role": "admin"}).status_code == 201
    assert User.objects.get(username="mai").department is None


@pytest.mark.parametrize("role", ["staff", "manager"])
@pytest.mark.parametrize("department", [{}, {"department_id": None}])
def test_others_need_one(api, people, role, department):
    before = snapshot()
    response = api(people["admin"]).post(ADDRESS, NEW | {"role": role} | department)
    assert (response.status_code, response.json()) == (
        400,
        {
            "code": "department_needed",
            "detail": "Managers and staff belong to a department. Choose one.",
            "field": "department_id",
        },
    )
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("who", ["manager", "staff", "other_manager"])
def test_others_create_nobody(api, people, sales, who):
    before = snapshot()
    response = api(people[who]).post(ADDRESS, NEW | {"department_id": sales.pk})
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("username", ["staff", "STAFF"])
def test_a_taken_name_is_409(api, people, sales, username):
    before = snapshot()
    body = NEW | {"username": username, "department_id": sales.pk}
    response = api(people["admin"]).post(ADDRESS, body)
    assert (response.status_code, response.json()["code"], response.json()["field"]) == (
        409,
        "person_exists",
        "username",
    )
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"department_id": 2**31 - 1}, "department_id"),
        ({"department_id": 2**31}, "department_id"),
        ({"department_id": 0}, "department_id"),
        ({"department_id": "Sales"}, "department_id"),
        ({"department_id": [1]}, "department_id"),
        ({"department_id": True}, "department_id"),
        ({"role": "owner"}, "role"),
        ({"role": None}, "role"),
        ({"role": ["admin"]}, "role"),
        ({"language": "fr"}, "language"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "n" * 121}, "display_name"),
        ({"username": "mai@example.org"}, "username"),
        ({"username": "mai\n"}, None),
        ({"email": "x"}, "email"),
        ({"password": "short"}, "weak"),
        ({"password": "Mai Lan 12"}, "weak"),
    ],
)
def test_bad_fields_are_400(api, people, sales, fields, faulty):
    before = snapshot()
    response = api(people["admin"]).post(ADDRESS, NEW | {"department_id": sales.pk} | fields)
    if faulty is None:
        assert response.status_code == 201
        return
    assert response.status_code == 400
    if faulty == "weak":
        assert (response.json()["code"], response.json()["field"]) == ("weak_password", "password")
    else:
        assert set(response.json()) == {faulty}
    assert snapshot() == before
    assert AuditEntry.objects.count() == 0


def test_a_closed_department_takes_nobody(api, people):
    closed = DepartmentFactory(is_active=False)
    before = snapshot()
    admin = api(people["admin"])
    assert admin.post(ADDRESS, NEW | {"department_id": closed.pk}).status_code == 400
    assert admin.patch(one(people["staff"]), {"department_id": closed.pk}).status_code == 400
    assert snapshot() == before


# --- What the database refuses ------------------------------------------------------------------
@pytest.mark.parametrize("role", ["staff", "manager"])
def test_the_database_refuses_active_people_without_department(people, role):
    name = "accounts_active_people_have_a_department"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        UserFactory(role=role, department=None)


@pytest.mark.parametrize("fields", [{"role": "owner"}, {"presence": "away"}])
def test_the_database_refuses_unknown_words(people, fields):
    with pytest.raises(IntegrityError, match="accounts_"), transaction.atomic():
        UserFactory(**fields)


# --- Other methods ------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["staff", "admin"])
def test_other_methods_are_405(api, people, who):
    caller, staff = api(people[who]), people["staff"]
    before = snapshot()
    for address, methods in (
        (ADDRESS, ("PUT", "PATCH", "DELETE")),
        (one(staff), ("GET", "POST", "PUT", "DELETE")),
        (status_of(staff), ("GET", "POST", "PATCH", "DELETE")),
    ):
        for method in methods:
            response = caller.call(method, address, {})
            assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert snapshot() == before
