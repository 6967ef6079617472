"""What somebody asks for, who decides it, and what is said and shown about it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from accounts.notifications import REQUEST_KINDS
from workforce.attendance_records import DayPart
from workforce.models.delegation import Delegation
from workforce.models.leave import Leave, LeaveType
from workforce.models.shift import Shift, ShiftAssignment
from workforce.models.time_entry import TimeEntry

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 2000


class RequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RequestQuerySet:
        """Everybody their own, and those of others in which they are asked to swap shifts.

        Admin: all. Manager: those of the staff of the own department and of those whose manager
        named them deputy. What is asked about pay is seen by whoever may decide it, and once it
        is decided by who did: no deputy, no second manager.
        """
        if user.is_admin:
            return self
        found = Q(user=user) | (Q(colleague=user) & ~Q(consent=""))
        if user.is_manager:
            staff = Q(user__role="staff")
            is_theirs = Q(user__department__in=Delegation.departments_of(user))
            own_department = Q(user__department=user.department_id)
            found |= staff & is_theirs & ~Q(kind=Request.Kind.RAISE)
            found |= staff & own_department & Q(kind=Request.Kind.RAISE, status="pending")
            found |= Q(kind=Request.Kind.RAISE, decided_by=user)
        return self.filter(found)

    def in_charge_of(self, user: User) -> RequestQuerySet:
        """Those whose decision belongs to this person, decided or not: never an own one of theirs,
        nor one in which they swap.

        Staff's to the managers of their department and their deputies; those of leads, and a
        change of department, to administrators; pay never to a deputy. The only administrator
        there is decides their own.
        """
        if user.is_admin:
            others = user.__class__.objects.active_admins().exclude(pk=user.pk)
            return self.exclude(user=user).exclude(colleague=user) if others.exists() else self
        if not user.is_manager:
            return self.none()
        staff = self.filter(user__role="staff").exclude(kind=Request.Kind.TRANSFER)
        own = Q(user__department=user.department_id)
        deputised = Q(user__department__in=Delegation.departments_of(user))
        found = staff.filter(own | (deputised & ~Q(kind=Request.Kind.RAISE)))
        return found.exclude(user=user).exclude(colleague=user)

    def decidable_by(self, user: User) -> RequestQuerySet:
        """Those that wait for a decision of this person; a colleague is asked before."""
        return self.in_charge_of(user).waiting().exclude(consent="asked")

    def waiting(self) -> RequestQuerySet:
        return self.filter(status="pending")

    def for_list(self) -> RequestQuerySet:
        """With what a row of a list names."""
        people = ("user__department", "decided_by", "colleague")
        things = ("leave_type", "to_department", "wanted_shift")
        shifts = ("assignment__shift", "colleague_assignment__shift")
        return self.select_related(*people, *things, *shifts)


class Request(models.Model):
    """One thing one person asks for. Decided once; what it changed can be undone by rule.

    Which columns a kind uses is said in `workforce/request_kinds`. `effect` holds what the
    decision changed, as ids and what was there before, so that it can be undone. `evidence` is
    what the decider was shown about a raise.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", REQUEST_KINDS["leave"]
        LATE_EARLY = "late_early", REQUEST_KINDS["late_early"]
        OVERTIME = "overtime", REQUEST_KINDS["overtime"]
        REMOTE = "remote", REQUEST_KINDS["remote"]
        TRIP = "trip", REQUEST_KINDS["trip"]
        ATTENDANCE_CORRECTION = "attendance_correction", REQUEST_KINDS["attendance_correction"]
        SHIFT_CHANGE = "shift_change", REQUEST_KINDS["shift_change"]
        RAISE = "raise", REQUEST_KINDS["raise"]
        TRANSFER = "transfer", REQUEST_KINDS["transfer"]
        OTHER = "other", REQUEST_KINDS["other"]

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("request", "pending")
        APPROVED = "approved", pgettext_lazy("request", "approved")
        REJECTED = "rejected", pgettext_lazy("request", "rejected")
        CANCELLED = "cancelled", pgettext_lazy("request", "cancelled")
        # The colleague said no, or nothing in time.
        CLOSED = "closed", pgettext_lazy("request", "closed")

    class Consent(models.TextChoices):
        NONE = "", pgettext_lazy("consent", "nobody to ask")
        ASKED = "asked", pgettext_lazy("consent", "asked")
        GIVEN = "given", pgettext_lazy("consent", "agreed")
        REFUSED = "refused", pgettext_lazy("consent", "declined")

    class Side(models.TextChoices):
        LATE = "late", pgettext_lazy("request", "come later")
        EARLY = "early", pgettext_lazy("request", "leave earlier")

    kind = models.CharField(_("kind of request"), max_length=24, choices=Kind.choices)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.PENDING
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="requests",
    )
    description = models.TextField(_("reason"), max_length=MAX_TEXT, blank=True)
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    # What is asked for; each kind uses some of it.
    first = models.DateField(_("first day"), null=True, blank=True)
    last = models.DateField(_("last day"), null=True, blank=True)
    part = models.CharField(
        _("part of the day"), max_length=12, choices=Leave.Part.choices, default=DayPart.WHOLE
    )
    leave_type = models.ForeignKey(
        LeaveType,
        verbose_name=_("kind of leave"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("time", "until"), null=True, blank=True)
    side = models.CharField(_("late or early"), max_length=6, choices=Side.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("wanted pay, VND a month"), null=True, blank=True)
    amount_before = models.PositiveBigIntegerField(_("pay now, VND a month"), null=True, blank=True)
    amount_granted = models.PositiveBigIntegerField(
        _("granted pay, VND a month"), null=True, blank=True
    )
    time_entry = models.ForeignKey(
        TimeEntry,
        verbose_name=_("time entry"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    assignment = models.ForeignKey(
        ShiftAssignment,
        verbose_name=_("planned shift"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    wanted_shift = models.ForeignKey(
        Shift,
        verbose_name=_("wanted shift"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("colleague"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    colleague_assignment = models.ForeignKey(
        ShiftAssignment,
        verbose_name=_("shift of the colleague"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    to_department = models.ForeignKey(
        Department,
        verbose_name=_("wanted department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # What became of it.
    consent = models.CharField(
        _("answer of the colleague"), max_length=8, choices=Consent.choices, blank=True
    )
    consent_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    consent_until = models.DateTimeField(_("to be answered until"), null=True, blank=True)
    consent_note = models.CharField(_("words of the colleague"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_note = models.CharField(_("words of the decider"), max_length=500, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cancelled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reminded_at = models.DateTimeField(_("deciders reminded at"), null=True, blank=True)
    applied_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    effect = models.JSONField(default=dict, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("work", "request")
        verbose_name_plural = pgettext_lazy("work", "requests")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected", "cancelled", "closed"]),
                name="workforce_request_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "rejected"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="workforce_decided_request_names_who",
            ),
            models.CheckConstraint(
                condition=Q(first=None) | Q(last=None) | Q(last__gte=F("first")),
                name="workforce_request_is_not_backwards",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="workforce_request_time_is_not_backwards",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="workforce_requests_of_person"),
            models.Index(
                fields=["created_at"],
                condition=Q(status="pending"),
                name="workforce_requests_waiting",
            ),
            models.Index(fields=["first", "last"], name="workforce_requests_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def is_asked(self) -> bool:
        """Does it wait for the colleague's answer?"""
        return self.is_pending and self.consent == self.Consent.ASKED

    @property
    def waits_since(self) -> datetime:
        """Since when somebody could decide it."""
        return self.consent_at or self.created_at


class PartOfRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PartOfRequestQuerySet:
        """Those of the requests this user may see; who is only asked to swap reads none."""
        requests = Request.objects.visible_to(user)
        if not user.is_admin:
            requests = requests.exclude(Q(colleague=user) & ~Q(user=user))
        return self.filter(request__in=requests)


class RequestComment(models.Model):
    """What the person and the deciders say to each other about a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("text"), max_length=MAX_TEXT)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    objects = PartOfRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.pk}"


class RequestFile(models.Model):
    """A paper handed in with a request.

    It is kept in the database: every web process on every host has it, and a backup holds it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="files")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handed in by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type of file"), max_length=60)
    size = models.PositiveIntegerField(_("size, bytes"))
    content = models.BinaryField()
    created_at = models.DateTimeField(_("handed in at"), default=timezone.now)

    objects = PartOfRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
