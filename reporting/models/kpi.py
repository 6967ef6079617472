"""What people are measured by, what counts as good, and what they came to in a month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User as Person

if TYPE_CHECKING:
    from accounts.models import User

MANUAL = "manual:"  # before the code of a figure an administrator enters
MAX_NOTE = 500


class KpiDefinitionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> KpiDefinitionQuerySet:
        """What people are measured by is no secret."""
        return self

    def options_for(self, user: User) -> KpiDefinitionQuerySet:
        """What a list to choose from shows; whoever is signed in may know them."""
        return self.filter(is_active=True)


class KpiDefinition(models.Model):
    """One figure of the score: of the catalogue, or one that an administrator enters each month.

    `weight` is its share of the score. It is taken among those a person has figures for, so the
    weights need not come to a hundred.
    """

    class Direction(models.TextChoices):
        HIGH = "high", _("high is good")
        LOW = "low", _("low is good")

    code = models.CharField(
        _("figure"),
        max_length=40,
        unique=True,
        help_text=_("A code of the list of figures, or manual: and a short name."),
    )
    name = models.CharField(
        _("name"), max_length=80, blank=True, help_text=_("Only of what is entered by hand.")
    )
    weight = models.PositiveSmallIntegerField(
        _("weight, %"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    direction = models.CharField(
        _("direction"),
        max_length=4,
        choices=Direction.choices,
        default=Direction.HIGH,
        help_text=_("A figure of the list has its own; this is for what is entered by hand."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = KpiDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("KPI figure")
        verbose_name_plural = _("KPI figures")
        ordering = ["-weight", "pk"]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def is_manual(self) -> bool:
        return self.code.startswith(MANUAL)

    @property
    def is_high_good(self) -> bool:
        return self.direction == self.Direction.HIGH


class KpiTarget(models.Model):
    """What a figure should be for a department, for a role or for everybody; the closest counts.

    At `value` a person has all points, at `zero_value` and beyond none.
    """

    definition = models.ForeignKey(
        KpiDefinition,
        verbose_name=_("KPI figure"),
        on_delete=models.CASCADE,
        related_name="targets",
        db_index=False,
    )
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("only for the department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField(
        _("only for the role"), max_length=10, choices=Person.Role.choices, blank=True
    )
    value = models.FloatField(_("target"), help_text=_("Times in seconds, shares in percent."))
    zero_value = models.FloatField(_("worth no points at"))

    class Meta:
        verbose_name = _("KPI target")
        verbose_name_plural = _("KPI targets")
        constraints = [
            models.UniqueConstraint(
                "definition", Coalesce("department", 0), "role", name="reporting_one_target"
            ),
            models.CheckConstraint(
                condition=Q(department=None) | Q(role=""), name="reporting_target_of_one_kind"
            ),
            models.CheckConstraint(
                condition=~Q(value=models.F("zero_value")), name="reporting_target_not_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition}: {self.value:g}"


class _OfPeopleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> _OfPeopleQuerySet:
        """Admin: all. Manager: the people of the own department. Staff: their own."""
        if user.is_admin:
            return self
        own = Q(user=user)
        if user.is_manager and user.department_id:
            own |= Q(user__department=user.department_id)
        return self.filter(own)


class KpiRecord(models.Model):
    """A figure an administrator entered for a person and month; the audit keeps what it was."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    definition = models.ForeignKey(
        KpiDefinition, verbose_name=_("KPI figure"), on_delete=models.PROTECT, related_name="+"
    )
    period = models.DateField(pgettext_lazy("kpi", "month"))
    value = models.FloatField(pgettext_lazy("kpi", "figure"))
    note = models.CharField(_("note"), max_length=MAX_NOTE, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    recorded_at = models.DateTimeField()

    objects = _OfPeopleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "definition", "period"], name="reporting_one_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.definition_id} {self.period}"


class KpiScore(models.Model):
    """What one figure, or the score as a whole (`definition` empty), came to in a month.

    Derived: the same facts, figures entered and definitions give the same rows. `points` are out
    of `weight`, which for a figure is its share among those with data; without data there are no
    points and the weight is 0. Of the whole `value` and `points` are the score, `n` counts the
    figures in it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    definition = models.ForeignKey(
        KpiDefinition, null=True, on_delete=models.CASCADE, related_name="+"
    )
    period = models.DateField()
    value = models.FloatField(null=True)
    n = models.PositiveIntegerField(default=0)
    target = models.FloatField(null=True)
    points = models.FloatField(null=True)
    weight = models.FloatField(default=0)

    objects = _OfPeopleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "period", Coalesce("definition", 0), name="reporting_one_score"
            ),
        ]
        indexes = [models.Index(fields=["period", "user"], name="reporting_score_of_month")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.definition_id} {self.period}"


class KpiPeriod(models.Model):
    """A month that has scores, and when they were last worked out for everybody."""

    period = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.period)


def month_of(day: date) -> date:
    """The period a day belongs to."""
    return day.replace(day=1)
