"""What happens in the inbox. Import the verbs from here."""

from inbox.services.channels import rotate_secret, save_channel
from inbox.services.contacts import update_contact
from inbox.services.conversations import (
    complete_message,
    mark_seen,
    place_conversation,
    resolve_conversation,
)
from inbox.services.delivery import claim_part, deliver, deliver_due, retry_part, retry_reply
from inbox.services.event_messages import add_event_message
from inbox.services.intake import receive
from inbox.services.notices import tell_assigned, tell_long_waits
from inbox.services.replies import send_reply
from inbox.services.webhook_events import retry_due_events, retry_event

__all__ = [
    "add_event_message",
    "claim_part",
    "complete_message",
    "deliver",
    "deliver_due",
    "mark_seen",
    "place_conversation",
    "receive",
    "resolve_conversation",
    "retry_due_events",
    "retry_event",
    "retry_part",
    "retry_reply",
    "rotate_secret",
    "save_channel",
    "send_reply",
    "tell_assigned",
    "tell_long_waits",
    "update_contact",
]
