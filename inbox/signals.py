"""What the inbox tells the rest of the product. Sent after the commit; ids only.

Each is a hint for speed; the rows are the truth, and the worker's sweep repairs what a crash lost.
"""

from django.dispatch import Signal

# kwargs: message_ids: list[int]. Customers' messages are stored.
messages_received = Signal()

# kwargs: conversation_id: int, message_id: int. A person answered.
reply_sent = Signal()

# kwargs: conversation_id: int, assignee_id: int | None. Nothing is left to do in the open cycle;
# whose place it filled is told, because the next message may come before a listener looks.
conversation_resolved = Signal()

# kwargs: conversation_id: int. "Done" was taken back: the same cycle goes on.
resolve_undone = Signal()

# kwargs: conversation_id: int. A message came after the last resolve: the next cycle began.
conversation_reopened = Signal()

# kwargs: conversation_id: int. It was put off until a time and fills no place meanwhile, or it is
# back from that.
snooze_changed = Signal()
