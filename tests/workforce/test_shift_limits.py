"""The limits of a shift's numbers are the model's: the same at every door."""

import pytest
from django.core.exceptions import ValidationError
from django.db.migrations.writer import MigrationWriter

from tests.workforce.roster_rows import HTML, shift_of
from workforce.models import Shift

LIMITS = {
    "paid_break_minutes": 1440,
    "unpaid_break_minutes": 1440,
    "grace_in_minutes": 1440,
    "grace_out_minutes": 1440,
    "handover_minutes": 240,
    "minimum_staff": 1000,
}
each_limit = pytest.mark.parametrize(("name", "most"), LIMITS.items())


@each_limit
def test_the_model_refuses_more(people, sales, name, most):
    shift = shift_of(sales)
    setattr(shift, name, most)
    shift.clean_fields()
    setattr(shift, name, most + 1)
    with pytest.raises(ValidationError) as caught:
        shift.clean_fields()
    assert list(caught.value.message_dict) == [name]


@each_limit
def test_page_and_api_refuse_more(client, api, people, sales, name, most):
    shift = shift_of(sales)
    fields = {field: getattr(shift, field) for field in LIMITS}
    times = {"name": "Day", "starts_at": "08:00", "ends_at": "17:00"}
    client.force_login(people["manager"])
    page = client.post(
        f"/shifts/templates/{shift.pk}",
        times | fields | {"color": "ok", "is_active": "on", name: most + 1},
        headers=HTML,
    )
    assert (page.status_code, list(page.context["form"].errors)) == (400, [name])
    assert len(page.context["form"].errors[name]) == 1
    body = times | {"name": "Late", "department_id": sales.pk, name: most + 1}
    answer = api(people["manager"]).post("/shifts", body)
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert Shift.objects.count() == 1


@each_limit
def test_a_limit_is_no_part_of_the_schema(name, most):
    field = Shift._meta.get_field(name)
    written, _imports = MigrationWriter.serialize(field)
    assert written.startswith("models.PositiveSmallIntegerField(")
    assert "max_value" not in written
    assert field.formfield().max_value == most
