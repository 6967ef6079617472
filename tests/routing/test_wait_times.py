"""How long somebody waits, by arithmetic alone."""

import pytest

from routing.wait_times import (
    MORE_THAN_AN_HOUR,
    STEPS,
    Answerer,
    estimate_minutes,
    minutes_a_reply,
    next_place_minutes,
    wait_minutes,
)


@pytest.mark.parametrize(
    ("turns_ahead", "people", "minutes", "expected"),
    [
        (0, 1, 0.2, 1),
        (0, 1, 1.0, 1),
        (0, 1, 1.01, 2),
        (3, 1, 1.0, 5),  # four answers: 4 minutes, said as 5
        (3, 2, 1.0, 2),
        (9, 1, 1.0, 10),
        (10, 1, 1.0, 15),
        (59, 1, 1.0, 60),
        (60, 1, 1.0, MORE_THAN_AN_HOUR),
        (10_000, 3, 5.0, MORE_THAN_AN_HOUR),
        (0, 0, 1.0, None),
        (5, 3, None, None),
    ],
)
def test_the_estimate_is_rounded_up(turns_ahead, people, minutes, expected):
    assert estimate_minutes(turns_ahead, people, minutes) == expected


def test_it_never_promises_less_than_it_expects():
    for turns in range(200):
        for people in range(1, 9):
            said = estimate_minutes(turns, people, 1.7)
            expected = (turns + 1) * 1.7 / people
            assert said == MORE_THAN_AN_HOUR if expected > STEPS[-1] else said >= expected


def test_a_team_is_as_quick_as_those_who_were_measured():
    quick, slow = Answerer(3, 60.0, 10), Answerer(8, 180.0, 2)
    unknown = Answerer(0, None, 0)
    assert minutes_a_reply([quick, slow, unknown]) == 2.0
    assert minutes_a_reply([slow, unknown]) is None  # two replies say nothing
    assert minutes_a_reply([]) is None


def test_a_wait_counts_what_the_team_has_open_and_who_stands_before():
    team = [Answerer(4, 60.0, 10), Answerer(4, 60.0, 10)]
    assert wait_minutes(0, team) == 5  # nine turns, two people
    assert wait_minutes(12, team) == 15  # 21 turns
    assert wait_minutes(0, []) is None


def test_the_next_place_comes_with_the_first_answer_of_anybody():
    team = [Answerer(8, 240.0, 10)] * 4
    assert next_place_minutes(team) == 1
    assert next_place_minutes(team[:1]) == 5
    assert next_place_minutes([Answerer(8, None, 0)]) is None
