"""POST /shifts/checkin and /shifts/checkout."""

import pytest

from tests.factories import UserFactory
from workforce.models import TimeEntry

pytestmark = pytest.mark.django_db


def test_check_in_twice_and_out_twice(api):
    user = UserFactory()
    caller = api(user)
    first = caller.post("/shifts/checkin")
    assert first.status_code == 201
    assert first.json()["checked_out_at"] is None
    again = caller.post("/shifts/checkin")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    out = caller.post("/shifts/checkout")
    assert (out.status_code, out.json()["id"]) == (200, first.json()["id"])
    assert out.json()["checked_out_at"] is not None
    refused = caller.post("/shifts/checkout")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_checked_in")
    assert TimeEntry.objects.filter(user=user).count() == 1


def test_a_foreign_person_in_the_body_is_ignored(api):
    user, other = UserFactory(), UserFactory()
    body = {"user_id": other.pk, "user": str(other.public_id)}
    assert api(user).post("/shifts/checkin", body).status_code == 201
    assert [entry.user for entry in TimeEntry.objects.all()] == [user]


def test_nobody_is_refused(api):
    assert api(None).post("/shifts/checkin").status_code == 401
    assert TimeEntry.objects.count() == 0
