"""When a conversation last came back from snooze. Additive: the release before may keep running."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0008_clock_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="woken_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
