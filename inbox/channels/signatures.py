"""The signature of generic webhooks, in and out.

Header `X-OmniChat-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>]`; v1 is the HMAC-SHA256 of
`t`, a dot and the raw body. Several v1 are allowed while a secret is changed. A sample with its
expected value stands in docs/channels.md and in the tests.
"""

import hmac
from hashlib import sha256

HEADER = "X-OmniChat-Signature"
MAX_SKEW_SECONDS = 300


def sign(raw: bytes, secret: str, *, now: float) -> str:
    """Return the header's value for a body sent at `now` (unix seconds)."""
    stamp = str(int(now))
    return f"t={stamp},v1={_digest(raw, secret, stamp)}"


def verify(raw: bytes, header: str, secrets: list[str], *, now: float) -> bool:
    """True when one of `secrets` signed exactly these bytes within the last 300 seconds.

    Anything malformed is a plain False. All comparisons take constant time.
    """
    stamp, given = "", []
    for name, _, value in _items(header):
        if name == "t":
            stamp = value
        elif name == "v1" and value.isascii():
            given.append(value)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(now - int(stamp)) > MAX_SKEW_SECONDS:
        return False
    is_good = False
    for secret in secrets:
        expected = _digest(raw, secret, stamp)
        for value in given[:4]:
            is_good |= hmac.compare_digest(expected, value)
    return is_good


def fingerprint(raw: bytes, header: str) -> str:
    """Return what identifies a signed delivery: a replay of it has the same."""
    stamp = next((v for n, _, v in _items(header) if n == "t"), "")
    return sha256(stamp.encode() + b"." + raw).hexdigest()


def _items(header: str) -> list[tuple[str, str, str]]:
    return [item.strip().partition("=") for item in header.split(",")]


def _digest(raw: bytes, secret: str, stamp: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + raw, sha256).hexdigest()
