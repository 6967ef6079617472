"""The pure parts of the demo's long history: traffic, people at work, where it ends."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from omnichat.demo.past.ending import cut, standing_after
from omnichat.demo.past.moments import DAY, HOUR, MINUTE, midnight, moment
from omnichat.demo.past.people import NEVER, Person, Team, Window, empty_load
from omnichat.demo.past.story import Cycle, Event, Given, Line
from omnichat.demo.past.traffic import budgets, quiet_days, share_of, writing_times
from routing.policies import Policy

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT = midnight(date(2026, 6, 1), ZONE)  # a Monday


def window(day: int = 0) -> Window:
    """From 8 to 17 with a break from 12 to 13."""
    start = MIDNIGHT + day * DAY
    pause = (start + 12 * HOUR, start + 13 * HOUR)
    closes, ends = start + 16 * HOUR + 45 * MINUTE, start + 17 * HOUR
    return Window(start + 8 * HOUR, closes, ends, *pause)


def person(user_id: int = 1, capacity: int = 2, days: tuple[int, ...] = (0, 1)) -> Person:
    load = empty_load(MIDNIGHT - DAY, MIDNIGHT + 3 * DAY)
    windows = [window(day) for day in days]
    return Person(user_id, f"Trần Thị {user_id}", 1, capacity, 120, windows, MIDNIGHT - DAY, load)


def team(*people: Person) -> Team:
    return Team(list(people), {1: Policy()}, MIDNIGHT + 3 * DAY)


def clock(hour: int, minute: int = 0, day: int = 0) -> int:
    return MIDNIGHT + day * DAY + hour * HOUR + minute * MINUTE


# --- Traffic ------------------------------------------------------------------------------------
def test_budgets_add_up_and_sundays_are_quiet():
    dates = [date(2026, 6, 1) + timedelta(days=n) for n in range(28)]
    found = budgets(dates, 10_001, Random(3))
    assert sum(found) == 10_001
    sundays = [count for on, count in zip(dates, found, strict=True) if on.weekday() == 6]
    others = [count for on, count in zip(dates, found, strict=True) if on.weekday() != 6]
    assert max(sundays) < min(others)


def test_at_tet_almost_nobody_writes_and_before_it_more_do():
    tet, others = quiet_days([2026])
    assert date(2026, 2, 17) in tet
    assert date(2026, 4, 30) in others
    assert date(2026, 1, 1) in others
    ordinary = share_of(date(2026, 6, 2), 0.5, tet, others)  # Tuesdays
    assert share_of(date(2026, 2, 17), 0.5, tet, others) == pytest.approx(0.12 * ordinary)
    assert share_of(date(2026, 2, 10), 0.5, tet, others) == pytest.approx(1.3 * ordinary)


def test_writing_times_are_in_order_and_of_their_day():
    found = writing_times(MIDNIGHT, 500, Random(1), until_hour=21)
    assert found == sorted(found)
    assert found[0] >= MIDNIGHT
    assert found[-1] < clock(21)


# --- People -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (clock(7, 59), "checked_out"),
        (clock(8), "taking_work"),
        (clock(12), "on_break"),
        (clock(13), "taking_work"),
        (clock(16, 45), "shift_ending"),
        (clock(17), "checked_out"),
    ],
)
def test_a_working_day(at, reason):
    assert person().reason(at) == reason
    assert person().takes_work(at) == (reason == "taking_work")


@pytest.mark.parametrize(
    ("at", "begins", "ends"),
    [
        (clock(9), clock(9), clock(9)),
        (clock(12, 30), clock(13), clock(13, 4)),
        (clock(18), clock(8, 2, day=1), clock(8, 35, day=1)),
    ],
)
def test_whoever_is_away_acts_when_they_are_back(at, begins, ends):
    assert begins <= person().free_to_act(at, Random(5)) <= ends
    assert person().free_to_act(clock(18, day=1), Random(5)) == NEVER


def test_nobody_is_given_more_than_they_can_hold():
    mai = person(capacity=1)
    mai.hold(clock(9), clock(9, 40))
    given = team(mai).choose(1, clock(9, 10), Random(1))
    assert clock(9, 41) <= given.at < clock(9, 50)
    assert (given.person, given.candidates[0].open_count) == (mai, 0)


def test_the_one_with_fewer_is_chosen_and_nobody_outside_their_day():
    busy, free, away = person(1, 3), person(2, 3), person(3, 3, days=(1,))
    busy.hold(clock(9), clock(10))
    given = team(busy, free, away).choose(1, clock(9, 10), Random(1))
    assert given.person is free
    assert [one.candidate.user_id for one in given.ranking.people] == [2, 1]
    assert team(away).choose(1, clock(9), Random(1)).at // MINUTE == clock(8, day=1) // MINUTE
    assert team(away).choose(1, clock(17, day=1), Random(1)) is None


# --- Where it ends ------------------------------------------------------------------------------
def told() -> Cycle:
    """Asked at 9, moved at 9:05, answered at 9:10, asked again at 10, done at 11."""
    mai, lan = person(1), person(2)
    cycle = Cycle(1, clock(9), 2)
    cycle.lines = [
        Line("K", clock(9), "?"),
        Line("N", clock(9, 10), "!", lan),
        Line("K", clock(10), "??"),
    ]
    cycle.moved = (clock(9, 5), 1)
    cycle.events = [Event("moved", clock(9, 5), {}), Event("resolved", clock(11), {})]
    first = Given(mai, clock(9, 1), 1, None, ended_at=clock(9, 5), end_reason="reassigned")
    second = Given(lan, clock(9, 6), 2, None, ended_at=clock(11), end_reason="resolved")
    cycle.given = [first, second]
    cycle.first_response_at, cycle.first_responder = clock(9, 10), lan
    cycle.resolved_at, cycle.resolved_by = clock(11), lan
    return cycle


def test_what_was_over_is_left_as_it_was():
    cycle = told()
    cut(cycle, clock(11))
    assert (cycle.is_cut, cycle.message_count, cycle.resolved_at) == (False, 3, clock(11))
    assert standing_after(cycle, clock(11)).status == "resolved"


@pytest.mark.parametrize(
    ("ends_at", "lines", "status", "owner", "since", "department"),
    [
        (clock(10, 30), 3, "open", 2, clock(10), 2),
        (clock(9, 30), 2, "waiting", 2, None, 2),
        (clock(9, 7), 1, "open", 2, clock(9), 2),
        (clock(9, 3), 1, "open", 1, clock(9), 1),
        (clock(9), 1, "open", None, clock(9), 1),
    ],
)
def test_nothing_from_beyond_the_end_is_left(ends_at, lines, status, owner, since, department):
    cycle = told()
    cut(cycle, ends_at)
    assert (cycle.is_cut, cycle.message_count, cycle.resolved_at) == (True, lines, None)
    assert all(event.at <= ends_at for event in cycle.events)
    assert (cycle.first_response_at is None) == (lines == 1)
    standing = standing_after(cycle, ends_at)
    assert (standing.status, standing.owner and standing.owner.user_id) == (status, owner)
    assert standing.waiting_since == (since and moment(since))
    assert cycle.department_id == department


def test_what_is_put_off_beyond_the_end_is_snoozed():
    cycle = told()
    cycle.lines, cycle.resolved_at = cycle.lines[:2], clock(9, day=1)
    cycle.given[-1].ended_at = clock(9, day=1)
    cycle.snoozed = [(clock(9, 20), clock(8, 40, day=1))]
    cut(cycle, clock(21))
    standing = standing_after(cycle, clock(21))
    assert (standing.status, standing.snoozed_until) == ("snoozed", moment(clock(8, 40, day=1)))
    woken = standing_after(cycle, clock(8, 50, day=1))
    assert (woken.status, woken.waiting_since) == ("open", moment(clock(8, 40, day=1)))
