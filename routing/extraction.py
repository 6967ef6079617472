"""Which keywords a text contains, and which department they speak for. Pure: no rows, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from omnichat.lib.text import Token, tokenize

# A word typed without marks may be another word (bạn, bán, bàn), inside a phrase hardly ever.
EXACT = Decimal(1)
UNMARKED_WORD = Decimal("0.6")
UNMARKED_PHRASE = Decimal("0.9")

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class KeywordEntry:
    """One word or phrase, and how much it speaks for a department."""

    id: int
    word: str
    department_id: int
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """One keyword found in a text.

    `weight` is already multiplied by `factor`; `start` and `end` are code points of the text.
    """

    keyword_id: int
    word: str
    department_id: int
    weight: Decimal
    factor: Decimal
    start: int
    end: int

    def as_json(self) -> dict[str, int | str]:
        """Return the match for a JSON field; decimals are strings, so none is rounded."""
        return {
            "keyword": self.keyword_id,
            "word": self.word,
            "department": self.department_id,
            "weight": str(self.weight),
            "factor": str(self.factor),
            "start": self.start,
            "end": self.end,
        }

    @classmethod
    def from_json(cls, stored: Mapping) -> "Match":
        """Read what `as_json` wrote."""
        return cls(
            keyword_id=stored["keyword"],
            word=stored["word"],
            department_id=stored["department"],
            weight=Decimal(stored["weight"]),
            factor=Decimal(stored["factor"]),
            start=stored["start"],
            end=stored["end"],
        )


class _Candidate(NamedTuple):
    keys: tuple[str, ...]
    entry: KeywordEntry


class KeywordIndex:
    """The keywords of one version, ready to be looked for. Never changes, so threads share it.

    The time for a text does not grow with the number of keywords: at each word, one look-up per
    length of the phrases that begin with it.
    """

    __slots__ = ("_lengths", "_phrases", "version")

    def __init__(self, entries: Iterable[KeywordEntry], version: int = 0) -> None:
        phrases = defaultdict(list)
        lengths = defaultdict(set)
        for entry in entries:
            tokens = tokenize(entry.word)
            if tokens:
                keys = tuple(token.key for token in tokens)
                phrases[_fold(tokens)].append(_Candidate(keys, entry))
                lengths[tokens[0].fold].add(len(tokens))
        self.version = version
        self._phrases = dict(phrases)
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def match(self, text: str) -> list[Match]:
        """Return the keywords in a text, in its order, each at its first occurrence.

        At each word the longest keyword wins and swallows its words, whoever's it is; two
        departments with the same word both get it.
        """
        matches = []
        seen = set()
        tokens = tokenize(text)
        position = 0
        while position < len(tokens):
            words, factor, entries = self._longest(tokens, position)
            for entry in entries:
                if entry.id not in seen:
                    seen.add(entry.id)
                    matches.append(_found(entry, factor, words))
            position += len(words)
        return matches

    def _longest(
        self, tokens: list[Token], position: int
    ) -> tuple[list[Token], Decimal, list[KeywordEntry]]:
        """Return the words that a keyword takes at a position, else one word and no entry."""
        for length in self._lengths.get(tokens[position].fold, ()):
            words = tokens[position : position + length]
            if len(words) < length:
                continue
            candidates = self._phrases.get(_fold(words), ())
            exact = [entry for keys, entry in candidates if _is_exact(words, keys)]
            if exact:
                return words, EXACT, exact
            unmarked = [entry for keys, entry in candidates if _may_mean(words, keys)]
            if unmarked:
                return words, UNMARKED_WORD if length == 1 else UNMARKED_PHRASE, unmarked
        return tokens[position : position + 1], EXACT, []


def _fold(tokens: Iterable[Token]) -> str:
    return " ".join([token.fold for token in tokens])


def _is_exact(words: list[Token], keys: tuple[str, ...]) -> bool:
    return all(word.key == key for word, key in zip(words, keys, strict=True))


def _may_mean(words: list[Token], keys: tuple[str, ...]) -> bool:
    """True when each word with marks is the keyword's own; the folds are known to be equal."""
    return all(word.key == key or not word.is_marked for word, key in zip(words, keys, strict=True))


def _found(entry: KeywordEntry, factor: Decimal, words: list[Token]) -> Match:
    return Match(
        keyword_id=entry.id,
        word=entry.word,
        department_id=entry.department_id,
        weight=(entry.weight * factor).quantize(CENT, ROUND_HALF_UP),
        factor=factor,
        start=words[0].start,
        end=words[-1].end,
    )


def department_sums(matches: Iterable[Match]) -> dict[int, Decimal]:
    """Return the weight that speaks for each department with a match."""
    sums: dict[int, Decimal] = {}
    for match in matches:
        sums[match.department_id] = sums.get(match.department_id, Decimal(0)) + match.weight
    return sums


def choose_department(sums: Mapping[int, Decimal], priorities: Mapping[int, int]) -> int | None:
    """Return the department with the highest sum above 0, if there is one.

    A tie goes to the lower priority number, then to the lower id. `priorities` names the active
    departments; no other is ever chosen.
    """
    return min(
        (department for department in sums if sums[department] > 0 and department in priorities),
        key=lambda department: (-sums[department], priorities[department], department),
        default=None,
    )
