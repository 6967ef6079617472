"""The working days of the long history before those that the demo has: roster, leave, check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from random import Random

from accounts.models import User
from omnichat.demo.past.moments import HOUR, MINUTE, midnight, moment
from omnichat.demo.past.traffic import quiet_days
from omnichat.demo.people import ROSTER
from omnichat.lib.errors import DomainError
from workforce.models import (
    AvailabilityInterval,
    Break,
    Leave,
    LeaveType,
    Shift,
    ShiftAssignment,
    TimeEntry,
)
from workforce.services import grant_leave
from workforce.shift_times import local_date

ONE_DAY = timedelta(days=1)
# Of a hundred days: come late, gone early, stayed on.
LATE, EARLY, OVERTIME = 18, 5, 6
LEAVE_EACH = 45  # working days, about, from one leave to the next
LEAVE_NOTES = (("Ô", "Sốt, có giấy của bác sĩ"), ("VR", "Cưới em"), ("KL", "Việc gia đình"))
# By the hour a shift begins: when people go to eat.
MEALS = {8: (11, 40), 9: (12, 30), 12: (17, 0)}
MEAL_LENGTH = (40, 58)


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift somebody is to come to."""

    person: User
    on: date
    begins: int
    ends: int


def write_working_days(
    people: list[User], first: date, last: date, zone: tzinfo, actor: User, rng: Random
) -> int:
    """Write what there is not yet, up to the first date the demo knows; returns the entries."""
    known = TimeEntry.objects.filter(user__in=people).order_by("checked_in_at").first()
    end = local_date(known.checked_in_at, zone) - ONE_DAY if known else last
    dates = [first + ONE_DAY * n for n in range((min(end, last) - first).days + 1)]
    planned = _plan(people, dates, zone)
    _write_roster(planned, zone)
    _grant_leaves(planned, actor, rng)
    away = {
        (leave.user_id, leave.first + ONE_DAY * n)
        for leave in Leave.objects.granted().filter(type__kind=LeaveType.Kind.AWAY)
        for n in range((leave.last - leave.first).days + 1)
    }
    came = [_entry(one, rng) for one in planned if (one.person.pk, one.on) not in away]
    TimeEntry.objects.bulk_create([entry for _one, entry in came], 1000)
    pauses = [_meal(one, entry, rng) for one, entry in came]
    Break.objects.bulk_create([pause for pause in pauses if pause is not None], 1000)
    for person in people:
        own = [one for one in zip(came, pauses, strict=True) if one[0][0].person == person]
        _write_availability(person, own)
    return len(came)


def _plan(people: list[User], dates: list[date], zone: tzinfo) -> list[Planned]:
    """Who is to come on which date: since they joined, not on the day off, few at Tết."""
    tet = quiet_days(sorted({on.year for on in dates}))[0] if dates else set()
    planned = []
    for on in dates:
        there = [
            person
            for person in people
            if local_date(person.approved_at, zone) <= on
            and ROSTER[person.username].day_off != on.weekday()
        ]
        if on in tet:
            first = {person.department_id: person for person in reversed(there)}
            there = list(first.values())
        for person in there:
            hours, start = ROSTER[person.username], midnight(on, zone)
            begins, ends = start + hours.start_hour * HOUR, start + hours.end_hour * HOUR
            planned.append(Planned(person, on, begins, ends))
    return planned


def _write_roster(planned: list[Planned], zone: tzinfo) -> None:
    """In the shifts of the demo, where they are still there."""
    shifts = {
        (shift.department_id, shift.starts_at.hour, shift.ends_at.hour): shift
        for shift in Shift.objects.order_by("-pk")
    }
    rows = []
    for one in planned:
        hours = ROSTER[one.person.username]
        shift = shifts.get((one.person.department_id, hours.start_hour, hours.end_hour % 24))
        if shift is not None:
            at = moment(one.begins) - 3 * ONE_DAY
            rows.append(shift.plan_for(one.person, one.on, zone, published_at=at))
    ShiftAssignment.objects.bulk_create(rows, 1000, ignore_conflicts=True)


