"""Whom a private note calls."""

from django.conf import settings
from django.db import models


class Mention(models.Model):
    """One person named with @ in one note; from then on they may read the conversation."""

    message = models.ForeignKey("inbox.Message", on_delete=models.PROTECT, related_name="mentions")
    # Same as the message's; here because the scope rule asks for it on every list.
    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.PROTECT, related_name="mentions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="inbox_mention_once"),
        ]
        indexes = [models.Index(fields=["user", "conversation"], name="inbox_mention_of_user")]

    def __str__(self) -> str:
        return f"{self.message_id} @{self.user_id}"
