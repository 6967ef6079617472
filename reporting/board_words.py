"""What a finding says: the sentence above the dashboard, and what one can do about it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.waiting import LONG_WAIT_MINUTES
from reporting.finding import Code, Finding


def sentence(finding: Finding) -> str:
    """One line: what is worst now."""
    p = finding.params
    match finding.code:
        case Code.FULL_AND_LATE:
            text = ngettext(
                "%(department)s is full, %(late)d conversation is late",
                "%(department)s is full, %(late)d conversations are late",
                p["late"],
            )
        case Code.LATE:
            text = ngettext(
                "%(late)d conversation is past its deadline",
                "%(late)d conversations are past their deadlines",
                p["late"],
            )
        case Code.LONG_WAIT:
            p = p | {"minutes": LONG_WAIT_MINUTES}
            text = ngettext(
                "%(long_waits)d customer has waited over %(minutes)d minutes for somebody",
                "%(long_waits)d customers have waited over %(minutes)d minutes for somebody",
                p["long_waits"],
            )
        case Code.NOBODY:
            text = _("Nobody of %(department)s is at work")
        case Code.FULL:
            text = _("Today is calm, but %(department)s is full")
        case Code.BUSY:
            text = _("Busier than a week ago: %(started)d new conversations, then %(before)d")
        case Code.CALM:
            text = _("Today is calm")
    return text % p


def advice(finding: Finding) -> tuple[str, str] | None:
    """What stands below it: in bold where, and what helps; None where nothing has to be done."""
    p = finding.params
    match finding.code:
        case Code.FULL_AND_LATE | Code.FULL:
            where = _("%(department)s: %(taken)d of %(capacity)d places are taken.") % p
            if "helper" not in p:
                return where, _("No other department has room now.")
            text = ngettext(
                "%(helper)s has %(free)d free place and can help.",
                "%(helper)s has %(free)d free places and can help.",
                p["free"],
            )
            return where, text % p
        case Code.LATE | Code.LONG_WAIT:
            where = _("Most of them are in %(department)s.") % p
            if not p["capacity"]:
                return where, ""
            return where, _("%(taken)d of %(capacity)d places are taken there.") % p
        case Code.NOBODY:
            where = _("%(department)s is open for customers.") % p
            if not p["waiting"]:
                return where, _("Nothing waits there yet.")
            text = ngettext(
                "%(waiting)d conversation waits there.",
                "%(waiting)d conversations wait there.",
                p["waiting"],
            )
            return where, text % p
    return None
