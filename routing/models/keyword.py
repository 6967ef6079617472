"""The words that choose a department."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from inbox.models import Priority

if TYPE_CHECKING:
    from accounts.models import User

# Of either sign: a negative weight speaks against the department.
MIN_WEIGHT, MAX_WEIGHT = Decimal("0.1"), Decimal(10)


def is_weight(weight: Decimal) -> bool:
    """Return whether a finite number may be a weight; compares only, so none is too large."""
    return MIN_WEIGHT <= weight <= MAX_WEIGHT or -MAX_WEIGHT <= weight <= -MIN_WEIGHT


def validate_weight(weight: Decimal) -> None:
    """Refuse a weight outside 0.1 to 10 and -10 to -0.1."""
    if not is_weight(weight):
        text = _("From 0.1 to 10, or from -10 to -0.1 for “not this department”.")
        raise ValidationError(text, code="weight")


class KeywordQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> KeywordQuerySet:
        """Everybody may read which words lead where."""
        return self

    def editable_by(self, user: User) -> KeywordQuerySet:
        """Admin: all. Manager: those of the own department. Staff: none."""
        return self.filter(department__in=Department.objects.managed_by(user))

    def for_list(self) -> KeywordQuerySet:
        related = self.select_related("department", "channel")
        return related.order_by("folded", "department_id", "pk")


class Keyword(models.Model):
    """A word or phrase that speaks for a department, with its weight."""

    word = models.CharField(_("word"), max_length=80)
    # Folding may lengthen a word of another script, six times at most.
    folded = models.CharField(max_length=480, editable=False)
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="keywords",
    )
    # Other ways to say it: each counts as the word itself.
    synonyms = models.JSONField(_("synonyms"), default=list, db_default=[], blank=True)
    weight = models.DecimalField(
        _("weight"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[validate_weight],
        help_text=_("0.1 to 10; negative: speaks against this department."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    valid_from = models.DateField(_("counts from"), null=True, blank=True)
    valid_to = models.DateField(_("counts until"), null=True, blank=True)
    channel = models.ForeignKey(
        "inbox.Channel",
        verbose_name=_("only on the channel"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sets_priority = models.PositiveSmallIntegerField(
        _("sets the priority"), choices=Priority.choices, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = KeywordQuerySet.as_manager()

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "folded"], name="routing_keyword_unique_in_department"
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=MIN_WEIGHT, weight__lte=MAX_WEIGHT)
                | Q(weight__gte=-MAX_WEIGHT, weight__lte=-MIN_WEIGHT),
                name="routing_keyword_weight_in_range",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_from=None) | Q(valid_to=None),
                name="routing_keyword_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.word


class KeywordVersion(models.Model):
    """One row that counts changes of keywords and departments; every process compares it."""

    version = models.PositiveBigIntegerField(default=1)
    # Counts changes of policies, deadlines and opening hours, which processes keep too.
    rules_version = models.PositiveBigIntegerField(default=1, db_default=1)
    # After a change of deadlines or hours: up to which conversation the clocks were told of it.
    clocks_told = models.PositiveBigIntegerField(null=True, editable=False)
    # What the clocks know of holidays and of the organisation's zone; the worker compares it.
    hours_mark = models.CharField(max_length=64, blank=True, default="", db_default="")
    # What the version knows of departments; the sweep compares it, should their news be lost.
    departments_mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="routing_one_keyword_version"),
        ]

    def __str__(self) -> str:
        return str(self.version)
