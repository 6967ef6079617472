"""Which part of everything a report is about: days, department, channel, person, and whose eyes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User

# One page, one file: more days than this are asked for in pieces.
LONGEST_DAYS = 731


class GroupBy(models.TextChoices):
    """What the lines of a report are."""

    DEPARTMENT = "department", _("Department")
    USER = "user", _("Person")
    CHANNEL = "channel", _("Channel")
    DAY = "day", _("Day")
    HOUR = "hour", _("Hour")
    KEYWORD = "keyword", _("Keyword")
    REQUEST_TYPE = "request_type", _("Kind of request")


class Basis(models.TextChoices):
    """By which clock durations are counted."""

    BUSINESS = "business", _("business hours")
    WALL = "all", pgettext_lazy("hours", "all hours")


@dataclass(frozen=True, slots=True)
class Slice:
    """The facts of `first` to `last`, both included, that `viewer` may see, less the filters."""

    viewer: User
    first: date
    last: date
    department_id: int | None = None
    channel_id: int | None = None
    person_id: int | None = None
    basis: Basis = Basis.BUSINESS

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Slice:
        """As many days right before these."""
        last = self.first - timedelta(days=1)
        return replace(self, first=last - timedelta(days=self.days - 1), last=last)
