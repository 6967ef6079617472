"""What chance draws: the same for every policy, and of the sizes the specification names."""

from dataclasses import replace
from statistics import mean

import pytest

from routing.day import Day, draw_day


def test_one_seed_is_one_day():
    day = Day()
    assert draw_day(day, load=0.3, seed=7) == draw_day(day, load=0.3, seed=7)
    assert draw_day(day, load=0.3, seed=7) != draw_day(day, load=0.3, seed=8)


def test_a_higher_load_only_adds_customers():
    few = draw_day(Day(), load=0.55, seed=1)
    many = draw_day(Day(), load=0.95, seed=1)
    assert many.people == few.people
    assert many.visits[: len(few.visits)] == few.visits
    assert len(many.visits) > 1.5 * len(few.visits)


@pytest.mark.parametrize(("load", "count"), [(0.55, 393), (0.75, 542), (0.95, 685)])
def test_so_many_conversations_a_day(load, count):
    drawn = [draw_day(Day(), load=load, seed=seed) for seed in range(10)]
    assert mean(len(one.visits) for one in drawn) == pytest.approx(count, rel=0.02)


def test_a_full_load_fills_the_minutes_at_work():
    """An answer's minutes follow from the definition of load, and from nothing else."""
    day = Day()
    each = 420 - 40
    assert sum(day.minutes_at_work) == pytest.approx((12 - 0.35) * each)
    work = 720 * day.mean_turns * day.reply_minutes
    assert work == pytest.approx(sum(day.minutes_at_work))
    half = replace(day, is_load_of_busiest_hour=True)
    assert half.reply_minutes * half.busiest_share == pytest.approx(day.reply_minutes)


def test_the_busiest_hour_is_found_by_arrivals_against_minutes():
    day = replace(Day(), arrivals=(1.0,) * 13 + (2.0,), absence_chance=0.0)
    # The last hour: 5 people and twice the customers; the day: 4560 minutes in 14 hours.
    assert day.busiest_share == pytest.approx((2 / 300) / (15 / 4560))


def test_the_staff():
    drawn = [draw_day(Day(), load=0.01, seed=seed) for seed in range(200)]
    people = drawn[0].people
    assert [person.id for person in people] == list(range(1, 13))
    assert [sum(p.department == d for p in people) for d in range(3)] == [5, 4, 3]
    assert sorted({(p.starts, p.ends) for p in people}) == [(0, 420), (240, 660), (420, 840)]
    assert sum(bool(p.skills) for p in people) == 7
    assert all(person.department not in person.skills for person in people)
    absent = [sum(p.is_absent for p in one.people) for one in drawn]
    assert set(absent) == {0, 1}
    assert mean(absent) == pytest.approx(0.35, abs=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_rate_of_the_staff_is_one_reply_in_the_calibrated_minutes(seed):
    people = draw_day(Day(), load=0.01, seed=seed).people
    rate = mean(1 / person.reply_minutes for person in people)
    assert rate == pytest.approx(1 / Day().reply_minutes)
    assert len({person.reply_minutes for person in people}) == 12


def test_the_customers():
    visits = [v for seed in range(5) for v in draw_day(Day(), load=0.95, seed=seed).visits]
    first = [visit for visit in visits if visit.after is None]
    assert mean(visit.is_vip for visit in first) == pytest.approx(0.12, abs=0.02)
    assert mean(len(visit.turns) for visit in visits) == pytest.approx(3.89, abs=0.1)
    assert mean(t.effort for v in visits for t in v.turns) == pytest.approx(1, abs=0.03)
    assert mean(t.pause for v in visits for t in v.turns) == pytest.approx(3, abs=0.15)
    assert all(0 <= visit.at < 840 for visit in visits)


def test_22_of_100_come_back_while_the_day_is_long_enough():
    shares = []
    for seed in range(5):
        visits = draw_day(Day(), load=0.95, seed=seed).visits
        early = {v.id: v for v in visits if v.after is None and v.at < 840 - 300}
        back = [visit for visit in visits if visit.after in early]
        shares.append(len(back) / len(early))
        for again in back:
            first = early[again.after]
            assert (again.is_vip, again.department) == (first.is_vip, first.department)
            assert 60 <= again.at - first.at <= 300
    assert mean(shares) == pytest.approx(0.22, abs=0.02)
