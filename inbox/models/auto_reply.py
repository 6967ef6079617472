"""What a customer is told by the program itself."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AutoReply(models.Model):
    """The text of one occasion on one channel, in both languages of customers."""

    class Trigger(models.TextChoices):
        GREETING = "greeting", _("greeting")
        OUT_OF_HOURS = "out_of_hours", _("outside business hours")
        WAIT = "wait", _("waiting time")

    channel = models.ForeignKey(
        "inbox.Channel",
        verbose_name=_("channel"),
        on_delete=models.CASCADE,
        related_name="auto_replies",
        db_index=False,  # inbox_auto_reply_once begins with it
    )
    trigger = models.CharField(_("occasion"), max_length=16, choices=Trigger.choices)
    text_vi = models.TextField(_("in Vietnamese"), max_length=1000)
    text_en = models.TextField(_("in English"), max_length=1000)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("auto reply")
        verbose_name_plural = _("auto replies")
        constraints = [
            models.UniqueConstraint(fields=["channel", "trigger"], name="inbox_auto_reply_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.get_trigger_display()}"


class AutoReplySent(models.Model):
    """That a customer was told something in a cycle: once each, whoever tries."""

    cycle = models.ForeignKey(
        "inbox.Cycle",
        on_delete=models.PROTECT,
        related_name="auto_replies",
        db_index=False,  # inbox_auto_reply_once_a_cycle begins with it
    )
    contact = models.ForeignKey(
        "inbox.Contact",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # inbox_auto_reply_of_contact begins with it
    )
    trigger = models.CharField(max_length=16, choices=AutoReply.Trigger.choices)
    # None when it was decided to say nothing, so that it is not asked again.
    message = models.OneToOneField(
        "inbox.Message", null=True, on_delete=models.PROTECT, related_name="auto_reply"
    )
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("sent auto reply")
        verbose_name_plural = _("sent auto replies")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "trigger"], name="inbox_auto_reply_once_a_cycle"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "sent_at"], name="inbox_auto_reply_of_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.trigger}"
