"""Which shifts a rotation or a copied week writes, and what it leaves alone."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.rotation import (
    Placement,
    Plan,
    Rotation,
    Skipped,
    SkipReason,
    copy_week,
    fill,
    plan_rotation,
    rotation_dates,
)
from workforce.shift_times import ShiftHours, shift_times

LAN, ANH = 1, 2
MONDAY = date(2026, 11, 23)
NEXT_MONDAY = date(2026, 11, 30)
DAY, LATE, NIGHT, REST = "day", "late", "night", None
# A week of day shifts, then a week of late ones; both with a free weekend.
TWO_WEEKS = Rotation((*[DAY] * 5, REST, REST, *[LATE] * 5, REST, REST), MONDAY)
EIGHT_DAYS = Rotation((DAY, DAY, LATE, LATE, NIGHT, NIGHT, REST, REST), MONDAY)


def on(day: int) -> date:
    """A day of November 2026; 31 is 1 December."""
    return date(2026, 11, 1) + timedelta(days=day - 1)


def at(person_id: int, day: int, shift: str) -> Placement:
    return Placement(person_id, on(day), shift)


# --- The pattern --------------------------------------------------------------------------------
def test_two_weeks():
    expected = [(on(day), DAY) for day in range(23, 28)]
    expected += [(on(day), LATE) for day in range(30, 35)]
    assert rotation_dates(TWO_WEEKS, on(23), on(36)) == expected


@pytest.mark.parametrize(
    ("offset", "keys"),
    [
        (0, [DAY, DAY, LATE, LATE, NIGHT, NIGHT]),
        (2, [LATE, LATE, NIGHT, NIGHT, DAY, DAY]),
        (7, [DAY, DAY, LATE, LATE, NIGHT, NIGHT]),
        (8, [DAY, DAY, LATE, LATE, NIGHT, NIGHT]),
        (-1, [DAY, DAY, LATE, LATE, NIGHT, NIGHT]),
    ],
)
def test_an_offset_is_so_many_days_further(offset, keys):
    eight = rotation_dates(EIGHT_DAYS, on(23), on(30), offset_days=offset)
    assert [key for _day, key in eight] == keys
    first = {0: 23, 2: 23, 7: 24, 8: 23, -1: 24}[offset]
    assert eight[0][0] == on(first)


def test_the_pattern_holds_before_its_start():
    assert rotation_dates(TWO_WEEKS, on(16), on(17)) == [(on(16), LATE), (on(17), LATE)]
    assert rotation_dates(TWO_WEEKS, on(21), on(23)) == [(on(23), DAY)]


@pytest.mark.parametrize(("first", "last"), [(24, 23), (28, 29)])
def test_nothing_in_an_empty_range_or_on_rest(first, last):
    assert rotation_dates(TWO_WEEKS, on(first), on(last)) == []


def test_a_rotation_without_days_is_refused():
    with pytest.raises(ValueError, match="at least one day"):
        Rotation((), MONDAY)


def test_people_take_turns():
    plan = plan_rotation(TWO_WEEKS, {LAN: 0, ANH: 7}, on(27), on(30))
    assert plan == Plan(
        (at(LAN, 27, DAY), at(LAN, 30, LATE), at(ANH, 27, LATE), at(ANH, 30, DAY)), ()
    )


def test_a_rotation_leaves_what_is_there_and_who_is_away():
    plan = plan_rotation(
        TWO_WEEKS,
        {LAN: 0},
        on(23),
        on(25),
        existing=[at(LAN, 23, NIGHT), at(ANH, 24, DAY)],
        away=[(LAN, on(25)), (ANH, on(24))],
    )
    assert plan.added == (at(LAN, 24, DAY),)
    assert plan.skipped == (
        Skipped(at(LAN, 23, DAY), SkipReason.TAKEN),
        Skipped(at(LAN, 25, DAY), SkipReason.AWAY),
    )


# --- A copied week ------------------------------------------------------------------------------
def test_a_week_is_copied_to_the_same_weekdays():
    roster = [at(LAN, 23, DAY), at(ANH, 29, NIGHT), at(LAN, 22, LATE), at(LAN, 30, LATE)]
    plan = copy_week(roster, MONDAY, on(37))
    assert plan == Plan((at(LAN, 37, DAY), at(ANH, 43, NIGHT)), ())


def test_a_date_with_a_shift_stays_as_it_is():
    roster = [at(LAN, 23, DAY), at(ANH, 23, DAY), at(LAN, 24, DAY), at(LAN, 30, LATE)]
    plan = copy_week(roster, MONDAY, NEXT_MONDAY, away={(LAN, on(31))})
    assert plan.added == (at(ANH, 30, DAY),)
    assert plan.skipped == (
        Skipped(at(LAN, 30, DAY), SkipReason.TAKEN),
        Skipped(at(LAN, 31, DAY), SkipReason.AWAY),
    )


def test_two_shifts_of_one_date_are_both_copied_and_the_same_one_once():
    roster = [at(LAN, 23, DAY), at(LAN, 23, LATE), at(LAN, 23, DAY)]
    plan = copy_week(roster, MONDAY, NEXT_MONDAY)
    assert plan == Plan((at(LAN, 30, DAY), at(LAN, 30, LATE)), ())


def test_a_week_can_be_copied_back():
    assert copy_week([at(LAN, 30, DAY)], NEXT_MONDAY, MONDAY).added == (at(LAN, 23, DAY),)


def test_a_week_copied_onto_itself_adds_nothing():
    plan = copy_week([at(LAN, 23, DAY)], MONDAY, MONDAY)
    assert plan == Plan((), (Skipped(at(LAN, 23, DAY), SkipReason.TAKEN),))


def test_other_weekdays_are_refused():
    with pytest.raises(ValueError, match="same weekdays"):
        copy_week([], MONDAY, on(31))


@pytest.mark.parametrize(
    ("zone", "monday", "minutes"),
    [
        ("Asia/Ho_Chi_Minh", "2026-03-23", 480),
        ("Asia/Kolkata", "2026-03-23", 480),
        ("Europe/Berlin", "2026-03-23", 420),
        ("Europe/Berlin", "2026-10-19", 540),
        ("America/Sao_Paulo", "2018-10-29", 420),
        ("America/Sao_Paulo", "2018-02-12", 540),
    ],
)
def test_a_copied_night_gets_the_length_of_its_own_date(zone, monday, minutes):
    to_week = date.fromisoformat(monday)
    from_week = to_week - timedelta(weeks=1)
    night = ShiftHours(time(22), time(6))
    saturday = Placement(LAN, from_week + timedelta(5), NIGHT)
    (copied,) = copy_week([saturday], from_week, to_week).added
    lengths = [shift_times(night, one.date, ZoneInfo(zone)).minutes for one in (saturday, copied)]
    assert lengths == [480, minutes]


# --- Whatever the pattern -----------------------------------------------------------------------
rotations = st.builds(
    Rotation,
    st.lists(st.sampled_from([DAY, LATE, NIGHT, REST]), min_size=1, max_size=15).map(tuple),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
)
placements = st.builds(
    Placement,
    st.integers(1, 3),
    st.integers(9, 43).map(on),
    st.sampled_from([DAY, LATE, NIGHT]),
)
rosters = st.lists(placements, max_size=25)
person_days = st.sets(st.tuples(st.integers(1, 3), st.integers(9, 43).map(on)), max_size=10)
mondays = st.sampled_from([on(9), on(16), MONDAY, NEXT_MONDAY, on(37)])


@settings(deadline=None, max_examples=200)
@given(rotation=rotations, offset=st.integers(-30, 30), days=st.integers(0, 40))
def test_a_cycle_repeats_and_ranges_add_up(rotation, offset, days):
    length = len(rotation.days)
    first, last = MONDAY, MONDAY + timedelta(days)
    whole = rotation_dates(rotation, first, last, offset_days=offset)
    assert rotation_dates(rotation, first, last, offset_days=offset + length) == whole
    middle = MONDAY + timedelta(days // 2)
    left = rotation_dates(rotation, first, middle, offset_days=offset)
    right = rotation_dates(rotation, middle + timedelta(1), last, offset_days=offset)
    assert left + right == whole
    one_cycle = rotation_dates(rotation, first, first + timedelta(length - 1), offset_days=offset)
    assert sorted(key for _day, key in one_cycle) == sorted(key for key in rotation.days if key)


@settings(deadline=None, max_examples=200)
@given(roster=rosters, from_week=mondays, to_week=mondays, away=person_days)
def test_a_week_copied_twice_changes_nothing_more(roster, from_week, to_week, away):
    first = copy_week(roster, from_week, to_week, away=away)
    second = copy_week([*roster, *first.added], from_week, to_week, away=away)
    assert second.added == ()


@settings(deadline=None, max_examples=200)
@given(roster=rosters, from_week=mondays, to_week=mondays, away=person_days)
def test_a_copy_touches_nothing_outside_its_free_dates(roster, from_week, to_week, away):
    plan = copy_week(roster, from_week, to_week, away=away)
    taken = {(one.person_id, one.date) for one in roster}
    for one in plan.added:
        assert to_week <= one.date < to_week + timedelta(7)
        assert (one.person_id, one.date) not in taken | away
    source = {one for one in roster if from_week <= one.date < from_week + timedelta(7)}
    assert len(plan.added) + len(plan.skipped) == len(source)


@settings(deadline=None, max_examples=200)
@given(wanted=rosters, existing=rosters, away=person_days)
def test_filling_twice_adds_nothing(wanted, existing, away):
    plan = fill(wanted, existing, away)
    assert fill(wanted, [*existing, *plan.added], away).added == ()
    skipped = {one.placement for one in plan.skipped}
    assert skipped | set(plan.added) == set(wanted)
