"""Find conversations whose clocks are behind, and snoozed ones, by an index.

On PostgreSQL built beside the running product. Reversible.
"""

from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("inbox", "0007_right_person"),
    ]

    operations = [
        AddIndexBeside(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("is_clock_stale", True)),
                fields=["id"],
                name="inbox_clock_is_stale",
            ),
        ),
        AddIndexBeside(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status", "snoozed")),
                fields=["snoozed_until"],
                name="inbox_snoozed",
            ),
        ),
    ]
