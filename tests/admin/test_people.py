"""People and departments in the back office: by the same rules as everywhere, and audited."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import translation
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from accounts.models import AuditEntry, Department, User
from accounts.tokens import issue_tokens
from routing.models import Agent
from tests.admin.conftest import IP, act, address, errors, said
from tests.factories import PASSWORD, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/accounts/user/add/"
NEW_PASSWORD = "another horse battery"


def form_of(user: User, **changes) -> dict:
    """What the browser sends for a person's page, with some fields changed."""
    data = {
        "display_name": user.display_name,
        "email": user.email,
        "role": user.role,
        "department": user.department_id or "",
        "language": user.language,
        "employed_since": user.employed_since or "",
        "is_active": "on" if user.is_active else "",
        "password": "",
    }
    data |= changes
    return {name: value for name, value in data.items() if name != "is_active" or value}


def change(client, user: User, **changes):
    return client.post(address("accounts.user", "change", user.pk), form_of(user, **changes))


@pytest.fixture
def new(sales) -> dict:
    return {
        "username": "  Lan.Nguyen ",
        "display_name": "Lan",
        "email": "lan@example.vn",
        "role": "staff",
        "department": sales.pk,
        "language": "vi",
        "password": NEW_PASSWORD,
    }


@pytest.fixture
def pending(organisation) -> User:
    return UserFactory(username="applicant", department=None, is_active=False, approved_at=None)


# --- Creating ---------------------------------------------------------------------------------
def test_a_person_is_created_by_the_service(
    client, admin, new, sales, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ADD, new)
    assert response.status_code == 302
    person = User.objects.get(username="lan.nguyen")
    assert (person.is_active, person.department, person.language) == (True, sales, "vi")
    assert person.check_password(NEW_PASSWORD)
    assert Agent.objects.get(user=person).capacity == 8
    entry = AuditEntry.objects.get(action="person_created")
    assert (entry.actor, entry.ip, entry.target_id) == (admin, IP, str(person.public_id))
    assert LogEntry.objects.get().object_id == str(person.pk)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"username": "STAFF"}, "username", "This sign-in name is taken."),
        ({"username": "lan@shop"}, "username", "Use letters a-z, digits, dot, hyphen and"),
        ({"department": ""}, "department", "Managers and staff belong to a department."),
        ({"password": "short"}, "password", "This password is too short."),
        ({"password": "lan.nguyen"}, "password", "The password is too similar to the"),
        ({"email": "STAFF@example.vn"}, "email", "This e-mail address belongs to somebody"),
        ({"role": "owner"}, "role", "Select a valid choice."),
    ],
)
def test_a_refused_person_is_shown_at_the_field(client, admin, people, new, wrong, field, sentence):
    User.objects.filter(pk=people["staff"].pk).update(email="staff@example.vn")
    response = client.post(ADD, new | wrong)
    found = errors(response)
    assert list(found) == [field]
    assert found[field][0].startswith(sentence)
    assert User.objects.count() == len(people)
    assert not AuditEntry.objects.exists()
    html = response.content.decode()
    assert 'value="Lan"' in html  # what was typed is still there, but the password
    assert NEW_PASSWORD not in html


def test_refusals_speak_vietnamese(client, admin, new):
    User.objects.filter(pk=admin.pk).update(language="vi")
    response = client.post(ADD, new | {"password": "", "role": "owner"})
    assert errors(response)["password"] == ["Mục này không được để trống."]
    assert errors(response)["role"][0].startswith("Không có lựa chọn owner.")


# --- Changing ---------------------------------------------------------------------------------
def test_changes_go_through_the_service(client, admin, people, billing):
    staff = people["staff"]
    epoch = staff.credentials_epoch
    response = change(client, staff, role="manager", department=billing.pk, display_name="An")
    assert response.status_code == 302
    staff.refresh_from_db()
    assert (staff.role, staff.department, staff.display_name) == ("manager", billing, "An")
    assert staff.credentials_epoch == epoch + 1
    entry = AuditEntry.objects.get(action="person_changed")
    assert (entry.actor, entry.ip) == (admin, IP)
    assert entry.changes == {
        "display_name": ["Staff", "An"],
        "role": ["staff", "manager"],
        "department": ["Sales", "Billing"],
    }


