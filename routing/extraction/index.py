"""Finding the keywords of one version in a text. Pure: no rows, no clock.

Phrases stand in a table by their folded words ("bao hanh"), beside the beginnings of longer ones
("bao"): a trie whose nodes are their own spelling. It is walked from each word of a text; whether
marks fit is asked only of what a walk reaches. An Aho-Corasick automaton would save starting
again at each word, but most words of a message begin no phrase, so a walk costs one look-up on
average, and in Python the automaton's own steps cost more. Readings (abbreviations, typing
mistakes) are further branches of the same walk. The time for a text does not grow with the number
of keywords, and what a walk may try is bounded: nothing a person enters can make it run away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from omnichat.lib.text import Token, tokenize
from routing.extraction.entries import (
    ABBREVIATION,
    EXACT,
    FUZZY,
    READINGS,
    UNMARKED_PHRASE,
    UNMARKED_WORD,
    KeywordEntry,
    Match,
)
from routing.extraction.spelling import MIN_CHARS, Spelling, is_one_edit
from routing.extraction.words import (
    Abbreviation,
    WordLists,
    familiar_words,
    read_abbreviations,
)

CENT = Decimal("0.01")
MAX_PATHS = 64  # ways of reading tried from one word of a text
AS_EXACT, AS_UNMARKED, AS_ABBREVIATION, AS_FUZZY = range(len(READINGS))
FACTORS = {AS_EXACT: EXACT, AS_ABBREVIATION: ABBREVIATION, AS_FUZZY: FUZZY}


class _Phrase(NamedTuple):
    """A word, synonym or phrase to ignore (then without an entry), with the keys of its words."""

    keys: tuple[str, ...]
    text: str
    entry: KeywordEntry | None


class _Path(NamedTuple):
    """Words of a text read in one way so far; `end` is the position of the next one."""

    prefix: str
    end: int
    words: tuple[Token, ...]
    rank: int
    slip: int  # which of the words is taken for a typing mistake, -1 for none


class _Reading(NamedTuple):
    """A way to read the next words of a text."""

    words: tuple[Token, ...]
    taken: int  # words of the text
    rank: int
    may_be_alone: bool = True  # also as a keyword of one word
    at_start: bool = False  # only where a phrase begins


_Readings = dict[int, tuple[_Reading, ...]]  # by position in the text
_Where = tuple[int | None, date | None]  # channel and day of the message


class _Best:
    """The phrases found at one place that reach furthest, then those that fit best."""

    __slots__ = ("end", "phrases", "rank")

    def __init__(self, position: int) -> None:
        self.end, self.rank = position + 1, len(READINGS)
        self.phrases: list[_Phrase] = []

    def offer(self, phrase: _Phrase, end: int, rank: int) -> None:
        if end < self.end or (end == self.end and rank > self.rank):
            return
        if end > self.end or rank < self.rank:
            self.end, self.rank, self.phrases = end, rank, []
        self.phrases.append(phrase)


class KeywordIndex:
    """The keywords of one version, ready to be looked for. Never changes, so threads share it."""

    __slots__ = ("_begun", "_first", "_phrases", "_short", "_spelling", "version")

    def __init__(
        self,
        entries: Iterable[KeywordEntry],
        version: int = 0,
        lists: WordLists = WordLists(),  # noqa: B008 - frozen
        before: KeywordIndex | None = None,
    ) -> None:
        """Build the tables. What an index of `before` has read already is not read again."""
        self.version = version
        read = before._read_phrases() if before is not None else {}
        phrases: defaultdict[str, list[_Phrase]] = defaultdict(list)
        begun, first, vocabulary = set(), set(), set()
        for text, entry in _texts(entries, lists):
            folded, keys = read.get(text) or _keys_of(text)
            if not keys:
                continue
            folds = folded.split(" ")
            for length in range(1, len(folds)):
                begun.add(" ".join(folds[:length]))
            first.add(folds[0])
            vocabulary.update(folds)
            phrases[folded].append(_Phrase(keys, text, entry))
        self._phrases = {folded: tuple(found) for folded, found in phrases.items()}
        self._begun, self._first = frozenset(begun), frozenset(first)
        abbreviations = read_abbreviations(lists.abbreviations)
        self._short = _useful(abbreviations, first, vocabulary)
        known = _known(vocabulary, abbreviations)
        self._spelling = Spelling(vocabulary, known, before and before._spelling)

    def _read_phrases(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """The folds and keys of each text in the tables."""
        return {
            phrase.text: (folded, phrase.keys)
            for folded, several in self._phrases.items()
            for phrase in several
        }

    def match(
        self, text: str, *, channel_id: int | None = None, on: date | None = None
    ) -> list[Match]:
        """Return the keywords in a text, in its order, each at its first occurrence.

        At each word the longest phrase wins and swallows its words, whoever's it is; of equally
        long ones those that fit best (see READINGS), and two departments with the same word both
        get it. A keyword that does not count on this channel or day is as if it were not there;
        without a day all dates count.
        """
        matches: list[Match] = []
        seen: set[int] = set()
        tokens = tokenize(text)
        others, first, where = self._other_readings(tokens), self._first, (channel_id, on)
        position = 0
        while position < len(tokens):
            if tokens[position].fold not in first and position not in others:
                position += 1
                continue
            best = self._as_written(tokens, position, others, where)
            if best is None:
                best = self._in_any_reading(tokens, position, others, where)
            for phrase in best.phrases:
                entry = phrase.entry
                if entry is not None and entry.id not in seen:
                    seen.add(entry.id)
                    start, end = tokens[position].start, tokens[best.end - 1].end
                    matches.append(_found(phrase, best.rank, start, end))
            position = best.end
        return matches

    def _other_readings(self, tokens: list[Token]) -> _Readings:
        """Return how words may be read besides as they stand, by position."""
        short, spelling = self._short, self._spelling
        found: _Readings = {}
        for position, token in enumerate(tokens):
            fold = token.fold
            if fold in short:
                found[position] = tuple(
                    reading
                    for abbreviation, readings in short[fold]
                    if abbreviation.is_written(tokens[position : position + len(abbreviation.keys)])
                    for reading in readings
                )
            elif spelling.is_mistake(fold) and (near := spelling.near(fold)):
                key = token.key if token.is_marked else ""
                may_be_alone = len(fold) > MIN_CHARS
                found[position] = tuple(
                    _Reading((Token(key, word, token.start, token.end),), 1, AS_FUZZY, may_be_alone)
                    for word in near
                )
        return found

    def _as_written(
        self, tokens: list[Token], position: int, others: _Readings, where: _Where
    ) -> _Best | None:
        """Return the best phrases at a word; None when the walk met a word with other readings."""
        best, prefix, end = _Best(position), tokens[position].fold, position + 1
        while end - 1 not in others:
            found = self._phrases.get(prefix)
            if found is not None:
                _offer(best, found, tokens[position:end], end, where)
            if prefix not in self._begun or end == len(tokens):
                return best
            prefix, end = f"{prefix} {tokens[end].fold}", end + 1
        return None

    def _in_any_reading(
        self, tokens: list[Token], position: int, others: _Readings, where: _Where
    ) -> _Best:
        """Return the best phrases at a word; what was written is tried before other readings."""
        best = _Best(position)
        paths = [_Path("", position, (), AS_EXACT, -1)]
        for _tried in range(MAX_PATHS):
            if not paths:
                break
            path = paths.pop()
            longer = []
            for reading in (
                _Reading((tokens[path.end],), 1, AS_EXACT),
                *others.get(path.end, ()),
            ):
                if (reading.at_start and path.words) or (reading.rank == AS_FUZZY <= path.rank):
                    continue
                following = self._follow(path, reading, best, where)
                if following is not None and following.end < len(tokens):
                    longer.append(following)
            paths.extend(reversed(longer))
        return best

    def _follow(self, path: _Path, reading: _Reading, best: _Best, where: _Where) -> _Path | None:
        """Offer the phrases that end in a reading; return the path on, if longer ones do not.

        A phrase may begin or end inside the meaning of an abbreviation if it has two of its words:
        "stk", an account's number, speaks of an account. One word of it alone means little.
        """
        prefix, words, end = path.prefix, path.words, path.end + reading.taken
        rank = max(path.rank, reading.rank)
        slip = len(words) if reading.rank == AS_FUZZY else path.slip
        for count, word in enumerate(reading.words, 1):
            prefix = f"{prefix} {word.fold}" if prefix else word.fold
            words = (*words, word)
            is_end = count == len(reading.words) or count > 1
            if is_end and (reading.may_be_alone or len(words) > 1):
                found = self._phrases.get(prefix, ())
                _offer(best, found, words, end, where, rank=rank, slip=slip)
            if prefix not in self._begun:
                return None
        return _Path(prefix, end, words, rank, slip)


def _keys_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The folds of a text's words with spaces between them, and their keys."""
    tokens = tokenize(text)
    return " ".join([token.fold for token in tokens]), tuple([token.key for token in tokens])


