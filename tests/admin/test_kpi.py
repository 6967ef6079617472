"""What people are measured by, in the back office."""

import pytest

from accounts.models import AuditEntry
from reporting.models import KpiDefinition, KpiTarget
from tests.admin.conftest import IP, act, address, errors
from tests.reporting.kpi_rows import figures

pytestmark = pytest.mark.django_db

ADD = "/admin/reporting/kpidefinition/add/"
ADD_TARGET = "/admin/reporting/kpitarget/add/"


@pytest.fixture
def sla(admin):
    return figures(("sla", 35, "high", 92, 60))["sla"]


def definition_form(**changes) -> dict:
    data = {"code": "manual:csat", "name": "Khách hài lòng", "weight": "25", "direction": "high"}
    return data | {"is_active": "on"} | changes


def target_form(definition, **changes) -> dict:
    data = {"definition": definition.pk, "department": "", "role": "", "value": "95"}
    return data | {"zero_value": "70"} | changes


def last_entry() -> tuple:
    entry = AuditEntry.objects.latest("pk")
    return entry.action, entry.changes


def test_a_figure_is_added_and_changed(client, sla):
    assert client.post(ADD, definition_form()).status_code == 302
    row = KpiDefinition.objects.get(code="manual:csat")
    assert (row.name, row.weight, row.direction, row.is_active) == (
        "Khách hài lòng",
        25,
        "high",
        True,
    )
    assert last_entry()[0] == "kpi_definition_created"
    assert AuditEntry.objects.latest("pk").ip == IP
    page = address("reporting.kpidefinition", "change", row.pk)
    assert client.post(page, definition_form(weight="30", direction="low")).status_code == 302
    assert last_entry() == (
        "kpi_definition_changed",
        {"weight": [25, 30], "direction": ["high", "low"]},
    )


def test_a_figure_of_the_list_has_its_own_direction(client, sla):
    data = definition_form(code="reply_time", name="x", direction="high")
    assert client.post(ADD, data).status_code == 302
    row = KpiDefinition.objects.get(code="reply_time")
    assert (row.direction, row.name) == ("low", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "no_such_figure"}, "code"),
        ({"code": "manual:Có dấu"}, "code"),
        ({"code": "replies"}, "code"),  # neither high nor low is good
        ({"code": "sla"}, "code"),  # there already
        ({"name": ""}, "name"),
        ({"weight": "0"}, "weight"),
        ({"weight": "101"}, "weight"),
    ],
)
def test_what_is_no_figure_is_said_at_its_field(client, sla, changes, field):
    assert list(errors(client.post(ADD, definition_form(**changes)))) == [field]
    assert list(KpiDefinition.objects.all()) == [sla]


def test_a_target_is_added_changed_and_removed(client, sla, sales):
    data = target_form(sla, department=sales.pk)
    assert client.post(ADD_TARGET, data).status_code == 302
    row = KpiTarget.objects.get(department=sales)
    assert (row.value, row.zero_value, row.role) == (95, 70, "")
    assert last_entry()[0] == "kpi_target_created"
    page = address("reporting.kpitarget", "change", row.pk)
    assert client.post(page, {"value": "96", "zero_value": "70"}).status_code == 302
    assert last_entry() == ("kpi_target_changed", {"target": [95, 96]})
    act(client, "reporting.kpitarget", "delete_selected", [row], post="yes")
    assert not KpiTarget.objects.filter(department=sales).exists()
    assert last_entry()[0] == "kpi_target_deleted"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "definition"),  # everybody has one
        ({"role": "staff", "zero_value": "95"}, "zero_value"),
        ({"role": "staff", "zero_value": "99"}, "zero_value"),
        ({"role": "staff", "department": "SALES"}, "role"),
        ({"role": "staff", "value": "many"}, "value"),
    ],
)
def test_what_is_no_target_is_said_at_its_field(client, sla, sales, changes, field):
    data = target_form(sla, **changes)
    data["department"] = sales.pk if data["department"] == "SALES" else ""
    assert list(errors(client.post(ADD_TARGET, data))) == [field]
    assert KpiTarget.objects.count() == 1


def test_low_is_good_the_other_way_round(client, admin):
    late = figures(("late", 15, "low", 0, 4))["late"]
    data = target_form(late, role="staff", value="1", zero_value="0")
    assert list(errors(client.post(ADD_TARGET, data))) == ["zero_value"]
    assert client.post(ADD_TARGET, data | {"zero_value": "5"}).status_code == 302
