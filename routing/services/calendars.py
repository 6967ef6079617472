"""Changing business hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.services import record
from omnichat.lib.errors import DomainError
from routing.models import BusinessCalendar, BusinessException, BusinessInterval
from routing.opening_rules import Hours, fault_of
from routing.services.keywords import lock_dictionary
from routing.services.sla_news import rules_changed


class CalendarRefused(DomainError):
    code = "calendar_refused"
    status = 400


class Interval(NamedTuple):
    weekday: int
    opens_at: time
    closes_at: time


class OtherHours(NamedTuple):
    """Of one date; without times it is closed."""

    date: date
    opens_at: time | None = None
    closes_at: time | None = None
    name: str = ""


@transaction.atomic
def save_calendar(
    *,
    calendar: BusinessCalendar | None = None,
    department: Department | None,
    keeps_holidays: bool,
    intervals: Sequence[Interval],
    exceptions: Sequence[OtherHours] = (),
    actor: User | None,
    ip: str | None = None,
) -> BusinessCalendar:
    """Write the whole calendar of a department, or of the organisation where there is none.

    Every running deadline is worked out anew. Raises CalendarRefused: a second calendar, hours
    that end before they begin or overlap.
    """
    lock_dictionary()  # one change of the rules after the other
    others = BusinessCalendar.objects.filter(department=department)
    if others.exclude(pk=calendar.pk if calendar else None).exists():
        raise CalendarRefused(_("There are business hours for this already."), field="department")
    for rows in (intervals, exceptions):
        if fault := fault_of([Hours(row[0], row.opens_at, row.closes_at) for row in rows]):
            raise CalendarRefused(fault.reason, field=fault.field)
    before = _facts(calendar) if calendar else {}
    fields = {"department": department, "keeps_holidays": keeps_holidays}
    if calendar is None:
        calendar = BusinessCalendar.objects.create(**fields)
    else:
        BusinessCalendar.objects.filter(pk=calendar.pk).update(**fields)
        calendar.department, calendar.keeps_holidays = department, keeps_holidays
    calendar.intervals.all().delete()
    calendar.exceptions.all().delete()
    BusinessInterval.objects.bulk_create(
        [BusinessInterval(calendar=calendar, **row._asdict()) for row in intervals]
    )
    BusinessException.objects.bulk_create(
        [BusinessException(calendar=calendar, **row._asdict()) for row in exceptions]
    )
    after = _facts(calendar)
    changes = {n: [before.get(n), after[n]] for n in after if before.get(n) != after[n]}
    if changes:
        verb = "business_hours_changed" if before else "business_hours_created"
        record(verb, actor=actor, target=calendar, changes=changes, ip=ip)
        rules_changed()
    return calendar


@transaction.atomic
def delete_calendar(
    *, calendar: BusinessCalendar, actor: User | None, ip: str | None = None
) -> None:
    """Take it out: the organisation's hours count again, or every hour."""
    record("business_hours_deleted", actor=actor, target=calendar, ip=ip)
    calendar.delete()
    rules_changed()


def _facts(calendar: BusinessCalendar) -> dict:
    """What the audit says of it."""
    week = calendar.intervals.order_by("weekday", "opens_at")
    dates = calendar.exceptions.order_by("date", "opens_at")
    return {
        "department": str(calendar),
        "keeps_holidays": calendar.keeps_holidays,
        "opening_hours": [
            f"{one.weekday} {one.opens_at:%H:%M}-{one.closes_at:%H:%M}" for one in week
        ],
        "other_hours": [
            f"{one} {one.opens_at:%H:%M}-{one.closes_at:%H:%M}" if one.opens_at else str(one)
            for one in dates
        ],
    }
