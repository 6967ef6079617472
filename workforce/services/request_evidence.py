"""What a decider sees about somebody who asks for more pay, and what is kept of it.

Attendance is counted here. Other apps know more (volume, KPI) and are not known here: they add
themselves to PROVIDERS when they start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from accounts.models import User
from accounts.workplace import workplace_zone
from workforce.shift_times import DAY, local_date
from workforce.timesheet_days import first_counted_month, read_month

MONTHS = 6

# (person, the months) -> {name of the evidence: one row for each month}
Provider = Callable[[User, list[date]], dict[str, list[dict]]]
PROVIDERS: list[Provider] = []


def evidence_of(user: User, at: datetime) -> dict[str, list[dict]]:
    """Return months of evidence, the latest last; JSON-safe.

    `attendance`: {month, worked_minutes, planned_minutes, late_times, absent_days}.
    """
    months = _months(local_date(at, workplace_zone()))
    attendance = [_attendance(user, month, at) for month in months]
    known = [row for row in attendance if row["worked_minutes"] or row["planned_minutes"]]
    evidence = {"attendance": known}
    for provide in PROVIDERS:
        evidence |= provide(user, months)
    return evidence


def _months(today: date) -> list[date]:
    """The months up to this one for which there are rules, MONTHS at most."""
    first = first_counted_month()
    months, month = [], today.replace(day=1)
    while first is not None and month >= first and len(months) < MONTHS:
        months.append(month)
        month = (month - DAY).replace(day=1)
    return months[::-1]


def _attendance(user: User, month: date, at: datetime) -> dict:
    totals = read_month(user, month, at=at).totals
    return {
        "month": f"{month:%Y-%m}",
        "worked_minutes": totals.worked_minutes,
        "planned_minutes": totals.planned_minutes,
        "late_times": totals.late_times,
        "absent_days": len(totals.absent),
    }
