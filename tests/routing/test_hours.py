"""Whose business hours count."""

from datetime import date, datetime, time

import pytest
from django.utils import timezone

from routing.models import BusinessCalendar
from routing.services.hours import hours_of, hours_of_all
from workforce.models import Holiday

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


@pytest.fixture
def calendar(organisation):
    """`calendar(department, (0, 8, 12), …)`: weekday, from hour, to hour."""

    def call(department, *intervals, **fields) -> BusinessCalendar:
        made = BusinessCalendar.objects.create(department=department, **fields)
        for weekday, opens, closes in intervals:
            made.intervals.create(
                weekday=weekday, opens_at=time(opens), closes_at=time(closes % 24)
            )
        return made

    return call


def test_without_a_calendar_it_is_always_open(sales):
    assert hours_of(sales.pk) is None
    assert hours_of(None) is None


def test_the_departments_own_hours_go_before_the_organisations(calendar, sales, billing):
    calendar(None, (0, 8, 17))
    calendar(sales, (0, 18, 24))
    evening, morning = at("2026-11-23 20:00"), at("2026-11-23 09:00")

    for hours in (hours_of(sales.pk), hours_of_all().of(sales.pk)):
        assert (hours.is_open(evening), hours.is_open(morning)) == (True, False)
    for hours in (hours_of(billing.pk), hours_of(None), hours_of_all().of(billing.pk)):
        assert (hours.is_open(evening), hours.is_open(morning)) == (False, True)


def test_another_departments_hours_are_nobody_elses(calendar, sales, billing):
    calendar(sales, (0, 8, 17))

    assert hours_of(billing.pk) is None
    assert hours_of(None) is None


def test_only_confirmed_holidays_close_and_only_who_keeps_them(calendar, sales, billing):
    today = timezone.localdate()
    every_day = [(weekday, 0, 24) for weekday in range(7)]
    calendar(sales, *every_day)
    calendar(billing, *every_day, keeps_holidays=False)
    noon = datetime.combine(today, time(12), tzinfo=timezone.get_default_timezone())
    Holiday.objects.filter(date=today).delete()
    holiday = Holiday.objects.create(date=today, name="Tết", is_confirmed=False)

    assert hours_of(sales.pk).is_open(noon)
    holiday.is_confirmed = True
    holiday.save()

    assert not hours_of(sales.pk).is_open(noon)
    assert hours_of(billing.pk).is_open(noon)


def test_other_hours_of_a_date(calendar, sales):
    made = calendar(sales, (0, 8, 17))
    made.exceptions.create(date=date(2026, 11, 23), opens_at=time(10), closes_at=time(11))
    made.exceptions.create(date=date(2026, 11, 30))

    hours = hours_of(sales.pk)

    assert hours.next_opening(at("2026-11-23 08:00")) == at("2026-11-23 10:00")
    assert hours.next_opening(at("2026-11-23 11:00")) == at("2026-12-07 08:00")


def test_hours_cost_the_same_for_many_departments(
    calendar, sales, billing, django_assert_num_queries
):
    calendar(None, (0, 8, 17))
    calendar(sales, (0, 8, 17))
    with django_assert_num_queries(5):  # calendars, zone, holidays, hours, other dates
        hours_of_all()
    calendar(billing, (0, 8, 17))
    with django_assert_num_queries(5):
        hours_of_all()
