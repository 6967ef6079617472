"""The words for what a keyword may not be, and for when and where it counts."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from inbox.models import Priority
from routing.keyword_rules import MAX_SYNONYMS, MAX_WORD_CHARS, synonym_fault
from routing.models import Keyword

ENDS_EARLY = _("The last day is before the first one.")
SYNONYM_FAULTS: dict[str, Promise] = {
    "too_many": _("A keyword can have {most} synonyms at most."),
    "too_long": _("“{synonym}” is longer than {limit} characters."),
    "no_letters": _("“{synonym}” has no letter and no digit."),
    "is_word": _("“{synonym}” is the keyword itself."),
    "doubled": _("“{synonym}” stands there twice."),
}


def synonym_sentence(word: str, synonyms: list[str]) -> str:
    """Return why these cannot be the synonyms of a word; empty when they can."""
    fault = synonym_fault(word, synonyms)
    return fault_sentence(*fault) if fault else ""


def fault_sentence(code: str, synonym: str) -> str:
    shown = synonym if len(synonym) <= MAX_WORD_CHARS else f"{synonym[:MAX_WORD_CHARS]}…"
    return str(SYNONYM_FAULTS[code]).format(synonym=shown, most=MAX_SYNONYMS, limit=MAX_WORD_CHARS)


def limits_of(keyword: Keyword) -> list[str]:
    """Return in a few words each: its channel, its days, the priority it sets."""
    told = []
    if keyword.channel:
        told.append(keyword.channel.name)
    for day, text in (
        (keyword.valid_from, pgettext_lazy("keyword", "from %(day)s")),
        (keyword.valid_to, pgettext_lazy("keyword", "until %(day)s")),
    ):
        if day:
            told.append(text % {"day": date_format(day, "d/m/Y")})
    if keyword.sets_priority:
        label = Priority(keyword.sets_priority).label
        told.append(gettext("priority: %(priority)s") % {"priority": label})
    return told
