"""From when to when a leave really is, given what is planned around it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from workforce.attendance_records import DayPart, PlannedShift, planned_shift
from workforce.leave_times import leave_span
from workforce.shift_times import ShiftBreak, ShiftHours, shift_times

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")  # UTC+7
BERLIN = ZoneInfo("Europe/Berlin")
MON, TUE, WED = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


def planned(start: str, end: str, on: date, *, unpaid: int = 0, zone=SAIGON) -> PlannedShift:
    hours = ShiftHours(
        time.fromisoformat(start), time.fromisoformat(end), (ShiftBreak(unpaid, is_paid=False),)
    )
    return planned_shift(shift_times(hours, on, zone))


def told(first: date, last: date, part: str = "whole", zone=SAIGON, **plans) -> str:
    """The span as the wall of the workplace shows it."""
    named = {"mon": MON, "tue": TUE, "wed": WED}
    by_date = {named[name]: plan for name, plan in plans.items()}
    span = leave_span(first, last, DayPart(part), by_date, zone)
    return " to ".join(
        moment.astimezone(zone).strftime("%d %H:%M") for moment in (span.starts_at, span.ends_at)
    )


def test_without_a_plan_it_is_the_dates_of_the_wall():
    assert told(MON, MON) == "23 00:00 to 24 00:00"
    assert told(MON, WED) == "23 00:00 to 26 00:00"
    span = leave_span(MON, MON, DayPart.WHOLE, {}, SAIGON)
    assert span.starts_at == datetime(2026, 11, 22, 17, tzinfo=UTC)


def test_the_night_before_is_worked_to_its_end_and_the_last_night_is_leave():
    night = {"mon": planned("22:00", "06:00", MON), "tue": planned("22:00", "06:00", TUE)}
    assert told(TUE, TUE, **night) == "24 06:00 to 25 06:00"
    assert told(TUE, WED, **night) == "24 06:00 to 26 00:00"


@pytest.mark.parametrize(
    ("part", "span"),
    [("first_half", "24 00:00 to 24 12:00"), ("second_half", "24 12:00 to 25 00:00")],
)
def test_half_a_day_without_a_plan_is_half_of_the_wall(part, span):
    assert told(TUE, TUE, part) == span


@pytest.mark.parametrize(
    ("part", "span"),
    [
        # Eight hours in two times four around the lunch from 12:00 to 13:00.
        ("first_half", "24 00:00 to 24 13:00"),
        ("second_half", "24 12:00 to 25 00:00"),
    ],
)
def test_half_a_day_of_a_day_shift_is_half_of_its_working_time(part, span):
    assert told(TUE, TUE, part, tue=planned("08:00", "17:00", TUE, unpaid=60)) == span


def test_half_a_night_reaches_into_the_next_date():
    night = planned("22:00", "06:00", TUE)
    assert told(TUE, TUE, "first_half", tue=night) == "24 00:00 to 25 02:00"
    assert told(TUE, TUE, "second_half", tue=night) == "25 02:00 to 25 06:00"


def test_a_day_of_twenty_five_hours_is_one():
    on = date(2026, 10, 25)
    span = leave_span(on, on, DayPart.WHOLE, {}, BERLIN)
    assert span.minutes == 25 * 60
