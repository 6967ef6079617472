"""Canned replies as texts: filling their blanks and finding them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from omnichat.lib.text import fold

if TYPE_CHECKING:
    from inbox.models import CannedReply

BLANK = re.compile(r"\{([^{}\n]{1,40})\}")
# What a blank may be called, without marks: in English and as Vietnamese teams write it.
NAMES = {
    "customer": "customer",
    "ten khach": "customer",
    "khach": "customer",
    "me": "me",
    "ten toi": "me",
    "toi": "me",
    "department": "department",
    "phong": "department",
    "channel": "channel",
    "kenh": "channel",
}


def fill(text: str, values: dict[str, str]) -> str:
    """Fill the blanks whose value is known; the others stay, in their braces, to be typed over."""

    def value(blank: re.Match[str]) -> str:
        return values.get(NAMES.get(fold(blank[1]), ""), "") or blank[0]

    return BLANK.sub(value, text)


def pieces(text: str) -> Iterable[tuple[str, bool]]:
    """Cut a text into parts, each with whether it is a blank (without its braces)."""
    position = 0
    for blank in BLANK.finditer(text):
        yield text[position : blank.start()], False
        yield blank[1], True
        position = blank.end()
    yield text[position:], False


def given_name(name: str, language: str) -> str:
    """How one is addressed: Vietnamese names end in the given name. Numbers are no names."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return ""
    return words[-1] if language == "vi" else " ".join(words)


def search(rows: Iterable[CannedReply], query: str) -> list[CannedReply]:
    """Those that hold every word of the query, marks or not; the shortcut counts most."""
    wanted = fold(query).split()
    found = []
    for row in rows:
        fields = [fold(row.shortcut), fold(row.title), fold(row.text)]
        whole = " ".join(fields)
        if all(word in whole for word in wanted):
            places = [
                min(i for i, field in enumerate([*fields, whole]) if w in field) for w in wanted
            ]
            is_start = bool(wanted) and fields[0].startswith(" ".join(wanted))
            found.append((not is_start, sum(places), len(found), row))
    return [row for *_rank, row in sorted(found, key=lambda item: item[:3])]
