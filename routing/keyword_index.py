"""The keyword dictionary of this process, rebuilt when the version in the database changes."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Department
from routing.extraction import KeywordEntry, KeywordIndex, Match
from routing.models import Keyword, KeywordVersion


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Keywords of active departments, with what decides between departments that tie."""

    version: int
    index: KeywordIndex
    priorities: dict[int, int]
    names: dict[int, str]

    def match(self, text: str) -> list[Match]:
        return self.index.match(text)


_current: Dictionary | None = None


def current_dictionary(version: int) -> Dictionary:
    """Return the dictionary of this version, loading it if this process has another one.

    `version` comes from the row, read in the caller's own query. Two threads may load at the
    same time; both get the same, and either may stay.
    """
    global _current
    dictionary = _current
    if dictionary is None or dictionary.version != version:
        dictionary = _current = _load(version)
    return dictionary


def stored_version() -> int:
    return KeywordVersion.objects.values_list("version", flat=True).get(pk=1)


def _load(version: int) -> Dictionary:
    departments = list(Department.objects.active())
    keywords = Keyword.objects.filter(is_active=True, department__is_active=True)
    entries = [
        KeywordEntry(id=pk, word=word, department_id=department_id, weight=weight)
        for pk, word, department_id, weight in keywords.values_list(
            "pk", "word", "department_id", "weight"
        )
    ]
    return Dictionary(
        version=version,
        index=KeywordIndex(entries),
        priorities={d.pk: d.priority for d in departments},
        names={d.pk: d.name for d in departments},
    )
