"""The back office's pages of leave and of the networks of the office."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from omnichat.admin_site import admin_site
from tests.admin.conftest import IP, address, errors
from workforce.models import CalendarFeed, Leave, LeaveType, OfficeNetwork

NETWORK, TYPE = "workforce.officenetwork", "workforce.leavetype"


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
    about = {"name": "Nghỉ cưới", "symbol": "C", "kind": "away", "is_active": "on"}
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
    about = {"name": "Nghỉ cưới", "symbol": symbol, "kind": "away", "is_active": "on"}
    assert set(errors(client.post(address(TYPE, "add"), about))) == {"symbol"}
    assert LeaveType.objects.count() == count
    assert told() == []


def test_what_was_granted_keeps_what_it_meant(client, admin, make_rows):
    make_rows(1)
    before = AuditEntry.objects.count()
    row = Leave.objects.get().type
    path = address(TYPE, "change", row.pk)
    change = {"name": "Nghỉ bù", "symbol": "Z", "kind": "remote", "is_active": "on"}
    assert client.post(path, change).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.symbol, row.kind) == ("Nghỉ bù", "N0", "away")
    (entry,) = AuditEntry.objects.order_by("pk")[before:]
    assert entry.changes == {"name": ["Nghỉ 0", "Nghỉ bù"]}


def test_nobody_sees_the_addresses_of_calendars(admin):
    assert CalendarFeed not in admin_site._registry
