"""Figures in words: a number and its unit as the reader's language writes them."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import pgettext

from reporting.metrics import Better, Metric, Unit
from reporting.metrics.measures import Value

MINUTE, HOUR, DAY = 60, 3600, 86_400
NO_FIGURE = "–"


class Figure(NamedTuple):
    """What is written large and small; `number` is a dash where there is nothing."""

    number: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".strip() if self.unit != "%" else f"{self.number}%"


def figure(metric: Metric, amount: float | None) -> Figure:
    """An amount of a metric, rounded as people read it."""
    if amount is None:
        return Figure(NO_FIGURE)
    if metric.unit in (Unit.SECONDS, Unit.TOTAL):
        return time_figure(amount)
    if metric.unit == Unit.PERCENT:
        return Figure(number_format(round(amount, 1), 1), "%")
    if metric.unit == Unit.TIMES:
        return Figure(number_format(round(amount, 2), 2))
    return Figure(number_format(int(amount), 0, force_grouping=True))


def time_figure(seconds: float) -> Figure:
    """Seconds in the unit that says them shortest."""
    if seconds < MINUTE:
        return Figure(number_format(round(seconds), 0), pgettext("unit", "s"))
    if seconds < HOUR:
        return Figure(number_format(round(seconds / MINUTE, 1), 1), pgettext("unit", "min"))
    if seconds < 2 * DAY:
        return Figure(number_format(round(seconds / HOUR, 1), 1), pgettext("unit", "hours"))
    return Figure(
        number_format(round(seconds / DAY, 1), 1, force_grouping=True), pgettext("unit", "days")
    )


class Delta(NamedTuple):
    """The difference to the period before: in words, up or down, good or bad or neither."""

    words: str
    is_up: bool
    tone: str


def delta(metric: Metric, now: Value, before: Value) -> Delta | None:
    """None where one of both has nothing, or the difference reads as none."""
    if now.amount is None or before.amount is None:
        return None
    change = now.amount - before.amount
    if figure(metric, abs(change)) == figure(metric, 0):
        return None
    is_up = change > 0
    tone = ""
    if metric.better != Better.NEITHER:
        tone = "ok" if is_up == (metric.better == Better.HIGH) else "bad"
    if metric.unit == Unit.COUNT and before.amount:
        share = number_format(round(100 * abs(change) / before.amount), 0)
        return Delta(f"{share}%", is_up, tone)
    return Delta(str(figure(metric, abs(change))), is_up, tone)
