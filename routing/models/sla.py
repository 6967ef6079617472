"""Deadlines: what was promised, and the clock of each promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Priority

if TYPE_CHECKING:
    from accounts.models import User


class Metric(models.TextChoices):
    """What is promised. The codes stand on Conversation.due_kind too."""

    FIRST_RESPONSE = "first_response", _("first response")
    NEXT_RESPONSE = "next_response", _("next response")
    RESOLUTION = "resolution", _("resolution")


class SlaPolicy(models.Model):
    """Minutes promised to conversations of a department and a priority.

    An empty department or priority stands for all; the closest one counts: department and
    priority, department, priority, all. An empty time promises nothing.
    """

    class BreachAction(models.TextChoices):
        NOTIFY = "notify", _("tell the assignee and the lead")
        RAISE_PRIORITY = "raise_priority", _("raise the priority too")
        REASSIGN = "reassign", _("give it to somebody else too")

    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sla_policies",
        help_text=_("Empty: all departments."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Priority.choices,
        null=True,
        blank=True,
        help_text=_("Empty: all priorities."),
    )
    first_response_minutes = models.PositiveIntegerField(
        _("first response within, minutes"), null=True, blank=True
    )
    first_response_in_hours = models.BooleanField(
        _("count business hours only (first response)"), default=True
    )
    next_response_minutes = models.PositiveIntegerField(
        _("next response within, minutes"), null=True, blank=True
    )
    next_response_in_hours = models.BooleanField(
        _("count business hours only (next response)"), default=True
    )
    resolution_minutes = models.PositiveIntegerField(
        _("resolution within, minutes"), null=True, blank=True
    )
    resolution_in_hours = models.BooleanField(
        _("count business hours only (resolution)"), default=True
    )
    breach_action = models.CharField(
        _("at the deadline"),
        max_length=16,
        choices=BreachAction.choices,
        default=BreachAction.NOTIFY,
    )
    # When it was made, or its times last changed: it does not judge what was before. None: always.
    effective_from = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["department__priority", "department_id", "priority", "pk"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("department", 0),
                Coalesce("priority", 0),
                name="routing_one_sla_policy_each",
            ),
        ]

    def __str__(self) -> str:
        """In words: an empty side stands for all."""
        department = self.department or _("All departments")
        return f"{department}, {self.get_priority_display() or _('all priorities')}"


class SlaClockQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SlaClockQuerySet:
        """Those of the conversations one may read."""
        if user.is_admin:
            return self
        return self.filter(conversation__in=Conversation.objects.visible_to(user))

    def open(self) -> SlaClockQuerySet:
        """Not stopped: running, paused or breached and still owed."""
        return self.filter(stopped_at=None)


class SlaClock(models.Model):
    """One promise in one cycle.

    It runs from `started_at`; while paused (`paused_at`) it has no `due_at`. `used_seconds` is
    what ran before the last pause, `resumed_at` when it last began to run. `breached_at` is the
    deadline itself, whoever noticed it when. It stops when the promise is kept, or no longer asked.
    """

    conversation = models.ForeignKey(
        "inbox.Conversation",
        on_delete=models.PROTECT,
        related_name="sla_clocks",
        db_index=False,  # routing_clock_of_conversation begins with it
    )
    cycle = models.ForeignKey(
        "inbox.Cycle",
        on_delete=models.PROTECT,
        related_name="sla_clocks",
        db_index=False,  # routing_one_open_clock begins with it, and closed ones are read by day
    )
    metric = models.CharField(max_length=16, choices=Metric.choices)
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    policy = models.ForeignKey(SlaPolicy, null=True, on_delete=models.SET_NULL, related_name="+")
    target_minutes = models.PositiveIntegerField()
    in_hours = models.BooleanField()
    started_at = models.DateTimeField()
    resumed_at = models.DateTimeField()
    used_seconds = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    half_at = models.DateTimeField(null=True)
    risk_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # The highest share, in percent, that somebody was warned at: 0, 50, 80 or 100.
    warned_percent = models.PositiveSmallIntegerField(default=0)
    # When the worker has to look again: half, risk or due; None while nothing can happen.
    look_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    # The deadline was missed, and what the policy wants then is still to be done.
    is_action_due = models.BooleanField(default=False, db_default=False)
    stopped_at = models.DateTimeField(null=True)
    is_met = models.BooleanField(null=True)

    objects = SlaClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("SLA clock")
        verbose_name_plural = _("SLA clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "metric"],
                condition=Q(stopped_at=None),
                name="routing_one_open_clock",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="routing_clock_of_conversation"),
            models.Index(
                fields=["look_at"], condition=Q(stopped_at=None), name="routing_clock_to_look_at"
            ),
            models.Index(fields=["cycle", "metric"], name="routing_clock_of_cycle"),
            models.Index(
                fields=["id"], condition=Q(is_action_due=True), name="routing_clock_action_due"
            ),
            models.Index(
                fields=["breached_at"],
                condition=Q(breached_at__isnull=False),
                name="routing_clock_breached",
            ),
            models.Index(fields=["stopped_at"], condition=Q(is_met=True), name="routing_clock_met"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.metric}"


class SlaChange(models.Model):
    """A clock that was set anew, and why; the row is never changed."""

    class Why(models.TextChoices):
        DEPARTMENT = "department", _("another department")
        PRIORITY = "priority", _("another priority")
        RULES = "rules", _("other rules")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("goes on")

    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="changes")
    why = models.CharField(max_length=12, choices=Why.choices)
    before_minutes = models.PositiveIntegerField()
    after_minutes = models.PositiveIntegerField()
    before_due_at = models.DateTimeField(null=True)
    after_due_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("change of a clock")
        verbose_name_plural = _("changes of clocks")

    def __str__(self) -> str:
        return f"{self.clock_id} {self.why}"
