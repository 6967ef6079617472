"""The words for notifications: kind and params are stored, the sentence is made when shown.

Params of each kind, all text but `count` and `minutes`:

    assigned    contact; by: who gave it by hand, else ""
    mentioned   person: who wrote the note; contact; text: how the note begins
    waiting     contact; minutes
    failed      contact
    queue       department, "" for the common queue; count; minutes
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Notification

Kind = Notification.Kind

ICONS = {
    Kind.ASSIGNED: "inbox",
    Kind.MENTIONED: "note",
    Kind.WAITING: "clock",
    Kind.FAILED: "alert",
    Kind.QUEUE: "queue",
}
# What a sentence may ask for and an older row may not have.
NOTHING = dict.fromkeys(("contact", "person", "text", "by", "department"), "")
NOTHING |= {"count": 0, "minutes": 0}


def _queue(params: dict) -> str:
    if params["department"]:
        return ngettext(
            "<b>Queue of {department}:</b> {count} conversation is waiting over {minutes} minutes",
            "<b>Queue of {department}:</b> {count} conversations are waiting over {minutes} "
            "minutes",
            params["count"],
        )
    return ngettext(
        "<b>Common queue:</b> {count} conversation is waiting over {minutes} minutes",
        "<b>Common queue:</b> {count} conversations are waiting over {minutes} minutes",
        params["count"],
    )


SENTENCES = {
    Kind.ASSIGNED: lambda params: (
        _("<b>{by}</b> gave you the conversation with <b>{contact}</b>")
        if params["by"]
        else _("The conversation with <b>{contact}</b> is now yours")
    ),
    Kind.MENTIONED: _("<b>{person}</b> mentioned you in a note: “{text}”"),
    Kind.WAITING: _("<b>Waiting too long:</b> {contact}, over {minutes} minutes without an answer"),
    Kind.FAILED: _("<b>Not delivered:</b> your reply to {contact}"),
    Kind.QUEUE: _queue,
}


def sentence_of(notification: Notification) -> SafeString | str:
    """Return what happened, as HTML in the reader's language; an unknown kind says nothing."""
    sentence, params = _sentence_and_params(notification)
    return format_html(sentence, **params)


def plain_sentence_of(notification: Notification) -> str:
    """Return the same without markup, for programs."""
    sentence, params = _sentence_and_params(notification)
    return sentence.replace("<b>", "").replace("</b>", "").format(**params)


def icon_of(notification: Notification) -> str:
    return ICONS.get(notification.kind, "bell")


def _sentence_and_params(notification: Notification) -> tuple[str, dict]:
    params = NOTHING | notification.params
    sentence = SENTENCES.get(notification.kind, "")
    return str(sentence(params) if callable(sentence) else sentence), params
