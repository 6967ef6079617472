"""The word lists beside the keywords: what to ignore, what is short for what, what is known. Pure.

The files of `routing/data` hold what is true of the language (syllables, stop words, loan words).
Phrases to ignore and abbreviations are rows that people change; the files have those a new
installation begins with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from omnichat.lib.text import Token, tokenize

DATA = Path(__file__).parent.parent / "data"

MAX_READINGS = 6  # of one abbreviation
MAX_MEANING_WORDS = 8
MAX_ABBREVIATION_WORDS = 4  # "đ/c" has two


@dataclass(frozen=True, slots=True)
class WordLists:
    """Phrases to ignore, and pairs of an abbreviation and what it may also be read as."""

    ignored: tuple[str, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """What some words of a message may also be read as."""

    keys: tuple[str, ...]
    folds: tuple[str, ...]
    meaning: tuple[Token, ...]

    def is_written(self, words: list[Token]) -> bool:
        """True when these words are it; one typed without marks may be one that has them."""
        return len(words) == len(self.keys) and all(
            word.key == key or word.key == word.fold == fold
            for word, key, fold in zip(words, self.keys, self.folds, strict=True)
        )


def read_abbreviations(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[Abbreviation, ...]]:
    """Return the abbreviations by the fold of their first word, a bounded number of each."""
    found: dict[str, dict[tuple, Abbreviation]] = {}
    for written, meaning in sorted(pairs):
        words, meant = tokenize(written), tuple(tokenize(meaning))
        keys, meant_keys = tuple(t.key for t in words), tuple(t.key for t in meant)
        is_usable = 0 < len(words) <= MAX_ABBREVIATION_WORDS and len(meant) > 0
        if is_usable and len(meant) <= MAX_MEANING_WORDS and keys != meant_keys:
            known = found.setdefault(words[0].fold, {})
            if len(known) < MAX_READINGS:
                folds = tuple(t.fold for t in words)
                known.setdefault((keys, meant_keys), Abbreviation(keys, folds, meant))
    return {first: tuple(known.values()) for first, known in found.items()}


@cache
def syllables() -> frozenset[str]:
    """Everything that could be a Vietnamese syllable, without marks: some 3,000 words."""
    parts = json.loads((DATA / "vi_syllables.json").read_text(encoding="utf-8"))
    return frozenset(o + r for o in parts["onsets"] for r in parts["rimes_without_marks"])


@cache
def stop_words() -> tuple[str, ...]:
    """Words that mean nothing by themselves."""
    return tuple((DATA / "vi_stopwords.txt").read_text(encoding="utf-8").split())


@cache
def familiar_words() -> frozenset[str]:
    """Folds of words that are never a mistake: syllables, stop words, loan words of shops."""
    loans = (DATA / "loan_words.txt").read_text(encoding="utf-8").split()
    return syllables().union(t.fold for word in (*stop_words(), *loans) for t in tokenize(word))


@cache
def starter_lists() -> WordLists:
    """The lists a new installation begins with."""
    ignored = json.loads((DATA / "vi_ignore_phrases.json").read_text(encoding="utf-8"))
    pairs = json.loads((DATA / "vi_abbreviations.json").read_text(encoding="utf-8"))
    different = ((word, meaning) for word, meaning in pairs.items() if word != meaning)
    return WordLists(ignored=tuple(ignored), abbreviations=tuple(different))
