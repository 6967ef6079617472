"""Name one more way an assignment ends. No change of the table. Reversible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0003_departments_mark"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resolved", "resolved"),
                    ("reassigned", "given to somebody else"),
                    ("checked_out", "checked out"),
                    ("deactivated", "deactivated"),
                    ("department_changed", "changed department"),
                    ("given_back", "given back by a lead"),
                ],
                max_length=20,
            ),
        ),
    ]
