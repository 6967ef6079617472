"""What a person is told about while they look elsewhere."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.querysets import NotificationQuerySet


class Notification(models.Model):
    """One line under a person's bell. `path` leads to what it is about.

    `kind` and `params` become a sentence when it is shown (`accounts/notifications.py`).
    `dedup_key` names the occasion: one occasion is told once.
    """

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("assigned to you")
        MENTIONED = "mentioned", _("mentioned in a note")
        WAITING = "waiting", _("waiting too long")
        FAILED = "failed", _("reply not delivered")
        QUEUE = "queue", _("queue waiting too long")
        ROSTER = "roster", _("shifts published")
        FORGOTTEN = "forgotten", _("check-out forgotten")
        REQUEST = "request", _("request waiting or decided")

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # accounts_notification_once begins with it
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    dedup_key = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dedup_key"], name="accounts_notification_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="accounts_notification_latest"),
            models.Index(
                fields=["user"], condition=Q(read_at=None), name="accounts_notification_unread"
            ),
            models.Index(
                fields=["user", "path"],
                condition=Q(kind="waiting"),
                name="accounts_notification_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
