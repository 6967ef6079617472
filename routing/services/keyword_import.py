"""Importing keywords: check a file without writing, then write exactly what was checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record
from inbox.models import Channel, Message
from omnichat.lib.errors import DomainError
from omnichat.lib.text import fold
from routing.extraction import KeywordEntry, KeywordIndex, choose_department, department_sums
from routing.keyword_files import FileRow, KeywordFile, dates_fault
from routing.keyword_index import current_dictionary, stored_version, word_lists
from routing.models import Keyword, KeywordImport
from routing.services.choosing import MATCHED_CHARS
from routing.services.keywords import bump_keyword_version, lock_dictionary

KEPT = timedelta(days=1)  # a checked file waits that long
LOOKED_BACK = timedelta(days=30)
LOOKED_AT = 2000  # messages matched again, at most
EXAMPLES = 5
BATCH = 1000  # rows of one statement

ADDED, CHANGED, SAME, ERROR = "added", "changed", "same", "error"
# What a new keyword has in the columns that a file need not have.
NO_OTHERS = {
    "synonyms": [],
    "valid_from": None,
    "valid_to": None,
    "channel": None,
    "priority": None,
    "note": "",
}
STORED = (
    "department_id",
    "folded",
    "word",
    "weight",
    "is_active",
    "synonyms",
    "valid_from",
    "valid_to",
    "channel_id",
    "sets_priority",
    "note",
)


class DictionaryChanged(DomainError):
    code = "dictionary_changed"


class AlreadyImported(DomainError):
    code = "already_imported"


class NothingToImport(DomainError):
    code = "nothing_to_import"


def prepare_keyword_import(
    *, file: KeywordFile, actor: User, file_name: str = "", at: datetime | None = None
) -> KeywordImport:
    """Check every row against the dictionary and keep the result; no keyword is touched."""
    version = stored_version()
    departments = list(Department.objects.active().order_by("priority", "pk"))
    managed = set(Department.objects.managed_by(actor).values_list("pk", flat=True))
    stored = _stored_keywords()
    channels = _channels() if any("channel" in row.others for row in file.rows) else {}
    first_seen: dict[tuple[int, str], int] = {}
    rows = []
    for row in file.rows:
        department = _department(row, departments, managed)
        _find_channel(row, channels)
        rows.append(_checked(row, department, stored, first_seen))
    facts = _facts(rows) | {"delimiter": file.delimiter}
    facts["effect"] = _effect(rows, version, actor, at or timezone.now())
    return KeywordImport.objects.create(
        user=actor, file_name=file_name[:200], keyword_version=version, rows=rows, facts=facts
    )


@transaction.atomic
def apply_keyword_import(
    *, prepared: KeywordImport, actor: User, ip: str | None = None
) -> KeywordImport:
    """Write the valid rows as they were checked: all or none, one new version, one audit entry.

    Locks the dictionary. Raises AlreadyImported, NothingToImport, DictionaryChanged (something
    was changed since the check; also when the actor no longer manages a department).
    """
    version = lock_dictionary()
    prepared = KeywordImport.objects.select_for_update(no_key=True).get(pk=prepared.pk)
    if prepared.applied_at is not None:
        raise AlreadyImported(_("This file is written already."))
    rows = [row for row in prepared.rows if row["result"] in (ADDED, CHANGED)]
    if not rows:
        raise NothingToImport(_("There is nothing to write in this file."))
    managed = set(Department.objects.managed_by(actor).values_list("pk", flat=True))
    # A file that was checked by the release before does not say all that would be written.
    is_changed = version != prepared.keyword_version or any("others" not in row for row in rows)
    if is_changed or not {row["department_id"] for row in rows} <= managed:
        raise DictionaryChanged(
            _("The keywords were changed after this check. Check the file again.")
        )
    Keyword.objects.bulk_create(
        [
            Keyword(
                word=row["word"],
                folded=fold(row["word"]),
                department_id=row["department_id"],
                weight=Decimal(row["weight"]),
                is_active=row["is_active"],
                **_columns_of(row["others"]),
            )
            for row in rows
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["department", "folded"],
        update_fields=["word", "weight", "is_active", *STORED[5:]],
    )
    prepared.applied_at = timezone.now()
    prepared.save(update_fields=["applied_at"])
    told = {name: prepared.facts[name] for name in (ADDED, CHANGED, ERROR)}
    record("keywords_imported", actor=actor, changes={"file": prepared.file_name} | told, ip=ip)
    bump_keyword_version()
    return prepared


def flush_keyword_imports(at: datetime | None = None) -> int:
    """Remove checked files of yesterday; return how many."""
    old = KeywordImport.objects.filter(created_at__lt=(at or timezone.now()) - KEPT)
    return old.delete()[0]


def _stored_keywords() -> dict[tuple[int, str], tuple]:
    """Word, weight, activity and the other columns of each keyword, by department and fold."""
    rows = Keyword.objects.values_list(*STORED).iterator(chunk_size=5000)
    return {(row[0], row[1]): (*row[2:5], _others_of(row[5:])) for row in rows}


def _others_of(values: tuple) -> dict:
    """The other columns as JSON keeps them."""
    synonyms, valid_from, valid_to, channel_id, priority, note = values
    return {
        "synonyms": synonyms,
        "valid_from": valid_from and valid_from.isoformat(),
        "valid_to": valid_to and valid_to.isoformat(),
        "channel": channel_id,
        "priority": priority,
        "note": note,
    }


def _columns_of(others: dict) -> dict:
    """The other columns as the table keeps them."""
    days = {name: others[name] for name in ("valid_from", "valid_to")}
    return {
        "synonyms": others["synonyms"],
        **{name: day and date.fromisoformat(day) for name, day in days.items()},
        "channel_id": others["channel"],
        "sets_priority": others["priority"],
        "note": others["note"],
    }


def _channels() -> dict[str, list[int]]:
    """The channels there are by name, without regard to capitals."""
    found: dict[str, list[int]] = defaultdict(list)
    for pk, name in Channel.objects.order_by("pk").values_list("pk", "name"):
        found[name.casefold()].append(pk)
    return found


def _find_channel(row: FileRow, channels: dict[str, list[int]]) -> None:
    """Put the channel's id in place of its name; else say so on the row."""
    name = row.others.get("channel")
    if name is None:
        return
    ids = channels.get(name.casefold(), [])
    row.others["channel"] = ids[0] if ids else None
    if name and len(ids) != 1:
        code = "channel_name_twice" if ids else "unknown_channel"
        row.refuse("channel", code, name=name[:80])


