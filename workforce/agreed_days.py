"""What was agreed day by day, as the timesheet reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from workforce.attendance_records import Agreed
from workforce.intervals import minute_of
from workforce.models import DayAgreement

Kind = DayAgreement.Kind


def agreed_days(
    user_ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, Agreed]]:
    """Return by person and date what is agreed from `first` to `last`; one statement."""
    rows = DayAgreement.objects.standing().filter(user__in=user_ids, date__range=(first, last))
    by_day: dict[tuple[int, date], list[tuple]] = defaultdict(list)
    for user_id, on, *one in rows.values_list(
        "user", "date", "kind", "starts_at", "ends_at", "minutes"
    ):
        by_day[user_id, on].append(tuple(one))
    found: dict[int, dict[date, Agreed]] = defaultdict(dict)
    for (user_id, on), agreements in by_day.items():
        minutes = {kind: count for kind, _start, _end, count in agreements}
        found[user_id][on] = Agreed(
            overtime=tuple(
                (minute_of(start), minute_of(end))
                for kind, start, end, _count in agreements
                if kind == Kind.OVERTIME
            ),
            late_minutes=minutes.get(Kind.LATE, 0),
            early_minutes=minutes.get(Kind.EARLY, 0),
        )
    return found
