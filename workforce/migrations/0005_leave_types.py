"""The kinds of leave a Vietnamese timesheet knows, with their symbols; everybody may change them.

The names are English texts of the catalogue, so each reader sees them in their own language.
"""

from django.db import migrations

# name, symbol, kind
TYPES = (
    ("Annual leave", "P", "away"),
    ("Unpaid leave", "KL", "away"),
    ("Sick leave", "Ô", "away"),
    ("Maternity leave", "TS", "away"),
    ("Day off in lieu", "NB", "away"),
    ("Business trip", "CT", "trip"),
    ("Remote work", "R", "remote"),
)


def add_types(apps, schema_editor) -> None:
    LeaveType = apps.get_model("workforce", "LeaveType")
    for name, symbol, kind in TYPES:
        LeaveType.objects.create(name=name, symbol=symbol, kind=kind)


class Migration(migrations.Migration):
    dependencies = [("workforce", "0004_leave_and_history")]

    operations = [migrations.RunPython(add_types, migrations.RunPython.noop)]
