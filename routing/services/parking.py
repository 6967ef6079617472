"""Telling the leads what is put aside until they decide."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Notification
from accounts.services import notify
from inbox.models import Conversation
from routing.services.leads import leads_who_hear


def tell_parked(conversation: Conversation, *, count: int, at: datetime) -> None:
    """Notify the leads of its department that `count` people did not answer a conversation.

    The administrators, if the bells of all of them are silent: nothing else gives it out.
    """
    occasion = (conversation.pk, conversation.cycle_number, conversation.department_id, count)
    notify(
        user_ids=leads_who_hear(conversation.department_id),
        kind=Notification.Kind.WAITING,
        path=conversation.path,
        dedup_key="parked:" + ":".join(map(str, occasion)),
        params={"contact": conversation.contact.name, "what": "parked", "count": count},
        at=at,
        replaces=True,
    )
