"""The back office's pages of leave and of the networks of the office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from omnichat.admin_site import admin_site
from tests.admin.conftest import IP, address, errors
from workforce.models import CalendarFeed, Leave, LeaveBlackout, LeaveType, OfficeNetwork

NETWORK, TYPE = "workforce.officenetwork", "workforce.leavetype"
BLACKOUT = "workforce.leaveblackout"
POLICY = {
    "days_per_year": "0",
    "seniority_years": "0",
    "carry_over_days": "",
    "carry_over_months": "0",
    "overdraft_days": "0",
    "accrues_since": "2026-01-01",
    "allows_half_days": "on",
    "is_restricted": "on",
}


def told() -> list[tuple]:
    rows = AuditEntry.objects.order_by("pk")
    return list(rows.values_list("action", "target_type", "changes", "ip"))


def typed(**about) -> dict:
    return {"name": "Lầu 3", "network": "203.0.113.77/24", "is_active": "on"} | about


# --- Networks of the office -------------------------------------------------------------------
def test_a_network_is_added_and_changed(client, admin):
    assert client.post(address(NETWORK, "add"), typed()).status_code == 302
    row = OfficeNetwork.objects.get()
    assert (row.name, row.network, row.is_active) == ("Lầu 3", "203.0.113.0/24", True)
    change = typed(network="2001:DB8::/32", is_active="")
    assert client.post(address(NETWORK, "change", row.pk), change).status_code == 302
    row.refresh_from_db()
    assert (row.network, row.is_active) == ("2001:db8::/32", False)
    made = {
        "name": [None, "Lầu 3"],
        "network": [None, "203.0.113.0/24"],
    }
    changes = {"network": ["203.0.113.0/24", "2001:db8::/32"], "is_active": [True, False]}
    assert told() == [
        ("office_network_created", "officenetwork", made, IP),
        ("office_network_changed", "officenetwork", changes, IP),
    ]


@pytest.mark.parametrize("network", ["", "office", "203.0.113.0/40", "203.0.113.9/24"])
def test_what_is_no_network_or_one_already_is_refused(client, admin, network):
    OfficeNetwork.objects.create(name="Lầu 2", network="203.0.113.0/24")
    page = client.post(address(NETWORK, "add"), typed(network=network))
    assert set(errors(page)) == {"network"}
    assert OfficeNetwork.objects.count() == 1
    assert told() == []


def test_the_form_says_where_the_administrator_is(client, admin):
    assert IP in client.get(address(NETWORK, "add")).text


# --- Leave ------------------------------------------------------------------------------------
def test_a_kind_of_leave_is_added_and_switched_off(client, admin):
    about = POLICY | {"name": "Nghỉ cưới", "symbol": "C", "kind": "away", "is_active": "on"}
    assert client.post(address(TYPE, "add"), about).status_code == 302
    row = LeaveType.objects.get(symbol="C")
    path = address(TYPE, "change", row.pk)
    assert client.post(path, about | {"kind": "trip", "is_active": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.kind, row.is_active) == ("Nghỉ cưới", "trip", False)
    assert told()[1] == (
        "leave_type_changed",
        "leavetype",
        {"kind": ["away", "trip"], "is_active": [True, False]},
        IP,
    )


@pytest.mark.parametrize("symbol", ["X", "x", "L", "!", "…", "P", ""])
def test_a_symbol_means_one_thing(client, admin, symbol):
    count = LeaveType.objects.count()
    about = {"name": "Nghỉ cưới", "symbol": symbol, "kind": "away", "is_active": "on"} | POLICY
    assert set(errors(client.post(address(TYPE, "add"), about))) == {"symbol"}
    assert LeaveType.objects.count() == count
    assert told() == []


def test_what_was_granted_keeps_what_it_meant(client, admin, make_rows):
    make_rows(1)
    before = AuditEntry.objects.count()
    row = Leave.objects.get().type
    path = address(TYPE, "change", row.pk)
    change = {"name": "Nghỉ bù", "symbol": "Z", "kind": "remote", "is_active": "on"} | POLICY
    LeaveType.objects.filter(pk=row.pk).update(accrues_since=date(2026, 1, 1))
    assert client.post(path, change).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.symbol, row.kind) == ("Nghỉ bù", "N0", "away")
    (entry,) = AuditEntry.objects.order_by("pk")[before:]
    assert entry.changes == {"name": ["Nghỉ 0", "Nghỉ bù"]}


def test_the_rules_of_an_account_are_changed_and_told(client, admin):
    row = LeaveType.objects.get(symbol="P")
    LeaveType.objects.filter(pk=row.pk).update(accrues_since=date(2026, 1, 1))
    kept = {"name": row.name, "symbol": "P", "kind": "away", "is_active": "on", "is_paid": "on"}
    rules = {"days_per_year": "14", "seniority_years": "5", "carry_over_days": "7.5"}
    change = POLICY | kept | rules | {"is_counted": "on", "carry_over_months": "3"}
    path = address(TYPE, "change", row.pk)
    assert client.post(path, change).status_code == 302
    row.refresh_from_db()
    assert (row.days_per_year, row.carry_over_days) == (14, Decimal("7.5"))
    changes = {"days_per_year": ["12.00", "14"], "carry_over_days": ["5.00", "7.5"]}
    assert told() == [("leave_type_changed", "leavetype", changes, IP)]
    page = client.post(path, change | {"carry_over_months": "12", "days_per_year": "-1"})
    assert page.status_code == 200
    row.refresh_from_db()
    assert (row.days_per_year, row.carry_over_months) == (14, 3)


def test_days_without_leave_are_named_with_their_departments(client, admin, sales, billing):
    days = {"name": "Tết", "first": "2027-01-28", "last": "2027-02-05"}
    assert client.post(address(BLACKOUT, "add"), days).status_code == 302
    row = LeaveBlackout.objects.get()
    change = days | {"departments": [sales.pk, billing.pk]}
    assert client.post(address(BLACKOUT, "change", row.pk), change).status_code == 302
    assert set(row.departments.all()) == {sales, billing}
    change = days | {"last": "2027-02-06", "departments": [sales.pk]}
    assert client.post(address(BLACKOUT, "change", row.pk), change).status_code == 302
    assert list(row.departments.all()) == [sales]
    refused = client.post(address(BLACKOUT, "add"), days | {"last": "2027-01-01"})
    assert refused.status_code == 200
    assert LeaveBlackout.objects.count() == 1
    path = address(BLACKOUT, "delete", row.pk)
    assert client.post(path, {"post": "yes"}).status_code == 302
    assert not LeaveBlackout.objects.exists()
    made = {
        "name": [None, "Tết"],
        "first": [None, "2027-01-28"],
        "last": [None, "2027-02-05"],
    }
    given = {"departments": ["", "Billing, Sales"]}
    taken = {"last": ["2027-02-05", "2027-02-06"], "departments": ["Billing, Sales", "Sales"]}
    assert told() == [
        ("leave_blackout_created", "leaveblackout", made, IP),
        ("leave_blackout_changed", "leaveblackout", given, IP),
        ("leave_blackout_changed", "leaveblackout", taken, IP),
        ("leave_blackout_deleted", "leaveblackout", {}, IP),
    ]


def test_nobody_sees_the_addresses_of_calendars(admin):
    assert CalendarFeed not in admin_site._registry
