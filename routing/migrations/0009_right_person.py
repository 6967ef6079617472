"""Skills, policies, deadlines, business hours, word lists; what a person holds in places."""

import datetime
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import routing.models.keyword


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_request_notices"),
        ("inbox", "0007_right_person"),
        ("routing", "0008_leave_and_shift_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "basic"), (2, "good"), (3, "expert")],
                        default=2,
                        verbose_name="level",
                    ),
                ),
            ],
            options={
                "verbose_name": "skill",
                "verbose_name_plural": "skills",
                "ordering": ["department__priority", "department_id"],
            },
        ),
        migrations.CreateModel(
            name="BusinessCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "keeps_holidays",
                    models.BooleanField(default=True, verbose_name="closed on public holidays"),
                ),
            ],
            options={
                "verbose_name": "business hours",
                "verbose_name_plural": "business hours",
            },
        ),
        migrations.CreateModel(
            name="BusinessException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("opens_at", models.TimeField(blank=True, null=True, verbose_name="opens at")),
                ("closes_at", models.TimeField(blank=True, null=True, verbose_name="closes at")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
            ],
            options={
                "verbose_name": "other hours on a date",
                "verbose_name_plural": "other hours on dates",
                "ordering": ["date", "opens_at"],
            },
        ),
        migrations.CreateModel(
            name="BusinessInterval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("opens_at", models.TimeField(verbose_name="opens at")),
                (
                    "closes_at",
                    models.TimeField(
                        help_text="00:00 is the end of the day.", verbose_name="closes at"
                    ),
                ),
            ],
            options={
                "verbose_name": "opening hours",
                "verbose_name_plural": "opening hours",
                "ordering": ["weekday", "opens_at"],
            },
        ),
        migrations.CreateModel(
            name="ListedWord",
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
                        choices=[("ignore", "phrase to ignore"), ("abbreviation", "abbreviation")],
                        max_length=12,
                        verbose_name="list",
                    ),
                ),
                ("word", models.CharField(max_length=80, verbose_name="word")),
                ("key", models.CharField(editable=False, max_length=480)),
                (
                    "meaning",
                    models.CharField(
                        blank=True,
                        help_text="Of an abbreviation only.",
                        max_length=80,
                        verbose_name="also read as",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "listed word",
                "verbose_name_plural": "word lists",
                "ordering": ["kind", "key", "meaning"],
            },
        ),
        migrations.CreateModel(
            name="RoutingPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("balanced_speed", "balanced speed"),
                            ("least_open", "fewest open conversations"),
                            ("round_robin", "round robin"),
                            ("kpi_first", "highest KPI first"),
                            ("claim", "people take it themselves"),
                        ],
                        default="balanced_speed",
                        max_length=20,
                        verbose_name="how the person is chosen",
                    ),
                ),
                (
                    "own_speed_percent",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="The rest is the average of the department.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="own speed counts, percent",
                    ),
                ),
                (
                    "answering_percent",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[django.core.validators.MaxValueValidator(200)],
                        verbose_name="an answer being written counts, percent of a turn",
                    ),
                ),
                (
                    "sticky_turns",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=2,
                        help_text="Empty: returning customers are treated like new ones.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="a returning customer goes to the same person with at most so many turns waiting",
                    ),
                ),
                (
                    "no_reply_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: nobody loses a conversation for not answering.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="taken away when not answered for, minutes",
                    ),
                ),
                (
                    "max_hops",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="people it is given to before a lead decides",
                    ),
                ),
                (
                    "is_guarded",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody gets more than 5 conversations in 10 seconds from the queue.",
                        verbose_name="share a backlog evenly",
                    ),
                ),
                (
                    "tells_wait",
                    models.BooleanField(
                        default=False, verbose_name="tell customers how long they wait"
                    ),
                ),
                (
                    "overflow_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="help after a wait of, minutes",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "routing policy",
                "verbose_name_plural": "routing policies",
            },
        ),
        migrations.CreateModel(
            name="SlaChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("department", "another department"),
                            ("priority", "another priority"),
                            ("rules", "other rules"),
                            ("paused", "paused"),
                            ("resumed", "goes on"),
                        ],
                        max_length=12,
                    ),
                ),
                ("before_minutes", models.PositiveIntegerField()),
                ("after_minutes", models.PositiveIntegerField()),
                ("before_due_at", models.DateTimeField(null=True)),
                ("after_due_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "change of a clock",
                "verbose_name_plural": "changes of clocks",
            },
        ),
        migrations.CreateModel(
            name="SlaClock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("first_response", "first response"),
                            ("next_response", "next response"),
                            ("resolution", "resolution"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "urgent"), (2, "high"), (3, "normal"), (4, "low")]
                    ),
                ),
                ("target_minutes", models.PositiveIntegerField()),
                ("in_hours", models.BooleanField()),
                ("started_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField()),
                ("used_seconds", models.PositiveIntegerField(default=0)),
                ("paused_at", models.DateTimeField(null=True)),
                ("half_at", models.DateTimeField(null=True)),
                ("risk_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("warned_percent", models.PositiveSmallIntegerField(default=0)),
                ("look_at", models.DateTimeField(null=True)),
                ("breached_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("is_met", models.BooleanField(null=True)),
            ],
            options={
                "verbose_name": "SLA clock",
                "verbose_name_plural": "SLA clocks",
            },
        ),
        migrations.CreateModel(
            name="SlaPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(1, "urgent"), (2, "high"), (3, "normal"), (4, "low")],
                        help_text="Empty: all priorities.",
                        null=True,
                        verbose_name="priority",
                    ),
                ),
                (
                    "first_response_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="first response within, minutes"
                    ),
                ),
                (
                    "first_response_in_hours",
                    models.BooleanField(
                        default=True, verbose_name="count business hours only (first response)"
                    ),
                ),
                (
                    "next_response_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="next response within, minutes"
                    ),
                ),
                (
                    "next_response_in_hours",
                    models.BooleanField(
                        default=True, verbose_name="count business hours only (next response)"
                    ),
                ),
                (
                    "resolution_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="resolution within, minutes"
                    ),
                ),
                (
                    "resolution_in_hours",
                    models.BooleanField(
                        default=True, verbose_name="count business hours only (resolution)"
                    ),
                ),
                (
                    "breach_action",
                    models.CharField(
                        choices=[
                            ("notify", "tell the assignee and the lead"),
                            ("raise_priority", "raise the priority too"),
                            ("reassign", "give it to somebody else too"),
                        ],
                        default="notify",
                        max_length=16,
                        verbose_name="at the deadline",
                    ),
                ),
            ],
            options={
                "verbose_name": "SLA policy",
                "verbose_name_plural": "SLA policies",
                "ordering": ["department__priority", "department_id", "priority", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="keyword",
            name="routing_keyword_weight_in_range",
        ),
        migrations.AddField(
            model_name="agent",
            name="kpi_score",
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="agent",
            name="extra_percent",
            field=models.IntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="agent",
            name="replies_timed",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="agent",
            name="reply_seconds",
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="keyword",
            name="channel",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inbox.channel",
                verbose_name="only on the channel",
            ),
        ),
        migrations.AddField(
            model_name="keyword",
            name="note",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="note"
            ),
        ),
        migrations.AddField(
            model_name="keyword",
            name="sets_priority",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[(1, "urgent"), (2, "high"), (3, "normal"), (4, "low")],
                null=True,
                verbose_name="sets the priority",
            ),
        ),
        migrations.AddField(
            model_name="keyword",
            name="synonyms",
            field=models.JSONField(
                blank=True, db_default=[], default=list, verbose_name="synonyms"
            ),
        ),
        migrations.AddField(
            model_name="keyword",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="counts from"),
        ),
        migrations.AddField(
            model_name="keyword",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="counts until"),
        ),
        migrations.AddField(
            model_name="keywordversion",
            name="rules_version",
            field=models.PositiveBigIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="agent",
            name="reason",
            field=models.CharField(
                choices=[
                    ("taking_work", "taking work"),
                    ("at_capacity", "at capacity"),
                    ("busy", "busy"),
                    ("on_break", "on a break"),
                    ("on_leave", "on leave"),
                    ("shift_not_started", "shift not started"),
                    ("shift_ending", "shift ending"),
                    ("shift_ended", "shift ended"),
                    ("checked_out", "checked out"),
                    ("not_checked_in", "not checked in"),
                    ("deactivated", "deactivated"),
                ],
                default="not_checked_in",
                editable=False,
                max_length=20,
                verbose_name="reason",
            ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="policy",
            field=models.CharField(
                choices=[
                    ("balanced_speed", "balanced speed"),
                    ("least_open", "fewest open conversations"),
                    ("round_robin", "round robin"),
                    ("kpi_first", "highest KPI first"),
                    ("claim", "people take it themselves"),
                    ("by_hand", "by hand"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="keyword",
            name="weight",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("1"),
                help_text="0.1 to 10; negative: speaks against this department.",
                max_digits=4,
                validators=[routing.models.keyword.validate_weight],
                verbose_name="weight",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyword",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("weight__gte", Decimal("0.1")), ("weight__lte", Decimal("10"))),
                    models.Q(("weight__gte", Decimal("-10")), ("weight__lte", Decimal("-0.1"))),
                    _connector="OR",
                ),
                name="routing_keyword_weight_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyword",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__gte", models.F("valid_from")),
                    ("valid_from", None),
                    ("valid_to", None),
                    _connector="OR",
                ),
                name="routing_keyword_ends_after_it_begins",
            ),
        ),
        migrations.AddField(
            model_name="agentskill",
            name="agent",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="skills",
                to="routing.agent",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="agentskill",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="businesscalendar",
            name="department",
            field=models.OneToOneField(
                blank=True,
                help_text="Empty: for departments without hours of their own.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="business_calendar",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="businessexception",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="exceptions",
                to="routing.businesscalendar",
            ),
        ),
        migrations.AddField(
            model_name="businessinterval",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="intervals",
                to="routing.businesscalendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="listedword",
            constraint=models.UniqueConstraint(
                fields=("kind", "key", "meaning"), name="routing_listed_word_once"
            ),
        ),
        migrations.AddField(
            model_name="routingpolicy",
            name="department",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="routing_policy",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="routingpolicy",
            name="overflow_department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
                verbose_name="who helps out when everybody is full",
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sla_clocks",
                to="inbox.conversation",
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="cycle",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sla_clocks",
                to="inbox.cycle",
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="department",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.department",
            ),
        ),
        migrations.AddField(
            model_name="slachange",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="routing.slaclock",
            ),
        ),
        migrations.AddField(
            model_name="slapolicy",
            name="department",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: all departments.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sla_policies",
                to="accounts.department",
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="routing.slapolicy",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentskill",
            constraint=models.UniqueConstraint(
                fields=("agent", "department"), name="routing_skill_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="businesscalendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("department", None)),
                fields=("keeps_holidays",),
                name="routing_one_calendar_of_the_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes_at", None), ("opens_at", None)),
                    ("closes_at__gt", models.F("opens_at")),
                    models.Q(("closes_at", datetime.time(0, 0)), ("opens_at__isnull", False)),
                    _connector="OR",
                ),
                name="routing_other_hours_end_after_they_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessinterval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_at__gt", models.F("opens_at")),
                    ("closes_at", datetime.time(0, 0)),
                    _connector="OR",
                ),
                name="routing_hours_end_after_they_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="businessinterval",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__lte", 6)), name="routing_hours_weekday_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="routingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("overflow_department", models.F("department")), _negated=True),
                name="routing_policy_helps_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_hops__gte", 1)), name="routing_policy_has_a_hop"
            ),
        ),
        migrations.AddConstraint(
            model_name="slapolicy",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("department", 0),
                django.db.models.functions.comparison.Coalesce("priority", 0),
                name="routing_one_sla_policy_each",
            ),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(fields=["conversation", "id"], name="routing_clock_of_conversation"),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(
                condition=models.Q(("stopped_at", None)),
                fields=["look_at"],
                name="routing_clock_to_look_at",
            ),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(fields=["cycle", "metric"], name="routing_clock_of_cycle"),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at", None)),
                fields=("cycle", "metric"),
                name="routing_one_open_clock",
            ),
        ),
    ]
