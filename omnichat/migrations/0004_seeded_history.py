"""Remember which long history the demo has. Instant. Reverse: drops the table."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("omnichat", "0003_steady_since"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeededHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("messages", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField()),
                ("seed", models.BigIntegerField()),
                ("until", models.DateField()),
                ("identities_before", models.BigIntegerField(default=0)),
                ("chunks", models.PositiveIntegerField(default=0)),
                ("written", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