def test_since_when_somebody_is_employed(client, admin, people):
    staff = people["staff"]
    assert change(client, staff, employed_since="2021-03-15").status_code == 302
    staff.refresh_from_db()
    assert staff.employed_since == date(2021, 3, 15)
    entry = AuditEntry.objects.get()
    assert entry.action == "person_changed"
    assert entry.changes == {"employed_since": [None, "2021-03-15"]}
    assert change(client, staff, employed_since="").status_code == 302
    entry = AuditEntry.objects.latest("pk")
    assert entry.changes == {"employed_since": ["2021-03-15", None]}


def test_an_unchanged_form_changes_nothing(client, admin, people):
    assert change(client, people["staff"]).status_code == 302
    assert not AuditEntry.objects.exists()


def test_language_is_a_preference(client, admin, people):
    assert change(client, people["staff"], language="vi").status_code == 302
    people["staff"].refresh_from_db()
    assert people["staff"].language == "vi"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("changes", [{"role": "staff"}, {"is_active": ""}])
def test_the_last_administrator_stays(client, admin, sales, changes):
    response = change(client, admin, department=sales.pk, **changes)
    assert errors(response) == {
        "__all__": ["This is the last administrator. Make somebody else one first."]
    }
    admin.refresh_from_db()
    assert (admin.role, admin.is_active, admin.department) == ("admin", True, None)
    assert not LogEntry.objects.exists()


def test_an_active_person_needs_a_department(client, admin, people):
    response = change(client, people["staff"], department="")
    assert list(errors(response)) == ["department"]
    people["staff"].refresh_from_db()
    assert people["staff"].department is not None


def test_a_deactivated_person_is_signed_out(client, admin, people):
    tokens = issue_tokens(people["staff"])
    assert change(client, people["staff"], is_active="").status_code == 302
    people["staff"].refresh_from_db()
    assert people["staff"].is_active is False
    assert people["staff"].deactivated_at is not None
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/api/v1/departments", headers=bearer).status_code == 401


# --- Passwords --------------------------------------------------------------------------------
def test_a_new_password_ends_sessions_and_is_written_nowhere(client, admin, people):
    staff = people["staff"]
    epoch = staff.credentials_epoch
    tokens = issue_tokens(staff)
    response = change(client, staff, password=NEW_PASSWORD)
    assert response.status_code == 302
    staff.refresh_from_db()
    assert staff.check_password(NEW_PASSWORD)
    assert staff.credentials_epoch == epoch + 1
    assert BlacklistedToken.objects.filter(token__user=staff).count() == 1
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/api/v1/departments", headers=bearer).status_code == 401
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("password_changed", admin, IP)
    assert entry.changes == {}
    log = LogEntry.objects.get()
    pages = [address("accounts.user", page, staff.pk) for page in ("change", "history")]
    seen = [log.change_message, *(client.get(page).content.decode() for page in pages)]
    for text in seen:
        assert NEW_PASSWORD not in text
        assert staff.password not in text
    with translation.override("en"):
        assert log.get_change_message() == "Changed New password."


def test_ones_own_new_password_keeps_this_session(client, admin):
    assert change(client, admin, password=NEW_PASSWORD).status_code == 302
    assert client.get("/admin/").status_code == 200
    admin.refresh_from_db()
    assert admin.check_password(NEW_PASSWORD)


def test_a_weak_password_is_refused(client, admin, people):
    response = change(client, people["staff"], password="12345", display_name="An")
    assert list(errors(response)) == ["password"]
    assert "12345" not in response.content.decode()
    people["staff"].refresh_from_db()
    assert people["staff"].check_password(PASSWORD)
    assert people["staff"].display_name == "Staff"


# --- Registrations ----------------------------------------------------------------------------
def test_registrations_are_found_and_approved_into_a_department(client, admin, pending, sales):
    found = client.get(address("accounts.user", "changelist"), {"state": "pending"})
    assert list(found.context["cl"].result_list) == [pending]
    response = act(client, "accounts.user", "approve", [pending], department=sales.pk)
    assert said(response) == ["1 person approved."]
    pending.refresh_from_db()
    assert (pending.is_active, pending.department) == (True, sales)
    assert pending.approved_at is not None
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.ip) == ("person_changed", admin, IP)
    assert entry.changes == {"is_active": [False, True], "department": [None, "Sales"]}


