"""Create the tables of counted hits and of checked files.

Instant; nothing else is changed. The release before may keep running. Reversible.
"""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0003_live_desk"),
        ("routing", "0004_given_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CountPosition",
            fields=[
                (
                    "stream",
                    models.CharField(
                        choices=[("messages", "messages"), ("assignments", "assignments")],
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("counted_id", models.BigIntegerField(default=0)),
                ("ready_id", models.BigIntegerField(default=0)),
                ("ready_at", models.DateTimeField(null=True)),
                ("noted_id", models.BigIntegerField(default=0)),
                ("noted_at", models.DateTimeField(null=True)),
                ("noted_transaction", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="LateMessage",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="inbox.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeywordImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("keyword_version", models.PositiveBigIntegerField()),
                ("rows", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keyword_imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeywordHits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("hits", models.PositiveIntegerField(default=0)),
                ("decided", models.PositiveIntegerField(default=0)),
                ("handed_on", models.PositiveIntegerField(default=0)),
                (
                    "keyword",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hits",
                        to="routing.keyword",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("keyword", "day"), name="routing_hits_once_a_day"
                    )
                ],
            },
        ),
    ]
