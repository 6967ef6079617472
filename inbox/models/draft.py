"""What somebody began to write and has not sent."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """The unsent text of one person in one conversation; emptied by sending it."""

    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.CASCADE, related_name="drafts"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    is_note = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author"], name="inbox_one_draft_each"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.author_id}"
