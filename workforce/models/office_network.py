"""Where a check-in counts as one in the office."""

from ipaddress import ip_address, ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficeNetwork(models.Model):
    """A network of the office as the world sees it, such as 203.0.113.0/24 or one address."""

    name = models.CharField(_("name"), max_length=60)
    network = models.CharField(
        _("network"), max_length=43, unique=True, help_text=_("Such as 203.0.113.0/24.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("network of the office")
        verbose_name_plural = _("networks of the office")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.network}"

    def clean(self) -> None:
        """Write the network the one way it is written; refuse what is none."""
        try:
            self.network = str(ip_network(self.network.strip(), strict=False))
        except ValueError as error:
            text = _("Not a network: write it like 203.0.113.0/24 or 203.0.113.7.")
            raise ValidationError({"network": text}) from error

    def holds(self, address: str) -> bool:
        """Is an address of this network?"""
        try:
            found, network = ip_address(address), ip_network(self.network)
        except ValueError:
            return False
        # A server that listens on IPv6 sees an IPv4 caller as ::ffff:203.0.113.7.
        return (getattr(found, "ipv4_mapped", None) or found) in network
