"""What holds for every day of the timesheet, however strange its records are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workforce.timesheet_text import RULES
from workforce.attendance_records import (
    Break,
    DayPart,
    Entry,
    Flag,
    Leave,
    LeaveKind,
    PlannedShift,
)
from workforce.intervals import difference, intersection, length, split, union
from workforce.labour_rules import Holiday
from workforce.month_totals import month_totals
from workforce.timesheet import Day, classify_day

ON = date(2026, 10, 24)  # Berlin's clocks go back in the night that follows
NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)

instants = st.integers(-1800, 1800).map(lambda minutes: NOON + timedelta(minutes=minutes)) | (
    # Seconds too: they are dropped, and must not be lost somewhere in between.
    st.integers(-100_000, 100_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
)
maybe = st.none() | instants
breaks = st.lists(
    st.builds(Break, started_at=instants, ended_at=maybe, is_paid=st.booleans()), max_size=3
).map(tuple)
entries = st.builds(
    Entry,
    checked_in_at=maybe,
    checked_out_at=maybe,
    corrected_in_at=st.none() | maybe,
    corrected_out_at=st.none() | maybe,
    is_auto_closed=st.booleans(),
    breaks=breaks,
)
good_entries = st.builds(
    lambda start, minutes, taken: Entry(
        checked_in_at=start, checked_out_at=start + timedelta(minutes=minutes), breaks=taken
    ),
    instants,
    st.integers(0, 1200),
    breaks,
)
graces = st.integers(0, 30)
shifts = st.none() | st.builds(
    lambda start, minutes, taken, grace_in, grace_out: PlannedShift(
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        breaks=taken,
        grace_in_minutes=grace_in,
        grace_out_minutes=grace_out,
    ),
    instants,
    st.integers(0, 900),
    breaks,
    graces,
    graces,
)
leaves = st.none() | st.builds(
    Leave, st.just("P"), st.sampled_from(DayPart), st.sampled_from(LeaveKind)
)
rules = st.builds(
    lambda normal, rest, grace: replace(
        RULES, normal_minutes=normal, rest_weekdays=rest, is_grace_deducted=grace
    ),
    st.integers(0, 720),
    st.frozensets(st.integers(0, 6)),
    st.booleans(),
)
inputs = st.fixed_dictionaries(
    {
        "rules": rules,
        "holidays": st.sampled_from([(), (Holiday(ON),), (Holiday(ON - timedelta(days=1)),)]),
        "zone": st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "Asia/Kolkata"]).map(
            ZoneInfo
        ),
        "shift": shifts,
        "leave": leaves,
        "as_of": maybe,
    }
)
many_entries = st.lists(entries | good_entries, max_size=4)


def numbers(day: Day) -> list[int]:
    return [
        day.planned_minutes,
        day.worked_minutes,
        day.break_minutes,
        day.late_minutes,
        day.early_minutes,
        day.leave_minutes,
        day.percent_minutes,
        *day.minutes.values(),
        *day.half_days.values(),
    ]


@given(inputs, many_entries)
@settings(deadline=None)
def test_nothing_is_negative_and_the_classes_are_what_was_worked(arguments, found):
    day = classify_day(ON, entries=found, **arguments)
    assert min(numbers(day)) >= 0
    assert sum(day.minutes.values()) == day.worked_minutes
    assert 0 not in day.minutes.values()
    assert sum(day.half_days.values()) <= 2
    assert day.late_minutes + day.early_minutes <= day.planned_minutes


@given(inputs, st.lists(entries | good_entries, min_size=2, max_size=4), st.data())
@settings(deadline=None)
def test_the_order_of_entries_and_breaks_does_not_matter(arguments, found, data):
    other = [
        replace(entry, breaks=tuple(reversed(entry.breaks)))
        for entry in data.draw(st.permutations(found))
    ]
    assert classify_day(ON, entries=other, **arguments) == classify_day(
        ON, entries=found, **arguments
    )


@given(inputs, st.lists(entries | good_entries, min_size=1, max_size=3))
@settings(deadline=None)
def test_entries_that_come_twice_count_once(arguments, found):
    assert classify_day(ON, entries=found + found, **arguments) == classify_day(
        ON, entries=found, **arguments
    )


@given(inputs, many_entries)
@settings(deadline=None)
def test_nobody_worked_longer_than_they_were_there(arguments, found):
    """Seconds are dropped from both ends, so an entry may gain less than a minute."""
    day = classify_day(ON, entries=found, **arguments)
    now = arguments["as_of"]
    there = 0
    for entry in found:
        start = entry.corrected_in_at or entry.checked_in_at
        end = entry.corrected_out_at or entry.checked_out_at or now
        if start and end and end > start:
            there += (end - start) // timedelta(minutes=1) + 1
    assert day.worked_minutes <= there


@given(inputs, st.lists(good_entries, min_size=1, max_size=3))
@settings(deadline=None)
def test_a_correction_that_repeats_the_record_changes_nothing_but_the_flag(arguments, found):
    corrected = [replace(entry, corrected_out_at=entry.checked_out_at) for entry in found]
    day = classify_day(ON, entries=corrected, **arguments)
    plain = classify_day(ON, entries=found, **arguments)
    assert replace(day, flags=day.flags - {Flag.CORRECTED}) == plain


@given(inputs, st.lists(many_entries, max_size=4))
@settings(deadline=None)
def test_totals_are_the_sum_of_the_days(arguments, records):
    days = [
        replace(classify_day(ON, entries=found, **arguments), date=ON + timedelta(days=number))
        for number, found in enumerate(records)
    ]
    total = month_totals(reversed(days))
    assert total == month_totals(days)
    assert total.worked_minutes == sum(total.minutes.values())
    assert total.worked_minutes == sum(day.worked_minutes for day in days)
    assert total.overtime_minutes == sum(day.overtime_minutes for day in days)
    assert total.percent_minutes == sum(day.percent_minutes for day in days)


# --- Stretches, against sets of single minutes ----------------------------------------------------
stretches = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), max_size=5)


def minutes_in(found) -> set[int]:
    return {minute for first, end in found for minute in range(first, end)}


@given(stretches, stretches, st.integers(-5, 45))
def test_stretches_do_as_sets_of_minutes_do(these, those, count):
    a, b = union(these), union(those)
    assert minutes_in(a) == minutes_in(these)
    assert minutes_in(intersection(a, b)) == minutes_in(these) & minutes_in(those)
    assert minutes_in(difference(a, b)) == minutes_in(these) - minutes_in(those)
    assert length(a) == len(minutes_in(these))
    taken, rest = split(a, count)
    assert minutes_in(taken) == set(sorted(minutes_in(a))[: max(0, count)])
    assert minutes_in(rest) == minutes_in(a) - minutes_in(taken)
    for found in (a, intersection(a, b), difference(a, b), taken, rest):
        assert union(found) == found
        assert all(end < first for (_, end), (first, _) in pairwise(found))
