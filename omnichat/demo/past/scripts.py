"""What customers and staff say, spoken in advance: talks with their keywords, told many times."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from random import Random

from omnichat.demo.customers import HANDS, Customer
from omnichat.demo.history import AFTER_THE_DEED
from omnichat.demo.talks import speak, talks
from routing.extraction import Match, choose_department, department_sums
from routing.keyword_index import Dictionary

ENGLISH = 0.035
# Stands for the name of whoever will answer; nobody writes this sign.
WHO = "\ue000"
TRIES = 4  # of a talk whose first line speaks for another department


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line: `kind` is K or N, `keywords` its matches as JSON, `is_late` when a deed is between"""

    kind: str
    text: str
    matches: tuple[Match, ...] = ()
    keywords: str = "[]"
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    lines: tuple[Spoken, ...]
    title: str
    is_english: bool


class Scripts:
    """A stock of talks of each department and way to address the customer."""

    def __init__(self, names: dict[int, str], dictionary: Dictionary, size: int, rng: Random):
        self.dictionary = dictionary
        self.stock: dict[tuple[int, str], list[Script]] = defaultdict(list)
        for department_id, name in names.items():
            for title in ("chị", "anh"):
                for _one in range(size):
                    if script := self._speak(department_id, name, title, rng):
                        key = "you" if script.is_english else title
                        self.stock[department_id, key].append(script)

    def for_newcomer(self, department_id: int, title: str, rng: Random) -> Script:
        """In the title's own words, or now and then in English."""
        key = (department_id, "you" if rng.random() < ENGLISH else title)
        return rng.choice(self.stock.get(key) or self.stock[department_id, title])

    def any(self, department_id: int, title: str, rng: Random) -> Script:
        """For somebody who is known."""
        return rng.choice(
            self.stock.get((department_id, title)) or self.stock[department_id, "chị"]
        )

    def _speak(self, department_id: int, name: str, title: str, rng: Random) -> Script | None:
        is_english = rng.random() < ENGLISH
        known = [talk for talk in talks(name) if talk.is_english == is_english] or talks(name)
        hands, weights = zip(*HANDS, strict=True)
        customer = Customer(
            name="",
            platform="zalo",
            sender="",
            title=title,
            says_i=rng.choice(("mình", "mình", "em", title)),
            says_you=rng.choice(("em", "shop")),
            hand=rng.choices(hands, weights)[0],
        )
        for _try in range(TRIES):
            talk = rng.choice(known)
            said = [one for one in speak(talk, customer, WHO, rng) if one.kind != "G"]
            lines = tuple(self._line(one.kind, one.text) for one in said)
            sums = department_sums(lines[0].matches)
            found = choose_department(sums, self.dictionary.priorities) if sums else None
            if found == department_id:
                return Script(lines, title, talk.is_english)
        return None

    def _line(self, kind: str, text: str) -> Spoken:
        if kind == "N":
            return Spoken(kind, text)
        matches = tuple(self.dictionary.match(text))
        keywords = json.dumps([match.as_json() for match in matches], ensure_ascii=False)
        return Spoken(kind, text, matches, keywords, bool(AFTER_THE_DEED.search(text)))
