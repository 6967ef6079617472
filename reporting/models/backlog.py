"""How much was unresolved at a moment, kept as it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from accounts.models import User


class BacklogSnapshotQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> BacklogSnapshotQuerySet:
        """Admin: all. Manager: the own department's. Staff: none; it is nobody's own."""
        if user.is_admin:
            return self
        if user.is_manager:
            return self.filter(department=user.department_id)
        return self.none()


class BacklogSnapshot(models.Model):
    """Unresolved conversations of a department and channel at `at`, a quarter of an hour.

    Never computed again: what was open then cannot be told from what is known later. The `age_`
    columns are those whose customer waits, by how long.
    """

    at = models.DateTimeField()
    department = models.ForeignKey(
        "accounts.Department", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.ForeignKey(
        "inbox.Channel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    open_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0)
    unassigned_count = models.PositiveIntegerField(default=0)
    age_under_1h = models.PositiveIntegerField(default=0)
    age_1h_4h = models.PositiveIntegerField(default=0)
    age_4h_24h = models.PositiveIntegerField(default=0)
    age_1d_3d = models.PositiveIntegerField(default=0)
    age_over_3d = models.PositiveIntegerField(default=0)

    objects = BacklogSnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "at",
                Coalesce("department", 0),
                "channel",
                name="reporting_one_snapshot_of_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.department_id} {self.channel_id}"
