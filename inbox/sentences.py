"""The words for codes: what happened in a thread, why somebody waits, why a reply failed.

Codes and parameters are stored, sentences are made when they are shown, in the reader's
language. Parameters are escaped; the markup stands in the sentences only.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from inbox.assigned_sentences import ASSIGNED
from inbox.models import Conversation, OutboundPart, Priority

logger = logging.getLogger(__name__)

EVENTS = {
    **ASSIGNED,
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
    "released_deadline_missed": _(
        "Back in the queue because <b>{person}</b> was not done with it in time"
    ),
    "released_handed_over": _("Back in the queue because the shift of <b>{person}</b> is over"),
    "handed_over": _("<b>{by}</b> handed it over to <b>{person}</b> at the end of the shift"),
    "released_handed_back": _("Back in the queue because <b>{person}</b> handed it back"),
    "resolved": _("<b>{person}</b> marked it as done"),
    "resolve_undone": _("<b>{person}</b> undid “Done”"),
    "reopened": _("The customer wrote again, so it is open again"),
    "snoozed": lambda params: _until(params, _("<b>{person}</b> snoozed it until {until}")),
    "woken": lambda params: (
        _("<b>{person}</b> brought it back from snooze")
        if params.get("person")
        else _("The snooze is over, so it is open again")
    ),
    "priority_set": lambda params: _priority(
        params, _("<b>{person}</b> set the priority to {priority}")
    ),
    "priority_raised_by_word": lambda params: _priority(
        params, _("The customer mentioned “{word}”, so the priority is now {priority}")
    ),
    "priority_raised": lambda params: _priority(
        params, _("The deadline was missed, so the priority is now {priority}")
    ),
}


def _until(params: dict, sentence: object) -> object:
    """With `until` as the reader's language writes it; it is stored as an ISO moment."""
    moment = parse_datetime(str(params.get("until", "")))
    words = date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else "…"
    params["until"] = words
    return sentence


def _priority(params: dict, sentence: object) -> object:
    """With `priority` in words; it is stored as its number."""
    params["priority"] = dict(Priority.choices).get(params.get("priority"), "…")
    return sentence


@dataclass(frozen=True, slots=True)
class Because:
    """Why somebody waits: of `says`, and of `more`, the first whose values are known is shown."""

    says: tuple[tuple[tuple[str, ...], object], ...]
    more: tuple[tuple[tuple[str, ...], object], ...] = ()


Reason = Conversation.WaitingReason
WAITING = {
    Reason.NO_DEPARTMENT: Because(
        says=(((), _("No keyword matched, so no department has it")),),
    ),
    Reason.ALL_FULL: Because(
        says=(
            # Of its own: a language with one form for all numbers would say "all 1".
            (("is_one",), _("The only person there is at capacity")),
            (
                ("count",),
                ngettext_lazy(
                    "{count} person is at capacity",
                    "All {count} people are at capacity",
                    "count",
                ),
            ),
            ((), _("Everybody in {department} is at capacity")),
        ),
        more=(
            (
                ("former", "load"),
                _("A returning customer of {former}, who is at {load}"),
            ),
        ),
    ),
    Reason.NOBODY_AT_WORK: Because(
        says=(((), _("Nobody in {department} is taking work now")),),
        more=((("former",), _("A returning customer of {former}")),),
    ),
    Reason.CLOSED: Because(
        says=(((), _("Outside business hours")),),
        more=((("at",), _("The deadline goes on at {at}")),),
    ),
    Reason.CLAIM: Because(
        says=(((), _("The department takes its own: nobody has pressed Take yet")),),
    ),
    Reason.GUARD: Because(
        says=(
            (
                ("person",),
                _("Shared evenly: {person} just got 5 conversations in 10 seconds"),
            ),
            ((), _("Shared evenly: everybody with room just got 5 conversations in 10 seconds")),
        ),
        more=((("seconds",), _("Goes on in {seconds} s")),),
    ),
    Reason.PARKED: Because(
        says=(
            (
                ("count",),
                ngettext_lazy(
                    "Put aside: {count} person had it and did not answer",
                    "Put aside: {count} people had it, nobody answered",
                    "count",
                ),
            ),
            ((), _("Put aside: nobody who had it answered")),
        ),
        more=(((), _("Waits for a lead to give it out")),),
    ),
}
CHOOSING = _("Somebody is being chosen now")

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


def waiting_sentence(conversation: Conversation, known: dict | None = None) -> str:
    """Return why nobody has it yet, or nothing; `known` as below."""
    if conversation.assignee_id is not None or conversation.waiting_reason not in WAITING:
        return ""
    return waiting_words(conversation, known)[0]


def waiting_words(
    conversation: Conversation,
    known: dict | None = None,
    *,
    reason: str | None = None,
    at: datetime | None = None,
) -> tuple[str, str]:
    """Return why it still waits, and what is known beside it or nothing.

    `known` are values of the moment that its row does not hold: `count` of the people who are
    full, `former` whom the customer had before and their `load`. `reason` is its own unless told.
    """
    because = WAITING.get(conversation.waiting_reason if reason is None else reason)
    if because is None:
        return str(CHOOSING), ""
    values = (known or {}) | _waiting_values(conversation, at or timezone.now())
    values["is_one"] = values.get("count") == 1
    return _first_known(because.says, values), _first_known(because.more, values)


def _first_known(sentences: tuple, values: dict) -> str:
    for needs, sentence in sentences:
        if all(values.get(name) for name in needs):
            return sentence.format(**values)
    return ""


def _waiting_values(conversation: Conversation, at: datetime) -> dict:
    """What the row says: names and counts, and `until` as a clock time and as seconds from now."""
    department = conversation.department.name if conversation.department else ""
    values = dict(conversation.waiting_params) | {"department": department}
    stored = values.pop("until", None)
    until = parse_datetime(stored) if isinstance(stored, str) else None
    until = until if until and timezone.is_aware(until) else conversation.due_paused_until
    if until is not None and until > at:
        local = timezone.localtime(until)
        is_today = local.date() == timezone.localtime(at).date()
        values["at"] = date_format(local, "H:i" if is_today else "H:i d/m")
        values["seconds"] = math.ceil((until - at).total_seconds())
    return values


def failure_sentence(part: OutboundPart) -> str:
    return str(FAILURES.get(part.failure, ""))
