"""What is wrong with the keywords, and what the last days say about it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import Department, User
from inbox.models import Message
from routing.extraction import KeywordEntry, KeywordIndex, choose_department
from routing.keyword_conflicts import Conflicts, Double, find_conflicts
from routing.keyword_index import (
    COLUMNS,
    Dictionary,
    current_dictionary,
    entry_of,
    stored_version,
    word_lists,
)
from routing.models import Keyword, KeywordHits
from routing.services.choosing import MATCHED_CHARS
from routing.services.hits import hits_of

DAYS = 30
UNUSED_DAYS = 90
COUNTED_AT_ONCE = 5_000  # keywords; of more, the list of keywords only links to the report
LOOKED_AT = 2_000  # messages searched for phrases to ignore
WEAK_SHARE = 0.3  # of what a keyword decided and a person then handed on
WEAK_LEAST = 5  # decisions, so that one mistake makes no keyword weak
WEAK_SHOWN = 20  # of each kind


@dataclass(frozen=True, slots=True)
class Numbers:
    """What hits say of a keyword in the last days."""

    hits: int = 0
    decided: int = 0
    handed_on: int = 0

    @property
    def stayed(self) -> int:
        return max(self.decided - self.handed_on, 0)


_current: tuple[int, Conflicts] | None = None


def current_conflicts(version: int | None = None) -> Conflicts:
    """Return what is in the way in this version, worked out once per process and version."""
    global _current
    version = stored_version() if version is None else version
    kept = _current
    if kept is None or kept[0] != version:
        active = Keyword.objects.filter(is_active=True, department__is_active=True)
        entries = (entry_of(row) for row in active.values_list(*COLUMNS).order_by("pk"))
        kept = _current = (version, find_conflicts(entries, word_lists().ignored))
    return kept[1]


def conflict_counts(keyword_count: int) -> tuple[int, int] | None:
    """Return how many words are claimed twice and how many covered, for a link; None: too many.

    `keyword_count` is about how many there are.
    """
    version = stored_version()
    is_known = _current is not None and _current[0] == version
    if not is_known and keyword_count > COUNTED_AT_ONCE:
        return None
    found = current_conflicts(version)
    return found.double_count, found.covered_count


def numbers_of(entries: list[KeywordEntry], *, at: datetime | None = None) -> dict[int, Numbers]:
    """Return the numbers of these keywords in the last 30 days, in one query."""
    found = hits_of({entry.id for entry in entries}, days=DAYS, at=at)
    return {pk: Numbers(**row) for pk, row in found.items()}


def winner_of(double: Double, dictionary: Dictionary) -> tuple[int | None, bool]:
    """Return the department that gets a message with these words alone, and if it was a tie."""
    sums: dict[int, Decimal] = {}
    for entry in double.entries:
        sums[entry.department_id] = sums.get(entry.department_id, Decimal(0)) + entry.weight
    highest = max(sums.values())
    is_tie = list(sums.values()).count(highest) > 1
    return choose_department(sums, dictionary.priorities), is_tie


def advised_of(double: Double, numbers: dict[int, Numbers]) -> int | None:
    """Return the keyword by which the most conversations stayed; None where that shows nothing."""
    stayed = {entry.id: numbers.get(entry.id, Numbers()).stayed for entry in double.entries}
    most = max(stayed.values())
    first = [pk for pk, count in stayed.items() if count == most]
    return first[0] if most and len(first) == 1 else None


def others_claiming(keyword: Keyword) -> list[str]:
    """Return the names of other departments whose keyword of the same words counts beside it."""
    same = Keyword.objects.filter(folded=keyword.folded, is_active=True, department__is_active=True)
    entries = [entry_of(row) for row in same.values_list(*COLUMNS)]
    ids = {
        entry.department_id
        for double in find_conflicts(entries, []).doubles
        if any(entry.id == keyword.pk for entry in double.entries)
        for entry in double.entries
    } - {keyword.department_id}
    return [department.name for department in Department.objects.filter(pk__in=ids)] if ids else []


def dictionary_now() -> Dictionary:
    """The keywords in force, with the names of the departments."""
    return current_dictionary(stored_version())


def ignored_in_messages(
    phrases: list[str], reader: User, *, at: datetime | None = None
) -> dict[str, tuple[int, str]]:
    """Return how many recent messages have each phrase, and the text of the newest of them.

    Of the newest 2,000 messages of the last 30 days that the reader may read.
    """
    if not phrases:
        return {}
    entries = [KeywordEntry(n, phrase, 0, Decimal(1)) for n, phrase in enumerate(phrases)]
    index = KeywordIndex(entries)
    since = (at or timezone.now()) - timedelta(days=DAYS)
    recent = Message.objects.visible_to(reader).inbound().filter(received_at__gte=since)
    found: dict[str, tuple[int, str]] = {}
    for text in recent.order_by("-pk").values_list("text", flat=True)[:LOOKED_AT]:
        for match in index.match(text[:MATCHED_CHARS]):
            count, example = found.get(match.word, (0, text))
            found[match.word] = (count + 1, example)
    return found


def weak_keywords(at: datetime | None = None) -> list[tuple[Keyword, Numbers | None]]:
    """Return keywords whose conversations are often handed on, then those nobody writes.

    With their numbers of 30 days; None for those without a hit in 90 days. Switched off ones and
    ones added since are no news.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    active = Keyword.objects.filter(is_active=True, department__is_active=True)
    sums = (
        KeywordHits.objects.filter(keyword__in=active, day__gt=today - timedelta(days=DAYS))
        .values("keyword")
        .annotate(hit_sum=Sum("hits"), decided_sum=Sum("decided"), handed_sum=Sum("handed_on"))
        .filter(decided_sum__gte=WEAK_LEAST, handed_sum__gte=F("decided_sum") * WEAK_SHARE)
        .order_by("-handed_sum", "keyword")[:WEAK_SHOWN]
    )
    numbers = {
        row["keyword"]: Numbers(row["hit_sum"], row["decided_sum"], row["handed_sum"])
        for row in sums
    }
    handed = Keyword.objects.filter(pk__in=numbers).select_related("department").in_bulk()
    since = today - timedelta(days=UNUSED_DAYS)
    old = active.filter(created_at__lt=now - timedelta(days=UNUSED_DAYS))
    unused = old.exclude(
        pk__in=KeywordHits.objects.filter(day__gt=since, hits__gt=0).values("keyword")
    )
    unused = unused.select_related("department").order_by("folded", "pk")[:WEAK_SHOWN]
    return [(handed[pk], row) for pk, row in numbers.items()] + [(word, None) for word in unused]