def test_an_approval_without_a_department_is_refused(client, admin, pending):
    response = act(client, "accounts.user", "approve", [pending])
    assert said(response) == ["Applicant: Managers and staff belong to a department. Choose one."]
    pending.refresh_from_db()
    assert (pending.is_active, pending.approved_at) == (False, None)


def test_only_what_waits_is_approved(client, admin, people, pending, sales, billing):
    leaver = UserFactory(display_name="Leaver", department=billing, is_active=False)
    rows = [pending, leaver, people["other_staff"]]
    response = act(client, "accounts.user", "approve", rows, department=sales.pk)
    assert said(response) == [
        "1 person approved.",
        "Leaver, Other_Staff: This account is not waiting for approval.",
    ]
    leaver.refresh_from_db()
    people["other_staff"].refresh_from_db()
    assert (leaver.is_active, leaver.department) == (False, billing)
    assert people["other_staff"].department == billing


def test_a_department_out_of_thin_air_approves_nobody(client, admin, pending):
    closed = DepartmentFactory(is_active=False)
    for department in (closed.pk, 999, "x"):
        client.post(
            address("accounts.user", "changelist"),
            {"action": "approve", "_selected_action": [pending.pk], "department": department},
        )
    pending.refresh_from_db()
    assert pending.is_active is False


def test_approving_on_the_persons_page(client, admin, pending, sales):
    assert change(client, pending, is_active="on", department=sales.pk).status_code == 302
    pending.refresh_from_db()
    assert pending.is_active is True
    assert pending.approved_at is not None


def test_deactivating_spares_the_last_administrator(client, admin, people):
    rows = [admin, people["staff"], people["colleague"]]
    response = act(client, "accounts.user", "deactivate", rows)
    assert said(response) == [
        "2 people deactivated.",
        "Admin: This is the last administrator. Make somebody else one first.",
    ]
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    assert active == {"admin", "manager", "other_staff", "other_manager"}
    entries = AuditEntry.objects.filter(action="person_changed", actor=admin, ip=IP)
    assert entries.count() == 2


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("pending", ["applicant"]),
        ("deactivated", ["leaver"]),
        ("active", ["admin", "colleague", "manager", "other_manager", "other_staff", "staff"]),
    ],
)
def test_the_list_narrows_by_state(client, admin, pending, sales, state, names):
    UserFactory(username="leaver", department=sales, is_active=False)
    found = client.get(address("accounts.user", "changelist"), {"state": state})
    assert sorted(user.username for user in found.context["cl"].result_list) == names


# --- Departments ------------------------------------------------------------------------------
def test_departments_are_made_and_changed_by_the_service(client, admin):
    add = address("accounts.department", "add")
    assert client.post(add, {"name": "Kho", "priority": 5}).status_code == 302
    department = Department.objects.get(name="Kho")
    assert (department.priority, department.staff_can_claim) == (5, False)
    page = address("accounts.department", "change", department.pk)
    assert client.post(page, {"name": "Kho", "priority": 7}).status_code == 302
    department.refresh_from_db()
    assert (department.priority, department.is_active) == (7, False)
    made, changed = AuditEntry.objects.order_by("pk")
    assert (made.action, changed.action) == ("department_created", "department_changed")
    assert changed.changes == {"priority": [5, 7], "is_active": [True, False]}
    assert {(entry.actor, entry.ip) for entry in (made, changed)} == {(admin, IP)}


def test_a_taken_name_is_refused(client, admin, sales, billing):
    sentence = {"name": ["A department with this name exists already. Choose another name."]}
    data = {"name": "SALES", "priority": 1, "is_active": "on"}
    assert errors(client.post(address("accounts.department", "add"), data)) == sentence
    page = address("accounts.department", "change", billing.pk)
    assert errors(client.post(page, data)) == sentence
    billing.refresh_from_db()
    assert (billing.name, billing.priority) == ("Billing", 100)
    assert Department.objects.count() == 2
