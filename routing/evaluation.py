"""Judging a list of keywords on labelled messages: how often the right department. Pure."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from time import perf_counter_ns
from unicodedata import combining, normalize

from omnichat.lib.text import fold, tokenize
from routing.extraction import (
    KeywordEntry,
    KeywordIndex,
    WordLists,
    choose_department,
    department_sums,
)
from routing.models import MAX_WEIGHT, MIN_WEIGHT, is_weight

NOBODY = "none"  # the label of a message that no department should get
VARIANTS = ("plain", "unmarked", "nfd", "mistyped", "abbreviated")
KEYWORD_COLUMNS = ("department", "keyword", "weight")
CONFUSIONS = 10
ROUNDS = 3  # of measuring; the quickest counts
SEED = 20_261
MIN_TYPO_CHARS = 4


class BadLine(Exception):
    """A file cannot be used; `number` is the line that is at fault."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    department: str


@dataclass(frozen=True, slots=True)
class Keywords:
    """A list of keywords with the departments it names, in their order."""

    departments: tuple[str, ...]
    entries: tuple[KeywordEntry, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What keywords made of messages; shares are 0 to 1, None where nothing can be said.

    A message of a department that gets none is wrong, and one labelled "none" is right then.
    Precision looks only at those that got a department. The F1 is the mean over departments.
    """

    variant: str
    messages: int
    accuracy: float
    macro_f1: float | None
    coverage: float
    precision: float | None
    microseconds: float
    confusions: list[tuple[str, str, int]]  # labelled, chosen, how many

    def as_json(self) -> dict:
        return asdict(self)


def read_messages(lines: Iterable[str]) -> list[Labelled]:
    """Read lines of `{"text": …, "dept": …}`. Raises BadLine."""
    found = []
    number = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadLine(number, "this is no JSON") from error
        if not isinstance(row, dict):
            raise BadLine(number, "this is no JSON object")
        for name in ("text", "dept"):
            if not isinstance(row.get(name), str):
                raise BadLine(number, f'"{name}" is missing or no text')
        found.append(Labelled(row["text"], row["dept"] or NOBODY))
    if not found:
        raise BadLine(max(number, 1), "there is no message")
    return found


def read_keywords(lines: Iterable[str]) -> Keywords:
    """Read a table with tabs and the columns department, keyword, weight. Raises BadLine."""
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    heading = [cell.strip().lower() for cell in next(rows, [])]
    missing = [name for name in KEYWORD_COLUMNS if name not in heading]
    if missing:
        raise BadLine(1, f"the heading has no column {missing[0]}")
    places = [heading.index(name) for name in KEYWORD_COLUMNS]
    departments: dict[str, int] = {}
    entries, seen = [], {}
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= max(places):
            raise BadLine(number, "a column is missing")
        department, word, weight = (cells[place].strip() for place in places)
        if not department or department == NOBODY:
            raise BadLine(number, "the department is missing")
        if not fold(word):
            raise BadLine(number, "the keyword has no letter and no digit")
        pk = departments.setdefault(department, len(departments) + 1)
        if first := seen.get((pk, fold(word))):
            raise BadLine(number, f"the same keyword stands in line {first}")
        seen[pk, fold(word)] = number
        entries.append(KeywordEntry(number, word, pk, _weight(weight, number)))
    if not entries:
        raise BadLine(1, "there is no keyword")
    return Keywords(tuple(departments), tuple(entries))


def _weight(text: str, number: int) -> Decimal:
    try:
        weight = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise BadLine(number, f"“{text[:20]}” is no weight") from error
    if not weight.is_finite() or not is_weight(weight):
        raise BadLine(number, f"the weight must be from {MIN_WEIGHT} to {MAX_WEIGHT}, or negative")
    return weight


# --- The same messages, written otherwise ------------------------------------------------------
def rewrite(messages: Sequence[Labelled], variant: str, lists: WordLists) -> list[Labelled]:
    """Return the messages as somebody else might have typed them; the same ones every time."""
    if variant == "abbreviated":
        write = _Abbreviator(lists)
    elif variant == "mistyped":
        write = _Mistyper()
    else:
        write = {"plain": str, "unmarked": without_marks, "nfd": _apart}[variant]
    return [Labelled(write(message.text), message.department) for message in messages]


def without_marks(text: str) -> str:
    parts = normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return normalize("NFC", "".join(char for char in parts if not combining(char)))


def _apart(text: str) -> str:
    return normalize("NFD", text)


class _Mistyper:
    """One slip in one longer word of each message: a letter lost, doubled, wrong or too early."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)  # noqa: S311 - the same slips every time

    def __call__(self, text: str) -> str:
        words = [t for t in tokenize(text) if len(t.fold) >= MIN_TYPO_CHARS and t.fold.isalpha()]
        if not words:
            return text
        word = self._random.choice(words)
        letters = normalize("NFC", text[word.start : word.end])
        return text[: word.start] + self._slip(letters) + text[word.end :]

    def _slip(self, word: str) -> str:
        at = self._random.randrange(1, len(word) - 1)
        wrong = self._random.choice("aehinotu")
        return self._random.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + wrong + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )


