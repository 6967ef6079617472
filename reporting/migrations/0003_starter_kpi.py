"""Four figures to begin with, and what they should be for everybody."""

from django.db import migrations

# Code, weight, direction, target, worth no points at. Times in seconds, shares in percent.
STARTER = (
    ("sla", 35, "high", 92, 60),
    ("first_response", 25, "low", 300, 1800),
    ("resolved_per_hour", 25, "high", 3, 0),
    ("late", 15, "low", 0, 4),
)


def add(apps, schema_editor) -> None:
    definitions = apps.get_model("reporting", "KpiDefinition").objects
    targets = apps.get_model("reporting", "KpiTarget").objects
    for code, weight, direction, value, zero in STARTER:
        row = definitions.create(code=code, weight=weight, direction=direction)
        targets.create(definition=row, value=value, zero_value=zero)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_kpi")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
