"""GET /people/options: whom one may hand work to."""

import pytest

from tests.factories import DepartmentFactory, UserFactory

ADDRESS = "/people/options"
SALES = ["Colleague", "Manager", "Staff"]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", ["Admin", "Colleague", "Manager", "Other_Manager", "Other_Staff", "Staff"]),
        ("manager", SALES),
        ("staff", SALES),
        ("colleague", SALES),
        ("other_staff", ["Other_Manager", "Other_Staff"]),
        ("other_manager", ["Other_Manager", "Other_Staff"]),
    ],
)
def test_who_is_offered(api, people, deactivated, pending, who, sees):
    response = api(people[who]).get(ADDRESS)
    assert response.status_code == 200
    assert [row["name"] for row in response.json()["results"]] == sees
    assert response.json()["count"] == len(sees)


def test_only_name_department_and_presence_are_shown(api, people):
    rows = api(people["manager"]).get(ADDRESS).json()["results"]
    assert rows[2] == {
        "id": str(people["staff"].public_id),
        "name": "Staff",
        "department": "Sales",
        "status": "available",
    }
    admin = api(people["admin"]).get(ADDRESS).json()["results"][0]
    assert admin == {
        "id": str(people["admin"].public_id),
        "name": "Admin",
        "department": None,
        "status": "offline",
    }


def test_an_administrator_without_department_is_not_of_everybodys(api, people):
    """The admins' missing department and a missing department of others never meet."""
    UserFactory(username="second_admin", role="admin", department=None)
    for who in ("manager", "staff", "other_staff"):
        names = [row["name"] for row in api(people[who]).get(ADDRESS).json()["results"]]
        assert "Admin" not in names
        assert "Second_Admin" not in names


def test_guests_are_refused(api, people):
    assert api(None).get(ADDRESS).status_code == 401


def test_the_list_costs_the_same_for_twenty_people(api, people, sales, django_assert_num_queries):
    manager = api(people["manager"])
    UserFactory.create_batch(20, department=sales)
    UserFactory.create_batch(3, department=DepartmentFactory())
    with django_assert_num_queries(3):  # the person, the count, the rows
        assert manager.get(ADDRESS).json()["count"] == 23
