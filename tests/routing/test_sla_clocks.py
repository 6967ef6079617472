"""What a cycle promises and how it stands, from what happened; pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.sla_clocks import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    Happening,
    Story,
    Wanted,
    promises_of,
    standing_of,
)
from routing.sla_time import ALWAYS_OPEN

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def story(*happened, **rest) -> Story:
    """`story(("in", 0), ("out", 3))`, in minutes after nine."""
    lines = [Happening(kind, at(minutes)) for kind, minutes in happened]
    first = next((line.at for line in lines if line.kind == "out"), None)
    moments = {
        name: at(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in rest.items()
    }
    return Story(NINE, lines, first_response_at=first, **moments)


def of(metric: str, told: Story) -> list[Wanted]:
    return [one for one in promises_of(told) if one.metric == metric]


def test_a_first_response_runs_from_the_cycle_to_the_first_answer():
    (open_one,) = of(FIRST_RESPONSE, story(("in", 0), status="open", waiting_since=0))
    (kept,) = of(FIRST_RESPONSE, story(("in", 0), ("in", 1), ("out", 3), status="waiting"))

    assert (open_one.runs, open_one.stopped_at) == (((at(0), None),), None)
    assert (kept.runs, kept.stopped_at, kept.is_kept) == (((at(0), at(3)),), at(3), True)


def test_each_later_turn_is_a_promise_of_its_own():
    told = story(
        *(("in", 0), ("out", 3), ("in", 10), ("in", 11), ("out", 14), ("out", 15), ("in", 20)),
        status="open",
        waiting_since=20,
    )

    assert [(one.started_at, one.stopped_at) for one in of(NEXT_RESPONSE, told)] == [
        (at(10), at(14)),
        (at(20), None),
    ]


def test_a_wait_that_moved_on_with_a_completed_message_begins_later():
    told = story(("in", 0), ("out", 3), ("in", 10), ("in", 12), status="open", waiting_since=12)

    assert [one.started_at for one in of(NEXT_RESPONSE, told)] == [at(12)]


def test_done_without_an_answer_keeps_no_response_and_breaks_none():
    told = story(("in", 0), ("out", 3), ("in", 10), resolved_at=12)
    unanswered = story(("in", 0), resolved_at=12)

    assert [(one.stopped_at, one.is_kept) for one in of(NEXT_RESPONSE, told)] == [(at(12), None)]
    assert [one.is_kept for one in of(FIRST_RESPONSE, unanswered)] == [None]
    assert [one.is_kept for one in of(RESOLUTION, unanswered)] == [True]


def test_the_resolution_stands_still_while_the_customer_has_the_turn_and_while_snoozed():
    told = story(
        *(("in", 0), ("out", 3), ("in", 10), ("snoozed", 12), ("woken", 72), ("out", 74)),
        status="waiting",
    )

    (one,) = of(RESOLUTION, told)
    assert one.runs == ((at(0), at(3)), (at(10), at(12)), (at(72), at(74)))
    assert standing_of(one, 30, ALWAYS_OPEN).paused_at == at(74)
    assert standing_of(one, 30, ALWAYS_OPEN).used_seconds == 7 * 60
    assert standing_of(one, 30, ALWAYS_OPEN).due_at is None


def test_a_response_stands_still_only_while_snoozed_and_a_message_ends_that():
    told = story(("in", 0), ("snoozed", 2), ("in", 32), status="open", waiting_since=0)

    (one,) = of(FIRST_RESPONSE, told)
    assert one.runs == ((at(0), at(2)), (at(32), None))
    assert standing_of(one, 10, ALWAYS_OPEN).due_at == at(40)


def test_spam_is_promised_nothing():
    assert promises_of(story(("in", 0), is_asked=False)) == []


@pytest.mark.parametrize(
    ("status", "paused_at"), [("open", None), ("waiting", at(5)), ("snoozed", at(5))]
)
def test_the_row_is_believed_where_no_line_says_it(status, paused_at):
    (one,) = of(RESOLUTION, story(("in", 0), status=status, since=5, waiting_since=None))

    assert standing_of(one, 30, ALWAYS_OPEN).paused_at == paused_at


@pytest.mark.parametrize(
    ("answered", "breached"), [(9.99, None), (10, at(10)), (10.01, at(10)), (500, at(10))]
)
def test_it_is_broken_at_the_deadline_whoever_notices_it_when(answered, breached):
    (one,) = of(FIRST_RESPONSE, story(("in", 0), ("out", answered), status="waiting"))
    standing = standing_of(one, 10, ALWAYS_OPEN)

    assert (standing.breached_at, standing.due_at) == (breached, at(10))


def test_half_risk_and_deadline():
    (one,) = of(FIRST_RESPONSE, story(("in", 0), status="open"))
    standing = standing_of(one, 10, ALWAYS_OPEN)

    assert (standing.half_at, standing.risk_at, standing.due_at) == (at(5), at(8), at(10))
    assert standing.breached_at is None


def test_one_broken_before_it_paused_stays_broken_at_that_moment():
    paused = story(("in", 0), ("snoozed", 15), status="snoozed")
    goes_on = story(("in", 0), ("snoozed", 15), ("woken", 60), status="open")

    (one,), (two,) = of(FIRST_RESPONSE, paused), of(FIRST_RESPONSE, goes_on)
    assert standing_of(one, 10, ALWAYS_OPEN).breached_at == at(10)
    assert standing_of(one, 10, ALWAYS_OPEN).due_at is None
    assert standing_of(two, 10, ALWAYS_OPEN).breached_at == at(10)
    assert standing_of(two, 10, ALWAYS_OPEN).due_at == at(10)


def test_a_clock_that_was_set_back_makes_no_negative_time():
    told = story(("in", 0), ("out", -60), ("in", -50), ("out", -40), resolved_at=-30)

    for one in promises_of(told):
        standing = standing_of(one, 10, ALWAYS_OPEN)
        assert standing.used_seconds >= 0
        assert one.stopped_at >= one.started_at >= NINE
        assert standing.breached_at is None


KINDS = st.sampled_from(["in", "out", "snoozed", "woken"])


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.tuples(KINDS, st.integers(0, 300)), max_size=12),
    minutes=st.integers(1, 120),
)
def test_runs_are_in_order_apart_and_add_up(lines, minutes):
    told = story(("in", 0), *sorted(lines, key=lambda line: line[1]), resolved_at=301)
    for one in promises_of(told):
        flat = [moment for run in one.runs for moment in run]
        assert flat == sorted(flat)
        ran = sum((end - begin for begin, end in one.runs), timedelta())
        standing = standing_of(one, minutes, ALWAYS_OPEN)
        assert (standing.breached_at is not None) == (ran >= timedelta(minutes=minutes))


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(st.tuples(KINDS, st.integers(0, 300)), max_size=12))
def test_the_resolution_runs_exactly_while_it_is_our_turn(lines):
    lines = sorted(lines, key=lambda line: line[1])
    told = story(("in", 0), *lines, resolved_at=301)
    turn, ours = "open", 0
    for minute in range(301):
        for kind, when in lines:
            if when == minute:
                turn = {"in": "open", "woken": "open", "out": "waiting"}.get(kind, "snoozed")
        ours += turn == "open"

    (one,) = of(RESOLUTION, told)
    assert sum((end - begin for begin, end in one.runs), timedelta()) == timedelta(minutes=ours)
