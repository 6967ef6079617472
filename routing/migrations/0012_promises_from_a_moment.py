"""From when a promise counts, what is to be done at its deadline, and clocks told of new rules.

On PostgreSQL the index is built beside the running product. The release before may keep running.
Reversible.
"""

from django.db import migrations, models

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("routing", "0011_reply_speed_and_recent_assignments"),
    ]

    operations = [
        migrations.AddField(
            model_name="keywordversion",
            name="clocks_told",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="keywordversion",
            name="hours_mark",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="is_action_due",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="slapolicy",
            name="effective_from",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resolved", "resolved"),
                    ("reassigned", "given to somebody else"),
                    ("checked_out", "checked out"),
                    ("on_leave", "went on leave"),
                    ("deactivated", "deactivated"),
                    ("department_changed", "changed department"),
                    ("given_back", "given back by a lead"),
                    ("handed_back", "handed back"),
                    ("on_break", "went on a break"),
                    ("no_reply", "did not answer in time"),
                    ("handed_over", "handed over at the end of a shift"),
                    ("deadline_missed", "was not done in time"),
                ],
                max_length=20,
            ),
        ),
        AddIndexBeside(
            model_name="slaclock",
            index=models.Index(
                condition=models.Q(("is_action_due", True)),
                fields=["id"],
                name="routing_clock_action_due",
            ),
        ),
    ]
