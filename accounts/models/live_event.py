"""News for open pages."""

from django.db import models
from django.utils import timezone


class LiveEvent(models.Model):
    """One thing that changed, for the pages that show it; ids only, never content.

    Written in the transaction of the change, read by the live processes (`omnichat/live/`) and
    forgotten after minutes. `audience` names groups of sockets, see `accounts.services.live`;
    `object_id` is the public id of the conversation it is about, if it is about one.
    """

    class Kind(models.TextChoices):
        MESSAGE_CREATED = "message.created"
        MESSAGE_STATUS = "message.status"
        CONVERSATION_CHANGED = "conversation.changed"
        CONVERSATION_VIEWERS = "conversation.viewers"
        QUEUE_CHANGED = "queue.changed"
        ME_CHANGED = "me.changed"
        KEYWORDS_CHANGED = "keywords.changed"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    audience = models.TextField()
    object_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
