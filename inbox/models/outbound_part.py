"""The outbox: one row per call to a channel."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from omnichat.lib.jobs import QueuedRow


class OutboundPartQuerySet(models.QuerySet):
    def sendable(self) -> "OutboundPartQuerySet":
        """Parts to send, the oldest first; a part waits for the earlier ones of its thread."""
        undone = OutboundPart.objects.filter(state__in=OutboundPart.UNDONE)
        earlier = undone.filter(conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"))
        return self.filter(Q(state__in=OutboundPart.UNDONE), ~Exists(earlier)).order_by(
            "run_after", "pk"
        )


class OutboundPart(QueuedRow):
    """One call to a channel that carries a reply, or a part of one."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")

    class Failure(models.TextChoices):
        """Why a part was given up; inbox.sentences has the words."""

        NO_REPLY_URL = "no_reply_url", _("no reply address")
        BAD_REPLY_URL = "bad_reply_url", _("reply address not allowed")
        REFUSED = "refused", _("refused")
        GAVE_UP = "gave_up", _("no answer for a day")
        CHANNEL_OFF = "channel_off", _("channel switched off")

    UNDONE = (State.QUEUED, State.SENDING)

    # Sent on every try, so that the receiver can tell a repeat.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey("inbox.Message", on_delete=models.PROTECT, related_name="parts")
    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.PROTECT, related_name="+"
    )
    channel = models.ForeignKey("inbox.Channel", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    failure = models.CharField(_("failure"), max_length=20, choices=Failure.choices, blank=True)
    # Tries are counted anew after a person asks for one; until then a day is the limit.
    give_up_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = OutboundPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbound part")
        verbose_name_plural = _("outbound parts")
        indexes = [
            models.Index(
                fields=["run_after", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="inbox_part_due",
            ),
            models.Index(
                fields=["conversation", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="inbox_part_order",
            ),
            models.Index(
                fields=["conversation"], condition=Q(state="failed"), name="inbox_part_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
