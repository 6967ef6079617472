"""Create live events and notifications, and the person's wishes about them.

Two tables, seven columns on people with a default in the database; instant. The release before may
keep running. Reversible.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_is_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message.created", "Message Created"),
                            ("message.status", "Message Status"),
                            ("conversation.changed", "Conversation Changed"),
                            ("conversation.viewers", "Conversation Viewers"),
                            ("queue.changed", "Queue Changed"),
                            ("me.changed", "Me Changed"),
                        ],
                        max_length=24,
                    ),
                ),
                ("audience", models.TextField()),
                ("object_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="has_shortcuts",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="single-key shortcuts"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="is_quiet_off_work",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="quiet while I am checked out"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notify_assigned",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="a conversation is given to me"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notify_failed",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="a reply of mine is not delivered"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notify_mentioned",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="somebody mentions me in a note"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notify_queue",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="my department’s queue waits too long"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notify_waiting",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="a customer of mine waits too long"
            ),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assigned", "assigned to you"),
                            ("mentioned", "mentioned in a note"),
                            ("waiting", "waiting too long"),
                            ("failed", "reply not delivered"),
                            ("queue", "queue waiting too long"),
                        ],
                        max_length=12,
                    ),
                ),
                ("params", models.JSONField(default=dict)),
                ("path", models.CharField(max_length=200)),
                ("dedup_key", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "indexes": [
                    models.Index(fields=["user", "-id"], name="accounts_notification_latest"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["user"],
                        name="accounts_notification_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "dedup_key"), name="accounts_notification_once"
                    )
                ],
            },
        ),
    ]