def _grant_leaves(planned: list[Planned], actor: User, rng: Random) -> None:
    """Now and then a day or two, when a colleague of the department is there."""
    kinds = {kind.symbol: kind for kind in LeaveType.objects.active()}
    kinds = [(kinds[symbol], note) for symbol, note in LEAVE_NOTES if symbol in kinds]
    taken: set[tuple[int, date]] = set()
    for one in planned:
        if rng.randrange(LEAVE_EACH) or not kinds:
            continue
        key = (one.person.department_id, one.on)
        others = [p for p in planned if p.on == one.on and p.person.department_id == key[0]]
        if len(others) < 2 or key in taken:  # noqa: PLR2004
            continue
        taken.add(key)
        kind, note = rng.choice(kinds)
        dates = {"first": one.on, "last": one.on}
        at = moment(one.begins) - 4 * ONE_DAY
        try:
            grant_leave(user=one.person, type=kind, **dates, actor=actor, note=note, at=at)
        except DomainError:  # a locked month, or more than is left of it: they come
            continue


def _entry(one: Planned, rng: Random) -> tuple[Planned, TimeEntry]:
    came = one.begins - rng.randrange(11 * MINUTE)
    if rng.randrange(100) < LATE:
        came = one.begins + rng.randrange(6 * MINUTE, 28 * MINUTE)
    dice = rng.randrange(100)
    left = one.ends + rng.randrange(12 * MINUTE)
    if dice < EARLY:
        left = one.ends - rng.randrange(10 * MINUTE, 45 * MINUTE)
    elif dice < EARLY + OVERTIME:
        left = one.ends + rng.randrange(70 * MINUTE, 140 * MINUTE)
    entry = TimeEntry(user=one.person, checked_in_at=moment(came), checked_out_at=moment(left))
    return one, entry


def _meal(one: Planned, entry: TimeEntry, rng: Random) -> Break | None:
    """Colleagues go one after another."""
    hours = ROSTER[one.person.username]
    if hours.start_hour not in MEALS:
        return None
    hour, minute = MEALS[hours.start_hour]
    begins = one.begins + (hour - hours.start_hour) * HOUR + minute * MINUTE
    begins += (one.person.pk % 3) * 25 * MINUTE + rng.randrange(10 * MINUTE)
    ends = begins + rng.randrange(MEAL_LENGTH[0] * MINUTE, MEAL_LENGTH[1] * MINUTE)
    reason = Break.Reason.MEAL
    return Break(entry=entry, reason=reason, started_at=moment(begins), ended_at=moment(ends))


def _write_availability(person: User, own: list) -> None:
    """As it would have been kept, up to where the demo's own begins."""
    changes: list[tuple[datetime, str]] = []
    for (one, entry), pause in own:
        until = entry.checked_out_at
        changes.append((entry.checked_in_at, "taking_work"))
        if pause is not None:
            changes += [(pause.started_at, "on_break"), (pause.ended_at, "taking_work")]
        handover, over = moment(one.ends - 15 * MINUTE), moment(one.ends)
        changes += [
            (at, why)
            for at, why in ((handover, "shift_ending"), (over, "shift_ended"))
            if at < until
        ]
        changes.append((until, "checked_out"))
    if not changes:
        return
    first, last = changes[0][0], changes[-1][0]
    for leave in Leave.objects.granted().filter(user=person, type__kind=LeaveType.Kind.AWAY):
        if first < leave.starts_at and leave.ends_at < last:
            changes += [(leave.starts_at, "on_leave"), (leave.ends_at, "checked_out")]
    changes.sort(key=lambda change: change[0])
    stored = AvailabilityInterval.objects.filter(user=person).order_by("since").first()
    end = stored.since if stored else None
    ends = [*(since for since, _reason in changes[1:]), end]
    AvailabilityInterval.objects.bulk_create(
        [
            AvailabilityInterval(user=person, reason=reason, since=since, until=until)
            for (since, reason), until in zip(changes, ends, strict=True)
        ],
        1000,
    )
