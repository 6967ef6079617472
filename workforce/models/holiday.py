"""Days off by law."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A paid day off. One that is not confirmed is an ordinary day until it is."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_confirmed = models.BooleanField(_("confirmed"), default=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
