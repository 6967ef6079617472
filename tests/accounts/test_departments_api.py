"""GET and POST /departments."""

import pytest

from accounts.models import AuditEntry, Department
from tests.factories import DepartmentFactory

ADDRESS = "/departments"


@pytest.fixture(autouse=True)
def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.mark.parametrize("who", ["admin", "manager", "staff", "other_staff", "other_manager"])
def test_everybody_reads_names_in_order_of_priority(api, people, sales, billing, who):
    first = DepartmentFactory(name="VIP", priority=1)
    DepartmentFactory(name="Closed", is_active=False)
    response = api(people[who]).get(ADDRESS)
    assert response.status_code == 200
    assert response.json() == {
        "count": 3,
        "next": None,
        "previous": None,
        "results": [
            {"id": first.pk, "name": "VIP"},
            {"id": sales.pk, "name": "Sales"},
            {"id": billing.pk, "name": "Billing"},
        ],
    }


def test_pages_are_walked_without_gap_or_overlap(api, people, sales, billing):
    DepartmentFactory.create_batch(3)
    admin = api(people["admin"])
    seen, address = [], f"{ADDRESS}?page_size=2"
    while address:
        body = admin.get(address).json()
        seen += [row["id"] for row in body["results"]]
        address = body["next"]
    assert seen == list(Department.objects.order_by("priority", "pk").values_list("pk", flat=True))


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "1.5", "99999999999999999999"])
def test_a_page_that_is_not_there_is_404(api, people, page):
    assert api(people["admin"]).get(f"{ADDRESS}?page={page}").status_code == 404


def test_an_administrator_creates_one(api, people):
    body = {"name": "Kho vận", "priority": 5, "staff_can_claim": True}
    response = api(people["admin"]).post(ADDRESS, body)
    department = Department.objects.get(name="Kho vận")
    assert response.status_code == 201
    assert response.json() == {"id": department.pk, "name": "Kho vận"}
    assert (department.priority, department.staff_can_claim, department.is_active) == (
        5,
        True,
        True,
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_type, entry.target_id, entry.target_label) == (
        "department_created",
        people["admin"],
        "department",
        str(department.pk),
        "Kho vận",
    )
    assert entry.ip == "127.0.0.1"


def test_what_is_not_said_has_its_default(api, people):
    assert api(people["admin"]).post(ADDRESS, {"name": "Kho"}).status_code == 201
    department = Department.objects.get(name="Kho")
    assert (department.priority, department.staff_can_claim) == (100, False)


@pytest.mark.parametrize("who", ["manager", "staff", "other_manager"])
def test_others_are_refused(api, people, who):
    response = api(people[who]).post(ADDRESS, {"name": "Kho"})
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert Department.objects.count() == 2
    assert AuditEntry.objects.count() == 0


def test_guests_are_refused(api, people):
    for response in (api(None).get(ADDRESS), api(None).post(ADDRESS, {"name": "Kho"})):
        assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert Department.objects.count() == 2


@pytest.mark.parametrize("name", ["Sales", "SALES", " sales "])
def test_a_taken_name_is_409_in_any_case(api, people, name):
    response = api(people["admin"]).post(ADDRESS, {"name": name})
    assert (response.status_code, response.json()) == (
        409,
        {
            "code": "department_exists",
            "detail": "A department with this name exists already. Choose another name.",
            "field": "name",
        },
    )
    assert Department.objects.count() == 2
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": None}, "name"),
        ({"name": ["Kho"]}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"name": "Kho", "priority": -1}, "priority"),
        ({"name": "Kho", "priority": 32768}, "priority"),
        ({"name": "Kho", "priority": "high"}, "priority"),
        ({"name": "Kho", "priority": 10**30}, "priority"),
        ({"name": "Kho", "staff_can_claim": "perhaps"}, "staff_can_claim"),
    ],
)
def test_bad_fields_are_400(api, people, body, faulty):
    response = api(people["admin"]).post(ADDRESS, body)
    assert (response.status_code, set(response.json())) == (400, {faulty})
    assert Department.objects.count() == 2
    assert AuditEntry.objects.count() == 0
