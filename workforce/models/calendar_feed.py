"""The private address at which a person's own calendar reads their shifts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


def new_key() -> str:
    return secrets.token_urlsafe(24)


class CalendarFeedQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CalendarFeedQuerySet:
        """Only the own one, whoever asks: the address is a secret."""
        return self.filter(user=user)


class CalendarFeed(models.Model):
    """At most one for a person. The signed address holds `key`: a new key ends the old address."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="calendar_feed",
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return f"{self.user_id}"
