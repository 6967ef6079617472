"""A first set of words for a shop, so that a new installation routes something at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from accounts.models import Department, User
from accounts.services import record
from omnichat.lib.text import fold
from routing.models import Keyword
from routing.services.keywords import bump_keyword_version, lock_dictionary

STARTER_FILE = Path(__file__).parent.parent / "data" / "starter_keywords.tsv"
# What the words of the set are about.
STARTER_TOPICS = ("sales", "delivery", "returns", "warranty", "billing", "complaint")


@transaction.atomic
def import_starter_keywords(
    *,
    department: Department,
    actor: User | None = None,
    topics: Iterable[str] = STARTER_TOPICS,
    ip: str | None = None,
) -> int:
    """Give a department the starter words of these topics; return how many are new.

    Words it already has are left as they are, so calling it again changes nothing. One audit
    entry `keywords_imported`, one new version. `actor` is None when the installation does it.
    """
    lock_dictionary()
    has = set(Keyword.objects.filter(department=department).values_list("folded", flat=True))
    topics = set(topics)
    with STARTER_FILE.open(encoding="utf-8", newline="") as lines:
        wanted = [
            row for row in csv.DictReader(lines, delimiter="\t") if row["department"] in topics
        ]
    new = [
        Keyword(
            word=row["keyword"],
            folded=fold(row["keyword"]),
            department=department,
            weight=Decimal(row["weight"]),
        )
        for row in wanted
        if fold(row["keyword"]) not in has
    ]
    if not new:
        return 0
    Keyword.objects.bulk_create(new)
    facts = {"file": STARTER_FILE.name, "added": len(new), "changed": 0}
    record("keywords_imported", actor=actor, target=department, changes=facts, ip=ip)
    bump_keyword_version()
    return len(new)
