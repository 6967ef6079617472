"""What was agreed for one date beside the roster: overtime, coming later, leaving earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from accounts.models import User


class DayAgreementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DayAgreementQuerySet:
        """Admin: all. Manager: the own department's and the own. Staff: their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_manager:
            own |= Q(user__department=user.department_id)
        return self.filter(own)

    def standing(self) -> DayAgreementQuerySet:
        return self.filter(withdrawn_at=None)


class DayAgreement(models.Model):
    """One agreement of one person. Overtime is a stretch of time, lateness an amount of minutes.

    One that is withdrawn stays as a record and counts no more.
    """

    class Kind(models.TextChoices):
        OVERTIME = "overtime", pgettext_lazy("agreed", "overtime")
        LATE = "late", pgettext_lazy("agreed", "coming later")
        EARLY = "early", pgettext_lazy("agreed", "leaving earlier")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="day_agreements",
    )
    kind = models.CharField(_("what is agreed"), max_length=10, choices=Kind.choices)
    date = models.DateField(_("date"))
    starts_at = models.DateTimeField(pgettext_lazy("time", "from"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("time", "until"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    request = models.ForeignKey(
        "workforce.Request",
        verbose_name=pgettext_lazy("work", "request"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("granted by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = DayAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement for a day")
        verbose_name_plural = _("agreements for a day")
        ordering = ["date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="overtime")
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="workforce_agreed_overtime_has_times",
            ),
            models.UniqueConstraint(
                fields=["user", "date", "kind"],
                condition=Q(withdrawn_at=None) & ~Q(kind="overtime"),
                name="workforce_one_lateness_agreed_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "date"], name="workforce_agreements_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.date:%Y-%m-%d} {self.kind}"
