"""What happens in the inbox. Import the verbs from here."""

from inbox.services.auto_replies import (
    Texts,
    not_greeted,
    not_told_of_wait,
    send_auto_reply,
)
from inbox.services.auto_reply_texts import (
    create_auto_reply,
    delete_auto_reply,
    update_auto_reply,
)
from inbox.services.canned_replies import (
    canned_for,
    create_canned_reply,
    delete_canned_reply,
    update_canned_reply,
    with_uses,
)
from inbox.services.channels import rotate_secret, save_channel
from inbox.services.contacts import update_contact
from inbox.services.conversations import (
    NotYours,
    complete_message,
    cycle_id_of,
    mark_seen,
    mark_unread,
    place_conversation,
    placing_steps,
    resolve_conversation,
)
from inbox.services.delivery import claim_part, deliver, deliver_due, retry_part, retry_reply
from inbox.services.drafts import forget_draft, save_draft
from inbox.services.event_messages import add_event_message, event_message_step
from inbox.services.intake import receive, waits_since
from inbox.services.notes import add_note, mentionable_in
from inbox.services.notices import assigned_notice_steps, tell_long_waits
from inbox.services.priorities import (
    propose_priority,
    raise_priority,
    raised_columns,
    set_priority,
)
from inbox.services.replies import SomebodyAnswered, newest_reply_id, send_reply
from inbox.services.snoozing import (
    LONGEST_SNOOZE,
    snooze_conversation,
    wake_conversation,
    wake_snoozed,
)
from inbox.services.undo import undo_resolve
from inbox.services.viewers import note_viewer, prune_viewers, stop_typing
from inbox.services.webhook_events import retry_due_events, retry_event

__all__ = [
    "LONGEST_SNOOZE",
    "NotYours",
    "SomebodyAnswered",
    "Texts",
    "add_event_message",
    "add_note",
    "assigned_notice_steps",
    "canned_for",
    "claim_part",
    "complete_message",
    "create_auto_reply",
    "create_canned_reply",
    "cycle_id_of",
    "delete_auto_reply",
    "delete_canned_reply",
    "deliver",
    "deliver_due",
    "event_message_step",
    "forget_draft",
    "mark_seen",
    "mark_unread",
    "mentionable_in",
    "newest_reply_id",
    "not_greeted",
    "not_told_of_wait",
    "note_viewer",
    "place_conversation",
    "placing_steps",
    "propose_priority",
    "prune_viewers",
    "raise_priority",
    "raised_columns",
    "receive",
    "resolve_conversation",
    "retry_due_events",
    "retry_event",
    "retry_part",
    "retry_reply",
    "rotate_secret",
    "save_channel",
    "save_draft",
    "send_auto_reply",
    "send_reply",
    "set_priority",
    "snooze_conversation",
    "stop_typing",
    "tell_long_waits",
    "undo_resolve",
    "update_auto_reply",
    "update_canned_reply",
    "update_contact",
    "wake_conversation",
    "waits_since",
    "wake_snoozed",
    "with_uses",
]
