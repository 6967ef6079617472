"""The words for codes: what happened in a thread, why somebody waits, why a reply failed.

Codes and parameters are stored, sentences are made when they are shown, in the reader's
language. Parameters are escaped; the markup stands in the sentences only.
"""

from __future__ import annotations

import logging

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, OutboundPart

logger = logging.getLogger(__name__)

EVENTS = {
    "assigned_by_keyword": lambda params: (
        _(
            "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, the only "
            "one with room"
        )
        if params["count"] == 1
        else _(
            "Assigned to <b>{person}</b> because of <b>“{keyword}”</b> → {department}, fewest "
            "open conversations of the {count} with room"
        )
    ),
    "assigned_by_department": lambda params: (
        _("Assigned to <b>{person}</b> because it belongs to {department}, the only one with room")
        if params["count"] == 1
        else _(
            "Assigned to <b>{person}</b> because it belongs to {department}, fewest open "
            "conversations of the {count} with room"
        )
    ),
    "assigned_again": _(
        "Assigned to <b>{person}</b> because they answered this customer before and have room"
    ),
    "assigned_by_person": _("<b>{by}</b> assigned it to <b>{person}</b>"),
    "taken": _("<b>{person}</b> took it"),
    "released_checked_out": _("Back in the queue because <b>{person}</b> is no longer at work"),
    "released_on_leave": _("Back in the queue because <b>{person}</b> is on leave"),
    "released_deactivated": _(
        "Back in the queue because <b>{person}</b>’s account was deactivated"
    ),
    "released_department_changed": _(
        "Back in the queue because <b>{person}</b> changed department"
    ),
    "released_given_back": _("<b>{by}</b> put it back in the queue; <b>{person}</b> had it before"),
    "released_on_break": _("Back in the queue because <b>{person}</b> went on a break"),
    "released_no_reply": _("Back in the queue because <b>{person}</b> did not answer in time"),
    "released_handed_over": _(
        "Back in the queue because <b>{person}</b> handed it over at the end of the shift"
    ),
    "released_handed_back": _("Back in the queue because <b>{person}</b> handed it back"),
    "resolved": _("<b>{person}</b> marked it as done"),
    "resolve_undone": _("<b>{person}</b> undid “Done”"),
    "reopened": _("The customer wrote again, so it is open again"),
}

WAITING = {
    Conversation.WaitingReason.NO_DEPARTMENT: _("No keyword matched, so no department has it"),
    Conversation.WaitingReason.ALL_FULL: _("Everybody in {department} is at capacity"),
    Conversation.WaitingReason.NOBODY_AT_WORK: _("Nobody in {department} is taking work now"),
}

FAILURES = {
    OutboundPart.Failure.NO_REPLY_URL: _("this channel has no reply address"),
    OutboundPart.Failure.BAD_REPLY_URL: _("the channel’s reply address is not allowed"),
    OutboundPart.Failure.REFUSED: _("the receiver refused it"),
    OutboundPart.Failure.GAVE_UP: _("the receiver did not answer for a day"),
    OutboundPart.Failure.CHANNEL_OFF: _("the channel is switched off"),
}


def event_sentence(data: dict) -> SafeString | str:
    """Return the sentence of an event message, as HTML; unknown codes show nothing wrong."""
    params = dict(data.get("params") or {})
    sentence = EVENTS.get(data.get("code"))
    if sentence is None:
        logger.warning("no sentence for event code %r", data.get("code"))
        return ""
    if callable(sentence):
        sentence = sentence(params)
    # Never without values: Django 6 refuses to format nothing.
    return format_html(str(sentence), **{"code": data["code"]} | params)


def waiting_sentence(conversation: Conversation) -> str:
    """Return why nobody has it yet, or nothing."""
    sentence = WAITING.get(conversation.waiting_reason)
    if sentence is None or conversation.assignee_id is not None:
        return ""
    department = conversation.department.name if conversation.department else ""
    return str(sentence).format(department=department)


def failure_sentence(part: OutboundPart) -> str:
    return str(FAILURES.get(part.failure, ""))
