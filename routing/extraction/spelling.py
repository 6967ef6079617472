"""Words one typing mistake apart, with the guards that keep real words from being corrected. Pure.

Without the guards "shop" is "ship" and "bàn" is "bán": most words of a message are one letter away
from some keyword. So a word is only taken for a typing mistake when it can be no other word: no
Vietnamese syllable could be written so, and no list or keyword knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MIN_CHARS = 4  # of a mistyped word and of what it is meant to be
MAX_CHARS = 20  # longer ones are no words, and would make the table of mistakes large
MAX_NEAR = 8  # words one mistake away that are looked at


class Spelling:
    """Which words of a vocabulary a written word may be meant to be.

    Two words are one mistake apart only if they become equal when each loses at most one letter,
    so one table of words short of a letter finds all candidates with one look-up per letter of the
    written word, however large the vocabulary is. Letters, not marks: both sides are folded.
    """

    __slots__ = ("_known", "_short_of_one", "_words")

    def __init__(
        self, vocabulary: Iterable[str], known: Iterable[str], before: Spelling | None = None
    ) -> None:
        """Keep `vocabulary` as what may be meant, and `known` as what is never corrected.

        What `before` knows is taken over, so that one word more costs little. A word that is
        gone is still found then, and leads to no phrase; with many of them the table is new.
        """
        words = {word for word in vocabulary if is_correctable(word)}
        self._known = frozenset(known)
        table: dict[str, str | tuple[str, ...]] = {}
        new = words
        if before is not None and 2 * len(before._words - words) < len(words):
            table, new = dict(before._short_of_one), words - before._words
            words |= before._words
        for word in sorted(new):
            for shorter in {word, *_short_of_one(word)}:
                there = table.get(shorter)
                if there is None:
                    table[shorter] = word  # most have one: no tuple for it
                else:
                    table[shorter] = (*((there,) if isinstance(there, str) else there), word)
        self._short_of_one, self._words = table, words

    def is_mistake(self, fold: str) -> bool:
        """Return whether a written word can only be a typing mistake."""
        return fold not in self._known and is_correctable(fold)

    def near(self, fold: str) -> tuple[str, ...]:
        """Return the words of the vocabulary that are exactly one mistake away."""
        table = self._short_of_one
        found: dict[str, None] = {}
        for shorter in (fold, *_short_of_one(fold)):
            there = table.get(shorter)
            if there is not None:
                for word in (there,) if isinstance(there, str) else there:
                    if word not in found and is_one_edit(fold, word):
                        found[word] = None
                        if len(found) == MAX_NEAR:
                            return tuple(found)
        return tuple(found)


def is_correctable(word: str) -> bool:
    """Letters only: E04 and E05 are two errors, not one with a slip."""
    return MIN_CHARS <= len(word) <= MAX_CHARS and word.isalpha()


def is_one_edit(one: str, other: str) -> bool:
    """Return whether one letter more, less or changed, or two neighbours swapped, is all."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    at = 0
    while at < len(one) and one[at] == other[at]:
        at += 1
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    if one[at + 1 :] == other[at + 1 :]:
        return True
    is_swap = one[at : at + 2] == other[at : at + 2][::-1]
    return is_swap and one[at + 2 :] == other[at + 2 :]


def _short_of_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
