"""What a keyword may be: the same answer for page, API, admin and files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from omnichat.lib.text import fold, tokenize

MAX_WORD_CHARS = 80
MAX_SYNONYMS = 20
MAX_NOTE_CHARS = 200
BETWEEN_SYNONYMS = re.compile(r"[,;|\r\n]")


def tidy(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def key_of(text: str) -> str:
    """Return what makes two texts the same words, marks included: "HÒA" and "hoà" are one."""
    return " ".join(token.key for token in tokenize(text))


def tidy_synonyms(synonyms: Iterable[str]) -> list[str]:
    """Return the synonyms with single spaces, without empty ones; a comma ends one, as typed."""
    parts = (part for text in synonyms for part in BETWEEN_SYNONYMS.split(text))
    return [text for text in map(tidy, parts) if text]


def synonym_fault(word: str, synonyms: list[str]) -> tuple[str, str] | None:
    """Return why these cannot be the synonyms of a word, as (code, the one that is wrong).

    Codes: too_many, too_long, no_letters, is_word, doubled. A synonym may be the word without its
    marks: then the word counts fully when it is typed so.
    """
    if len(synonyms) > MAX_SYNONYMS:
        return "too_many", ""
    seen = {key_of(word): "is_word"}
    for synonym in synonyms:
        if len(synonym) > MAX_WORD_CHARS:
            return "too_long", synonym
        if not fold(synonym):
            return "no_letters", synonym
        if fault := seen.get(key_of(synonym)):
            return fault, synonym
        seen[key_of(synonym)] = "doubled"
    return None


def ends_before_it_begins(valid_from: date | None, valid_to: date | None) -> bool:
    return valid_from is not None and valid_to is not None and valid_to < valid_from