def _department(
    row: FileRow, departments: list[Department], managed: set[int]
) -> Department | None:
    """Find the row's department among those the actor may change; else say so on the row."""
    if not row.department:
        return None
    wanted = row.department.casefold()
    named = [department for department in departments if department.name.casefold() == wanted]
    if named and named[0].pk in managed:
        return named[0]
    own = [department.name for department in departments if department.pk in managed]
    code = "not_yours" if named else "unknown_department"
    row.refuse("department", code, name=row.department[:80], known=", ".join(own[:20]))
    return None


def _checked(
    row: FileRow,
    department: Department | None,
    stored: dict[tuple[int, str], tuple],
    first_seen: dict[tuple[int, str], int],
) -> dict:
    """Return what is kept of a row: the result, what will be written, what it is now."""
    before, others = None, NO_OTHERS
    if not row.errors and department is not None:
        key = (department.pk, fold(row.word))
        before = stored.get(key)
        others = (before[3] if before else NO_OTHERS) | row.others
        if dates_fault(others["valid_from"], others["valid_to"]):
            row.refuse("valid_to", "ends_early")
        if key in first_seen:
            row.refuse("word", "double", row=first_seen[key])
        else:
            first_seen[key] = row.number
    checked = {"number": row.number, "raw": row.raw, "errors": row.errors}
    if row.errors:
        return checked | {"result": ERROR, "word": row.word[:80], "department": row.department[:80]}
    old_weight, old_active = before[1:3] if before else (Decimal(1), True)
    after = (
        row.word,
        old_weight if row.weight is None else row.weight,
        old_active if row.is_active is None else row.is_active,
        others,
    )
    result = ADDED if before is None else SAME if before == after else CHANGED
    return checked | {
        "result": result,
        "word": after[0],
        "department": department.name,
        "department_id": department.pk,
        "weight": str(after[1]),
        "is_active": after[2],
        "others": others,
        "before": before and [before[0], str(before[1]), *before[2:]],
    }


