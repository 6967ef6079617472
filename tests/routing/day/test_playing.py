"""The day event by event: small days made by hand, and what holds on every day."""

from dataclasses import replace

import pytest

from routing.day import Day, DrawnDay, draw_day, figures_of, play
from routing.day.drawing import Person, Turn, Visit
from routing.day.playing import Desk, Played

METHODS = ["balanced_speed", "least_open", "round_robin", "kpi_first"]
HAND_MADE = Day(customer_minutes=1.0)


def person(number: int, minutes: float, **fields) -> Person:
    given = {
        "department": 0,
        "kpi_score": 80.0,
        "starts": 0.0,
        "ends": 840.0,
        "handover": 0.0,
    }
    return Person(id=number, reply_minutes=minutes, **(given | fields))


def visit(number: int, at: float, *efforts: float, **fields) -> Visit:
    turns = tuple(Turn(effort, 1.0) for effort in efforts or (1.0,))
    given = {"department": 0, "is_vip": False, "after": None}
    return Visit(id=number, at=at, turns=turns, **(given | fields))


def day_of(people, visits, method: str = "balanced_speed", **fields) -> Played:
    return play(DrawnDay(replace(HAND_MADE, **fields), tuple(people), tuple(visits)), method=method)


def waits(played: Played) -> dict[int, float | None]:
    return {number: case.first_wait for number, case in played.cases.items()}


def by(played: Played) -> dict[int, int | None]:
    return {number: case.first_by for number, case in played.cases.items()}


# --- Small days -----------------------------------------------------------------------------------
def test_one_answers_one_after_the_other():
    played = day_of([person(1, 4)], [visit(1, 10), visit(2, 11, 0.5), visit(3, 12)])
    assert waits(played) == {1: 4.0, 2: 5.0, 3: 8.0}
    figures = figures_of(played)
    assert figures.mean == pytest.approx(17 / 3)
    assert (figures.p90, figures.conversations, figures.unanswered) == (8.0, 3, 0)
    assert figures.sla_percent == pytest.approx(200 / 3)


def test_a_vip_is_answered_before_who_came_earlier():
    people = [person(1, 4)]
    played = day_of(people, [visit(1, 10), visit(2, 11), visit(3, 12, is_vip=True)])
    assert waits(played) == {1: 4.0, 2: 11.0, 3: 6.0}


def test_turns_go_on_with_the_same_person():
    played = day_of([person(1, 4), person(2, 4)], [visit(1, 10, 1, 1, 1), visit(2, 30)])
    case = played.cases[1]
    assert (case.turn, case.given_to) == (3, [1])
    # 10-14, a minute, 15-19, a minute, 20-24.
    assert played.desks[0].replies_timed == 3
    assert by(played) == {1: 1, 2: 2}  # who had none for longest


def test_balanced_speed_asks_who_answers_soonest():
    known = {"replies_before": (2.0,)}, {"replies_before": (6.0,)}
    people = [person(1, 6, **known[1]), person(2, 2, **known[0])]
    three = [visit(1, 10), visit(2, 10), visit(3, 10)]
    # Minutes that count: half own, half the team's 4: 5 and 3. The fast one has the first (3 < 5),
    # then (0.6 + 1) * 3 = 4.8 < 5, then (1 + 1.6) * 3 = 7.8 > 5.
    assert by(day_of(people, three)) == {1: 2, 2: 2, 3: 1}
    assert waits(day_of(people, three)) == {1: 2.0, 2: 4.0, 3: 6.0}
    assert by(day_of(people, three, "least_open")) == {1: 1, 2: 2, 3: 1}


def test_kpi_first_fills_one_person_up_to_the_capacity():
    people = [person(1, 3, kpi_score=70.0), person(2, 3, kpi_score=90.0)]
    five = [visit(number, 10) for number in range(5)]
    assert by(day_of(people, five, "kpi_first", capacity=4)) == {0: 2, 1: 2, 2: 2, 3: 2, 4: 1}


def test_who_cannot_answer_for_the_department_is_not_asked():
    people = [person(1, 2, department=1), person(2, 4, department=1, skills=frozenset([0]))]
    played = day_of(people, [visit(1, 10)])
    assert (by(played), waits(played)) == ({1: 2}, {1: pytest.approx(4 * 1.3)})
    without = play(played_day(people, [visit(1, 10)]), method="least_open", has_skills=False)
    assert waits(without) == {1: None}
    assert figures_of(without).unanswered == 1


def played_day(people, visits) -> DrawnDay:
    return DrawnDay(HAND_MADE, tuple(people), tuple(visits))


def test_a_break_gives_first_messages_back_and_keeps_the_others():
    people = [person(1, 4, break_at=12.0), person(2, 4, starts=30.0)]
    # 1 is being answered when the break begins, 2 is a first message; the break is 14-54.
    played = day_of(people, [visit(1, 10, 1, 1), visit(2, 11)])
    assert waits(played) == {1: 4.0, 2: 30 + 4 - 11}
    assert by(played) == {1: 1, 2: 2}
    # The second turn of 1 came at 15 and waited for its person until 54.
    assert played.cases[1].given_to == [1]
    assert played.cases[1].longest_later_wait == 54 + 4 - 15


