"""When the people of the demo company came and went, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from accounts.workplace import workplace_zone
from omnichat.demo.history import QUIET
from omnichat.demo.hours import DAY, LATEST_LEAVE, Colleague
from omnichat.lib.errors import DomainError
from workforce.models import AvailabilityInterval, Leave, TimeEntry
from workforce.services import approve_months, lock_months_of, record_availability
from workforce.shift_times import local_date

# Of a hundred days: come late, gone early, stayed on for overtime.
LATE, EARLY, OVERTIME = 22, 5, 6
NOTICEABLE = timedelta(minutes=6)
# Who forgot to check out, how many days ago at least, and what a lead made of it.
FORGOTTEN = (
    ("tung", 2, ""),
    ("bao", 9, "Quên bấm ra, bảo vệ ghi ra lúc hết ca"),
)


def write_working_time(
    colleagues: list[Colleague], people: dict[str, User], now: datetime, days: int, rng: Random
) -> None:
    """One time entry per shift of the past; who wrote later has stayed longer."""
    entries: list[TimeEntry] = []
    for colleague in colleagues:
        own = []
        for days_ago in range(days + 1, -1, -1):
            shift = colleague.shift_on(now - DAY * days_ago)
            if shift is None:
                continue
            start, end = _came(colleague, shift, rng), _left(colleague, shift, rng)
            end = min(end, now - QUIET)
            if start < end:
                person = people[colleague.username]
                own.append(TimeEntry(user=person, checked_in_at=start, checked_out_at=end))
        _forget(colleague, own, now, people["admin"])
        entries += own
    TimeEntry.objects.bulk_create(entries, 1000)


def write_availability(people: dict[str, User], now: datetime) -> None:
    """What the past comes to, as it would have been kept; the present as it is."""
    rows = []
    for person in people.values():
        changes = []
        for entry in person.time_entries.order_by("checked_in_at"):
            changes.append((entry.checked_in_at, "taking_work"))
            if entry.checked_out_at is not None:
                changes.append((entry.checked_out_at, "checked_out"))
        for leave in Leave.objects.granted().filter(user=person, type__kind="away"):
            if leave.ends_at < now:
                changes += [(leave.starts_at, "on_leave"), (leave.ends_at, "checked_out")]
        changes.sort()
        ends = [*(since for since, _reason in changes[1:]), None][: len(changes)]
        rows += [
            AvailabilityInterval(user=person, reason=reason, since=since, until=until)
            for (since, reason), until in zip(changes, ends, strict=True)
        ]
    AvailabilityInterval.objects.bulk_create(rows, 1000)
    record_availability([person.pk for person in people.values()])


def settle_past_months(people: dict[str, User], now: datetime) -> None:
    """Last month is approved, the one before locked, where nothing is left to settle."""
    first = local_date(now, workplace_zone()).replace(day=1)
    last_month = (first - DAY).replace(day=1)
    month_before = (last_month - DAY).replace(day=1)
    for person in people.values():
        if person.department_id is None:
            continue
        about = {"people": [person], "actor": people["admin"], "at": now}
        try:
            approve_months(month=month_before, **about)
            lock_months_of(month=month_before, **about)
            if person.role == User.Role.STAFF:
                approve_months(month=last_month, **about)
        except DomainError:  # days to settle: the manager of the demo has something to do
            continue


def _came(colleague: Colleague, shift: tuple[datetime, datetime], rng: Random) -> datetime:
    """A little early, or late if nothing was done before that."""
    late = shift[0] + timedelta(minutes=rng.uniform(6, 28))
    early = shift[0] - timedelta(minutes=rng.uniform(0, 11))
    first = colleague.first_acts.get(shift[0].date(), shift[1])
    is_late = rng.randrange(100) < LATE and late < first - timedelta(minutes=1)
    return late if is_late else early


def _left(colleague: Colleague, shift: tuple[datetime, datetime], rng: Random) -> datetime:
    """A little late, early, or after hours of overtime; never before the last act."""
    dice = rng.randrange(100)
    end = shift[1] + LATEST_LEAVE * rng.random()
    if dice < EARLY:
        end = shift[1] - NOTICEABLE - timedelta(minutes=rng.uniform(4, 40))
    elif dice < EARLY + OVERTIME:
        end = shift[1] + timedelta(minutes=rng.uniform(70, 150))
    act = colleague.acts.get(shift[0].date())
    return max(end, act + timedelta(minutes=2)) if act else end


def _forget(colleague: Colleague, own: list[TimeEntry], now: datetime, admin: User) -> None:
    """Mark the check-outs that were forgotten: closed by rule at the end of the shift."""
    for username, days_ago, note in FORGOTTEN:
        if username != colleague.username:
            continue
        for entry in reversed(own):
            shift = colleague.shift_on(entry.checked_in_at)
            act = colleague.acts.get(shift[0].date())
            is_old = entry.checked_in_at < now - DAY * days_ago
            if is_old and (act is None or act < shift[1]):
                entry.checked_out_at, entry.is_auto_closed = shift[1], True
                if note:
                    entry.corrected_out_at = shift[1] + timedelta(minutes=4)
                    entry.correction_note, entry.corrected_by = note, admin
                break
