"""Limits for a planned week, as a table with effective dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workforce.overtime_limits import Limit, Span
from workforce.roster_rules import Kind, Rule, Severity

if TYPE_CHECKING:
    from accounts.models import User


class RosterRuleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RosterRuleQuerySet:
        """Everybody may know the rules."""
        return self

    def in_force(self, first: date, last: date) -> RosterRuleQuerySet:
        """Those in force on a date from `first` to `last`."""
        return self.filter(
            Q(effective_until=None) | Q(effective_until__gte=first), effective_from__lte=last
        )

    def of_overtime(self) -> RosterRuleQuerySet:
        return self.filter(kind__in=list(Span))

    def of_weeks(self) -> RosterRuleQuerySet:
        """Those that a planned week is held against."""
        return self.exclude(kind__in=list(Span))


class RosterRule(models.Model):
    """One limit and the text it comes from.

    `workforce.roster_rules.Rule` and `workforce.overtime_limits.Limit` say what each means.
    """

    class Kind(models.TextChoices):
        OVERLAP = Kind.OVERLAP, _("two shifts at one time")
        SHORT_REST = Kind.SHORT_REST, _("too little rest between two shifts")
        WEEKLY_HOURS = Kind.WEEKLY_HOURS, _("too many hours in a week")
        WEEKLY_REST = Kind.WEEKLY_REST, _("no weekly rest")
        OVERTIME_DAY = Span.DAY, _("too many hours in a day with overtime")
        OVERTIME_MONTH = Span.MONTH, _("too much overtime in a month")
        OVERTIME_YEAR = Span.YEAR, _("too much overtime in a year")

    class Severity(models.TextChoices):
        WARNING = Severity.WARNING, _("warns")
        REFUSAL = Severity.REFUSAL, _("refuses to publish")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    minutes = models.PositiveIntegerField(
        _("minutes"), help_text=_("The most that is allowed, or the least rest.")
    )
    severity = models.CharField(_("what it does"), max_length=8, choices=Severity.choices)
    source = models.CharField(_("source"), max_length=120)
    split_day_minutes = models.PositiveIntegerField(
        _("split shift up to, minutes"),
        default=0,
        help_text=_("Shifts of one day that together plan no more need no rest between them."),
    )
    effective_from = models.DateField(_("in force from"))
    effective_until = models.DateField(_("in force until"), null=True, blank=True)

    objects = RosterRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of the roster")
        verbose_name_plural = _("rules of the roster")
        ordering = ["kind", "effective_from", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.minutes}"

    def as_rule(self) -> Rule:
        return Rule(
            kind=Kind(self.kind),
            minutes=self.minutes,
            severity=Severity(self.severity),
            source=self.source,
            split_day_minutes=self.split_day_minutes,
        )

    def as_limit(self) -> Limit:
        """For overtime."""
        return Limit(Span(self.kind), self.minutes, Severity(self.severity), self.source)
