"""The keyword dictionary of this process, rebuilt when the version in the database changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from django.utils import timezone

from accounts.models import Department
from accounts.workplace import workplace_zone
from routing.extraction import KeywordEntry, KeywordIndex, Match, WordLists
from routing.models import Keyword, KeywordVersion, ListedWord

# The columns of a keyword that matching looks at, in the order of `entry_of`.
COLUMNS = (
    "pk",
    "word",
    "department_id",
    "weight",
    "synonyms",
    "valid_from",
    "valid_to",
    "channel_id",
    "sets_priority",
)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Keywords of active departments, with what decides between departments that tie."""

    version: int
    index: KeywordIndex
    priorities: dict[int, int]
    names: dict[int, str]
    zone: tzinfo = UTC

    def match(
        self, text: str, *, channel_id: int | None = None, on: date | None = None
    ) -> list[Match]:
        """Return the keywords in a text; `on` is by default the organisation's today."""
        return self.index.match(text, channel_id=channel_id, on=on or self.day_of(timezone.now()))

    def day_of(self, at: datetime) -> date:
        """The organisation's date at a moment."""
        return at.astimezone(self.zone).date()


_current: Dictionary | None = None


def current_dictionary(version: int) -> Dictionary:
    """Return the dictionary of this version, loading it if this process has another one.

    `version` comes from the row, read in the caller's own query. Two threads may load at the
    same time; both get the same, and either may stay.
    """
    global _current
    dictionary = _current
    if dictionary is None or dictionary.version != version:
        dictionary = _current = _load(version, before=dictionary and dictionary.index)
    return dictionary


def stored_version() -> int:
    return KeywordVersion.objects.values_list("version", flat=True).get(pk=1)


def word_lists() -> WordLists:
    """The lists as they are stored now. Tables that are empty mean: no lists."""
    rows = list(ListedWord.objects.active().values_list("kind", "word", "meaning"))
    kinds = ListedWord.Kind
    return WordLists(
        ignored=tuple(word for kind, word, _meaning in rows if kind == kinds.IGNORE),
        abbreviations=tuple(
            (word, meaning) for kind, word, meaning in rows if kind == kinds.ABBREVIATION
        ),
    )


def entry_of(row: tuple) -> KeywordEntry:
    """Make an entry of the values of COLUMNS."""
    pk, word, department_id, weight, synonyms, *others = row
    return KeywordEntry(pk, word, department_id, weight, tuple(synonyms), *others)


def _load(version: int, before: KeywordIndex | None) -> Dictionary:
    departments = list(Department.objects.active())
    keywords = Keyword.objects.filter(is_active=True, department__is_active=True)
    entries = [entry_of(row) for row in keywords.values_list(*COLUMNS)]
    return Dictionary(
        version=version,
        index=KeywordIndex(entries, version, word_lists(), before),
        priorities={d.pk: d.priority for d in departments},
        names={d.pk: d.name for d in departments},
        zone=workplace_zone(),
    )
