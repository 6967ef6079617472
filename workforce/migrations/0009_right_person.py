"""Time to hand over before the end of a shift, and staying beyond it."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def set_handover(apps, schema_editor):
    """Shifts that are planned get the fifteen minutes of their kind; those that are over none."""
    planned = apps.get_model("workforce", "ShiftAssignment").objects.using(
        schema_editor.connection.alias
    )
    rows = planned.filter(ends_at__gt=timezone.now())
    rows.update(handover_at=F("ends_at") - timedelta(minutes=15))


class Migration(migrations.Migration):
    dependencies = [
        ("workforce", "0008_overtime_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="shift",
            name="handover_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=15,
                default=15,
                help_text="Time to hand over what is open. 0: work comes until the end.",
                verbose_name="no new work before the end, minutes",
            ),
        ),
        migrations.AddField(
            model_name="shiftassignment",
            name="handover_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="stays_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(set_handover, migrations.RunPython.noop),
    ]
