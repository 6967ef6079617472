"""The instants and minutes of a shift, also where the clocks jump."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.shift_times import (
    MINUTE,
    ShiftBreak,
    ShiftHours,
    ShiftTimes,
    Span,
    day_bounds,
    in_utc,
    instant_of,
    local_date,
    minutes_between,
    shift_times,
    work_date,
)

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
KOLKATA = ZoneInfo("Asia/Kolkata")
APIA = ZoneInfo("Pacific/Apia")  # went without 30 December 2011
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # jumps by half an hour
NIGHT = ShiftHours(time(22), time(6))
DAY_SHIFT = ShiftHours(time(8), time(17), (ShiftBreak(60, is_paid=False),))

zones = st.sampled_from([SAIGON, BERLIN, SAO_PAULO, KOLKATA, APIA, LORD_HOWE])
# Many draws near the dates on which some of these zones jump.
dates = st.dates(date(2005, 1, 1), date(2037, 12, 31)) | st.sampled_from(
    [
        date(2026, 3, 28),
        date(2026, 3, 29),
        date(2026, 10, 24),
        date(2026, 10, 25),
        date(2018, 2, 17),
        date(2018, 2, 18),
        date(2018, 11, 3),
        date(2018, 11, 4),
        date(2011, 12, 29),
        date(2011, 12, 30),
    ]
)
clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
breaks = st.lists(st.builds(ShiftBreak, st.integers(0, 600), st.booleans()), max_size=3).map(tuple)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def of(start: str, end: str) -> ShiftHours:
    return ShiftHours(time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("zone", "on", "starts_at", "ends_at", "minutes"),
    [
        (SAIGON, "2026-11-23", "2026-11-23T15:00", "2026-11-23T23:00", 480),
        (KOLKATA, "2026-11-23", "2026-11-23T16:30", "2026-11-24T00:30", 480),
        (BERLIN, "2026-01-15", "2026-01-15T21:00", "2026-01-16T05:00", 480),
        (BERLIN, "2026-07-15", "2026-07-15T20:00", "2026-07-16T04:00", 480),
        pytest.param(
            BERLIN, "2026-03-28", "2026-03-28T21:00", "2026-03-29T04:00", 420, id="spring"
        ),
        pytest.param(
            BERLIN, "2026-10-24", "2026-10-24T20:00", "2026-10-25T05:00", 540, id="autumn"
        ),
        pytest.param(
            SAO_PAULO, "2018-11-03", "2018-11-04T01:00", "2018-11-04T08:00", 420, id="no midnight"
        ),
        pytest.param(
            SAO_PAULO, "2018-02-17", "2018-02-18T00:00", "2018-02-18T09:00", 540, id="23h twice"
        ),
        pytest.param(
            SAO_PAULO, "2026-02-17", "2026-02-18T01:00", "2026-02-18T09:00", 480, id="no jumps now"
        ),
    ],
)
def test_a_night_shift(zone, on, starts_at, ends_at, minutes):
    night = shift_times(NIGHT, date.fromisoformat(on), zone)
    assert night == ShiftTimes(utc(starts_at), utc(ends_at), date.fromisoformat(on))
    assert (night.minutes, night.planned_minutes) == (minutes, minutes)
    assert night.starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("hours", "on", "starts_at", "ends_at"),
    [
        # Berlin has no 02:00-02:59 on 29 March and has it twice on 25 October 2026.
        pytest.param(
            of("02:00", "10:00"), "2026-03-29", "2026-03-29T01:00", "2026-03-29T08:00", id="gap"
        ),
        pytest.param(
            of("02:30", "10:00"), "2026-03-29", "2026-03-29T01:00", "2026-03-29T08:00", id="in gap"
        ),
        pytest.param(
            of("22:00", "02:30"), "2026-03-28", "2026-03-28T21:00", "2026-03-29T01:00", id="ends"
        ),
        pytest.param(
            of("02:10", "02:50"), "2026-03-29", "2026-03-29T01:00", "2026-03-29T01:00", id="no time"
        ),
        pytest.param(
            of("02:30", "10:00"), "2026-10-25", "2026-10-25T00:30", "2026-10-25T09:00", id="fold"
        ),
        pytest.param(
            of("22:00", "02:30"), "2026-10-24", "2026-10-24T20:00", "2026-10-25T00:30", id="to fold"
        ),
        pytest.param(
            of("08:00", "08:00"),
            "2026-10-24",
            "2026-10-24T06:00",
            "2026-10-25T07:00",
            id="25 hours",
        ),
    ],
)
def test_jumps_in_berlin(hours, on, starts_at, ends_at):
    shift = shift_times(hours, date.fromisoformat(on), BERLIN)
    assert (shift.starts_at, shift.ends_at) == (utc(starts_at), utc(ends_at))


def test_a_midnight_that_does_not_exist_is_one_o_clock():
    shift = shift_times(of("00:00", "08:00"), date(2018, 11, 4), SAO_PAULO)
    assert (shift.starts_at, shift.minutes) == (utc("2018-11-04T03:00"), 420)
    assert local_date(shift.starts_at, SAO_PAULO) == date(2018, 11, 4)


def test_a_date_that_does_not_exist_is_the_next_one():
    shift = shift_times(of("08:00", "17:00"), date(2011, 12, 30), APIA)
    assert (shift.starts_at, shift.minutes) == (utc("2011-12-30T10:00"), 0)


def test_seconds_in_a_gap_wait_for_the_first_minute():
    assert instant_of(date(2026, 3, 29), time(2, 30, 30), BERLIN) == utc("2026-03-29T01:00")
    assert instant_of(date(2026, 3, 29), time(3, 0, 30), BERLIN) == utc("2026-03-29T01:00:30")


def test_a_second_coming_is_never_meant():
    first = instant_of(date(2026, 10, 25), time(2, 30), BERLIN)
    assert instant_of(date(2026, 10, 25), time(2, 30, fold=1), BERLIN) == first


@pytest.mark.parametrize(
    ("breaks", "paid", "unpaid", "planned"),
    [
        ((), 0, 0, 540),
        ((ShiftBreak(60, is_paid=False),), 0, 60, 480),
        ((ShiftBreak(30, is_paid=True),), 30, 0, 540),
        ((ShiftBreak(45, is_paid=True), ShiftBreak(30, is_paid=False)), 45, 30, 510),
        ((ShiftBreak(600, is_paid=False),), 0, 600, 0),
    ],
)
def test_breaks(breaks, paid, unpaid, planned):
    shift = shift_times(ShiftHours(time(8), time(17), breaks), date(2026, 11, 23), SAIGON)
    assert (shift.paid_break_minutes, shift.unpaid_break_minutes) == (paid, unpaid)
    assert (shift.minutes, shift.planned_minutes) == (540, planned)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="negative"):
        ShiftBreak(-1, is_paid=True)
    with pytest.raises(ValueError, match="before it starts"):
        Span(utc("2026-11-23T02:00"), utc("2026-11-23T01:59"))
    with pytest.raises(ValueError, match="in UTC"):
        Span(*(datetime(2026, 11, 23, hour, tzinfo=SAIGON) for hour in (1, 2)))
    with pytest.raises(ValueError, match="has a zone"):
        in_utc(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the mistake


def test_minutes_pass_also_between_two_times_of_one_zone():
    """Python's own difference of these two would be 480 minutes."""
    start = datetime(2026, 3, 28, 22, tzinfo=BERLIN)
    assert minutes_between(start, datetime(2026, 3, 29, 6, tzinfo=BERLIN)) == 420
    assert minutes_between(start, start + timedelta(seconds=119)) == 1


