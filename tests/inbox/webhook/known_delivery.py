"""A delivery whose signature is known, and how much was stored of deliveries."""

from pathlib import Path

from inbox.models import Contact, ContactIdentity, Conversation, Message, WebhookEvent

SAMPLE = Path(__file__).parents[1] / "payloads" / "generic_webhook_message.json"
# Computed elsewhere with Python's hmac: the agreed value for this secret, time and body.
VECTOR_SECRET = "whsec_demo"
VECTOR_SECONDS = 1_795_316_645
VECTOR_DIGEST = "480a85150c29795bdc72c109d60a6a7cc6904c45005e400d20c4f19f48bed9f2"
VECTOR_HEADER = f"t={VECTOR_SECONDS},v1={VECTOR_DIGEST}"
VECTOR_BODY = (
    '{"event_id":"evt_01JDA9","type":"message","contact":{"id":"kh-778","name":"Đặng Mai",'
    '"phone":"+84901234567"},"message":{"id":"ext-1","text":"Tôi cần hỗ trợ mua hàng",'
    '"attachments":[]},"timestamp":"2026-11-22T10:04:05+07:00"}'
).encode()


def stored_counts() -> dict[str, int]:
    """How many rows there are of what a delivery makes; compare with NOTHING or ONE_OF_EACH."""
    models = (WebhookEvent, Contact, ContactIdentity, Conversation, Message)
    return {model.__name__: model.objects.count() for model in models}


NOTHING = {
    "WebhookEvent": 0,
    "Contact": 0,
    "ContactIdentity": 0,
    "Conversation": 0,
    "Message": 0,
}
ONE_OF_EACH = dict.fromkeys(NOTHING, 1)
