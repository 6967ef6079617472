"""Whose business hours count, read from the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta, tzinfo

from django.db.models import Q
from django.utils import timezone

from accounts.workplace import workplace_zone
from routing.models import BusinessCalendar, BusinessException, BusinessInterval
from routing.sla_time import LOOK_AHEAD_DAYS, BusinessHours, Interval, minutes_of
from workforce.models import Holiday

# Hours are asked about now and about what began some time ago.
LOOK_BACK = timedelta(days=400)
LOOK_AHEAD = timedelta(days=LOOK_AHEAD_DAYS)


def hours_of(department_id: int | None) -> BusinessHours | None:
    """The hours of a department: its own, else the organisation's; None is always open."""
    mine = Q(department=None)
    if department_id is not None:
        mine |= Q(department=department_id)
    found = HoursBook(list(BusinessCalendar.objects.filter(mine)))
    return found.of(department_id)


def hours_of_all(*, of_all_time: bool = False) -> HoursBook:
    """The hours of everybody, read once: for those who ask about many departments.

    `of_all_time`: with every holiday there is, not only those around today.
    """
    return HoursBook(list(BusinessCalendar.objects.all()), of_all_time=of_all_time)


class HoursBook:
    """The hours of departments; calendars' rows are read when it is made."""

    def __init__(self, calendars: list[BusinessCalendar], *, of_all_time: bool = False) -> None:
        self._by_department: dict[int | None, BusinessHours] = {}
        if not calendars:
            return
        zone, today = workplace_zone(), timezone.now().date()
        span = (today - LOOK_BACK, today + LOOK_AHEAD)
        if of_all_time:
            span = (date.min, date.max)
        holidays: frozenset[date] = frozenset()
        if any(calendar.keeps_holidays for calendar in calendars):
            confirmed = Holiday.objects.filter(is_confirmed=True, date__range=span)
            holidays = frozenset(confirmed.values_list("date", flat=True))
        weeks, exceptions = _weeks(calendars), _exceptions(calendars)
        for calendar in calendars:
            self._by_department[calendar.department_id] = _hours(
                zone,
                weeks[calendar.pk],
                exceptions[calendar.pk],
                holidays if calendar.keeps_holidays else frozenset(),
            )

    def of(self, department_id: int | None) -> BusinessHours | None:
        """The hours that count for a department; None is always open."""
        return self._by_department.get(department_id) or self._by_department.get(None)


def _weeks(calendars: list[BusinessCalendar]) -> dict[int, dict[int, list[Interval]]]:
    weeks: dict[int, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for one in BusinessInterval.objects.filter(calendar__in=calendars):
        weeks[one.calendar_id][one.weekday].append(minutes_of(one.opens_at, one.closes_at))
    return weeks


def _exceptions(calendars: list[BusinessCalendar]) -> dict[int, dict[date, list[Interval]]]:
    """Intervals by calendar and date; a date without hours is closed, whatever else it has."""
    dates: dict[int, dict[date, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for one in BusinessException.objects.filter(calendar__in=calendars):
        intervals = dates[one.calendar_id][one.date]
        if one.opens_at is not None and one.closes_at is not None:
            intervals.append(minutes_of(one.opens_at, one.closes_at))
    return dates


def _hours(
    zone: tzinfo,
    week: dict[int, list[Interval]],
    exceptions: dict[date, list[Interval]],
    holidays: frozenset[date],
) -> BusinessHours:
    return BusinessHours(
        zone=zone,
        week=tuple(tuple(week[weekday]) for weekday in range(7)),
        exceptions=tuple((on, tuple(intervals)) for on, intervals in exceptions.items()),
        holidays=holidays,
    )
