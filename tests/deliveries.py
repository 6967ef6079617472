"""Calling the generic webhook as a shop's program does."""

import json
import time

from inbox.channels import signatures
from inbox.channels.base import InboundEvent

BRIEF = {
    "platform": "zalo",
    "sender": "+84901234567",
    "content": "Tôi cần hỗ trợ mua hàng",
}


def event(text: str = "Xin chào", *, sender: str = "kh-1", **fields) -> InboundEvent:
    """One customer's message, as an adapter hands it to the intake."""
    return InboundEvent(platform="zalo", sender=sender, text=text, raw="{}", **fields)


def as_bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def deliver(client, body: object = BRIEF, *, secret: str | None = None, **headers: str):
    """POST a body to /webhook; with `secret` it is signed now."""
    raw = as_bytes(body)
    if secret is not None:
        headers[signatures.HEADER] = signatures.sign(raw, secret, now=time.time())
    return client.post(
        "/webhook",
        raw,
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
