"""What keywords are to the matching, and what a match says. Pure: no rows, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# How a keyword was read, best first; what stands later counts only where nothing earlier is found.
READINGS = ("exact", "unmarked", "abbreviation", "fuzzy")

# A word typed without marks may be another word (bạn, bán, bàn), inside a phrase hardly ever.
EXACT = Decimal(1)
UNMARKED_WORD = Decimal("0.6")
UNMARKED_PHRASE = Decimal("0.9")
# What "ck" is short for is sure in most messages, as a phrase without its marks is.
ABBREVIATION = Decimal("0.9")
# A guess at what was meant: less than any word that really stands there.
FUZZY = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class KeywordEntry:
    """One word or phrase, and how much it speaks for a department (below 0: against it).

    Each synonym counts as the word itself. Dates are inclusive and the organisation's own.
    """

    id: int
    word: str
    department_id: int
    weight: Decimal
    synonyms: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    channel_id: int | None = None
    sets_priority: int | None = None

    @property
    def is_limited(self) -> bool:
        """True when it does not count on every day and every channel."""
        return not (self.valid_from is self.valid_to is self.channel_id is None)

    def counts(self, channel_id: int | None, on: date | None) -> bool:
        """Return whether it counts for a message of this channel on this day.

        Without a day none of its dates keeps it away.
        """
        if self.channel_id is not None and self.channel_id != channel_id:
            return False
        if on is None:
            return True
        has_begun = self.valid_from is None or self.valid_from <= on
        return has_begun and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Match:
    """One keyword found in a text.

    `weight` is already multiplied by `factor`; `start` and `end` are code points of the text.
    `read_as` is the word or synonym that the text was read as, when it is not `word` itself.
    """

    keyword_id: int
    word: str
    department_id: int
    weight: Decimal
    factor: Decimal
    start: int
    end: int
    reading: str = "exact"
    read_as: str = ""
    priority: int | None = None

    def as_json(self) -> dict[str, int | str]:
        """Return the match for a JSON field; decimals are strings, so none is rounded."""
        stored = {
            "keyword": self.keyword_id,
            "word": self.word,
            "department": self.department_id,
            "weight": str(self.weight),
            "factor": str(self.factor),
            "start": self.start,
            "end": self.end,
            "reading": self.reading,
        }
        if self.read_as:
            stored["read_as"] = self.read_as
        if self.priority is not None:
            stored["priority"] = self.priority
        return stored

    @classmethod
    def from_json(cls, stored: Mapping) -> Match:
        """Read what `as_json` wrote, also before readings were told apart."""
        factor = Decimal(stored["factor"])
        return cls(
            keyword_id=stored["keyword"],
            word=stored["word"],
            department_id=stored["department"],
            weight=Decimal(stored["weight"]),
            factor=factor,
            start=stored["start"],
            end=stored["end"],
            reading=stored.get("reading", "exact" if factor == EXACT else "unmarked"),
            read_as=stored.get("read_as", ""),
            priority=stored.get("priority"),
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


def priority_of(matches: Iterable[Match]) -> int | None:
    """Return the most urgent priority that a matched keyword sets: the lowest number."""
    return min((m.priority for m in matches if m.priority is not None), default=None)
