"""Approved days away from the desk, and the kinds of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from workforce.attendance_records import DayPart, LeaveKind

if TYPE_CHECKING:
    from accounts.models import User


# What the product came with: its names are texts of the catalogue.
KNOWN_NAMES = (
    gettext_noop("Annual leave"),
    gettext_noop("Unpaid leave"),
    gettext_noop("Sick leave"),
    gettext_noop("Maternity leave"),
    gettext_noop("Day off in lieu"),
    gettext_noop("Business trip"),
    gettext_noop("Remote work"),
    gettext_noop("Personal leave with pay"),
)


def label_of(name: str) -> str:
    """Return the name of a kind of leave as its reader knows it."""
    return gettext(name) if name in KNOWN_NAMES else name


class LeaveTypeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LeaveTypeQuerySet:
        """Everybody knows the kinds."""
        return self

    def active(self) -> LeaveTypeQuerySet:
        return self.filter(is_active=True)


class LeaveType(models.Model):
    """A kind of leave and its symbol in the timesheet, such as P for annual leave."""

    class Kind(models.TextChoices):
        AWAY = LeaveKind.AWAY, pgettext_lazy("leave", "no work")
        TRIP = LeaveKind.TRIP, pgettext_lazy("leave", "work where nobody checks in")
        REMOTE = LeaveKind.REMOTE, pgettext_lazy("leave", "work elsewhere, with check-in")

    name = models.CharField(_("name"), max_length=60, unique=True)
    symbol = models.CharField(_("symbol"), max_length=4, unique=True)
    kind = models.CharField(
        _("what it means"), max_length=8, choices=Kind.choices, default=Kind.AWAY
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_paid = models.BooleanField(_("paid"), default=False, db_default=False)
    is_counted = models.BooleanField(
        _("uses up a balance"),
        default=False,
        db_default=False,
        help_text=_("Each has an account of days; leave takes from it."),
    )
    allows_half_days = models.BooleanField(_("half days"), default=True, db_default=True)
    needs_attachment = models.BooleanField(
        _("needs a paper"),
        default=False,
        db_default=False,
        help_text=_("A request cannot be approved before one is handed in."),
    )
    is_restricted = models.BooleanField(
        _("not on days without leave"), default=True, db_default=True
    )
    # Labour Code 45/2019, articles 113 and 114; Decree 145/2020, article 66.
    days_per_year = models.DecimalField(
        _("days a year"),
        max_digits=5,
        decimal_places=2,
        default=0,
        db_default=0,
        help_text=_("A twelfth is added each month. 0: nothing is added by itself."),
    )
    seniority_years = models.PositiveSmallIntegerField(
        _("one day more for so many years"),
        default=0,
        db_default=0,
        help_text=_("With the employer. 0: never."),
    )
    carry_over_days = models.DecimalField(
        _("carried into the next year, days at most"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty: all of it."),
    )
    carry_over_months = models.PositiveSmallIntegerField(
        _("carried days expire after, months"),
        default=0,
        db_default=0,
        help_text=_("Of the new year. 0: they do not."),
    )
    overdraft_days = models.DecimalField(
        _("below zero, days at most"), max_digits=5, decimal_places=2, default=0, db_default=0
    )
    accrues_since = models.DateField(_("days are added since"), default=timezone.localdate)

    objects = LeaveTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of leave")
        verbose_name_plural = _("kinds of leave")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days_per_year__gte=0, overdraft_days__gte=0, carry_over_months__lt=12),
                name="workforce_leave_policy_is_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language, if it is one of those the product came with."""
        return label_of(self.name)


class LeaveQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LeaveQuerySet:
        """Admin: all. Manager: the own department's and the own. Staff: their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_manager:
            own |= Q(user__department=user.department_id)
        return self.filter(own)

    def granted(self) -> LeaveQuerySet:
        return self.filter(withdrawn_at=None)

    def between(self, first, last) -> LeaveQuerySet:
        """Those with a date from `first` to `last`, both included."""
        return self.filter(first__lte=last, last__gte=first)

    def keeping_away(self, at: datetime) -> LeaveQuerySet:
        """Those that keep their people from work at a moment."""
        now = Q(starts_at__lte=at, ends_at__gt=at)
        return self.granted().filter(now, type__kind=LeaveKind.AWAY)


class Leave(models.Model):
    """One person's approved days, trips or days of remote work, both dates included.

    `starts_at` and `ends_at` are the same as instants: a date lasts as the shift planned on it
    does, so a night before the leave is still worked to its end. One that is withdrawn stays as
    a record and counts no more.
    """

    class Part(models.TextChoices):
        WHOLE = DayPart.WHOLE, pgettext_lazy("leave", "whole days")
        FIRST_HALF = DayPart.FIRST_HALF, pgettext_lazy("leave", "first half of the day")
        SECOND_HALF = DayPart.SECOND_HALF, pgettext_lazy("leave", "second half of the day")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="leaves",
    )
    type = models.ForeignKey(
        LeaveType, verbose_name=_("kind of leave"), on_delete=models.PROTECT, related_name="leaves"
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    part = models.CharField(
        _("part of the day"), max_length=12, choices=Part.choices, default=Part.WHOLE
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    days = models.DecimalField(
        _("days"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("Working days it takes. Empty: granted before they were counted."),
    )
    request = models.ForeignKey(
        "workforce.Request",
        verbose_name=pgettext_lazy("work", "request"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leaves",
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("approved", "leave")
        verbose_name_plural = pgettext_lazy("approved", "leaves")
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first"), ends_at__gte=F("starts_at")),
                name="workforce_leave_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(part=DayPart.WHOLE) | Q(first=F("last")),
                name="workforce_half_a_day_is_of_one_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "last"], condition=Q(withdrawn_at=None), name="workforce_leave_of"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first:%Y-%m-%d} {self.type_id}"
