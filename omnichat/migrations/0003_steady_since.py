"""Remember since when each periodic job runs without a gap. Instant. Reverse: drops the column."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("omnichat", "0002_cache_table")]

    operations = [
        migrations.AddField(
            model_name="periodicjob",
            name="steady_since",
            field=models.DateTimeField(null=True),
        ),
    ]
