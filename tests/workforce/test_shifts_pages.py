"""The pages of the shifts a department has: who sees and changes which."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import AuditEntry
from tests.workforce.roster_rows import HTML, MONDAY, plan, shift_of
from workforce.models import Shift

FORM = {
    "name": "Morning",
    "starts_at": "08:00",
    "ends_at": "12:00",
    "paid_break_minutes": "15",
    "unpaid_break_minutes": "0",
    "grace_in_minutes": "5",
    "grace_out_minutes": "10",
    "handover_minutes": "20",
    "minimum_staff": "2",
    "color": "warn",
    "is_active": "on",
}
LIST = "/shifts/templates"


def send(client, person, address: str, status: int = 302, **data):
    client.force_login(person)
    response = client.post(address, data, headers=HTML)
    assert response.status_code == status, response.text
    return response


@pytest.mark.parametrize(
    ("who", "names"),
    [("manager", ["Day"]), ("other_manager", ["Bills"]), ("admin", ["Day", "Bills"])],
)
def test_leads_see_what_they_may_plan_with(client, people, sales, billing, who, names):
    shift_of(sales)
    shift_of(billing, "Bills")
    client.force_login(people[who])
    page = client.get(LIST, headers=HTML)
    assert [shift.name for shift in page.context["shifts"]] == names


def test_a_manager_adds_to_the_own_department(client, people, sales, billing):
    send(client, people["manager"], f"{LIST}/new", **FORM, department=sales.pk)
    shift = Shift.objects.get()
    assert (shift.name, shift.department, shift.color, shift.minimum_staff) == (
        "Morning",
        sales,
        "warn",
        2,
    )
    assert shift.handover_minutes == 20
    assert (shift.paid_break_minutes, shift.grace_out_minutes) == (15, 10)
    assert AuditEntry.objects.get().action == "shift_created"
    page = send(client, people["manager"], f"{LIST}/new", 400, **FORM, department=billing.pk)
    assert set(page.context["form"].errors) == {"department"}
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "status", "text"),
    [
        ("name", "", 400, "This field is required."),
        ("starts_at", "8 o’clock", 400, "Enter a valid time."),
        ("minimum_staff", "-1", 400, "greater than or equal to 0"),
        ("handover_minutes", "241", 400, "less than or equal to 240"),
        ("minimum_staff", "1001", 400, "less than or equal to 1000"),
        ("unpaid_break_minutes", "240", 400, "as long as the shift, which has 240 minutes"),
        ("color", "pink", 400, "Select a valid choice"),
        ("name", "DAY", 409, "already has a shift of this name"),
    ],
)
def test_a_form_says_what_is_wrong_at_its_field(client, people, sales, field, value, status, text):
    shift_of(sales)
    data = FORM | {"department": sales.pk} | {field: value}
    page = send(client, people["manager"], f"{LIST}/new", status, **data)
    assert set(page.context["form"].errors) == {field}
    if text != "Select a valid choice":  # said in words of our own
        assert text in page.text
    assert f'id="id_{field}-error"' in page.text
    assert Shift.objects.count() == 1


def test_a_changed_shift_leaves_what_is_planned(client, people, sales):
    shift = shift_of(sales)
    row = plan(people["staff"], shift, MONDAY)
    client.force_login(people["manager"])
    page = client.get(f"{LIST}/{shift.pk}", headers=HTML)
    assert 'value="08:00"' in page.text
    send(client, people["manager"], f"{LIST}/{shift.pk}", **FORM)
    shift.refresh_from_db()
    assert (shift.name, f"{shift.ends_at:%H:%M}", shift.department) == ("Morning", "12:00", sales)
    row.refresh_from_db()
    assert row.ends_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    entry = AuditEntry.objects.get()
    assert entry.action == "shift_changed"
    assert entry.changes["ends_at"] == ["17:00", "12:00"]
    assert "starts_at" not in entry.changes


def test_what_is_switched_off_is_offered_no_more(client, people, sales):
    shift = shift_of(sales)
    off = {name: value for name, value in FORM.items() if name != "is_active"}
    send(client, people["manager"], f"{LIST}/{shift.pk}", **off)
    shift.refresh_from_db()
    assert shift.is_active is False
    client.force_login(people["manager"])
    page = client.get("/shifts/assign", headers=HTML)
    assert page.context["has_shifts"] is False
    assert "Add a kind of shift" in page.text
    assert page.text.count("Morning") == 0


@pytest.mark.parametrize(("who", "status"), [("staff", 403), ("other_manager", 404)])
def test_others_change_nothing(client, people, sales, who, status):
    shift = shift_of(sales)
    send(client, people[who], f"{LIST}/{shift.pk}", status, **FORM)
    shift.refresh_from_db()
    assert shift.name == "Day"
