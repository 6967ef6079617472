"""Words of a text, with and without Vietnamese marks, and where they stand.

Everything is linear in the length of the text and accepts any `str`: lone surrogates, private use
characters, thousands of marks on one letter.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, combining, normalize

# Superscripts: compatibility normalisation leaves none in a text, so no typed digit looks like a
# tone. The numbers are those of the VNI way of typing.
TONES = {
    "\N{COMBINING ACUTE ACCENT}": "¹",
    "\N{COMBINING GRAVE ACCENT}": "²",
    "\N{COMBINING HOOK ABOVE}": "³",
    "\N{COMBINING TILDE}": "⁴",
    "\N{COMBINING DOT BELOW}": "⁵",
}

# Unicode does not take đ apart; here its stroke is a mark like any other.
STROKE = "\N{COMBINING SHORT STROKE OVERLAY}"
QUALITIES = {
    "a\N{COMBINING BREVE}": "ă",
    "a\N{COMBINING CIRCUMFLEX ACCENT}": "â",
    "e\N{COMBINING CIRCUMFLEX ACCENT}": "ê",
    "o\N{COMBINING CIRCUMFLEX ACCENT}": "ô",
    "o\N{COMBINING HORN}": "ơ",
    "u\N{COMBINING HORN}": "ư",
    "d" + STROKE: "đ",
}
D_WITH_STROKE = re.compile("[đðɖ]")  # capitals of all three look the same, and all are in use

SKIPPED_CATEGORIES = {"Cf", "Me"}  # zero-width and other format characters; enclosing marks
SKIPPED = re.compile("[\0\N{COMBINING GRAPHEME JOINER}\ufe00-\ufe0f\U000e0100-\U000e01ef]")

CACHED_CHARACTERS = 16_384
CACHED_WORDS = 16_384
CACHED_WORD_CHARS = 32  # longer words are rare, and would let a stranger fill the memory


class Token(NamedTuple):
    """One word of a text.

    `key` is its base letters (ă â ê ô ơ ư đ count as such), then a superscript digit per tone:
    hoà and hòa are both "hoa²". `fold` has no marks at all: "hoa". Marks of other scripts stay in
    the key and leave the fold. `start` and `end` are code points of the original text, `end`
    exclusive and behind the marks that belong to the word.
    """

    key: str
    fold: str
    start: int
    end: int

    @property
    def is_marked(self) -> bool:
        return self.key != self.fold


class _CharTable(dict[int, str]):
    """What `read` says of each code point, for `str.translate`; forgets all when it is full."""

    def __init__(self, read: Callable[[int], str]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, code_point: int) -> str:
        if len(self) >= CACHED_CHARACTERS:
            self.clear()
        reading = self[code_point] = self._read(code_point)
        return reading


def _take_apart(code_point: int) -> str:
    """Return the letters, digits and marks of a character: "" is skipped, " " separates words."""
    char = chr(code_point)
    if category(char) in SKIPPED_CATEGORIES or SKIPPED.match(char):
        return ""
    if combining(char) == 1:  # struck through is still the same word
        return STROKE if char == STROKE else ""
    parts = normalize("NFKD", char).casefold()
    kept = parts if parts.isalnum() else "".join(filter(_is_kept, parts))
    if len(kept) < len(parts):  # all that is no letter; ½, which is 1, a slash, 2
        return " "
    return D_WITH_STROKE.sub("d" + STROKE, kept)


def _is_kept(part: str) -> bool:
    return part.isalnum() or category(part).startswith("M")


def _shape(code_point: int) -> str:
    """Return "a" for a letter or digit, "m" for a mark, "s" for skipped, " " for all else."""
    parts = _PARTS[code_point]
    if parts.isalnum():
        return "a"
    if parts in ("", " "):
        return parts or "s"
    return "a" if any(part.isalnum() for part in parts) else "m"


_PARTS = _CharTable(_take_apart)
_SHAPES = _CharTable(_shape)
_WORD = re.compile(r"a(?:s*+[am]++)*+")
_RUN = re.compile(r"(\w)(?:\W*+\1){2,}+\W*+")
_MARKED_LETTER = re.compile(r"(\w)(\W++)")
_MARKS = re.compile(r"\W++")


def _squeeze(run: re.Match[str]) -> str:
    letter = run[1]
    return letter + run[0].replace(letter, "") if letter.isalpha() else run[0]


def _key_and_fold(word: str) -> tuple[str, str]:
    """Return the key and the fold of one word; a letter written three times or more counts once.

    Such a run bears the marks of all its letters: "quáaaa" is "quá".
    """
    parts = _RUN.sub(_squeeze, word.translate(_PARTS))
    if parts.isalnum():
        return parts, parts
    tones = []

    def put_together(match: re.Match[str]) -> str:
        letter, others = match[1], ""
        # Unicode's order of marks, by hand: normalize() is quadratic in the marks on one letter.
        for mark in dict.fromkeys(sorted(match[2], key=combining)):
            if mark in TONES:
                tones.append(TONES[mark])
            elif letter + mark in QUALITIES:
                letter = QUALITIES[letter + mark]
            else:
                others += mark
        return letter + others

    letters = _MARKED_LETTER.sub(put_together, parts)
    return letters + "".join(tones), _MARKS.sub("", parts)


_cached_key_and_fold = lru_cache(CACHED_WORDS)(_key_and_fold)


def tokenize(text: str) -> list[Token]:
    """Return the words of a text: runs of letters and digits in any script or width.

    Zero-width characters and NUL neither belong to a word nor end it.
    """
    tokens = []
    for match in _WORD.finditer(text.translate(_SHAPES)):
        start, end = match.span()
        short = end - start <= CACHED_WORD_CHARS
        key, fold = (_cached_key_and_fold if short else _key_and_fold)(text[start:end])
        tokens.append(Token(key, fold, start, end))
    return tokens


def fold(text: str) -> str:
    """Return the words of a text in lower case, without marks, one space between them."""
    return " ".join(token.fold for token in tokenize(text))
