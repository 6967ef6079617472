"""The record of who got a conversation, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workforce.availability import Reason


class Assignment(models.Model):
    """Who got a conversation, when, by which rule and why; the record is never changed.

    `explanation` holds what was looked at: matched keywords with offsets, sums per department,
    candidates with their load, those left out with the reason. `duration_us` is the time the
    choice took, in microseconds. `assigned_by` is empty for an automatic choice.
    """

    class Policy(models.TextChoices):
        BALANCED_SPEED = "balanced_speed", _("balanced speed")
        LEAST_OPEN = "least_open", _("fewest open conversations")
        ROUND_ROBIN = "round_robin", _("round robin")
        KPI_FIRST = "kpi_first", _("highest KPI first")
        CLAIM = "claim", _("people take it themselves")
        BY_HAND = "by_hand", _("by hand")

    class EndReason(models.TextChoices):
        RESOLVED = "resolved", _("resolved")
        REASSIGNED = "reassigned", _("given to somebody else")
        CHECKED_OUT = "checked_out", _("checked out")
        ON_LEAVE = "on_leave", _("went on leave")
        DEACTIVATED = "deactivated", _("deactivated")
        DEPARTMENT_CHANGED = "department_changed", _("changed department")
        GIVEN_BACK = "given_back", _("given back by a lead")
        HANDED_BACK = "handed_back", _("handed back")
        ON_BREAK = "on_break", _("went on a break")
        NO_REPLY = "no_reply", _("did not answer in time")
        HANDED_OVER = "handed_over", _("handed over at the end of a shift")
        DEADLINE_MISSED = "deadline_missed", _("was not done in time")

        @classmethod
        def of_absence(cls, reason: str) -> Assignment.EndReason:
            """Why an assignment ends when its person, away for `reason`, is not at work."""
            others = {Reason.ON_LEAVE: cls.ON_LEAVE, Reason.SHIFT_ENDED: cls.HANDED_OVER}
            return others.get(reason, cls.CHECKED_OUT)

    conversation = models.ForeignKey(
        "inbox.Conversation",
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,  # routing_assignment_latest begins with it
    )
    cycle = models.ForeignKey("inbox.Cycle", on_delete=models.PROTECT, related_name="assignments")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,  # routing_assignment_recent begins with it
    )
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.CharField(max_length=20, choices=Policy.choices)
    policy_version = models.PositiveSmallIntegerField(default=1)
    explanation = models.JSONField(default=dict)
    # What a person wrote when they handed it on.
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
    duration_us = models.PositiveIntegerField(default=0)
    assigned_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(ended_at=None),
                name="routing_one_active_assignment",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "-id"], name="routing_assignment_latest"),
            models.Index(fields=["assignee", "-assigned_at"], name="routing_assignment_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} -> {self.assignee_id}"
