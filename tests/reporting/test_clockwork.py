"""Time as facts count it: on the wall, in the hours of then, while somebody took work."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.business_hours import BEGINNING, as_json, from_json
from reporting.clockwork import NOT_MEASURED, Clockwork, Measured, Version
from reporting.histories import FOREVER
from routing.sla_time import BusinessHours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))
HOURS = BusinessHours(
    ZONE,
    (OFFICE,) * 5 + (((8 * 60, 12 * 60),), ()),
    exceptions=((date(2026, 2, 21), ()),),
    holidays=frozenset(date(2026, 2, day) for day in range(16, 21)),
)
LATER = BusinessHours(ZONE, (((9 * 60, 10 * 60),),) * 7)


def at(day: int, clock: str = "00:00") -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 2, day, hour, minute, tzinfo=ZONE)


def works(**more) -> Clockwork:
    versions = {None: [Version(1, BEGINNING, HOURS), Version(2, at(10), LATER)]}
    return Clockwork(ZONE, versions | more.pop("versions", {}), more.pop("presence", {}))


# --- Day and hour -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "local"),
    [
        (datetime(2026, 2, 2, 16, 59, 59, tzinfo=UTC), (date(2026, 2, 2), 23)),
        (datetime(2026, 2, 2, 17, 0, tzinfo=UTC), (date(2026, 2, 3), 0)),
        (datetime(2026, 1, 31, 20, 0, tzinfo=UTC), (date(2026, 2, 1), 3)),
    ],
)
def test_day_and_hour_are_the_workplaces(moment, local):
    assert works().local(moment) == local


# --- Length -----------------------------------------------------------------------------------
def measure(start, end, *, department=None, when=None, **more) -> tuple:
    return works(**more).measure(department, when or end, [(start, end)])


def test_no_stretches_is_nothing_and_empty_ones_are_no_time():
    assert works().measure(None, at(3), None) == NOT_MEASURED == Measured(None, None, None)
    assert works().measure(None, at(3), []) == Measured(0, 0, 1)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ((2, "11:50"), (2, "13:10"), 20),  # lunch
        ((2, "16:50"), (3, "08:10"), 20),  # night
        ((6, "16:30"), (9, "08:15"), 30 + 240 + 15),  # Saturday morning
        ((7, "12:00"), (9, "08:00"), 0),
        ((2, "08:00"), (2, "08:00"), 0),
    ],
)
def test_business_hours(start, end, minutes):
    start, end = at(*start), at(*end)
    measured = measure(start, end, when=at(9))
    assert measured == Measured(int((end - start).total_seconds()), minutes * 60, 1)


def test_over_tet_and_an_exception():
    measured = measure(at(13, "16:00"), at(23, "08:30"), when=at(9))
    assert measured.business_seconds == (60 + 240 + 30) * 60  # the 21st is closed here


def test_the_hours_of_the_moment_of_the_fact_count():
    stretch = at(9, "08:30"), at(9, "09:30")
    assert measure(*stretch, when=at(9, "23:59")) == Measured(3600, 3600, 1)
    # whole, by those in force when it happened
    assert measure(*stretch, when=at(10)) == Measured(3600, 1800, 2)


def test_a_departments_own_hours_else_those_of_all():
    own = {7: [Version(3, BEGINNING, LATER)], 8: [Version(4, BEGINNING, None)], 9: []}
    stretch = at(2, "08:00"), at(2, "14:00")
    found = [measure(*stretch, department=d, versions=own)[1:] for d in (None, 5, 7, 8, 9)]
    assert found == [(5 * 3600, 1), (5 * 3600, 1), (3600, 3), (6 * 3600, 4), (5 * 3600, 1)]


def test_without_hours_every_hour_counts():
    assert Clockwork(ZONE, {}, {}).measure(None, at(3), [(at(1), at(2))]) == (86400, 86400, None)


def test_what_ends_before_it_begins_is_no_time():
    assert measure(at(2, "10:00"), at(2, "09:00")) == Measured(0, 0, 1)


def test_parts_of_seconds_are_left_out_of_the_sum_only():
    part = timedelta(milliseconds=600)
    stretches = [(at(2, "09:00"), at(2, "09:00") + part)] * 2
    assert works().measure(None, at(2), stretches).seconds == 1


# --- Taking work ------------------------------------------------------------------------------
KNOWN = {
    1: [(at(9), at(9)), (at(9, "08:00"), at(9, "12:00")), (at(9, "13:00"), at(9, "17:00"))],
    2: [(at(9), at(9))],
    3: [(at(9, "08:00"), FOREVER)],
}


def taking(user: int, start: str, end: str, day: int = 9) -> list:
    found = works(presence=KNOWN).taking_work(user, at(day, start), at(day, end))
    return [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in found]


def test_only_what_lies_within():
    assert taking(1, "11:30", "13:30") == [("11:30", "12:00"), ("13:00", "13:30")]
    assert taking(1, "08:00", "17:00") == [("08:00", "12:00"), ("13:00", "17:00")]
    assert taking(1, "12:00", "13:00") == []
    assert taking(1, "17:00", "18:00") == []
    assert taking(1, "09:00", "10:00") == [("09:00", "10:00")]


def test_what_lasts():
    assert taking(3, "08:00", "23:00") == [("08:00", "23:00")]
    assert taking(3, "10:00", "11:00", day=20) == [("10:00", "11:00")]


def test_all_counts_where_nothing_is_known():
    assert taking(4, "10:00", "11:00") == [("10:00", "11:00")]
    assert taking(1, "10:00", "11:00", day=8) == [("10:00", "11:00")]


def test_known_not_to_have_taken_any_is_not_unknown():
    assert taking(2, "10:00", "11:00") == []
    assert taking(1, "00:00", "08:00") == []


# --- Written down -----------------------------------------------------------------------------
DAY = st.lists(
    st.tuples(st.integers(0, 700), st.integers(701, 1440)), max_size=2, unique_by=lambda one: one[0]
).map(lambda day: tuple(sorted(day)))
DATES = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(
    st.tuples(*[DAY] * 7),
    st.dictionaries(DATES, DAY, max_size=3),
    st.frozensets(DATES, max_size=3),
)
def test_hours_come_back_as_they_were(week, exceptions, holidays):
    hours = BusinessHours(ZONE, week, tuple(sorted(exceptions.items())), holidays)
    assert from_json(as_json(hours)) == hours


def test_the_order_of_rows_makes_no_other_hours():
    two = (date(2026, 2, 1), OFFICE), (date(2026, 1, 1), OFFICE[::-1])
    one = BusinessHours(ZONE, (OFFICE[::-1],) * 7, two)
    other = BusinessHours(ZONE, (OFFICE,) * 7, two[::-1])
    assert as_json(one) == as_json(other)
    assert as_json(None) == {}
    assert from_json({}) is None
