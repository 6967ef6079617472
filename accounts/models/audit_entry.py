"""The record of acts that matter for security."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One act that matters for security: who did what to whom, from what to what. Append-only."""

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        User,
        verbose_name=_("who"),
        null=True,
        on_delete=models.PROTECT,
        related_name="audit_entries",
    )
    actor_name = models.CharField(_("name at that time"), max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=40)
    target_type = models.CharField(_("kind of target"), max_length=40, blank=True)
    target_id = models.CharField(_("target"), max_length=40, blank=True)
    target_label = models.CharField(_("target's name"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    ip = models.GenericIPAddressField(_("address"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="accounts_audit_target")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_label}"
