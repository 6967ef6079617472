"""Whom each method asks first: exact costs, each tie, and who has no room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.scoring import (
    DEFAULT_REPLY_SECONDS,
    Candidate,
    Decider,
    Method,
    Weights,
    rank,
    team_seconds,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def person(user_id: int = 1, **fields) -> Candidate:
    given = {
        "name": f"P{user_id}",
        "reason": "taking_work",
        "is_routable": True,
        "open_count": 0,
        "capacity": 8,
        "last_assigned_at": None,
    }
    return Candidate(user_id=user_id, **given | fields)


def order(*people: Candidate, **how) -> list[int]:
    return [one.candidate.user_id for one in rank(people, **how).people]


# --- The cost ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "how", "minutes", "cost"),
    [
        ({}, {}, 2.5, 2.5),
        ({"open_count": 3}, {}, 2.5, 10.0),
        # Two wait, one is being answered: (2 + 0.6 + 1) * 2.5.
        ({"open_count": 3, "is_answering": True}, {}, 2.5, 9.0),
        # Writes, though nothing is open: there is no turn less than none.
        ({"is_answering": True}, {}, 2.5, 4.0),
        ({"factor": 1.3}, {}, 2.5, 3.25),
        ({"reply_seconds": 90.0, "factor": 1.3}, {}, 2.0, 2.6),  # half own, half the default
        ({"reply_seconds": 90.0, "factor": 1.3}, {"weights": Weights(1.0)}, 1.5, 1.95),
        ({"reply_seconds": 90.0, "factor": 1.3}, {"weights": Weights(0.0)}, 2.5, 3.25),
        ({"open_count": 1, "is_answering": True}, {"weights": Weights(answering=2.0)}, 2.5, 7.5),
    ],
)
def test_the_cost_of_one(fields, how, minutes, cost):
    (one,) = rank([person(**fields)], **how).people
    assert (one.minutes, one.cost) == (pytest.approx(minutes), cost)


def test_own_speed_is_half_shrunk_to_the_departments():
    quick, slow = person(1, reply_seconds=60.0), person(2, reply_seconds=180.0)
    ranking = rank([quick, slow])
    assert ranking.team_minutes == 2.0
    assert [one.cost for one in ranking.people] == [1.5, 2.5]


def test_the_departments_average_is_of_its_own_people_at_work_or_not():
    people = [
        person(1, reply_seconds=60.0),
        person(2, reply_seconds=120.0, is_routable=False),
        person(3, reply_seconds=900.0, factor=1.3),
        person(4),
    ]
    assert team_seconds(people) == 90.0
    assert team_seconds([people[2], people[3]]) == DEFAULT_REPLY_SECONDS == 150.0


def test_a_quick_one_with_more_to_do_is_asked_before_a_slow_idle_one():
    quick = person(1, reply_seconds=60.0, open_count=1)  # 2 turns of 2.25
    slow = person(2, reply_seconds=360.0)  # 1 turn of 4.75
    assert rank([quick, slow]).team_minutes == 3.5
    assert order(slow, quick) == [1, 2]
    assert order(slow, replace(quick, open_count=2)) == [2, 1]


# --- The methods -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.BALANCED_SPEED, [2, 3, 1]),
        (Method.LEAST_OPEN, [3, 2, 1]),
        (Method.ROUND_ROBIN, [1, 3, 2]),
        (Method.KPI_FIRST, [3, 1, 2]),
    ],
)
def test_each_method_has_its_own_order(method, expected):
    people = [
        person(
            1,
            open_count=2,
            reply_seconds=240.0,
            last_assigned_at=NOON - timedelta(hours=3),
            kpi_score=5.0,
        ),
        person(2, open_count=1, reply_seconds=10.0, last_assigned_at=NOON, kpi_score=1.0),
        person(3, reply_seconds=1500.0, last_assigned_at=NOON - timedelta(hours=1), kpi_score=9.0),
    ]
    assert order(*people, method=method) == expected


@pytest.mark.parametrize("method", [Method.LEAST_OPEN, Method.ROUND_ROBIN, Method.KPI_FIRST])
def test_of_two_alike_the_departments_own_comes_before_the_helper(method):
    helper, own = person(1, factor=1.3), person(2)
    assert order(helper, own, method=method) == [2, 1]
    assert rank([helper, own], method=method).decided_by == Decider.METHOD


def test_round_robin_asks_who_was_never_asked():
    people = [person(1, last_assigned_at=NOON - timedelta(days=400)), person(2)]
    assert order(*people, method=Method.ROUND_ROBIN) == [2, 1]


def test_round_robin_asks_the_helper_after_all_of_the_department():
    helper = person(1, factor=1.3, last_assigned_at=NOON - timedelta(days=1))
    assert order(helper, person(2, last_assigned_at=NOON), method=Method.ROUND_ROBIN) == [2, 1]


def test_a_missing_kpi_is_none_not_the_best():
    people = [person(1), person(2, kpi_score=0.1), person(3, kpi_score=-2.0)]
    assert order(*people, method=Method.KPI_FIRST) == [2, 1, 3]


# --- Ties --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "decided_by"),
    [
        ({}, {"open_count": 1}, Decider.METHOD),
        ({"last_assigned_at": NOON}, {"last_assigned_at": NOON + timedelta(1)}, Decider.IDLE),
        ({}, {"last_assigned_at": NOON}, Decider.IDLE),
        ({"kpi_score": 2.0}, {"kpi_score": 1.0}, Decider.KPI),
        ({"kpi_score": 0.1}, {}, Decider.KPI),
        ({}, {}, Decider.NUMBER),
    ],
)
def test_what_decided_between_the_first_two(first, second, decided_by):
    people = [person(1, **second), person(2, **first)]
    if decided_by == Decider.NUMBER:
        people = [person(2, **second), person(1, **first)]
    ranking = rank(people)
    assert ranking.first.user_id == people[1].user_id
    assert ranking.decided_by == decided_by


def test_of_the_same_cost_who_has_fewer_open():
    """(0 + 1) * 3 minutes and (1 + 1) * 1.5."""
    slow, quick = person(2, reply_seconds=180.0), person(1, reply_seconds=90.0, open_count=1)
    ranking = rank([quick, slow], weights=Weights(own_speed=1.0))
    assert [one.cost for one in ranking.people] == [3.0, 3.0]
    assert (ranking.first.user_id, ranking.decided_by) == (2, Decider.OPEN)


def test_below_a_hundredth_of_a_minute_the_ties_decide():
    people = [person(1, reply_seconds=150.0), person(2, reply_seconds=149.9, kpi_score=0.0)]
    ranking = rank(people)
    assert [one.cost for one in ranking.people] == [2.5, 2.5]
    assert (ranking.first.user_id, ranking.decided_by) == (1, Decider.NUMBER)


def test_alone_nothing_had_to_be_decided():
    assert rank([person()]).decided_by == Decider.ONLY_ONE
    assert rank([person(), person(2, is_routable=False)]).decided_by == Decider.ONLY_ONE


def test_the_order_is_the_same_however_they_come():
    people = [person(n, open_count=n % 3, kpi_score=n % 2) for n in range(1, 8)]
    for method in (Method.BALANCED_SPEED, Method.LEAST_OPEN, Method.ROUND_ROBIN, Method.KPI_FIRST):
        assert order(*people, method=method) == order(*reversed(people), method=method)


# --- Room --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("open_count", "extra", "need", "fits"),
    [
        (7, 0, 100, True),
        (8, 0, 100, False),
        (9, 0, 1, False),
        (7, 0, 101, False),
        (7, 50, 50, True),
        (7, 50, 51, False),
        (7, 1, 100, False),
        (8, -50, 50, True),  # light ones leave half a place
        (8, -50, 51, False),
        (6, 0, 200, True),
        (6, 1, 200, False),
    ],
)
def test_room_is_counted_in_percent_of_a_place(open_count, extra, need, fits):
    one = person(open_count=open_count, extra_percent=extra)
    assert one.has_room_for(need) is fits
    assert order(one, need_percent=need) == [1] * fits
    assert not replace(one, is_routable=False).has_room_for(need)


def test_nobody_with_room():
    ranking = rank([person(is_routable=False), person(2, open_count=8)])
    assert (ranking.first, ranking.people) == (None, [])
    assert (ranking.is_former, ranking.team_minutes) == (False, 2.5)


# --- Who answered before, and who did not ------------------------------------------------------
@pytest.mark.parametrize(
    ("turns", "answering", "sticky", "is_former"),
    [
        (2, False, 2, True),
        (3, False, 2, False),
        (3, True, 2, True),  # of the three one is being answered
        (0, False, 0, True),
        (1, False, 0, False),
        (0, False, None, False),
    ],
)
def test_who_answered_before_is_first_up_to_so_many_turns(turns, answering, sticky, is_former):
    former = person(2, open_count=turns, is_answering=answering, reply_seconds=900.0)
    ranking = rank([person(1), former], former_id=2, sticky_turns=sticky)
    assert ranking.first.user_id == (2 if is_former else 1)
    assert ranking.is_former is is_former
    assert (ranking.decided_by == Decider.FORMER) is is_former


def test_who_answered_before_and_has_no_room_is_not_asked():
    ranking = rank([person(1), person(2, open_count=8)], former_id=2, sticky_turns=50)
    assert [one.candidate.user_id for one in ranking.people] == [1]
    assert ranking.is_former is False


@pytest.mark.parametrize(
    "method", [Method.BALANCED_SPEED, Method.LEAST_OPEN, Method.ROUND_ROBIN, Method.KPI_FIRST]
)
def test_who_did_not_answer_is_last_but_not_left_out(method):
    people = [person(1, kpi_score=9.0), person(2, open_count=7, reply_seconds=1800.0)]
    assert order(*people, method=method, had_it={1}) == [2, 1]
    assert rank(people, method=method, had_it={1}).decided_by == Decider.FRESH
    assert order(people[0], method=method, had_it={1}) == [1]


def test_who_did_not_answer_is_last_even_if_they_answered_before():
    ranking = rank([person(1), person(2, open_count=5)], former_id=1, had_it={1})
    assert (ranking.first.user_id, ranking.is_former) == (2, False)


def test_when_all_have_had_it_the_method_decides():
    people = [person(1, open_count=2), person(2, open_count=1)]
    assert order(*people, had_it={1, 2}) == [2, 1]


# --- What is stored ----------------------------------------------------------------------------
def test_each_term_is_kept_as_it_is_shown():
    one = person(
        5,
        open_count=3,
        is_answering=True,
        reply_seconds=100.0,
        kpi_score=77.5,
        factor=1.15,
    )
    (ranked,) = rank([one]).people
    assert ranked.as_json() == {
        "id": 5,
        "name": "P5",
        "department": None,
        "reason": "taking_work",
        "open": 3,
        "capacity": 8,
        "turns": 2,
        "answering": 0.6,
        "own_minutes": 1.67,
        "minutes": 2.08,
        "factor": 1.15,
        "cost": 8.62,  # 3.6 * 2.0833 * 1.15
        "kpi": 77.5,
    }