def test_the_end_of_a_shift_gives_everything_back():
    people = [person(1, 4, ends=13.0), person(2, 4, starts=20.0)]
    played = day_of(people, [visit(1, 10, 1, 1), visit(2, 11)])
    # The answer being written is sent; the customer's next message at 15 finds nobody.
    # At 20 the other begins with the earlier deadline.
    assert waits(played) == {1: 4.0, 2: 20 + 4 - 11}
    assert played.cases[1].given_to == [1, 2]
    assert by(played) == {1: 1, 2: 2}


def test_nothing_new_in_the_last_minutes_of_a_shift():
    people = [person(1, 4, ends=100.0, handover=15.0), person(2, 4, starts=90.0)]
    assert by(day_of(people, [visit(1, 84), visit(2, 85)])) == {1: 1, 2: 2}
    assert waits(day_of(people, [visit(1, 84), visit(2, 85)])) == {1: 4.0, 2: 9.0}


def test_a_full_person_gets_the_next_when_a_place_is_free():
    played = day_of([person(1, 4)], [visit(n, 10 + n) for n in range(4)], capacity=2)
    assert played.desks[0].most_open == 2
    assert waits(played) == {0: 4.0, 1: 7.0, 2: 10.0, 3: 13.0}


def test_who_comes_back_goes_to_the_same_person():
    people = [person(1, 4), person(2, 1)]
    first = visit(1, 10)
    again = visit(2, 100, after=1)
    for busy in (0, 3):
        more = [visit(10 + n, 99.0 + n / 100) for n in range(busy)]
        played = day_of(people, [first, again, *more], "round_robin")
        assert by(played)[1] == by(played)[2] == 1


def test_the_night_is_no_answer():
    people = [person(1, 4, ends=700.0)]
    figures = figures_of(day_of(people, [visit(1, 10), visit(2, 770), visit(3, 790)]))
    assert (figures.unanswered, figures.stuck) == (2, 1)  # 70 minutes and 50 until the end
    assert (figures.conversations, figures.mean) == (3, 4.0)
    assert figures.sla_percent == pytest.approx(100 / 3)


def test_speed_is_learnt_as_an_average_that_forgets():
    desk = Desk(person(1, 4))
    for seconds in (100, 200, 300):
        desk.learn(seconds)
    assert desk.reply_seconds == pytest.approx(200)  # of few, the mean
    for _ in range(7):
        desk.learn(200)
    desk.learn(300)
    assert desk.reply_seconds == pytest.approx(200 + 0.1 * 100)


# --- Every day ------------------------------------------------------------------------------------
class Watched(Played):
    """A day that looks at every place given."""

    def _put(self, case, desk) -> None:
        assert not desk.person.is_absent
        assert desk.is_here
        if case.theirs_since == self.now and case.given_to[-1:] == [desk.person.id]:
            is_new = case not in self.seen
            self.seen.add(case)
            assert desk.is_routable or not is_new
            assert desk.open_count < self.day.capacity or not is_new
        super()._put(case, desk)


@pytest.mark.parametrize("method", METHODS)
def test_what_holds_on_every_day(method):
    drawn = draw_day(Day(absence_chance=1.0), load=0.9, seed=3)
    played = Watched(drawn, method)
    played.seen = set()
    played.run()
    cases = list(played.cases.values())
    assert len(cases) == len(drawn.visits)
    answered = [case for case in cases if case.first_wait is not None]
    unanswered = [case for case in cases if case.first_wait is None]
    assert len(answered) + len(unanswered) == len(drawn.visits)
    assert figures_of(played).unanswered == len(unanswered)
    # Nobody is left who was neither answered nor waits for us at the end.
    assert all(case.is_waiting and case.turn == 0 for case in unanswered)
    assert all(case.turn >= 1 for case in answered)
    # Automatic assignment never went over the capacity; answers to answers may.
    assert max(desk.most_open for desk in played.desks) <= played.day.capacity
    [absent] = [desk for desk in played.desks if desk.person.is_absent]
    assert (absent.most_open, absent.replies_timed) == (0, played.day.replies_before)
    assert absent.person.id not in {n for case in cases for n in case.given_to}
    # Every answer was given by somebody at work, none after the last shift but the last one.
    assert all(not desk.mine and desk.answering is None for desk in played.desks)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_day_gives_the_same_figures(method):
    drawn = draw_day(Day(), load=0.3, seed=5)
    assert figures_of(play(drawn, method=method)) == figures_of(play(drawn, method=method))


def test_policies_differ_on_the_same_customers():
    drawn = draw_day(Day(), load=0.55, seed=2)
    played = {method: play(drawn, method=method) for method in METHODS}
    assert len({figures_of(one).mean for one in played.values()}) == 4
    assert len({figures_of(one).conversations for one in played.values()}) == 1


def test_counting_what_is_in_hand_changes_who_has_fewest():
    people = [person(1, 4), person(2, 4)]
    # 1 has a conversation that waits for the customer; 2 one that is over.
    visits = [visit(1, 10, 1, 1, 1), visit(2, 20), visit(3, 40.5)]
    slow = [replace(visits[0], turns=(Turn(1, 100.0), Turn(1, 1.0))), *visits[1:]]
    drawn = DrawnDay(HAND_MADE, tuple(people), tuple(slow))
    assert by(play(drawn, method="least_open")) == {1: 1, 2: 2, 3: 1}
    assert by(play(drawn, method="least_open", counts_in_hand=True)) == {1: 1, 2: 2, 3: 2}