@pytest.mark.parametrize(
    ("zone", "on", "start", "hours"),
    [
        (SAIGON, "2026-03-29", "2026-03-28T17:00", 24),
        (KOLKATA, "2026-03-29", "2026-03-28T18:30", 24),
        (BERLIN, "2026-03-29", "2026-03-28T23:00", 23),
        (BERLIN, "2026-10-25", "2026-10-24T22:00", 25),
        (SAO_PAULO, "2018-11-04", "2018-11-04T03:00", 23),
        (SAO_PAULO, "2018-02-17", "2018-02-17T02:00", 25),
        (APIA, "2011-12-30", "2011-12-30T10:00", 0),
        (timezone(timedelta(hours=7)), "2026-03-29", "2026-03-28T17:00", 24),
    ],
)
def test_the_bounds_of_a_day(zone, on, start, hours):
    bounds = day_bounds(date.fromisoformat(on), zone)
    assert bounds == (utc(start), utc(start) + timedelta(hours=hours))


NIGHT_OF_23 = shift_times(NIGHT, date(2026, 11, 23), SAIGON)  # 15:00-23:00 UTC
EARLY_OF_24 = shift_times(of("06:30", "12:00"), date(2026, 11, 24), SAIGON)  # from 23:30 UTC


@pytest.mark.parametrize(
    ("at", "margins", "expected"),
    [
        pytest.param("2026-11-23T20:00", {}, 23, id="03:00 of the night shift"),
        pytest.param("2026-11-23T15:00", {}, 23, id="its start"),
        pytest.param("2026-11-23T22:59", {}, 23, id="its last minute"),
        pytest.param("2026-11-23T23:00", {}, 24, id="its end is the wall's date"),
        pytest.param("2026-11-23T23:00", {"late_minutes": 240}, 23, id="late"),
        pytest.param("2026-11-23T23:40", {"late_minutes": 240}, 24, id="inside goes before late"),
        pytest.param(
            "2026-11-23T23:10", {"early_minutes": 60, "late_minutes": 60}, 23, id="nearer the end"
        ),
        pytest.param(
            "2026-11-23T23:20", {"early_minutes": 60, "late_minutes": 60}, 24, id="nearer the start"
        ),
        pytest.param(
            "2026-11-23T23:15", {"early_minutes": 60, "late_minutes": 60}, 24, id="as near: later"
        ),
    ],
)
def test_the_date_of_work(at, margins, expected):
    for shifts in ([NIGHT_OF_23, EARLY_OF_24], [EARLY_OF_24, NIGHT_OF_23]):
        assert work_date(utc(at), shifts, SAIGON, **margins) == date(2026, 11, expected)


