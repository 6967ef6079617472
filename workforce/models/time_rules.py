"""What counts as work, night, overtime and a whole day, as a table with effective dates."""

from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from workforce.labour_rules import PayClass, Rules


def default_rest_weekdays() -> list[int]:
    return [6]


def default_percents() -> dict[str, int]:
    """Labour Code 45/2019, article 98; Decree 145/2020, articles 55-57."""
    return {
        PayClass.NORMAL_DAY: 100,
        PayClass.NORMAL_NIGHT: 130,
        PayClass.OVERTIME_DAY: 150,
        PayClass.OVERTIME_NIGHT: 200,
        PayClass.OVERTIME_NIGHT_AFTER_DAY: 210,
        PayClass.REST_DAY: 200,
        PayClass.REST_NIGHT: 270,
        PayClass.HOLIDAY_DAY: 300,
        PayClass.HOLIDAY_NIGHT: 390,
    }


class TimeRules(models.Model):
    """One row of the rules, in force until the next one begins; see labour_rules.Rules."""

    effective_from = models.DateField(_("in force from"), unique=True)
    night_from = models.TimeField(_("night from"), default=time(22))
    night_until = models.TimeField(_("night until"), default=time(6))
    normal_minutes = models.PositiveSmallIntegerField(_("normal day, minutes"), default=480)
    rest_weekdays = models.JSONField(
        _("weekly rest"), default=default_rest_weekdays, help_text=_("Days, 0 is Monday.")
    )
    percents = models.JSONField(_("percent of the normal hour"), default=default_percents)
    full_day_minutes = models.PositiveSmallIntegerField(_("whole day from, minutes"), default=420)
    half_day_minutes = models.PositiveSmallIntegerField(_("half day from, minutes"), default=210)
    auto_close_minutes = models.PositiveSmallIntegerField(
        _("check-out is forgotten after, minutes"), default=240
    )
    is_grace_deducted = models.BooleanField(_("late from the end of the grace"), default=False)
    overtime_needs_approval = models.BooleanField(
        _("overtime counts only as approved"),
        default=False,
        db_default=False,
        help_text=_("What is worked beyond the plan without an approved request counts nothing."),
    )

    class Meta:
        verbose_name = _("rules of working time")
        verbose_name_plural = _("rules of working time")
        ordering = ["effective_from"]

    def __str__(self) -> str:
        return f"{self.effective_from:%Y-%m-%d}"

    def clean(self) -> None:
        """Refuse what could not be counted with."""
        days = self.rest_weekdays
        if not isinstance(days, list) or not set(map(str, days)) <= set("0123456"):
            raise ValidationError({"rest_weekdays": _("Numbers from 0 to 6 in a list.")})
        if not isinstance(self.percents, dict) or not all(
            isinstance(value, int) and value >= 0 for value in self.percents.values()
        ):
            raise ValidationError({"percents": _("A whole number for each class.")})
        if missing := sorted(set(map(str, PayClass)) - set(self.percents)):
            text = _("There is no percent for: %(names)s") % {"names": ", ".join(missing)}
            raise ValidationError({"percents": text})
        if not 0 < self.half_day_minutes <= self.full_day_minutes:
            raise ValidationError(
                {"half_day_minutes": _("More than nothing and at most a whole day.")}
            )

    def as_rules(self) -> Rules:
        return Rules(
            effective_from=self.effective_from,
            night_from=self.night_from,
            night_until=self.night_until,
            normal_minutes=self.normal_minutes,
            rest_weekdays=frozenset(map(int, self.rest_weekdays)),
            percents={PayClass(name): value for name, value in self.percents.items()},
            full_day_minutes=self.full_day_minutes,
            half_day_minutes=self.half_day_minutes,
            auto_close_minutes=self.auto_close_minutes,
            is_grace_deducted=self.is_grace_deducted,
            overtime_needs_approval=self.overtime_needs_approval,
        )
