"""Keywords that are in each other's way: the same words twice, shorter inside longer. Pure.

Nothing here is repaired: what is found is told, and people decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from omnichat.lib.text import tokenize
from routing.extraction import KeywordEntry

MAX_KEPT = 500  # of each kind; all are counted
MAX_COVERS = 5  # longer phrases that are named for one keyword; all are counted
MAX_WORDS = 8  # of the shorter phrase; longer ones lie inside others hardly ever
MAX_SAME = 20  # keywords with the very same words that are compared with others


@dataclass(frozen=True, slots=True)
class Double:
    """The same words, as keyword or synonym, of several departments; the heaviest first."""

    text: str
    entries: tuple[KeywordEntry, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A keyword that is not counted where one of the longer ones stands."""

    entry: KeywordEntry
    covers: tuple[KeywordEntry, ...]
    cover_count: int


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A phrase to ignore, and the keywords in it that are therefore not counted."""

    phrase: str
    entries: tuple[KeywordEntry, ...]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found; of each kind the first MAX_KEPT, with the number of all."""

    doubles: tuple[Double, ...] = ()
    double_count: int = 0
    covered: tuple[Covered, ...] = ()
    covered_count: int = 0
    swallowed: tuple[Swallowed, ...] = ()
    swallowed_count: int = 0


Phrase = tuple[str, ...]  # the keys of the words: a keyword lies in another one marks and all


def find_conflicts(entries: Iterable[KeywordEntry], ignored: Iterable[str]) -> Conflicts:
    """Compare every phrase with every other; the time grows with their words only."""
    by_phrase: dict[Phrase, list[tuple[str, KeywordEntry]]] = defaultdict(list)
    for entry in entries:
        for text in (entry.word, *entry.synonyms):
            phrase = _phrase(text)
            if phrase and len(by_phrase[phrase]) < MAX_SAME:
                by_phrase[phrase].append((text, entry))
    doubles = _doubles(by_phrase)
    covered = _covered(by_phrase)
    swallowed = _swallowed(by_phrase, ignored)
    return Conflicts(
        doubles=tuple(doubles[:MAX_KEPT]),
        double_count=len(doubles),
        covered=tuple(covered[:MAX_KEPT]),
        covered_count=len(covered),
        swallowed=tuple(swallowed[:MAX_KEPT]),
        swallowed_count=len(swallowed),
    )


def may_meet(one: KeywordEntry, other: KeywordEntry) -> bool:
    """Return whether both can count for one message: on one channel, on one day."""
    channels = {one.channel_id, other.channel_id} - {None}
    if len(channels) > 1:
        return False
    begins = [day for day in (one.valid_from, other.valid_from) if day is not None]
    ends = [day for day in (one.valid_to, other.valid_to) if day is not None]
    return not begins or not ends or max(begins) <= min(ends)


def _phrase(text: str) -> Phrase:
    return tuple([token.key for token in tokenize(text)])


def _doubles(by_phrase: dict[Phrase, list[tuple[str, KeywordEntry]]]) -> list[Double]:
    """What speaks against a department is no claim on the word."""
    found = []
    for named in by_phrase.values():
        claims = {entry.id: entry for _text, entry in named if entry.weight > 0}
        if len(claims) < 2 or len({entry.department_id for entry in claims.values()}) < 2:
            continue
        meeting = [
            one
            for one in claims.values()
            if any(
                other.department_id != one.department_id and may_meet(one, other)
                for other in claims.values()
            )
        ]
        if meeting:
            meeting.sort(key=lambda entry: (-entry.weight, entry.department_id, entry.id))
            found.append(Double(named[0][0], tuple(meeting)))
    found.sort(key=lambda double: (-double.entries[0].weight, double.text))
    return found


def _covered(by_phrase: dict[Phrase, list[tuple[str, KeywordEntry]]]) -> list[Covered]:
    covers: dict[int, dict[int, KeywordEntry]] = defaultdict(dict)
    counts: dict[int, set[int]] = defaultdict(set)
    shorter: dict[int, KeywordEntry] = {}
    for phrase, named in by_phrase.items():
        for part in _parts(phrase):
            for _text, entry in by_phrase.get(part, ()):
                for _longer_text, longer in named:
                    if longer.id == entry.id or not may_meet(entry, longer):
                        continue
                    shorter[entry.id] = entry
                    counts[entry.id].add(longer.id)
                    if len(covers[entry.id]) < MAX_COVERS:
                        covers[entry.id].setdefault(longer.id, longer)
    found = [
        Covered(entry, tuple(covers[pk].values()), len(counts[pk])) for pk, entry in shorter.items()
    ]
    found.sort(key=lambda row: (-row.cover_count, row.entry.word, row.entry.id))
    return found


def _swallowed(
    by_phrase: dict[Phrase, list[tuple[str, KeywordEntry]]], ignored: Iterable[str]
) -> list[Swallowed]:
    """A keyword of the very same words is not swallowed: what a department claims wins."""
    found = []
    for text in sorted(ignored):
        inside: dict[int, KeywordEntry] = {}
        for part in _parts(_phrase(text)):
            for _text, entry in by_phrase.get(part, ()):
                inside.setdefault(entry.id, entry)
        if inside:
            found.append(Swallowed(text, tuple(inside.values())))
    return found


def _parts(phrase: Phrase) -> set[Phrase]:
    """The shorter phrases inside a phrase."""
    size = len(phrase)
    longest = min(size - 1, MAX_WORDS)
    return {
        phrase[start : start + length]
        for length in range(1, longest + 1)
        for start in range(size - length + 1)
    }
