"""One person's month of the timesheet: approved, then locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class TimesheetMonthQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> TimesheetMonthQuerySet:
        """Admin: all. Manager: the own department. Staff: their own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(user__department=user.department_id)
        return self.filter(user=user)


class TimesheetMonth(models.Model):
    """A month begins on `month`, the first of it. Once locked, nothing of it changes."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="timesheet_months",
    )
    month = models.DateField(_("month"))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("locked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = TimesheetMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("month of a timesheet")
        verbose_name_plural = _("months of timesheets")
        constraints = [
            models.UniqueConstraint(fields=["user", "month"], name="workforce_one_month_once"),
            models.CheckConstraint(
                condition=Q(month__day=1), name="workforce_month_begins_on_the_first"
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None) | ~Q(approved_at=None),
                name="workforce_locked_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m}"
