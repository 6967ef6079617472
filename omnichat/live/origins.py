"""Whether the page that opens a socket is ours."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http.request import validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_own_origin(headers: dict[bytes, bytes]) -> bool:
    """True when `Origin` names the host the socket was asked of, and that host is ours.

    Cookies travel with sockets that foreign pages open: without this any site could listen with
    the session of whoever visits it. A socket on a port of its own (LIVE_URL) keeps the host.
    """
    origin = _split(headers.get(b"origin", b"").decode("latin-1"))
    if origin is None or origin.scheme not in (("https",) if settings.HTTPS else DEFAULT_PORTS):
        return False
    host = _split(f"{origin.scheme}://{headers.get(b'host', b'').decode('latin-1')}")
    if host is None or host.hostname != origin.hostname:
        return False
    if not validate_host(host.hostname, settings.ALLOWED_HOSTS):
        return False
    return settings.IS_LIVE_ELSEWHERE or _port(host) == _port(origin)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username)
    return parts if is_whole and is_bare else None


def _port(parts: SplitResult) -> int | None:
    return parts.port or DEFAULT_PORTS.get(parts.scheme)
