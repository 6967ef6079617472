"""Who decides requests while a manager is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DelegationQuerySet:
        """Admin: all. Others: those they gave and those they were given."""
        return self if user.is_admin else self.filter(Q(user=user) | Q(deputy=user))

    def in_force(self) -> DelegationQuerySet:
        today = timezone.localdate()
        return self.filter(first__lte=today, last__gte=today)


class Delegation(models.Model):
    """From one date to another, both included, a deputy decides what waits for a manager."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("manager"),
        on_delete=models.CASCADE,
        related_name="delegations",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deputy"),
        on_delete=models.CASCADE,
        related_name="deputised",
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    created_at = models.DateTimeField(_("named at"), default=timezone.now)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="workforce_delegation_is_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")), name="workforce_deputy_is_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first:%Y-%m-%d}"

    @staticmethod
    def departments_of(user: User) -> models.QuerySet:
        """The departments whose requests this manager decides now, as ids: own and deputised."""
        given = Delegation.objects.in_force().filter(
            deputy=user, user__is_active=True, user__role="manager"
        )
        return Department.objects.filter(
            Q(pk=user.department_id) | Q(pk__in=given.values("user__department"))
        ).values("pk")
