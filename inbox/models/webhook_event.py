"""The ledger of what platforms sent us."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from omnichat.lib.jobs import QueuedRow


class WebhookEvent(QueuedRow):
    """One event as it arrived. Its key is kept for ever: a repeat changes nothing."""

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("failed, will be tried again")
        DEAD = "dead", _("given up")

    channel = models.ForeignKey(
        "inbox.Channel",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # inbox_webhook_event_unique begins with it
    )
    # NULL: the sender named no id, so nothing can be a repeat of it.
    dedup_key = models.CharField(max_length=300, null=True, blank=True)
    # Of a signed delivery whose message has no id: what was signed, so that the same signature
    # under another Idempotency-Key is known again. NULL for all others.
    fingerprint = models.CharField(max_length=64, null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.APPLIED
    )
    # One event of a delivery, after cleaning, as JSON text.
    body = models.TextField(_("body"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "dedup_key"], name="inbox_webhook_event_unique"
            ),
            models.UniqueConstraint(
                fields=["channel", "fingerprint"], name="inbox_webhook_event_fingerprint_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=Q(state="failed"), name="inbox_event_due"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
