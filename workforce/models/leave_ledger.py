"""The account of somebody's days of leave: lines are only added, the sum is the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from workforce.models.leave import Leave, LeaveType

if TYPE_CHECKING:
    from accounts.models import User


class LeaveLedgerQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LeaveLedgerQuerySet:
        """Admin: all. Manager: staff of the own department, and the own. Staff: their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_manager:
            own |= Q(user__department=user.department_id, user__role="staff")
        return self.filter(own)


class LeaveLedgerEntry(models.Model):
    """One line: days given or taken; `on` is the date it is about.

    A leave has one `use`; when it is taken back, one `return` undoes it. Months and expiries are
    written once each, whoever writes them.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", pgettext_lazy("ledger", "opening balance")
        ACCRUAL = "accrual", pgettext_lazy("ledger", "monthly accrual")
        USE = "use", pgettext_lazy("ledger", "leave taken")
        RETURN = "return", pgettext_lazy("ledger", "leave taken back")
        ADJUST = "adjust", pgettext_lazy("ledger", "adjustment")
        EXPIRE = "expire", pgettext_lazy("ledger", "expired")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="leave_ledger",
    )
    type = models.ForeignKey(
        LeaveType, verbose_name=_("kind of leave"), on_delete=models.PROTECT, related_name="ledger"
    )
    kind = models.CharField(_("kind of line"), max_length=10, choices=Kind.choices)
    days = models.DecimalField(_("days"), max_digits=6, decimal_places=2)
    on = models.DateField(_("date"))
    leave = models.ForeignKey(
        Leave,
        verbose_name=pgettext_lazy("approved", "leave"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ledger",
    )
    note = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("ledger", "by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    objects = LeaveLedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a leave account")
        verbose_name_plural = _("lines of leave accounts")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "type", "kind", "on"],
                condition=Q(kind__in=["accrual", "expire"]),
                name="workforce_accrued_and_expired_once",
            ),
            models.UniqueConstraint(
                fields=["leave", "kind"],
                condition=Q(leave__isnull=False),
                name="workforce_leave_used_and_returned_once",
            ),
            models.CheckConstraint(
                condition=Q(leave__isnull=True) | Q(kind__in=["use", "return"]),
                name="workforce_only_use_names_a_leave",
            ),
        ]
        indexes = [models.Index(fields=["user", "type", "on"], name="workforce_ledger_of_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on:%Y-%m-%d} {self.kind} {self.days}"


class LeaveBlackoutQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> LeaveBlackoutQuerySet:
        """Everybody may know when leave is restricted."""
        return self

    def of_department(self, department_id: int | None) -> LeaveBlackoutQuerySet:
        """Those of a department, and those of all."""
        return self.filter(Q(departments=None) | Q(departments=department_id)).distinct()

    def between(self, first, last) -> LeaveBlackoutQuerySet:
        """Those with a date from `first` to `last`, both included."""
        return self.filter(first__lte=last, last__gte=first)


class LeaveBlackout(models.Model):
    """Days on which nobody of these departments is to ask for leave, such as a sale.

    Without departments it holds for all. Kinds of leave that are not restricted, such as sick
    leave, do not heed it.
    """

    name = models.CharField(_("name"), max_length=60)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    departments = models.ManyToManyField(
        Department,
        verbose_name=_("departments"),
        blank=True,
        related_name="+",
        help_text=_("None: all of them."),
    )

    objects = LeaveBlackoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("days without leave")
        verbose_name_plural = _("days without leave")
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=models.F("first")),
                name="workforce_blackout_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
