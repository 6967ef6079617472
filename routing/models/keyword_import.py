"""A checked file of keywords that waits to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User


class KeywordImportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> KeywordImportQuerySet:
        """A checked file is its reader's own."""
        return self.filter(user=user)


class KeywordImport(models.Model):
    """A file of keywords that was checked and waits to be written, exactly as it was checked.

    `rows` are the checked rows, `facts` what the page tells about them. Removed after a day.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="keyword_imports"
    )
    file_name = models.CharField(max_length=200, blank=True)
    keyword_version = models.PositiveBigIntegerField()
    rows = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)

    objects = KeywordImportQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.public_id)
