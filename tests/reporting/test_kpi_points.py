"""Points of a figure, the score, and the nearest way to a better one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.kpi_points import Aim, Part, Points, Way, nearest_way, overall, points_of

SLA = Aim(target=92, zero=60)
FIRST = Aim(target=300, zero=1800)
LATE = Aim(target=0, zero=4)

numbers = st.floats(-200, 200, allow_nan=False)
aims = st.tuples(st.integers(-100, 100), st.integers(-100, 100)).filter(
    lambda pair: pair[0] != pair[1]
)
part = st.builds(
    Part,
    value=st.none() | numbers,
    aim=st.none() | aims.map(lambda pair: Aim(*pair)),
    weight=st.integers(1, 100),
    is_whole=st.booleans(),
    is_past=st.booleans(),
)
some = st.lists(part, max_size=6)


@pytest.mark.parametrize(
    ("aim", "value", "share"),
    [
        (SLA, 92, 1),
        (SLA, 100, 1),
        (SLA, 60, 0),
        (SLA, 12, 0),
        (SLA, 76, 0.5),
        (SLA, 84, 0.75),
        (FIRST, 300, 1),
        (FIRST, 0, 1),
        (FIRST, 1800, 0),
        (FIRST, 9000, 0),
        (FIRST, 675, 0.75),
        (LATE, 0, 1),
        (LATE, 1, 0.75),
        (LATE, 4, 0),
    ],
)
def test_a_figure_earns_its_part_between_zero_and_target(aim, value, share):
    assert aim.share(value) == share


def test_the_points_of_a_person():
    parts = [Part(84, SLA, 35), Part(675, FIRST, 25), Part(5, Aim(5, 0), 25), Part(2, LATE, 15)]
    found = points_of(parts)
    assert found == [Points(26.25, 35), Points(18.75, 25), Points(25, 25), Points(7.5, 15)]
    assert overall(found) == 77.5


def test_the_weight_of_what_has_no_data_goes_to_the_others():
    parts = [Part(84, SLA, 35), Part(None, FIRST, 25), Part(7, None, 25), Part(2, LATE, 15)]
    found = points_of(parts)
    assert found == [Points(52.5, 70), Points(None, 0), Points(None, 0), Points(15, 30)]
    assert overall(found) == 67.5


def test_nothing_is_no_score():
    assert overall(points_of([Part(None, SLA, 35), Part(3, None, 65)])) is None
    assert overall([]) is None
    assert nearest_way([Part(None, SLA, 35)]) is None


def test_the_nearest_way_is_the_step_that_adds_most():
    # 60 -> 68 adds 8.75 of 35; 1800 -> 1425 adds 6.25 of 25
    parts = [Part(60, SLA, 35), Part(1800, FIRST, 25), Part(0, Aim(1, 0), 40)]
    assert nearest_way(parts) == Way(2, 0.25, 10, 10)
    assert nearest_way(parts[:2]) == Way(0, 68, 100 * 35 / 60 / 4, 100 * 35 / 60 / 4)


def test_a_step_ends_at_the_target():
    assert nearest_way([Part(90, SLA, 100)]) == Way(0, 92, 6.25, 100)
    assert nearest_way([Part(330, FIRST, 100)]).value == 300


def test_whole_numbers_are_counted_down_one_by_one():
    assert nearest_way([Part(3, LATE, 100, is_whole=True)]) == Way(0, 2, 25, 50)
    assert nearest_way([Part(3, Aim(0, 3), 100, is_whole=True)]).value == 2


def test_what_is_done_is_no_way():
    assert nearest_way([Part(3, LATE, 100, is_whole=True, is_past=True)]) is None
    assert nearest_way([Part(3, LATE, 50, is_past=True), Part(90, SLA, 50)]).place == 1


def test_at_the_target_there_is_nothing_to_gain():
    assert nearest_way([Part(92, SLA, 50), Part(100, FIRST, 50)]) is None


def test_a_step_that_does_not_reach_the_zero_point_adds_nothing():
    assert nearest_way([Part(9000, FIRST, 100)]) is None


@given(aims, numbers, numbers)
def test_better_is_never_worth_less(pair, one, other):
    aim = Aim(*pair)
    worse, better = sorted((one, other), reverse=aim.target < aim.zero)
    assert 0 <= aim.share(worse) <= aim.share(better) <= 1
    assert (aim.share(aim.zero), aim.share(aim.target)) == (0, 1)


@given(some)
def test_weights_come_to_a_hundred_and_points_stay_within(parts):
    found = points_of(parts)
    assert len(found) == len(parts)
    counted = [one for one in found if one.points is not None]
    if not counted:
        assert overall(found) is None
        return
    assert sum(one.weight for one in counted) == pytest.approx(100)
    assert all(0 <= one.points <= one.weight for one in counted)
    assert all(one == Points(None, 0) for one in found if one.points is None)
    assert 0 <= overall(found) <= 100
    assert overall(found) == pytest.approx(sum(one.points for one in counted))


@given(some)
def test_the_way_leads_where_it_says_and_none_is_better(parts):
    way = nearest_way(parts)
    if way is None:
        return
    chosen = parts[way.place]
    assert not chosen.is_past
    after = [*parts]
    after[way.place] = Part(way.value, chosen.aim, chosen.weight)
    before = overall(points_of(parts))
    assert way.gain > 0
    assert way.score == pytest.approx(before + way.gain)
    assert overall(points_of(after)) == pytest.approx(way.score)
    alone = [
        nearest_way(
            [
                p if n == m else Part(p.value, p.aim, p.weight, is_past=True)
                for m, p in enumerate(parts)
            ]
        )
        for n in range(len(parts))
    ]
    assert way.gain == max(one.gain for one in alone if one)
