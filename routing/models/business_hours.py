"""When a department answers: opening hours of the week, other dates, holidays."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MIDNIGHT = time(0)  # as a closing time: the end of the day


class BusinessCalendar(models.Model):
    """The hours of one department, or of the whole organisation where `department` is empty."""

    department = models.OneToOneField(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="business_calendar",
        help_text=_("Empty: for departments without hours of their own."),
    )
    keeps_holidays = models.BooleanField(_("closed on public holidays"), default=True)

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        constraints = [
            models.UniqueConstraint(
                fields=["keeps_holidays"],
                condition=Q(department=None),
                name="routing_one_calendar_of_the_organisation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.department or _("whole organisation"))


class BusinessInterval(models.Model):
    """Open from `opens_at` to `closes_at` on one day of the week; several a day may be."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.CASCADE, related_name="intervals"
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"), help_text=_("00:00 is the end of the day."))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")) | Q(closes_at=MIDNIGHT),
                name="routing_hours_end_after_they_begin",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6), name="routing_hours_weekday_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class BusinessException(models.Model):
    """Other hours on one date, instead of those of its weekday; without hours it is closed."""

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.CASCADE, related_name="exceptions"
    )
    date = models.DateField(_("date"))
    opens_at = models.TimeField(_("opens at"), null=True, blank=True)
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("other hours on a date")
        verbose_name_plural = _("other hours on dates")
        ordering = ["date", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None)
                | Q(closes_at__gt=F("opens_at"))
                | Q(opens_at__isnull=False, closes_at=MIDNIGHT),
                name="routing_other_hours_end_after_they_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"