def _texts(
    entries: Iterable[KeywordEntry], lists: WordLists
) -> Iterator[tuple[str, KeywordEntry | None]]:
    for entry in entries:
        yield entry.word, entry
        for synonym in entry.synonyms:
            yield synonym, entry
    for phrase in lists.ignored:
        yield phrase, None


def _known(
    vocabulary: Iterable[str], abbreviations: dict[str, tuple[Abbreviation, ...]]
) -> Iterator[str]:
    """Every word that is no typing mistake, because it stands somewhere."""
    yield from familiar_words()
    yield from vocabulary
    for several in abbreviations.values():
        for abbreviation in several:
            yield from abbreviation.folds
            yield from (token.fold for token in abbreviation.meaning)


def _useful(
    abbreviations: dict[str, tuple[Abbreviation, ...]], first: set[str], words: set[str]
) -> dict[str, tuple[tuple[Abbreviation, tuple[_Reading, ...]], ...]]:
    """Return the abbreviations by their first word, with the readings that lead to a phrase.

    Where a phrase begins, it may do so with a later word of a meaning of which two are left.
    """
    found = {}
    for fold, several in abbreviations.items():
        pairs = []
        for abbreviation in several:
            meaning, taken = abbreviation.meaning, len(abbreviation.keys)
            readings = [
                _Reading(meaning[left:], taken, AS_ABBREVIATION, at_start=left > 0)
                for left in range(max(1, len(meaning) - 1))
                if meaning[left].fold in (first if left else words)
            ]
            if readings:
                pairs.append((abbreviation, tuple(readings)))
        if pairs:
            found[fold] = tuple(pairs)
    return found


