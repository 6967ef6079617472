"""Business hours as arithmetic, held against counting minute by minute."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.sla_time import BusinessHours, minutes_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
KOLKATA = ZoneInfo("Asia/Kolkata")
MINUTE = timedelta(minutes=1)
# Spring and autumn of the zones that have them; Brazil's nights jump at midnight.
DAYS = {
    HANOI: (date(2026, 2, 14), date(2026, 11, 23)),
    KOLKATA: (date(2026, 2, 14), date(2026, 11, 23)),
    BERLIN: (date(2026, 3, 28), date(2026, 10, 24)),
    SAO_PAULO: (date(2018, 2, 16), date(2018, 11, 3)),
}
MORNING, AFTERNOON = (8 * 60, 12 * 60), (13 * 60, 17 * 60 + 30)


def shop(*, zone=HANOI, week=None, **rest) -> BusinessHours:
    """Monday to Friday 8:00-12:00 and 13:00-17:30, Saturday mornings."""
    work = (MORNING, AFTERNOON)
    return BusinessHours(zone, week or (work,) * 5 + ((MORNING,), ()), **rest)


def at(text: str, zone=HANOI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23 09:00", 30, "2026-11-23 09:30"),
        ("2026-11-23 09:00:20", 30, "2026-11-23 09:30:20"),
        ("2026-11-23 11:50", 30, "2026-11-23 13:20"),  # lunch
        ("2026-11-23 12:30", 30, "2026-11-23 13:30"),
        ("2026-11-23 17:00", 30, "2026-11-23 17:30"),  # due as it closes, not the next morning
        ("2026-11-23 17:00", 31, "2026-11-24 08:01"),
        ("2026-11-23 22:00", 5, "2026-11-24 08:05"),
        ("2026-11-28 11:59", 2, "2026-11-30 08:01"),  # over the weekend
        ("2026-11-29 12:00", 1, "2026-11-30 08:01"),
        ("2026-11-23 12:30", 0, "2026-11-23 12:30"),
        ("2026-11-23 08:00", 510 * 5 + 240, "2026-11-28 12:00"),  # the whole week
    ],
)
def test_due_times(start, minutes, due):
    assert shop().add_minutes(at(start), minutes) == at(due)


def test_a_holiday_is_closed_and_other_hours_replace_those_of_the_day_and_of_the_holiday():
    tet = frozenset({date(2026, 2, 17), date(2026, 2, 18), date(2026, 2, 19)})
    other = ((date(2026, 2, 16), ((9 * 60, 10 * 60),)), (date(2026, 2, 19), ((540, 600),)))
    hours = shop(holidays=tet, exceptions=other)

    assert hours.add_minutes(at("2026-02-16 09:30"), 31) == at("2026-02-19 09:01")
    assert hours.add_minutes(at("2026-02-19 09:30"), 31) == at("2026-02-20 08:01")
    assert not hours.is_open(at("2026-02-17 09:30"))


def test_other_hours_without_any_close_the_date():
    hours = shop(exceptions=((date(2026, 11, 23), ()),))

    assert hours.next_opening(at("2026-11-23 09:00")) == at("2026-11-24 08:00")


def test_open_from_the_first_instant_to_before_the_last():
    hours = shop()

    assert not hours.is_open(at("2026-11-23 07:59:59.999999"))
    assert hours.is_open(at("2026-11-23 08:00"))
    assert hours.is_open(at("2026-11-23 11:59:59.999999"))
    assert not hours.is_open(at("2026-11-23 12:00"))
    assert not hours.is_open(at("2026-11-29 09:00"))


def test_next_opening_and_closing():
    hours = shop()

    assert hours.next_opening(at("2026-11-23 09:00")) == at("2026-11-23 09:00")
    assert hours.next_opening(at("2026-11-28 12:00")) == at("2026-11-30 08:00")
    assert hours.next_closing(at("2026-11-23 09:00")) == at("2026-11-23 12:00")
    assert hours.next_closing(at("2026-11-23 12:00")) == at("2026-11-23 17:30")


def test_hours_that_touch_at_midnight_do_not_close_there():
    night = BusinessHours(HANOI, (((22 * 60, 1440),), ((0, 6 * 60),)) + ((),) * 5)

    assert minutes_of(time(22), time(0)) == (22 * 60, 1440)
    assert night.next_closing(at("2026-11-23 23:00")) == at("2026-11-24 06:00")
    assert night.add_minutes(at("2026-11-23 23:00"), 120) == at("2026-11-24 01:00")


def test_one_that_never_opens_gives_no_answer_and_one_that_never_closes_no_closing():
    never = BusinessHours(HANOI, ((),) * 7)
    always = BusinessHours(HANOI, (((0, 1440),),) * 7)

    assert never.add_minutes(at("2026-11-23 09:00"), 1) is None
    assert never.next_opening(at("2026-11-23 09:00")) is None
    assert never.next_closing(at("2026-11-23 09:00")) is None
    assert never.seconds_between(at("2026-11-23 09:00"), at("2028-11-23 09:00")) == 0
    assert always.next_closing(at("2026-11-23 09:00")) is None
    assert always.add_minutes(at("2026-11-23 09:00"), 90) == at("2026-11-23 10:30")


def test_a_promise_beyond_the_search_has_no_deadline():
    rarely = BusinessHours(HANOI, (((540, 541),),) + ((),) * 6)

    assert rarely.add_minutes(at("2026-11-23 08:00"), 57) == at("2027-12-20 09:01")
    assert rarely.add_minutes(at("2026-11-23 08:00"), 60) is None


def test_no_time_is_negative():
    hours = shop()

    assert hours.seconds_between(at("2026-11-23 10:00"), at("2026-11-23 09:00")) == 0
    assert hours.add_seconds(at("2026-11-23 10:00"), -60) == at("2026-11-23 10:00")


def test_the_nights_that_lose_and_gain_an_hour():
    night = BusinessHours(BERLIN, (((0, 6 * 60),),) * 7)

    lost = night.seconds_between(at("2026-03-29 00:00", BERLIN), at("2026-03-29 06:00", BERLIN))
    won = night.seconds_between(at("2026-10-25 00:00", BERLIN), at("2026-10-25 06:00", BERLIN))

    assert (lost, won) == (5 * 3600, 7 * 3600)


def test_overlapping_hours_are_not_counted_twice():
    hours = BusinessHours(HANOI, (((480, 720), (600, 780)),) * 7)

    assert hours.seconds_between(at("2026-11-23 00:00"), at("2026-11-24 00:00")) == 300 * 60


# --- against counting ---


def open_minutes(hours: BusinessHours, first: datetime, count: int) -> list[datetime]:
    """The minutes that are open: each one looked at by itself.

    An interval begins with the first minute at which the clocks show its beginning or more, and
    lasts until the first at which they show its end or more.
    """
    before = first.replace(hour=0, minute=0) - timedelta(days=2)
    minutes, walls = _clocks(before, hours.zone)
    exceptions = dict(hours.exceptions)
    found: set[datetime] = set()
    for on in (
        walls[0].date() + timedelta(days=number) for number in range(len(walls) // 1440 + 2)
    ):
        day = () if on in hours.holidays else hours.week[on.weekday()]
        for begins, ends in exceptions.get(on, day):
            midnight = datetime.combine(on, time(0))
            shown_first = bisect_left(walls, midnight + begins * MINUTE)
            shown_last = bisect_left(walls, midnight + ends * MINUTE)
            found.update(minutes[shown_first:shown_last])
    return sorted(minute for minute in found if first <= minute < first + count * MINUTE)


@cache
def _clocks(first: datetime, zone: ZoneInfo) -> tuple[list[datetime], list[datetime]]:
    """The minutes of ten days, and the latest that the clocks have shown until each."""
    minutes = [first + number * MINUTE for number in range(10 * 1440)]
    shown = (minute.astimezone(zone).replace(tzinfo=None, fold=0) for minute in minutes)
    return minutes, list(accumulate(shown, max))


@st.composite
def intervals(draw) -> tuple[tuple[int, int], ...]:
    bounds = draw(st.lists(st.integers(0, 1440), max_size=6, unique=True))
    bounds.sort()
    return tuple(zip(bounds[::2], bounds[1::2], strict=False))


@st.composite
def cases(draw):
    zone = draw(st.sampled_from(list(DAYS)))
    day = draw(st.sampled_from(DAYS[zone]))
    near = st.integers(0, 3).map(lambda days: day + timedelta(days=days))
    hours = BusinessHours(
        zone,
        tuple(draw(st.lists(intervals(), min_size=7, max_size=7))),
        tuple(draw(st.dictionaries(near, intervals(), max_size=2)).items()),
        frozenset(draw(st.sets(near, max_size=1))),
    )
    midnight = datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    return hours, midnight + draw(st.integers(0, 3 * 1440)) * MINUTE


@settings(max_examples=60, deadline=None)
@given(case=cases(), length=st.integers(0, 3 * 1440))
def test_seconds_between_counts_the_open_minutes(case, length):
    hours, start = case
    counted = open_minutes(hours, start, length)

    assert hours.seconds_between(start, start + length * MINUTE) == 60 * len(counted)


@settings(max_examples=60, deadline=None)
@given(case=cases(), minutes=st.integers(1, 900))
def test_add_minutes_ends_with_the_open_minute(case, minutes):
    hours, start = case
    counted = open_minutes(hours, start, 4 * 1440)

    due = hours.add_minutes(start, minutes)

    if len(counted) >= minutes:
        assert due == counted[minutes - 1] + MINUTE
        assert hours.seconds_between(start, due) == minutes * 60
    else:
        assert due is None or due > start + 4 * 1440 * MINUTE


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_open_and_next_opening_say_the_same_as_the_minutes(case):
    hours, start = case
    counted = open_minutes(hours, start, 4 * 1440)

    assert hours.is_open(start) == (counted[:1] == [start])
    if counted:
        assert hours.next_opening(start) == counted[0]
        closing = hours.next_closing(start)
        gap = next((m for m in counted if m + MINUTE not in set(counted)), None)
        if gap is not None and gap + MINUTE < start + 4 * 1440 * MINUTE:
            assert closing == gap + MINUTE


@settings(max_examples=40, deadline=None)
@given(case=cases(), first=st.integers(0, 2000), second=st.integers(0, 2000))
def test_time_adds_up(case, first, second):
    hours, start = case
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE
    parts = hours.seconds_between(start, middle) + hours.seconds_between(middle, end)

    assert parts == hours.seconds_between(start, end)
