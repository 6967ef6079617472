"""Who works when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    """One stretch of work: from a check-in to its check-out."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="time_entries",
    )
    checked_in_at = models.DateTimeField(_("checked in at"), default=timezone.now)
    checked_out_at = models.DateTimeField(_("checked out at"), null=True, blank=True)

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
