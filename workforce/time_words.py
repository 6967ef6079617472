"""Hours, days and dates of working time in words, for pages, sentences and files."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from workforce.labour_rules import PayClass

WEEKDAYS = (
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
)
CLASSES: dict[PayClass, str | Promise] = {
    PayClass.NORMAL_DAY: gettext_lazy("normal hours"),
    PayClass.NORMAL_NIGHT: gettext_lazy("normal hours, at night"),
    PayClass.OVERTIME_DAY: gettext_lazy("ordinary day, by day"),
    PayClass.OVERTIME_NIGHT: gettext_lazy("ordinary day, at night"),
    PayClass.OVERTIME_NIGHT_AFTER_DAY: gettext_lazy("ordinary day, at night after overtime by day"),
    PayClass.REST_DAY: gettext_lazy("weekly rest, by day"),
    PayClass.REST_NIGHT: gettext_lazy("weekly rest, at night"),
    PayClass.HOLIDAY_DAY: gettext_lazy("holiday, by day"),
    PayClass.HOLIDAY_NIGHT: gettext_lazy("holiday, at night"),
}


def hours(minutes: int) -> str:
    """`7,9`: hours with one decimal, as the reader's language writes it."""
    value = (Decimal(minutes) / 60).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return number_format(value, decimal_pos=1)


def days(half_days: int) -> str:
    """`15,5`: days from half days; a whole number stays one."""
    whole, rest = divmod(half_days, 2)
    return number_format(Decimal(half_days) / 2, decimal_pos=1) if rest else str(whole)


def weekday(on: date) -> str:
    return str(WEEKDAYS[on.weekday()])


def short_date(on: date) -> str:
    """`Mon 23/11`."""
    return f"{WEEKDAYS[on.weekday()]} {on:%d/%m}"


def month_name(month: date) -> str:
    """`11/2026`, the same in both languages."""
    return f"{month:%m/%Y}"


def pay_class(name: PayClass) -> str:
    return str(CLASSES[name])
