"""What a figure is: its name, what it means, what it is measured in, what it is worked out from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.metrics.measures import Measure, Tallies, Value


class Unit(models.TextChoices):
    COUNT = "count", _("number")
    PERCENT = "percent", pgettext_lazy("unit", "%")
    SECONDS = "seconds", _("time, median and p90")
    TOTAL = "total", _("time in all")
    TIMES = "times", _("times")


class Better(models.TextChoices):
    LOW = "low", _("low is good")
    HIGH = "high", _("high is good")
    NEITHER = "", "—"


class Group(models.TextChoices):
    TIME = "time", pgettext_lazy("figures", "Time")
    VOLUME = "volume", _("Volume")
    DEADLINES = "deadlines", _("Deadlines")
    QUALITY = "quality", _("Quality")
    ROUTING = "routing", _("Assignment")
    ATTENDANCE = "attendance", _("Attendance")


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `source` names the facts it comes from, in words."""

    code: str
    name: str | Promise
    definition: str | Promise
    unit: Unit
    better: Better
    group: Group
    source: str | Promise
    measure: Measure

    def of(self, tallies: Tallies) -> Value:
        return self.measure.of(tallies)


FROM_CYCLES = _("what happens to conversations")
FROM_REPLIES = _("replies")
FROM_ASSIGNMENTS = _("assignments")
FROM_DEADLINES = _("deadlines")
FROM_TIMESHEET = _("timesheet")
FROM_REQUESTS = _("requests")
