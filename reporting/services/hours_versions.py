"""Noticing that business hours have changed, and keeping those of before."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from accounts.models import Department
from reporting.business_hours import BEGINNING, as_json, from_json
from reporting.clockwork import Version
from reporting.models import HoursVersion
from routing.services.hours import hours_of_all


def note_hours(at: datetime) -> int:
    """Write a version of each department whose hours are other ones than the last noted.

    Returns how many. Call under the lock of the facts: what was derived until now used the
    hours of before.
    """
    latest = {row.department_id: row for row in HoursVersion.objects.order_by("effective_from")}
    book = hours_of_all(of_all_time=True)
    count = 0
    for department_id in [None, *Department.objects.values_list("pk", flat=True)]:
        hours = as_json(book.of(department_id))
        known = latest.get(department_id)
        if known is not None and known.hours == hours:
            continue
        HoursVersion.objects.create(
            department_id=department_id,
            effective_from=BEGINNING if known is None else at,
            hours=hours,
        )
        count += 1
    return count


def versions_by_department() -> dict[int | None, list[Version]]:
    """All versions, the oldest first."""
    found = defaultdict(list)
    for row in HoursVersion.objects.order_by("effective_from", "pk"):
        found[row.department_id].append(Version(row.pk, row.effective_from, from_json(row.hours)))
    return dict(found)
