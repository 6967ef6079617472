"""Deadlines lately kept or missed, by an index: reports ask for them every few seconds."""

from django.db import migrations, models
from django.db.models import Q

from omnichat.lib.migrations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("routing", "0012_promises_from_a_moment"),
    ]

    operations = [
        AddIndexBeside(
            model_name="slaclock",
            index=models.Index(
                fields=["breached_at"],
                condition=Q(breached_at__isnull=False),
                name="routing_clock_breached",
            ),
        ),
        AddIndexBeside(
            model_name="slaclock",
            index=models.Index(
                fields=["stopped_at"], condition=Q(is_met=True), name="routing_clock_met"
            ),
        ),
    ]