def test_a_check_in_before_midnight_belongs_to_the_shift_after_it():
    shift = shift_times(of("00:00", "08:00"), date(2026, 11, 24), SAIGON)
    at = instant_of(date(2026, 11, 23), time(23, 50), SAIGON)
    assert work_date(at, [shift], SAIGON, early_minutes=10) == date(2026, 11, 24)
    assert work_date(at, [shift], SAIGON, early_minutes=9) == date(2026, 11, 23)
    assert work_date(at, [], SAIGON) == date(2026, 11, 23)


@settings(deadline=None, max_examples=300)
@given(zone=zones, on=dates, start=clock_times, end=clock_times, breaks=breaks)
def test_no_shift_is_negative_or_longer_than_a_long_day(zone, on, start, end, breaks):
    shift = shift_times(ShiftHours(start, end, breaks), on, zone)
    assert shift.starts_at <= shift.ends_at
    assert 0 <= shift.planned_minutes <= shift.minutes <= 25 * 60
    assert shift.minutes == minutes_between(shift.starts_at, shift.ends_at)


@settings(deadline=None, max_examples=300)
@given(zone=zones, on=dates, cuts=st.lists(clock_times, min_size=3, max_size=3, unique=True))
def test_shifts_that_meet_on_the_wall_meet_in_time(zone, on, cuts):
    first, second, third = sorted(cuts)
    one = shift_times(ShiftHours(first, second), on, zone)
    other = shift_times(ShiftHours(second, third), on, zone)
    whole = shift_times(ShiftHours(first, third), on, zone)
    assert one.ends_at == other.starts_at
    assert one.minutes + other.minutes == whole.minutes
    assert not one.overlaps(other)
    assert one.overlaps(whole) is whole.overlaps(one) is (one.minutes > 0)


@settings(deadline=None, max_examples=300)
@given(zone=zones, on=dates, at=clock_times)
def test_a_local_time_is_shown_by_the_clock_or_is_the_first_minute_after(zone, on, at):
    instant = instant_of(on, at, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(on, at)
    assert shown >= wanted
    # A minute earlier the clock still showed less: nothing between was skipped.
    assert (instant - MINUTE).astimezone(zone).replace(tzinfo=None) < wanted
    start, end = day_bounds(on, zone)
    assert start <= instant <= end


@settings(deadline=None, max_examples=200)
@given(zone=zones, on=dates, start=clock_times, end=clock_times, share=st.floats(0, 0.999))
def test_every_moment_of_a_shift_belongs_to_its_date(zone, on, start, end, share):
    shift = shift_times(ShiftHours(start, end), on, zone)
    at = shift.starts_at + share * (shift.ends_at - shift.starts_at)
    if at < shift.ends_at:
        assert work_date(at, [shift], zone) == on
