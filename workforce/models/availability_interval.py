"""Who could be given work when: availability as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class AvailabilityIntervalQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AvailabilityIntervalQuerySet:
        """Admin: all. Manager: the own department's. Staff: their own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(user__department=user.department_id)
        return self.filter(user=user)

    def lasting(self) -> AvailabilityIntervalQuerySet:
        return self.filter(until=None)


class AvailabilityInterval(models.Model):
    """A person's availability from `since` up to `until`, without gaps; the last has no end.

    `reason` is one of `workforce.availability.Reason`; how full somebody was is not kept here.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="availability_intervals",
    )
    reason = models.CharField(_("availability"), max_length=20)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = AvailabilityIntervalQuerySet.as_manager()

    class Meta:
        verbose_name = _("availability interval")
        verbose_name_plural = _("availability intervals")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(until=None), name="workforce_one_lasting_availability"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="workforce_availability_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["user", "-since"], name="workforce_availability_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.since:%Y-%m-%d %H:%M} {self.reason}"
