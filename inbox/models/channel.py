"""One connected source of messages."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from omnichat.lib.crypto import UNREADABLE, EncryptedField

if TYPE_CHECKING:
    from accounts.models import User

OLD_SECRET_LIFE = timedelta(hours=24)  # promises 3.10: accepted a day after a rotation

# Of a place, in percent: ten conversations of a light channel fill one, a heavy one fills four.
LEAST_LOAD, MOST_LOAD = 10, 400


class ChannelQuerySet(models.QuerySet):
    def options_for(self, user: User) -> ChannelQuerySet:
        """What a list to choose from shows; whoever is signed in may know the channels."""
        return self.order_by("name", "pk")

    def active(self) -> ChannelQuerySet:
        return self.filter(is_active=True).order_by("pk")


class Channel(models.Model):
    """A connected account: for now a generic webhook with its secret and reply address."""

    class Kind(models.TextChoices):
        GENERIC = "generic", _("Generic webhook")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.GENERIC)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    default_department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department when no keyword matches"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    load_percent = models.PositiveSmallIntegerField(
        _("a conversation takes, percent of a place"),
        default=100,
        db_default=100,
        validators=[MinValueValidator(LEAST_LOAD), MaxValueValidator(MOST_LOAD)],
        help_text=_("50: two of them fill one place. 200: one fills two."),
    )
    secret = EncryptedField(_("secret"), blank=True)
    old_secret = EncryptedField(_("secret before"), blank=True, editable=False)
    secret_changed_at = models.DateTimeField(null=True, editable=False)
    reply_url = models.URLField(
        _("reply address"),
        max_length=500,
        blank=True,
        help_text=_("Replies are sent to this address as signed JSON."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def secrets_at(self, at: datetime) -> list[str]:
        """The secrets a signature may be made with: the current one, and the old for a day.

        One that no key opens any more signs nothing.
        """
        secrets = [self.secret]
        if self.secret_changed_at and at < self.secret_changed_at + OLD_SECRET_LIFE:
            secrets.append(self.old_secret)
        return [secret for secret in secrets if secret and secret != UNREADABLE]
