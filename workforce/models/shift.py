"""Shifts a department has, and who is planned for them on which date."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from workforce.shift_times import ShiftBreak, ShiftHours, ShiftTimes, shift_times

if TYPE_CHECKING:
    from accounts.models import User

DAY_MINUTES = 24 * 60
MAX_PEOPLE = 1000  # that one shift can need


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ShiftQuerySet:
        """Admin: all. Others: those of the own department."""
        return self if user.is_admin else self.filter(department=user.department_id)

    def managed_by(self, user: User) -> ShiftQuerySet:
        """Those somebody may change: admins all, managers the own department's, staff none."""
        if user.is_admin:
            return self
        return self.filter(department=user.department_id) if user.is_manager else self.none()

    def active(self) -> ShiftQuerySet:
        return self.filter(is_active=True)


class LimitedField(models.PositiveSmallIntegerField):
    """A whole number with a most of its own.

    The limit is a rule of the product and no part of the schema, so that moving it needs no
    migration: form, API and back office find it here.
    """

    def __init__(self, *args, max_value: int | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.max_value = max_value

    @cached_property
    def validators(self) -> list:
        limits = [] if self.max_value is None else [MaxValueValidator(self.max_value)]
        return [*super().validators, *limits]

    def deconstruct(self) -> tuple:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveSmallIntegerField", args, kwargs

    def formfield(self, **kwargs) -> forms.Field:
        return super().formfield(**{"max_value": self.max_value} | kwargs)


class Shift(models.Model):
    """The hours of one kind of shift on the wall; equal times are a whole day."""

    class Color(models.TextChoices):
        OK = "ok", pgettext_lazy("colour", "green")
        WARN = "warn", pgettext_lazy("colour", "amber")
        INFO = "info", pgettext_lazy("colour", "blue")
        VIOLET = "violet", pgettext_lazy("colour", "violet")
        PLAIN = "", pgettext_lazy("colour", "grey")

    name = models.CharField(_("name"), max_length=60)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="shifts",
    )
    starts_at = models.TimeField(_("start"))
    ends_at = models.TimeField(
        _("end"), help_text=_("Not after the start: on the next day. The same: a whole day.")
    )
    paid_break_minutes = LimitedField(_("paid break, minutes"), default=0, max_value=DAY_MINUTES)
    unpaid_break_minutes = LimitedField(
        _("unpaid break, minutes"), default=0, max_value=DAY_MINUTES
    )
    grace_in_minutes = LimitedField(
        _("late without a mark, minutes"), default=5, max_value=DAY_MINUTES
    )
    grace_out_minutes = LimitedField(
        _("early without a mark, minutes"), default=5, max_value=DAY_MINUTES
    )
    handover_minutes = LimitedField(
        _("no new work before the end, minutes"),
        default=15,
        db_default=15,
        max_value=4 * 60,
        help_text=_("Time to hand over what is open. 0: work comes until the end."),
    )
    minimum_staff = LimitedField(_("least number of people"), default=0, max_value=MAX_PEOPLE)
    color = models.CharField(
        _("colour"), max_length=8, choices=Color.choices, default=Color.OK, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("work", "shift")
        verbose_name_plural = pgettext_lazy("work", "shifts")
        ordering = ["starts_at", "ends_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                "department", Lower("name"), name="workforce_shift_name_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hours(self) -> ShiftHours:
        breaks = (
            ShiftBreak(self.paid_break_minutes, is_paid=True),
            ShiftBreak(self.unpaid_break_minutes, is_paid=False),
        )
        return ShiftHours(self.starts_at, self.ends_at, breaks)

    def times_on(self, on: date, zone: tzinfo) -> ShiftTimes:
        """When this shift really is on a date."""
        return shift_times(self.hours, on, zone)

    def plan_for(self, user: User, on: date, zone: tzinfo, **columns: object) -> ShiftAssignment:
        """Return somebody's shift on a date, not saved yet: a draft unless `columns` say more."""
        times = self.times_on(on, zone)
        return ShiftAssignment(
            user=user,
            shift=self,
            date=on,
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            handover_at=times.ends_at - timedelta(minutes=self.handover_minutes),
            planned_minutes=times.planned_minutes,
            **columns,
        )


class ShiftAssignmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ShiftAssignmentQuerySet:
        """Admin: all. Manager: the own department, drafts too. Staff: what is published of it."""
        if user.is_admin:
            return self
        own = self.filter(Q(user__department=user.department_id) | Q(user=user))
        return own if user.is_manager else own.published()

    def published(self) -> ShiftAssignmentQuerySet:
        return self.exclude(published_at=None)

    def drafts(self) -> ShiftAssignmentQuerySet:
        return self.filter(published_at=None)

    def with_state(self) -> ShiftAssignmentQuerySet:
        """Each with `is_published`: a truth is read much faster than a moment."""
        return self.annotate(is_published=Q(published_at__isnull=False))

    def between(self, first: date, last: date) -> ShiftAssignmentQuerySet:
        """Those that start on dates from `first` to `last`, both included."""
        return self.filter(date__range=(first, last))


class ShiftAssignment(models.Model):
    """One person's shift on one local date, as instants: a roster is made of these.

    Drafts may clash, so that somebody can move things about; what is published may not.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="shift_assignments",
    )
    shift = models.ForeignKey(
        Shift,
        verbose_name=pgettext_lazy("work", "shift"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    date = models.DateField(_("date"))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    # From when on nothing new comes, so that there is time to hand over.
    handover_at = models.DateTimeField(null=True, editable=False)
    planned_minutes = models.PositiveIntegerField(_("planned minutes"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("planned by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ShiftAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned shift")
        verbose_name_plural = _("planned shifts")
        ordering = ["date", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "date", "shift"], name="workforce_one_shift_once_a_date"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="workforce_planned_shift_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["date", "user"], name="workforce_planned_by_date"),
            models.Index(fields=["user", "ends_at"], name="workforce_planned_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.date:%Y-%m-%d} {self.shift_id}"
