"""What was said: channels, contacts, conversations, messages, and the rows that carry them."""

from inbox.models.auto_reply import AutoReply, AutoReplySent
from inbox.models.canned_reply import CannedReply, CannedReplyUse
from inbox.models.channel import Channel
from inbox.models.contact import Contact, ContactIdentity
from inbox.models.conversation import Conversation, Cycle, Priority
from inbox.models.draft import Draft
from inbox.models.mention import Mention
from inbox.models.message import Message
from inbox.models.outbound_part import OutboundPart
from inbox.models.viewer import Viewer
from inbox.models.webhook_event import WebhookEvent

__all__ = [
    "AutoReply",
    "AutoReplySent",
    "CannedReply",
    "CannedReplyUse",
    "Channel",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "Cycle",
    "Draft",
    "Mention",
    "Message",
    "OutboundPart",
    "Priority",
    "Viewer",
    "WebhookEvent",
]
