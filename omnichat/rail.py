"""The main navigation: one line per page, in the order of the rail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import ADMINS, EVERYONE, LEADS
from routing.queue_page import may_see_queue

ON_PHONE = 4  # places in the bottom bar; the others stand under "More"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: symbol, name, address and the words in names of addresses that belong to it."""

    icon: str
    label: str | Promise
    view: str
    here: tuple[str, ...]
    roles: tuple[str, ...] = EVERYONE
    allows: Callable[[User], bool] = lambda user: True  # beside the role
    go: str = ""  # the letter behind G


REQUESTS = ("workforce:request_", "workforce:leave_balance", "workforce:leave_calendar")
REQUESTS += ("workforce:deputy_",)
_PARTS = ("roster", "shift_", "leave", "calendar", "availability")
SHIFTS = (*(f"workforce:{part}" for part in _PARTS), "routing:shift_handover")
ENTRIES = (
    Entry(
        "gauge",
        pgettext_lazy("page", "Overview"),
        "reporting:dashboard",
        ("reporting:dashboard",),
        go="g",
    ),
    Entry(
        "inbox",
        _("Inbox"),
        "inbox:conversation_list",
        ("inbox:conversation", "inbox:contact"),
        go="i",
    ),
    Entry(
        "queue",
        pgettext_lazy("page", "Queue"),
        "routing:queue",
        ("routing:queue",),
        allows=may_see_queue,
        go="q",
    ),
    Entry(
        "calendar",
        pgettext_lazy("page", "Shifts"),
        "workforce:roster",
        SHIFTS,
    ),
    Entry("clock", _("Timesheet"), "workforce:timesheet", ("workforce:timesheet",)),
    Entry("request", pgettext_lazy("page", "Requests"), "workforce:request_list", REQUESTS),
    Entry("target", "KPI", "reporting:kpi", ("reporting:kpi",)),
    Entry("tag", _("Keywords"), "routing:keyword_list", ("routing:keyword",)),
    Entry(
        "report",
        pgettext_lazy("page", "Reports"),
        "reporting:report",
        ("reporting:report",),
        LEADS,
        go="r",
    ),
    Entry("users", pgettext_lazy("page", "People"), "people:person_list", ("people:",), LEADS),
    Entry("bolt", _("Canned replies"), "inbox:canned_list", ("inbox:canned_",), LEADS),
    Entry("gear", pgettext_lazy("rail", "Administration"), "admin:index", ("admin:",), ADMINS),
)


def rail(request: HttpRequest) -> dict[str, list[dict]]:
    """What this person's rail shows: all entries, and those a phone keeps under "More"."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    # Handing over and its reasons belong to the inbox, whose conversation they are about.
    name = name.replace("routing:conversation", "inbox:conversation")
    fitting = [entry for entry in ENTRIES if name.startswith(entry.here)]
    # Of two the one with the longer word: `leave_calendar` is no part of `leave`.
    here = max(fitting, key=lambda entry: _match(entry, name), default=None)
    entries = [
        {
            "icon": entry.icon,
            "label": entry.label,
            "view": entry.view,
            "is_here": entry is here,
            "go": entry.go,
            "is_inbox": entry.view == "inbox:conversation_list",
        }
        for entry in ENTRIES
        if request.user.role in entry.roles and entry.allows(request.user)
    ]
    return {"entries": entries, "more": entries[ON_PHONE:]}


def _match(entry: Entry, name: str) -> int:
    """How much of the name of an address an entry names."""
    return max(len(part) for part in entry.here if name.startswith(part))
