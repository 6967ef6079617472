"""The address a request came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """Return the caller's address; the reverse proxy's word counts only with TRUST_PROXY.

    Our proxy appends the address it saw, so the last entry of X-Forwarded-For is the true one.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY and (chain := request.META.get("HTTP_X_FORWARDED_FOR")):
        address = chain.rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
