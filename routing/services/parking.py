"""Telling the leads what is put aside until they decide."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Notification, User
from accounts.services import notify
from inbox.models import Conversation


def tell_parked(conversation: Conversation, *, count: int, at: datetime) -> None:
    """Notify the leads of its department that `count` people did not answer a conversation."""
    occasion = (conversation.pk, conversation.cycle_number, conversation.department_id, count)
    notify(
        user_ids=_leads_of(conversation.department_id),
        kind=Notification.Kind.WAITING,
        path=conversation.path,
        dedup_key="parked:" + ":".join(map(str, occasion)),
        params={"contact": conversation.contact.name, "what": "parked", "count": count},
        at=at,
    )


def _leads_of(department_id: int | None) -> list[int]:
    """Its managers; administrators where it has none."""
    active = User.objects.filter(is_active=True)
    managers = active.filter(role=User.Role.MANAGER, department=department_id)
    leads = managers if managers.exists() else active.filter(role=User.Role.ADMIN)
    return list(leads.values_list("pk", flat=True))
