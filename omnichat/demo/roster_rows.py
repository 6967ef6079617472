"""Shifts of the demo company and who is planned for them."""

from __future__ import annotations

from datetime import datetime, time

from accounts.models import User
from omnichat.demo.hours import DAY, Colleague
from workforce.models import Shift, ShiftAssignment

DAYS_AHEAD = 14
BREAK_MINUTES = 60  # of everybody's day, unpaid
# By the hour it begins: name and colour.
KINDS = (
    (9, "Ca sáng", Shift.Color.OK),
    (11, "Ca ngày", Shift.Color.PLAIN),
    (15, "Ca chiều", Shift.Color.INFO),
)
EVENING = ("Ca tối", Shift.Color.VIOLET)


def write_shifts(
    colleagues: list[Colleague], people: dict[str, User], now: datetime, days: int
) -> None:
    """Plan the days that were, what is left of this week, and the next one as a draft.

    Today only what has yet to begin: who is at work now came when the demo began.
    """
    shifts: dict[tuple, Shift] = {}
    planned = []
    for colleague in colleagues:
        person = people[colleague.username]
        for offset in range(-days - 1, DAYS_AHEAD + 1):
            day = now + DAY * offset
            hours = colleague.planned_on(day)
            if hours is None or (offset == 0 and hours[0] <= now):
                continue
            key = (person.department_id, colleague.roster.start_hour, colleague.roster.end_hour)
            shift = shifts.get(key) or shifts.setdefault(key, _shift(person, *key[1:]))
            planned.append(_planned(person, shift, day, now, colleague))
    ShiftAssignment.objects.bulk_create(planned, 1000)


def _shift(person: User, start_hour: int, end_hour: int) -> Shift:
    kinds = [(name, color) for until, name, color in KINDS if start_hour < until]
    name, color = kinds[0] if kinds else EVENING
    return Shift.objects.create(
        name=name,
        department=person.department,
        starts_at=time(start_hour),
        ends_at=time(end_hour % 24),
        unpaid_break_minutes=BREAK_MINUTES,
        minimum_staff=1,
        color=color,
    )


def _planned(
    person: User, shift: Shift, day: datetime, now: datetime, colleague: Colleague
) -> ShiftAssignment:
    on = day.astimezone(colleague.zone).date()
    today = now.astimezone(colleague.zone).date()
    next_monday = today + DAY * (7 - today.weekday())
    published_at = now if on < next_monday else None
    return shift.plan_for(person, on, colleague.zone, published_at=published_at)
