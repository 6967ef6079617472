"""Calls to addresses that an administrator entered: public https only, each wait bounded.

Networks in `settings.OUTBOUND_ALLOW` are the exception: private and plain http may be used there.
"""

import re
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore2
import httpx2
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from omnichat.lib.errors import DomainError
from omnichat.lib.safe_json import clean_text

RESOLVE_SECONDS = 3.0
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 15.0
MAX_BODY_BYTES = 65_536  # of a response; the rest is not read
BODY_CHARS = 500
MAX_RETRY_AFTER_SECONDS = 86_400.0

_resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolver")

_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.ASCII)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out of IPv6, RFC 4291
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052

Address = IPv4Address | IPv6Address


class AddressRefused(DomainError):
    """We do not call this address: `not_https`, `not_public` or `bad_address`."""

    status = 400

    def __init__(self, code: str, detail: str | Promise) -> None:
        super().__init__(detail)
        self.code = code


class NotDelivered(Exception):
    """Nothing was sent: no such name, connection refused or timed out, no trusted TLS."""


class Ambiguous(Exception):
    """The request may have arrived: time ran out or the connection broke after sending began."""


@dataclass(frozen=True)
class Response:
    """An answer. `retry_after` is in seconds from now; `body` is the first 500 characters."""

    status: int
    retry_after: float | None
    body: str


@dataclass(frozen=True)
class _Target:
    """A checked URL; `host` is ASCII, without brackets and final dot."""

    scheme: str
    host: str
    port: int
    authority: bytes
    path: bytes

    @property
    def literal_addresses(self) -> list[Address]:
        """The addresses that need no resolver: an IP address itself, or localhost."""
        if self.host == "localhost":
            return [IPv4Address("127.0.0.1")]
        try:
            return [ip_address(self.host)]
        except ValueError:
            return []


def check_address(url: str) -> None:
    """Raise AddressRefused when `url` can never be called. Resolves nothing: for forms."""
    target = _parse(url)
    if addresses := target.literal_addresses:
        _vet(target, addresses)
    elif target.scheme != "https":
        raise _not_https()


def post_json(url: str, body: bytes, headers: dict[str, str]) -> Response:
    """POST `body` once and return any answer, 3xx and 5xx included; redirects are not followed.

    The name is resolved once and only the addresses vetted then are connected to. Takes at most
    TOTAL_SECONDS after the name is resolved. An answer whose body breaks off or is late keeps its
    status and what was read.
    Raises AddressRefused, NotDelivered or Ambiguous.
    """
    target = _parse(url)
    if target.scheme != "https" and not settings.OUTBOUND_ALLOW:
        raise _not_https()
    backend = _PinnedBackend(_vet(target, _resolve(target)), time.monotonic() + TOTAL_SECONDS)
    content_headers = {"content-type": "application/json", "accept-encoding": "identity"}
    all_headers = content_headers | {name.lower(): value for name, value in headers.items()}
    request = httpcore2.Request(
        "POST",
        httpcore2.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path,
        ),
        headers=all_headers
        | {
            "host": target.authority,
            "user-agent": "OmniChat",
            "connection": "close",
            "content-length": str(len(body)),
        },
        content=body,
        extensions={
            "timeout": {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
        },
    )
    with httpcore2.HTTPConnection(
        request.url.origin, ssl_context=_tls_context(), network_backend=backend
    ) as connection:
        try:
            response = connection.handle_request(request)
        except (
            httpcore2.ConnectError,
            httpcore2.ConnectTimeout,
            httpcore2.LocalProtocolError,
        ) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}") from error
        except (
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            httpcore2.TimeoutException,
        ) as error:
            raise Ambiguous(f"{type(error).__name__}: {error}") from error
        text = _read_body(response).decode(errors="replace")
    answer_headers = {name.lower(): value for name, value in reversed(response.headers)}
    return Response(
        status=response.status,
        retry_after=_retry_after(
            answer_headers.get(b"retry-after", b"").decode("latin-1"), datetime.now(UTC)
        ),
        body=clean_text(text[:BODY_CHARS]),
    )


# --- Which addresses --------------------------------------------------------------------------
def _not_https() -> AddressRefused:
    return AddressRefused(
        "not_https", _("This address is not encrypted. Use one that begins with https://.")
    )


