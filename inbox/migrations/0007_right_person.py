"""Priorities, deadlines and reasons to wait on conversations; important customers; auto replies."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_request_notices"),
        ("inbox", "0006_index_failed_parts_and_replies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AutoReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("greeting", "greeting"),
                            ("out_of_hours", "outside business hours"),
                            ("wait", "waiting time"),
                        ],
                        max_length=16,
                        verbose_name="occasion",
                    ),
                ),
                ("text_vi", models.TextField(max_length=1000, verbose_name="in Vietnamese")),
                ("text_en", models.TextField(max_length=1000, verbose_name="in English")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "auto reply",
                "verbose_name_plural": "auto replies",
            },
        ),
        migrations.CreateModel(
            name="AutoReplySent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("greeting", "greeting"),
                            ("out_of_hours", "outside business hours"),
                            ("wait", "waiting time"),
                        ],
                        max_length=16,
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "sent auto reply",
                "verbose_name_plural": "sent auto replies",
            },
        ),
        migrations.AddField(
            model_name="channel",
            name="load_percent",
            field=models.PositiveSmallIntegerField(
                db_default=100,
                default=100,
                help_text="50: two of them fill one place. 200: one fills two.",
                validators=[
                    django.core.validators.MinValueValidator(10),
                    django.core.validators.MaxValueValidator(400),
                ],
                verbose_name="a conversation takes, percent of a place",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="is_bot",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Is never answered automatically.",
                verbose_name="a program",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="is_vip",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Their conversations begin with a high priority.",
                verbose_name="important customer",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="due at"),
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("first_response", "first response"),
                    ("next_response", "next response"),
                    ("resolution", "resolution"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_paused_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_risk_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="is_clock_stale",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="conversation",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "urgent"), (2, "high"), (3, "normal"), (4, "low")],
                db_default=3,
                default=3,
                verbose_name="priority",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="priority_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nobody"),
                    ("person", "a person"),
                    ("keyword", "a keyword"),
                    ("vip", "an important customer"),
                    ("sla", "a missed deadline"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="reply_window_ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="snoozed until"),
        ),
        migrations.AddField(
            model_name="conversation",
            name="waiting_params",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="waiting_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_department", "no department"),
                    ("all_full", "everybody full"),
                    ("nobody_at_work", "nobody at work"),
                    ("closed", "outside business hours"),
                    ("claim", "people take it themselves"),
                    ("guard", "shared evenly"),
                    ("parked", "parked"),
                ],
                max_length=20,
            ),
        ),
        # Rows that are there have no clock to be behind; new ones do.
        migrations.AlterField(
            model_name="conversation",
            name="is_clock_stale",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="autoreply",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="auto_replies",
                to="inbox.channel",
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="autoreplysent",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inbox.contact",
            ),
        ),
        migrations.AddField(
            model_name="autoreplysent",
            name="cycle",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="auto_replies",
                to="inbox.cycle",
            ),
        ),
        migrations.AddField(
            model_name="autoreplysent",
            name="message",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="auto_reply",
                to="inbox.message",
            ),
        ),
        migrations.AddConstraint(
            model_name="autoreply",
            constraint=models.UniqueConstraint(
                fields=("channel", "trigger"), name="inbox_auto_reply_once"
            ),
        ),
        migrations.AddIndex(
            model_name="autoreplysent",
            index=models.Index(fields=["contact", "sent_at"], name="inbox_auto_reply_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="autoreplysent",
            constraint=models.UniqueConstraint(
                fields=("cycle", "trigger"), name="inbox_auto_reply_once_a_cycle"
            ),
        ),
    ]
