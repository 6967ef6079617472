"""What was said: channels, contacts, conversations, messages, and the rows that carry them."""

from inbox.models.channel import Channel
from inbox.models.contact import Contact, ContactIdentity
from inbox.models.conversation import Conversation, Cycle
from inbox.models.message import Message
from inbox.models.outbound_part import OutboundPart
from inbox.models.webhook_event import WebhookEvent

__all__ = [
    "Channel",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "Cycle",
    "Message",
    "OutboundPart",
    "WebhookEvent",
]
