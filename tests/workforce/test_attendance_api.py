"""POST /shifts/checkin, /shifts/checkout and the breaks between."""

from datetime import timedelta

import pytest

from tests.factories import UserFactory
from workforce.models import Break, TimeEntry

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


# --- Breaks -------------------------------------------------------------------------------------
START, END = "/api/v1/shifts/breaks/start", "/api/v1/shifts/breaks/end"


def test_a_break_from_its_start_to_its_end(api, organisation):
    user = UserFactory()
    caller = api(user)
    refused = caller.post(START, {"reason": "meal"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_checked_in")
    caller.post("/shifts/checkin")
    first = caller.post(START, {"reason": "meal", "minutes": 45})
    body = first.json()
    taken = Break.objects.get()
    assert first.status_code == 201
    assert set(body) == {"id", "reason", "started_at", "ended_at", "expected_back_at"}
    assert (body["id"], body["reason"], body["ended_at"]) == (taken.pk, "meal", None)
    assert taken.expected_back_at - taken.started_at == timedelta(minutes=45)
    again = caller.post(START, {"reason": "meal"})
    assert (again.status_code, again.json()) == (200, body)
    refused = caller.post(START, {"reason": "rest"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_on_break")
    back = caller.post(END)
    assert (back.status_code, back.json()["id"]) == (200, taken.pk)
    assert back.json()["ended_at"] is not None
    refused = caller.post(END)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_on_break")


def test_a_check_out_ends_the_break(api, organisation):
    caller = api(UserFactory())
    caller.post("/shifts/checkin")
    caller.post(START, {"reason": "rest"})
    out = caller.post("/shifts/checkout")
    assert out.status_code == 200
    assert Break.objects.get().ended_at == TimeEntry.objects.get().checked_out_at


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": "fishing"}, "reason"),
        ({"reason": ["meal"]}, "reason"),
        ({"reason": "meal", "minutes": 0}, "minutes"),
        ({"reason": "meal", "minutes": -30}, "minutes"),
        ({"reason": "meal", "minutes": 481}, "minutes"),
        ({"reason": "meal", "minutes": "soon"}, "minutes"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field(api, organisation, body, field):
    caller = api(UserFactory())
    caller.post("/shifts/checkin")
    refused = caller.post(START, body)
    assert (refused.status_code, list(refused.json())) == (400, [field])
    assert Break.objects.count() == 0


def test_a_break_is_always_the_callers(api, people):
    body = {"reason": "meal", "user_id": people["colleague"].pk}
    assert api(people["staff"]).post(START, body).status_code == 201
    assert Break.objects.get().entry.user == people["staff"]
    refused = api(people["colleague"]).post(END, {"user_id": people["staff"].pk})
    assert refused.status_code == 409
    assert Break.objects.get().ended_at is None


def test_nobody_takes_no_break(api):
    assert api(None).post(START, {"reason": "meal"}).status_code == 401
    assert api(None).post(END).status_code == 401
