"""The people who write to us, and who they are on each channel."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A customer, whatever channels they use."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_vip = models.BooleanField(
        _("important customer"),
        default=False,
        db_default=False,
        help_text=_("Their conversations begin with a high priority."),
    )
    is_bot = models.BooleanField(
        _("a program"),
        default=False,
        db_default=False,
        help_text=_("Is never answered automatically."),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    note_author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("note by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note_at = models.DateTimeField(_("note at"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name


class ContactIdentity(models.Model):
    """The name a channel knows a contact by."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="identities")
    channel = models.ForeignKey(
        "inbox.Channel",
        on_delete=models.PROTECT,
        related_name="identities",
        db_index=False,  # inbox_identity_unique begins with it
    )
    platform = models.CharField(_("platform"), max_length=40)
    external_id = models.CharField(_("id on the platform"), max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "platform", "external_id"], name="inbox_identity_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_id}"
