"""Facts of a day added up, so that a report reads hundreds of rows instead of millions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from accounts.models import User


class DailyRollupQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DailyRollupQuerySet:
        """The same as of facts: all, the own department's, what they did themselves."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(department=user.department_id)
        return self.filter(axis=DailyRollup.Axis.PERSON, key=str(user.pk))


class DailyRollup(models.Model):
    """What the facts of one day, kind, label and department come to, cut along one axis.

    Each axis tells of all facts: a sum over its keys is the sum of the day. `key` is the id of
    the channel or person, the hour or the word; empty where a fact has none. `wall_values` and
    `business_values` are the single durations (`reporting.durations.packed`), so that a median
    over any days and keys is the true one and no average of averages.
    """

    class Axis(models.TextChoices):
        CHANNEL = "channel", "channel"
        PERSON = "person", "person"
        HOUR = "hour", "hour"
        KEYWORD = "keyword", "keyword"

    day = models.DateField()
    axis = models.CharField(max_length=8, choices=Axis.choices)
    key = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(
        "accounts.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=24, blank=True)
    count = models.PositiveIntegerField()
    wall_values = models.BinaryField(default=b"")
    business_values = models.BinaryField(default=b"")

    objects = DailyRollupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "day",
                "axis",
                "kind",
                "label",
                "key",
                Coalesce("department", 0),
                name="reporting_rollup_once",
            ),
        ]
        indexes = [
            models.Index(fields=["axis", "day", "kind"], name="reporting_rollup_of_axis"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.axis} {self.key} {self.kind}"


class RollupDay(models.Model):
    """A day that has rollups; `is_stale` while facts of it have changed since."""

    day = models.DateField(primary_key=True)
    is_stale = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["day"], condition=Q(is_stale=True), name="reporting_stale_day"),
        ]

    def __str__(self) -> str:
        return str(self.day)