def _facts(rows: list[dict]) -> dict:
    """The numbers in the tiles."""
    results = Counter(row["result"] for row in rows)
    by_department: dict[str, int] = Counter(
        row["department"] for row in rows if row["result"] == ADDED
    )
    changes = [row for row in rows if row["result"] == CHANGED]
    return {
        "rows": len(rows),
        **{result: results[result] for result in (ADDED, CHANGED, SAME, ERROR)},
        "added_by_department": by_department.most_common(5),
        "weights_changed": sum(
            Decimal(row["weight"]) != Decimal(row["before"][1]) for row in changes
        ),
        "switched": sum(row["is_active"] != row["before"][2] for row in changes),
        "error_rows": [row["number"] for row in rows if row["result"] == ERROR][:5],
    }


def _effect(rows: list[dict], version: int, actor: User, now: datetime) -> dict:
    """Match recent messages the actor may read again, with the dictionary as it would be."""
    recent = Message.objects.visible_to(actor).inbound().filter(received_at__gte=now - LOOKED_BACK)
    texts = recent.order_by("-pk").values_list("pk", "text", "channel_id")[:LOOKED_AT]
    dictionary = current_dictionary(version)
    index, today = _index_after(rows), dictionary.day_of(now)
    moved, looked_at = [], 0
    for pk, text, channel_id in texts:
        looked_at += 1
        before, after = (
            choose_department(
                department_sums(found.match(text[:MATCHED_CHARS], channel_id=channel_id, on=today)),
                dictionary.priorities,
            )
            for found in (dictionary, index)
        )
        if before != after:
            moved.append([pk, before, after])
    return {"looked_at": looked_at, "moved": len(moved), "examples": _different(moved)}


def _index_after(rows: list[dict]) -> KeywordIndex:
    """The dictionary as it will be when the rows are written."""
    active = Keyword.objects.filter(department__is_active=True).values_list(*STORED)
    entries = {
        (row[0], row[1]): (*row[2:5], _others_of(row[5:]))
        for row in active.iterator(chunk_size=5000)
    }
    for row in rows:
        if row["result"] in (ADDED, CHANGED):
            key = (row["department_id"], fold(row["word"]))
            values = (row["word"], Decimal(row["weight"]), row["is_active"], row["others"])
            entries[key] = values
    return KeywordIndex(
        (
            _entry(number, key[0], *values)
            for number, (key, values) in enumerate(entries.items())
            if values[2]
        ),
        lists=word_lists(),
    )


def _entry(
    number: int, department_id: int, word: str, weight: Decimal, _is_active: bool, others: dict
) -> KeywordEntry:
    columns = _columns_of(others)
    return KeywordEntry(
        number,
        word,
        department_id,
        weight,
        synonyms=tuple(columns["synonyms"]),
        valid_from=columns["valid_from"],
        valid_to=columns["valid_to"],
        channel_id=columns["channel_id"],
    )


def _different(moved: list[list]) -> list[list]:
    """One example for each way messages would go, with how many go it: [id, from, to, count]."""
    ways: dict[tuple, list] = defaultdict(list)
    for pk, before, after in moved:
        ways[before, after].append(pk)
    largest = sorted(ways.items(), key=lambda way: -len(way[1]))[:EXAMPLES]
    return [[pks[0], before, after, len(pks)] for (before, after), pks in largest]