def _parse(url: str) -> _Target:
    bad = AddressRefused(
        "bad_address",
        _("This is not a web address. Write it like https://example.com/path, without a password."),
    )
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise bad from error
    if parsed.scheme not in ("http", "https") or parsed.userinfo:
        raise bad
    host = parsed.raw_host.decode("ascii")
    name = host.removesuffix(".")
    if "%" in host or not (":" in host or _HOST_NAME.fullmatch(name)):
        raise bad
    port = {"http": 80, "https": 443}[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port < 65_536:
        raise bad
    return _Target(parsed.scheme, name, port, parsed.netloc, parsed.raw_path)


def _resolve(target: _Target) -> list[Address]:
    """Ask the resolver once. localhost keeps only the allowed of its two addresses, if any is."""
    # The resolver has no time limit of its own, and a send's lease must outlast it.
    asked = _resolvers.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
    try:
        found = asked.result(timeout=RESOLVE_SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        asked.cancel()
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    # A dict keeps the resolver's order.
    addresses = [ip_address(text) for text in dict.fromkeys(entry[4][0] for entry in found)]
    if target.host == "localhost":
        return [address for address in addresses if _is_allowed(address)] or addresses
    return addresses


def _vet(target: _Target, addresses: list[Address]) -> list[Address]:
    """Return the addresses when every one of them may be called, else raise AddressRefused."""
    for address in addresses:
        if _is_allowed(address):
            continue
        if not _is_public(address):
            raise AddressRefused(
                "not_public",
                _(
                    "This address is in a private network. Use a public one, or list the network"
                    " in OUTBOUND_ALLOW."
                ),
            )
        if target.scheme != "https":
            raise _not_https()
    return addresses


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries (mapped, 6to4, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_allowed(address: Address) -> bool:
    networks = [ip_network(cidr, strict=False) for cidr in settings.OUTBOUND_ALLOW]
    return any(_inner(address) in network for network in networks)


def _is_public(address: Address) -> bool:
    inner = _inner(address)
    if isinstance(inner, IPv6Address) and inner not in _GLOBAL_UNICAST:
        return False
    # is_global is true for multicast.
    return inner.is_global and not inner.is_multicast


# --- How we connect ---------------------------------------------------------------------------
@cache
def _tls_context() -> ssl.SSLContext:
    return httpcore2.default_ssl_context()


class _PinnedBackend(httpcore2.SyncBackend):
    """Connect to the given addresses, whatever the name resolves to by now.

    An address that does not answer makes room for the next one: nothing was sent to it.
    """

    def __init__(self, addresses: list[Address], deadline: float) -> None:
        self.addresses = addresses
        self.deadline = deadline

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in self.addresses:
            left = _left(self.deadline, timeout, httpcore2.ConnectTimeout)
            try:
                stream = super().connect_tcp(
                    str(address), port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self.deadline)
        raise failure


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection on which no single wait outlasts the deadline of the whole call."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes, timeout=None):
        return self.stream.read(max_bytes, _left(self.deadline, timeout, httpcore2.ReadTimeout))

    def write(self, buffer, timeout=None):
        self.stream.write(buffer, _left(self.deadline, timeout, httpcore2.WriteTimeout))

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        left = _left(self.deadline, timeout, httpcore2.ConnectTimeout)
        return _DeadlineStream(
            self.stream.start_tls(ssl_context, server_hostname, left), self.deadline
        )

    def close(self):
        self.stream.close()

    def get_extra_info(self, info):
        return self.stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None, error: type[Exception]) -> float:
    """Return the seconds one wait may take; raise `error` when the deadline has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("the whole call took too long")
    return left if timeout is None else min(left, timeout)


# --- What came back ---------------------------------------------------------------------------
def _read_body(response: httpcore2.Response) -> bytes:
    body = b""
    try:
        for chunk in response.stream:
            body += chunk
            if len(body) >= MAX_BODY_BYTES:
                break
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException):
        pass  # The status is the answer; the body only explains it.
    return body[:MAX_BODY_BYTES]


def _retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110 section 10.2.3): seconds or a date; a day at most."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)
