"""One open break of one open entry, whoever presses what at the same moment."""

import random
from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation
from routing import services as routing
from routing.models import Agent
from tests.races.company import (
    assert_nobody_idles,
    assert_true_to_life,
    bearer,
    call,
    new_sender,
    write,
)
from tests.races.together import at_once, words
from workforce.availability import availability
from workforce.models import Break, TimeEntry, TimeRules
from workforce.services import check_in, check_out, close_forgotten, end_break, start_break

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

START, END = "shifts/breaks/start", "shifts/breaks/end"


@pytest.fixture
def rules(company) -> None:
    """The migration's row goes when a test with real commits empties the tables."""
    TimeRules.objects.get_or_create(effective_from=date(2021, 1, 1))


def _statuses(outcomes) -> list[int]:
    return sorted(outcome.value.status for outcome in outcomes)


def _done(step, **fields) -> str:
    step(**fields)
    return "done"


def _assert_known(person: User) -> None:
    """The agent row says what workforce says."""
    agent, truth = Agent.objects.get(user=person), availability(person)
    assert (agent.reason, agent.since) == (truth.reason, truth.since)
    assert agent.is_routable == truth.is_available


def _assert_breaks_fit(person: User) -> None:
    """No break lasts in an entry that ended, outlasts it, or runs into the next one."""
    for entry in TimeEntry.objects.filter(user=person):
        breaks = list(entry.breaks.order_by("started_at", "pk"))
        if entry.checked_out_at is not None:
            assert all(entry.checked_in_at <= b.started_at for b in breaks)
            assert all(b.ended_at is not None for b in breaks)
            assert all(b.started_at <= b.ended_at <= entry.checked_out_at for b in breaks)
        following = zip(breaks, breaks[1:], strict=False)
        assert all(one.ended_at <= after.started_at for one, after in following)


def test_32_breaks_begin_and_then_32_end(rounds, company):
    for _round in rounds:
        person = company().staff[0]
        header, breaks = bearer(person), Break.objects.filter(entry__user=person)
        began = at_once([partial(call, START, header, reason="meal", minutes=30)] * 32)
        assert _statuses(began) == [200] * 31 + [201]
        assert {outcome.value.body["id"] for outcome in began} == {breaks.get().pk}
        assert breaks.get().ended_at is None
        _assert_known(person)

        ended = at_once([partial(call, END, header)] * 32)
        assert _statuses(ended) == [200] + [409] * 31
        assert breaks.get().ended_at is not None
        _assert_known(person)
        assert availability(person).is_available


def test_of_breaks_with_different_reasons_one_begins(rounds, company):
    for _round in rounds:
        person = company().staff[0]
        reasons = Break.Reason.values
        starts = [partial(_done, start_break, user=person, reason=reason) for reason in reasons]
        count = words(at_once(starts * 8))
        assert count == {"done": 8, "already_on_break": 24}
        assert Break.objects.filter(entry__user=person).count() == 1


def test_a_check_out_meets_the_start_of_a_break(rounds, company):
    """Whichever is first: nobody who went home is on a break."""
    for _round in rounds:
        here = company()
        person, header = here.staff[0], bearer(here.staff[0])
        start = partial(call, START, header, reason="meal")
        met = at_once([start, partial(call, "shifts/checkout", header)] * 16)
        assert set(_statuses(met)) <= {200, 201, 409}
        assert not TimeEntry.objects.open().filter(user=person).exists()
        _assert_breaks_fit(person)
        _assert_known(person)
        assert availability(person).reason == "checked_out"


def test_coming_going_and_breaks_all_at_once(rounds, company):
    for seed in rounds:
        here = company()
        person, dice = here.staff[0], random.Random(seed)
        steps = [
            partial(_done, check_in, user=person),
            partial(_done, check_out, user=person),
            partial(_done, start_break, user=person, reason="rest"),
            partial(_done, end_break, user=person),
        ] * 8
        dice.shuffle(steps)
        at_once(steps)
        _assert_breaks_fit(person)
        _assert_known(person)
        assert_true_to_life(here)


def test_nothing_comes_during_a_break_however_many_write(rounds, company):
    for _round in rounds:
        here = company(people=2, capacity=64)
        resting, other = here.staff
        word = here.word(0)
        steps = [partial(write, new_sender(), word) for _customer in range(31)]
        at_once([*steps, partial(_done, start_break, user=resting, reason="meal")])
        assert_true_to_life(here)
        has = Conversation.objects.filter(assignee=resting).count()
        check_out(user=other)
        at_once([partial(write, new_sender(), word) for _customer in range(16)])
        assert Conversation.objects.filter(assignee=resting).count() == has
        assert len(here.conversations()) == 47
        _assert_known(resting)

        end_break(user=resting)
        assert Conversation.objects.filter(assignee=resting).count() == 47
        assert_nobody_idles(here)
        assert routing.repair_agents() == 0
        assert_true_to_life(here)


def test_several_workers_close_what_was_forgotten_once(rounds, company, rules):
    for _round in rounds:
        here = company(people=4)
        at = timezone.now() + timedelta(hours=13)
        closed = at_once([partial(close_forgotten, at=at)] * 8)
        assert sum(outcome.value for outcome in closed) == 4
        entries = TimeEntry.objects.filter(user__in=here.staff)
        assert set(entries.values_list("is_auto_closed", flat=True)) == {True}
        for person in here.staff:
            _assert_known(person)


def test_who_goes_home_while_the_worker_closes_is_closed_once(rounds, company, rules):
    for _round in rounds:
        person = company().staff[0]
        entry = TimeEntry.objects.open().get(user=person)
        at = timezone.now() + timedelta(hours=13)
        leave = partial(_done, check_out, user=person, at=at)
        met = at_once([leave, partial(close_forgotten, at=at)] * 8)
        entry.refresh_from_db()
        by_worker = sum(o.word for o in met if isinstance(o.word, int))
        by_hand = sum(o.word == "done" for o in met)
        assert by_worker + by_hand == 1
        assert entry.is_auto_closed == bool(by_worker)
        assert (entry.checked_out_at == at) == bool(by_hand)
        _assert_known(person)
