"""GET and POST /users, PATCH /users/{id}, PUT /users/{id}/status."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from tests.factories import PASSWORD, DepartmentFactory, UserFactory

ADDRESS = "/users"
NEW = {"username": "mai", "password": "a horse of her own", "display_name": "Mai Lan"}
SALES = ["colleague", "manager", "staff"]
FIELDS = ["role", "department_id", "is_active", "display_name", "email", "presence", "language"]
FIELDS += ["password", "credentials_epoch", "approved_at", "deactivated_at", "username"]


@pytest.fixture(autouse=True)
def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def one(person: User) -> str:
    return f"{ADDRESS}/{person.public_id}"


def status_of(person: User) -> str:
    return f"{ADDRESS}/{person.public_id}/status"


def snapshot() -> list:
    return list(User.objects.order_by("pk").values_list("pk", *FIELDS))


def only_entry() -> AuditEntry:
    return AuditEntry.objects.get()


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


# --- Changing -----------------------------------------------------------------------------------
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


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_the_database_refuses_active_people_without_department(people, role):
    name = "accounts_active_people_have_a_department"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        UserFactory(role=role, department=None)


@pytest.mark.parametrize("fields", [{"role": "owner"}, {"presence": "away"}])
def test_the_database_refuses_unknown_words(people, fields):
    with pytest.raises(IntegrityError, match="accounts_"), transaction.atomic():
        UserFactory(**fields)


# --- Speaking for somebody ----------------------------------------------------------------------
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
