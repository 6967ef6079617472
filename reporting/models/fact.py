"""What happened, once each: the only thing reports count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from accounts.models import User


class FactQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> FactQuerySet:
        """Admin: all. Manager: the own department's. Staff: what they did themselves."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(department=user.department_id)
        return self.filter(actor=user)


class Fact(models.Model):
    """One thing that happened in a cycle, to a deadline, on a day of work, with a request.

    Derived from the records of the other apps and never edited: the same records give the same
    facts. What it belongs to is kept as it was then: department, channel, the word that decided.
    `source_id` is the row it was derived from, by kind; `actor` is whoever is credited: the
    sender of a reply, the assignee of an assignment. `at` is when it happened, `day` and `hour`
    the same on the clocks of the workplace. `seconds` were counted from `started_at` by the clock
    on the wall, `business_seconds` by the hours of the department as `hours` has them.
    """

    class Kind(models.TextChoices):
        """Of conversations first; `reporting.cycles` says of each when it happened and to whom."""

        CYCLE_STARTED = "cycle_started", _("conversation begun")
        FIRST_RESPONSE = "first_response", _("first response")
        AGENT_RESPONSE = "agent_response", _("first response after assignment")
        REPLY = "reply", pgettext_lazy("fact", "reply")
        HANDLED = "handled", _("work on a reply")
        RESOLVED = "resolved", pgettext_lazy("fact", "resolved")
        RESOLVED_ACTIVE = "resolved_active", _("resolved, active time")
        ONE_TOUCH = "one_touch", _("resolved with one reply")
        REOPENED = "reopened", _("opened again within 7 days")
        RECONTACTED = "recontacted", _("asked about the same again within 7 days")
        FIRST_ASSIGNED = "first_assigned", _("first assignment")
        ASSIGNED = "assigned", pgettext_lazy("fact", "assignment")
        TRANSFERRED = "transferred", _("went to another person")
        MOVED = "moved", _("went to another department")
        AUTO_ROUTED = "auto_routed", _("routed automatically")
        MISROUTED = "misrouted", _("routed automatically and moved by a person")
        MISSED = "missed", _("ended without a reply")
        SLA_MET = "sla_met", _("deadline met")
        SLA_BREACHED = "sla_breached", _("deadline missed")
        MESSAGE_IN = "message_in", _("message from the customer")
        MESSAGE_OUT = "message_out", _("message from us")
        WORKED = "worked", _("time worked")
        PLANNED = "planned", _("time planned")
        ROUTABLE = "routable", _("time taking work")
        LATE = "late", _("came late")
        LEFT_EARLY = "left_early", _("left early")
        ABSENT = "absent", _("absent")
        LEAVE = "leave", _("day of leave")
        REQUEST = "request", _("request")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    source_id = models.BigIntegerField()
    # A derived row checks nothing: its records did. Two million foreign keys would only cost time.
    conversation = models.ForeignKey(
        "inbox.Conversation",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
    )
    cycle_number = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    department = models.ForeignKey(
        "accounts.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    channel = models.ForeignKey(
        "inbox.Channel",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # The promise of a deadline, the reason of a transfer, the kind of a request or leave.
    label = models.CharField(max_length=24, blank=True, default="")
    # The word that decided the department in this cycle, as it was written then.
    keyword = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    # How many of them one row stands for: messages of an hour.
    count = models.PositiveIntegerField(default=1)
    seconds = models.PositiveBigIntegerField(null=True)
    business_seconds = models.PositiveBigIntegerField(null=True)
    hours = models.ForeignKey(
        "reporting.HoursVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("reporting", "fact")
        verbose_name_plural = pgettext_lazy("reporting", "facts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id"], name="reporting_fact_once"),
        ]
        indexes = [
            models.Index(fields=["day", "kind", "department"], name="reporting_fact_of_day"),
            models.Index(fields=["actor", "day", "kind"], name="reporting_fact_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class HoursVersion(models.Model):
    """The business hours of a department from `effective_from` on, as facts are counted by them.

    Hours may be changed later; what was counted before keeps the hours of its time. The first
    version of a department holds for all that was before (`reporting.business_hours.BEGINNING`).
    `hours` is `reporting.business_hours.as_json`; empty
    is open round the clock.
    """

    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.CASCADE, related_name="+"
    )
    effective_from = models.DateTimeField()
    hours = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("department", 0),
                "effective_from",
                name="reporting_one_version_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.effective_from}"


class FactPosition(models.Model):
    """How far the facts have followed the messages, by their ids (`omnichat.lib.settled_ids`).

    One row. Whoever holds its lock is the only one who writes facts and rollups. Deadlines and
    days of work have no ids that grow: they are read again since `looked_at`.
    """

    counted_id = models.BigIntegerField(default=0)
    ready_id = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    noted_id = models.BigIntegerField(default=0)
    noted_at = models.DateTimeField(null=True)
    noted_transaction = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    # When facts and rollups were last complete up to that moment.
    complete_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.counted_id)
