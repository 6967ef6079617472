"""Name two more reasons why somebody takes no work. No change of the table. Reversible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0006_drop_covered_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="agent",
            name="reason",
            field=models.CharField(
                choices=[
                    ("taking_work", "taking work"),
                    ("at_capacity", "at capacity"),
                    ("busy", "busy"),
                    ("on_break", "on a break"),
                    ("shift_not_started", "shift not started"),
                    ("checked_out", "checked out"),
                    ("not_checked_in", "not checked in"),
                    ("deactivated", "deactivated"),
                ],
                default="not_checked_in",
                editable=False,
                max_length=20,
                verbose_name="reason",
            ),
        ),
    ]
