"""The organisation that runs this installation, and its departments."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.querysets import DepartmentQuerySet


class Organisation(models.Model):
    """The one company that runs this installation."""

    class OffSite(models.TextChoices):
        ALLOWED = "allowed", _("nothing")
        MARKED = "marked", _("mark the day in the timesheet")
        REFUSED = "refused", _("refuse it")

    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Ho_Chi_Minh")
    language = models.CharField(_("language"), max_length=2, default="vi")
    sign_in_help = models.CharField(_("help text for sign-in"), max_length=200, blank=True)
    off_site_check_in = models.CharField(
        _("what happens on a check-in outside the office"),
        max_length=8,
        choices=OffSite.choices,
        default=OffSite.MARKED,
        db_default=OffSite.MARKED,
        help_text=_("Counts only once networks of the office are listed."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="accounts_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; the server's where this machine does not know it."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(settings.TIME_ZONE)


class Department(models.Model):
    """A group of people who answer the same kind of question."""

    name = models.CharField(_("name"), max_length=80)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=100,
        help_text=_("When two departments match equally, the lower number wins."),
    )
    staff_can_claim = models.BooleanField(
        _("staff may take waiting conversations themselves"), default=False
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="accounts_department_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
