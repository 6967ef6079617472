"""Who has a conversation open at this moment."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from inbox.models.conversation import Conversation


class Viewer(models.Model):
    """One person with one conversation open; `typing_at` is when they last typed."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="viewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
    typing_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="inbox_one_viewer_each"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.user_id}"
