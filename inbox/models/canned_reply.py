"""Sentences a team writes often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class CannedReplyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CannedReplyQuerySet:
        """Admin: all. Others: those of the own department and of every department."""
        if user.is_admin:
            return self
        return self.filter(Q(department=user.department_id) | Q(department=None))

    def editable_by(self, user: User) -> CannedReplyQuerySet:
        """Admin: all. Manager: those of the own department. Staff: none."""
        if user.is_admin:
            return self
        return self.filter(department__in=Department.objects.managed_by(user))


class CannedReply(models.Model):
    """A text with blanks such as {customer}, found by its shortcut. No department: for all."""

    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    shortcut = models.CharField(
        _("shortcut"),
        max_length=40,
        validators=[
            RegexValidator(r"\A[a-z0-9-]+\Z", _("Use small letters a-z, digits and hyphen."))
        ],
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=2000)
    is_active = models.BooleanField(_("active"), default=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["shortcut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "shortcut"], name="inbox_canned_shortcut_in_department"
            ),
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(department=None),
                name="inbox_canned_shortcut_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"


class CannedReplyUse(models.Model):
    """One reply that was sent with the help of a canned one."""

    canned_reply = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="uses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["canned_reply", "used_at"], name="inbox_canned_use")]

    def __str__(self) -> str:
        return f"{self.canned_reply_id} {self.used_at:%Y-%m-%d}"