def _offer(
    best: _Best,
    phrases: Iterable[_Phrase],
    words: Sequence[Token],
    end: int,
    where: _Where,
    *,
    rank: int = AS_EXACT,
    slip: int = -1,
) -> None:
    """Offer the phrases that these words fit and that count for the message."""
    for phrase in phrases:
        fit = _fit(words, phrase.keys, slip)
        if fit is not None:
            entry = phrase.entry
            if entry is None or not entry.is_limited or entry.counts(*where):
                best.offer(phrase, end, max(rank, fit))


def _fit(words: Sequence[Token], keys: tuple[str, ...], slip: int) -> int | None:
    """Return how well words fit the keys of a phrase whose folds they have; None: not at all.

    A word with marks must be the phrase's own. Of a mistyped one its marks are part of the word.
    """
    rank = AS_EXACT
    for place, (word, key) in enumerate(zip(words, keys, strict=True)):
        if place == slip:
            if word.key and not is_one_edit(word.key, key):
                return None
        elif word.key != key:
            if word.key != word.fold:
                return None
            rank = AS_UNMARKED
    return rank


def _found(phrase: _Phrase, rank: int, start: int, end: int) -> Match:
    entry = phrase.entry
    factor = FACTORS.get(rank)
    if factor is None:
        factor = UNMARKED_WORD if len(phrase.keys) == 1 else UNMARKED_PHRASE
    return Match(
        keyword_id=entry.id,
        word=entry.word,
        department_id=entry.department_id,
        weight=(entry.weight * factor).quantize(CENT, ROUND_HALF_UP),
        factor=factor,
        start=start,
        end=end,
        reading=READINGS[rank],
        read_as="" if phrase.text == entry.word else phrase.text,
        priority=entry.sets_priority,
    )
