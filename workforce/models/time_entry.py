"""Time somebody was at work, and the breaks in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from accounts.models import User


class TimeEntryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TimeEntryQuerySet:
        """Admin: all. Manager: the own department. Staff: their own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(user__department=user.department_id)
        return self.filter(user=user)

    def open(self) -> TimeEntryQuerySet:
        return self.filter(checked_out_at=None)


class TimeEntry(models.Model):
    """One stretch of work: from a check-in to its check-out.

    What was recorded stays; a correction stands beside it and counts instead of it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="time_entries",
    )
    checked_in_at = models.DateTimeField(_("checked in at"), default=timezone.now)
    checked_out_at = models.DateTimeField(_("checked out at"), null=True, blank=True)
    # Until when somebody said they stay beyond their shift.
    stays_until = models.DateTimeField(null=True, editable=False)
    is_auto_closed = models.BooleanField(
        _("check-out was forgotten"),
        default=False,
        help_text=_("Closed by rule; counts nothing until it is corrected."),
    )
    corrected_in_at = models.DateTimeField(_("check-in as corrected"), null=True, blank=True)
    corrected_out_at = models.DateTimeField(_("check-out as corrected"), null=True, blank=True)
    is_added = models.BooleanField(
        _("entered by a lead"),
        default=False,
        db_default=False,
        help_text=_("Nobody checked in: a lead entered the times afterwards."),
    )
    is_off_site = models.BooleanField(
        _("checked in outside the office"), default=False, db_default=False
    )
    correction_note = models.CharField(_("reason of the correction"), max_length=200, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("corrected by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(checked_out_at=None),
                name="workforce_one_open_time_entry",
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=models.F("checked_in_at")),
                name="workforce_time_entry_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["user", "-checked_in_at"], name="workforce_entry_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.checked_in_at:%Y-%m-%d %H:%M}"


class BreakQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> BreakQuerySet:
        """Those of the entries that this user may see."""
        return self.filter(entry__in=TimeEntry.objects.visible_to(user))


class Break(models.Model):
    """A pause within a time entry; without an end it lasts as long as the entry.

    A correction stands beside what was recorded and counts instead; one without length takes
    the break out.
    """

    class Reason(models.TextChoices):
        MEAL = "meal", pgettext_lazy("break", "meal")
        REST = "rest", pgettext_lazy("break", "rest")
        PRIVATE = "private", pgettext_lazy("break", "private matter")
        MEETING = "meeting", pgettext_lazy("break", "meeting or training")

    # Paid as work, and no break of the timesheet: the company asked for it.
    PAID = frozenset({Reason.MEETING})

    entry = models.ForeignKey(
        TimeEntry, verbose_name=_("time entry"), on_delete=models.CASCADE, related_name="breaks"
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    expected_back_at = models.DateTimeField(_("expected back at"), null=True, blank=True)
    corrected_start_at = models.DateTimeField(_("start as corrected"), null=True, blank=True)
    corrected_end_at = models.DateTimeField(_("end as corrected"), null=True, blank=True)

    objects = BreakQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of work", "break")
        verbose_name_plural = pgettext_lazy("of work", "breaks")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(ended_at=None), name="workforce_one_open_break"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="workforce_break_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["entry", "-started_at"], name="workforce_break_latest")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_paid(self) -> bool:
        return self.reason in self.PAID
