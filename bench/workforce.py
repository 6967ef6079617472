"""Roster, timesheet and requests of 200 people: `python -m bench.workforce` fills them in.

Run in the environment of the installation, once; prints the cookie of an administrator as JSON.
"""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

from bench.figures import summary
from bench.installation import HOST, Web
from bench.load import get
from bench.pages import ask

PEOPLE = 200
MONTH = date(2026, 10, 1)  # 31 days; a month that is over, so that all of it is counted
PAGES = {
    "roster, week": "/shifts?week=2026-10-05",
    "roster, month": "/shifts/month?month=2026-10",
    "timesheet of the team": "/shifts/timesheet/team?month=2026-10",
    "timesheet as XLSX": "/shifts/timesheet/team/export?month=2026-10",
    "timesheet as CSV": "/shifts/timesheet/team/export?month=2026-10&format=csv",
    "who was at work when": "/shifts/availability?date=2026-10-05",
    "requests to decide": "/requests",
    "one request, with covers": "/requests/1",
    "leave calendar": "/requests/calendar?month=2026-10",
    "leave accounts of the team": "/requests/balances",
}


def measure(web: Web, cookie: str, *, rounds: int) -> list[dict]:
    """One row for each page: milliseconds to the last byte, one request at a time."""
    found = []
    for name, path in PAGES.items():
        request = get(path, HOST, X_Forwarded_Proto="https", Accept="text/html", Cookie=cookie)
        times, sizes = [], []
        for _round in range(rounds):
            milliseconds, body = ask(web, request)
            times.append(milliseconds)
            sizes.append(len(body))
        found.append({"page": name, "kilobytes": round(median(sizes) / 1024), **summary(times)})
    return found


def fill() -> dict:
    """Write 200 people of four departments, their published shifts and their time at work."""
    from django.utils import timezone

    from accounts.models import Department, User
    from accounts.workplace import workplace_zone
    from bench.company import cookie_of
    from workforce.models import AvailabilityInterval, Break, Shift, ShiftAssignment, TimeEntry

    now, zone = timezone.now(), workplace_zone()
    User.objects.exclude(role=User.Role.ADMIN).update(is_active=False)  # these 200 and no others
    departments = Department.objects.bulk_create(
        Department(name=f"Bộ phận {number}") for number in range(4)
    )
    people = User.objects.bulk_create(
        User(
            username=f"worker{number}",
            display_name=f"Nhân viên {number}",
            role=User.Role.STAFF,
            department=departments[number % 4],
            is_active=True,
            approved_at=now,
            password="!",  # noqa: S106 - nobody signs in with it
        )
        for number in range(PEOPLE)
    )
    shifts = {
        department.pk: Shift.objects.create(
            name="Ca ngày",
            department=department,
            starts_at=time(8),
            ends_at=time(17),
            unpaid_break_minutes=60,
            minimum_staff=20,
        )
        for department in departments
    }
    planned, entries = [], []
    for number, person in enumerate(people):
        for offset in range(31):
            if (offset + number) % 7 == 0:  # a day off in seven
                continue
            shift = shifts[person.department_id]
            row = shift.plan_for(person, MONTH + timedelta(days=offset), zone, published_at=now)
            planned.append(row)
            late = timedelta(minutes=(number * 7 + offset * 3) % 12 - 6)
            entries.append(
                TimeEntry(
                    user=person,
                    checked_in_at=row.starts_at + late,
                    checked_out_at=row.ends_at + 3 * late,
                )
            )
    ShiftAssignment.objects.bulk_create(planned, 1000)
    entries = TimeEntry.objects.bulk_create(entries, 1000)
    noon = timedelta(hours=4)
    Break.objects.bulk_create(
        (
            Break(
                entry=entry,
                reason=Break.Reason.MEAL,
                started_at=entry.checked_in_at + noon,
                ended_at=entry.checked_in_at + noon + timedelta(minutes=55),
            )
            for entry in entries
        ),
        1000,
    )
    AvailabilityInterval.objects.bulk_create(
        (
            AvailabilityInterval(
                user_id=entry.user_id,
                reason="taking_work",
                since=entry.checked_in_at,
                until=entry.checked_out_at,
            )
            for entry in entries
        ),
        1000,
    )
    _ask(people, shifts, zone, now)
    return {"cookie": cookie_of(User.objects.get(role=User.Role.ADMIN))}


def _ask(people: list, shifts: dict, zone: tzinfo, now: datetime) -> None:
    """A year of accounts, and a leave of two days that everybody waits for, on planned shifts."""
    from workforce.models import LeaveLedgerEntry, LeaveType, Request, ShiftAssignment

    annual = LeaveType.objects.get(symbol="P")
    LeaveLedgerEntry.objects.bulk_create(
        (
            LeaveLedgerEntry(
                user=person, type=annual, kind="accrual", days=1, on=date(2026, month, 1)
            )
            for person in people
            for month in range(1, 11)
        ),
        1000,
    )
    first = now.astimezone(zone).date() + timedelta(days=7)
    ShiftAssignment.objects.bulk_create(
        (
            shifts[person.department_id].plan_for(
                person, first + timedelta(days=offset), zone, published_at=now
            )
            for person in people
            for offset in range(14)
        ),
        1000,
    )
    Request.objects.bulk_create(
        Request(
            user=person,
            kind=Request.Kind.LEAVE,
            description="Việc gia đình",
            leave_type=annual,
            first=first + timedelta(days=number % 10),
            last=first + timedelta(days=number % 10 + 1),
            created_at=now,
        )
        for number, person in enumerate(people)
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")
    import django

    django.setup()
    print(json.dumps(fill()))
