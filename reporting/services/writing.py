"""Writing facts: only what is new, only what is no longer so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from reporting.cycles import DerivedFact
from reporting.models import Fact
from reporting.models.fact import FactQuerySet

COLUMNS = DerivedFact._fields
BATCH = 500
# From so many rows on PostgreSQL's COPY is worth its beginning.
COPY_FROM = 2000


def replace_facts(stored: FactQuerySet, derived: Iterable[DerivedFact]) -> set[date]:
    """Make `stored` what was derived; returns the days that have changed.

    Call under the lock of the facts.
    """
    wanted = set(derived)
    gone, days = [], set()
    for pk, *values in stored.values_list("pk", *COLUMNS):
        fact = DerivedFact(*values)
        if fact in wanted:
            wanted.remove(fact)
        else:
            gone.append(pk)
            days.add(fact.day)
    for start in range(0, len(gone), BATCH):
        Fact.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    _insert(sorted(wanted, key=lambda fact: (fact.at, fact.kind, fact.source_id)))
    return days | {fact.day for fact in wanted}


def _insert(facts: list[DerivedFact]) -> None:
    if connection.vendor == "postgresql" and len(facts) >= COPY_FROM:
        _copy(facts)
        return
    rows = (Fact(**fact._asdict()) for fact in facts)
    Fact.objects.bulk_create(rows, batch_size=BATCH)


def _copy(facts: list[DerivedFact]) -> None:
    names = ", ".join(
        connection.ops.quote_name(Fact._meta.get_field(name).column) for name in COLUMNS
    )
    table = connection.ops.quote_name(Fact._meta.db_table)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for fact in facts:
            copy.write_row(fact)
