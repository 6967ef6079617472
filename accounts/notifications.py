"""The words for notifications: kind and params are stored, the sentence is made when shown.

Params of each kind, all text but `count` and `minutes`:

    assigned    contact; by: who gave it by hand, else ""
    mentioned   person: who wrote the note; contact; text: how the note begins
    waiting     contact; minutes. Of a promise: what: `due`, `missed`, `many` or `woken` and what
                its sentence below asks for
    failed      contact
    queue       department, "" for the common queue; count; minutes
    roster      week: its Monday, as an ISO date; count: how many shifts are published. Or, where a
                published one is taken out: week; shift: its name; date. Or, where a shift is
                ending: handover: how many conversations one has; time: "HH:MM", its end
    forgotten   date; time: "HH:MM", when the entry was closed
    request     what: a key of REQUEST_SENTENCES; request: its kind; person: who did it, or whose it
                is where nobody did; first, last: its ISO dates, or ""
"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import Notification

Kind = Notification.Kind

ICONS = {
    Kind.ASSIGNED: "inbox",
    Kind.MENTIONED: "note",
    Kind.WAITING: "clock",
    Kind.FAILED: "alert",
    Kind.QUEUE: "queue",
    Kind.ROSTER: "calendar",
    Kind.FORGOTTEN: "clock",
    Kind.REQUEST: "request",
}
# What people hear of at home as well: when they work, what became of what they asked for, and that
# they forgot to go home.
WORKING_TIME = (Kind.ROSTER, Kind.FORGOTTEN, Kind.REQUEST)
# What a sentence may ask for and an older row may not have.
NOTHING = dict.fromkeys(("contact", "person", "text", "by", "department"), "")
NOTHING |= dict.fromkeys(("week", "shift", "date", "time"), "")
NOTHING |= dict.fromkeys(("what", "request", "first", "last"), "")
NOTHING |= {"count": 0, "minutes": 0, "handover": 0}
DATES = (
    "week",
    "date",
    "first",
    "last",
)  # stored as ISO dates, shown as the reader's language writes them


# The kinds of workforce's Request, named here because the bell and the audit name them too.
REQUEST_KINDS = {
    "leave": pgettext_lazy("request", "Leave"),
    "late_early": pgettext_lazy("request", "Late or early"),
    "overtime": pgettext_lazy("request", "Overtime"),
    "remote": pgettext_lazy("request", "Remote work"),
    "trip": pgettext_lazy("request", "Business trip"),
    "attendance_correction": pgettext_lazy("request", "Attendance correction"),
    "shift_change": pgettext_lazy("request", "Shift change"),
    "raise": pgettext_lazy("request", "Raise"),
    "transfer": pgettext_lazy("request", "Transfer"),
    "other": pgettext_lazy("request", "Other"),
}
REQUEST_SENTENCES = {
    "waiting": _("<b>{person}</b> asks for your decision: {request}"),
    "reminder": _("<b>Waiting for your decision for over a day:</b> {request} of {person}"),
    "asked": _("<b>{person}</b> asks you to change shifts"),
    "agreed": _("<b>{person}</b> agreed to your shift change; now a manager decides"),
    "declined": _("<b>{person}</b> cannot change shifts with you"),
    "unanswered": _("<b>Closed without an answer:</b> the shift change with {person}"),
    "approved": _("<b>{person}</b> approved: {request}"),
    "rejected": _("<b>{person}</b> rejected: {request}"),
    "cancelled": _("<b>{person}</b> cancelled: {request}"),
    "commented": _("<b>{person}</b> wrote about: {request}"),
    "stuck": _("<b>Not carried out:</b> {request} of {person} needs your attention"),
}


CHANGED = _("Something changed: {request}")


def _deadline(params: dict) -> str:
    """Of a promise to a customer; nothing where the notification is about something else."""
    what = params["what"]
    if what == "due" and params.get("metric") == "resolution":
        return ngettext(
            "<b>{minutes} minute left</b> to resolve {contact} in time",
            "<b>{minutes} minutes left</b> to resolve {contact} in time",
            params["minutes"],
        )
    if what == "due":
        return ngettext(
            "<b>{minutes} minute left</b> to answer {contact} in time",
            "<b>{minutes} minutes left</b> to answer {contact} in time",
            params["minutes"],
        )
    if what == "missed":
        return _("<b>Deadline missed:</b> {contact}")
    if what == "parked":
        return ngettext(
            "<b>Waits for you to give it out:</b> {count} person had {contact}, nobody answered",
            "<b>Waits for you to give it out:</b> {count} people had {contact}, nobody answered",
            params["count"],
        )
    if what == "woken":
        return _("<b>Back from snooze:</b> {contact}")
    if what == "many":
        return ngettext(
            "<b>{count} deadline</b> is near or missed",
            "<b>{count} deadlines</b> are near or missed",
            params["count"],
        )
    return ""


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


def _roster(params: dict) -> str:
    if params["handover"]:
        return ngettext(
            "<b>Your shift ends at {time}:</b> hand over {handover} conversation",
            "<b>Your shift ends at {time}:</b> hand over {handover} conversations",
            params["handover"],
        )
    if params["shift"]:
        return _(
            "<b>Your shifts of the week of {week} have changed:</b> {shift} on {date} is taken out"
        )
    return ngettext(
        "<b>Your shifts of the week of {week}:</b> {count} shift is published",
        "<b>Your shifts of the week of {week}:</b> {count} shifts are published",
        params["count"],
    )


SENTENCES = {
    Kind.ASSIGNED: lambda params: (
        _("<b>{by}</b> gave you the conversation with <b>{contact}</b>")
        if params["by"]
        else _("The conversation with <b>{contact}</b> is now yours")
    ),
    Kind.MENTIONED: _("<b>{person}</b> mentioned you in a note: “{text}”"),
    Kind.WAITING: lambda params: (
        _deadline(params)
        or _("<b>Waiting too long:</b> {contact}, over {minutes} minutes without an answer")
    ),
    Kind.FAILED: _("<b>Not delivered:</b> your reply to {contact}"),
    Kind.QUEUE: _queue,
    Kind.ROSTER: _roster,
    Kind.REQUEST: lambda params: REQUEST_SENTENCES.get(params["what"], CHANGED),
    Kind.FORGOTTEN: _(
        "<b>Check-out forgotten</b> on {date}: your entry was closed at {time} and counts nothing "
        "until it is corrected"
    ),
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


def date_words(value: str) -> str:
    """Return an ISO date as the reader's language writes it; another text as it is."""
    try:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value


def _sentence_and_params(notification: Notification) -> tuple[str, dict]:
    params = NOTHING | notification.params
    params |= {name: date_words(params[name]) for name in DATES}
    sentence = SENTENCES.get(notification.kind, "")
    params["request"] = _request_words(params)
    return str(sentence(params) if callable(sentence) else sentence), params


def _request_words(params: dict) -> str:
    """`Leave, 25/11/2026 – 26/11/2026`: what a request is about."""
    kind, days = str(REQUEST_KINDS.get(params["request"], params["request"])), []
    for name in ("first", "last"):
        if params[name] and params[name] not in days:
            days.append(params[name])
    return f"{kind}, {' – '.join(days)}" if days else kind