class _Abbreviator:
    """The abbreviations of the lists wherever what they are short for is written out."""

    def __init__(self, lists: WordLists) -> None:
        shorts = dict(reversed([(meaning, short) for short, meaning in lists.abbreviations]))
        self._shorts = dict(enumerate(shorts.values(), 1))
        self._index = KeywordIndex(
            KeywordEntry(number, meaning, 1, Decimal(1)) for number, meaning in enumerate(shorts, 1)
        )

    def __call__(self, text: str) -> str:
        for match in reversed(self._index.match(text)):
            if match.reading == "exact":
                text = text[: match.start] + self._shorts[match.keyword_id] + text[match.end :]
        return text


# --- Measuring ---------------------------------------------------------------------------------
def evaluate(
    messages: Sequence[Labelled], keywords: Keywords, *, variant: str, lists: WordLists
) -> Report:
    """Let the keywords choose a department for each message, and compare with its label."""
    written = rewrite(messages, variant, lists)
    index = KeywordIndex(keywords.entries, lists=lists)
    priorities = dict.fromkeys(range(1, len(keywords.departments) + 1), 100)
    quickest = None
    for _round in range(ROUNDS):
        begun = perf_counter_ns()
        chosen = [
            choose_department(department_sums(index.match(message.text)), priorities)
            for message in written
        ]
        took = perf_counter_ns() - begun
        quickest = took if quickest is None else min(quickest, took)
    names = [NOBODY if pk is None else keywords.departments[pk - 1] for pk in chosen]
    labels = [message.department for message in written]
    return _report(variant, labels, names, quickest / 1000 / len(written))


def _report(variant: str, labels: list[str], chosen: list[str], microseconds: float) -> Report:
    pairs = Counter(zip(labels, chosen, strict=True))
    right = sum(count for (label, name), count in pairs.items() if label == name)
    decided = len(chosen) - chosen.count(NOBODY)
    right_decided = right - pairs[NOBODY, NOBODY]
    wrong = [(label, name, count) for (label, name), count in pairs.items() if label != name]
    wrong.sort(key=lambda row: (-row[2], row[0], row[1]))
    return Report(
        variant=variant,
        messages=len(labels),
        accuracy=right / len(labels),
        macro_f1=_macro_f1(pairs),
        coverage=decided / len(labels),
        precision=right_decided / decided if decided else None,
        microseconds=round(microseconds, 1),
        confusions=wrong[:CONFUSIONS],
    )


def _macro_f1(pairs: Counter[tuple[str, str]]) -> float | None:
    """The mean F1 of the departments that occur as labels."""
    departments = sorted({label for label, _name in pairs if label != NOBODY})
    scores = []
    for department in departments:
        hit = pairs[department, department]
        labelled = sum(count for (label, _), count in pairs.items() if label == department)
        chosen = sum(count for (_, name), count in pairs.items() if name == department)
        scores.append(2 * hit / (labelled + chosen))
    return sum(scores) / len(scores) if scores else None
