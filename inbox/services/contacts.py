"""What we know about a contact."""

from django.db import transaction
from django.utils import timezone

from accounts.models import LiveEvent, User
from accounts.services import live
from inbox.live import audience_of
from inbox.models import Contact


@transaction.atomic
def update_contact(
    *, contact: Contact, author: User, name: str, note: str, is_vip: bool | None = None
) -> Contact:
    """Change name and note; a changed note carries who wrote it and when.

    Conversations of an important customer (`is_vip`) begin with a high priority, the next one on.
    """
    contact = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    changed: dict = {"name": name}
    if is_vip is not None:
        changed["is_vip"] = is_vip
    if note != contact.note:
        changed |= {"note": note, "note_author": author if note else None}
        changed["note_at"] = timezone.now() if note else None
    for field, value in changed.items():
        setattr(contact, field, value)
    contact.save(update_fields=list(changed))
    _tell(contact)
    return contact


def _tell(contact: Contact) -> None:
    """All conversations of the contact show it, those that are done too."""
    kind = LiveEvent.Kind.CONVERSATION_CHANGED
    conversations = contact.conversations.order_by("pk")
    live.tell(*[live.event(kind, audience_of(c), c.public_id) for c in conversations])
