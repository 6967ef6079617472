"""What the box below a thread shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from inbox import services
from inbox.canned import given_name
from inbox.forms import ReplyForm
from inbox.models import Conversation, Draft, Viewer
from inbox.services.viewers import SHOWN_FOR
from inbox.thread import is_sendable

MAX_VIEWERS = 3  # named; a crowd is not read
MAX_CHOICES = 100  # canned replies in the menu of a browser without scripts


@dataclass(slots=True)
class Viewers:
    """Who else is here, the writing ones first; `expires` is when to ask again, in seconds."""

    people: list[Viewer]
    expires: int


def composer_context(
    user: User,
    conversation: Conversation,
    form: ReplyForm | None = None,
    *,
    canned_id: str = "",
    kind: str = "",
) -> dict:
    """What `inbox/_composer_box.html` needs; a form that was refused is shown as it came."""
    if form is None or not form.is_bound:
        form = new_form(user, conversation, canned_id=canned_id, kind=kind)
    is_workable = conversation.is_workable_by(user)
    may_answer = is_workable and not conversation.is_resolved
    return {
        "conversation": conversation,
        "form": form,
        "is_workable": is_workable,
        "is_claimable": conversation.is_waiting and conversation.is_claimable_by(user),
        "may_answer": may_answer,
        "is_note": form.is_note or not may_answer,
        # An answer one may no longer send is shown to be copied, not offered as a note.
        "kept": "" if may_answer or form.is_note else form["text"].value() or "",
        "can_send": is_sendable(conversation),
        "viewers": others_in(conversation, user),
        "canned_choices": services.canned_for(conversation, user).only("pk", "shortcut", "title")[
            :MAX_CHOICES
        ],
    }


def new_form(
    user: User, conversation: Conversation, *, canned_id: str = "", kind: str = ""
) -> ReplyForm:
    """An empty form with an id of its own, or the draft this person left here.

    After a note (`kind`) it is one for a note again: what is typed on must not reach the customer.
    """
    draft = Draft.objects.filter(conversation=conversation, author=user).first()
    initial = {
        "submission": uuid.uuid4(),
        "seen": services.newest_reply_id(conversation),
        "canned": canned_id if canned_id.isascii() and canned_id.isdecimal() else "",
        "kind": ReplyForm.NOTE if kind == ReplyForm.NOTE else ReplyForm.REPLY,
    }
    if draft is not None:
        kind = ReplyForm.NOTE if draft.is_note else ReplyForm.REPLY
        initial |= {"text": draft.text, "kind": kind}
    return ReplyForm(initial=initial)


def others_in(conversation: Conversation, user: User, *, at: datetime | None = None) -> Viewers:
    """Colleagues who have this conversation open or are writing in it now."""
    at = at or timezone.now()
    rows = Viewer.objects.filter(conversation=conversation, seen_at__gt=at - SHOWN_FOR)
    rows = list(rows.exclude(user=user).select_related("user").order_by("pk"))
    moments = []
    for row in rows:
        row.is_typing = row.typing_at is not None and row.typing_at > at - SHOWN_FOR
        moments.append(row.typing_at if row.is_typing else row.seen_at)
    left = min((moment + SHOWN_FOR - at for moment in moments), default=SHOWN_FOR)
    rows.sort(key=lambda row: not row.is_typing)
    return Viewers(people=rows[:MAX_VIEWERS], expires=max(1, int(left.total_seconds()) + 1))


def blank_values(user: User, conversation: Conversation, language: str) -> dict[str, str]:
    """What is known of the blanks of a canned reply, in this conversation."""
    department = conversation.department or user.department
    return {
        "customer": given_name(conversation.contact.name, language),
        "me": given_name(user.display_name, language),
        "department": department.name if department else "",
        "channel": conversation.channel.name,
    }
