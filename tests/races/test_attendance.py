"""P-W1: one open time entry, ended once; routing believes what is true in the end."""

import random
import threading
from functools import partial

import pytest

from accounts.models import User
from accounts.services import set_presence
from routing.models import Agent
from routing.services import refresh
from tests.races.company import assert_true_to_life, bearer, call
from tests.races.together import DEADLINE_SECONDS, at_once, words
from workforce.availability import Availability, availability
from workforce.models import TimeEntry
from workforce.services import check_in, check_out

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _statuses(outcomes) -> list[int]:
    return sorted(outcome.value.status for outcome in outcomes)


def _open(person: User) -> int:
    return TimeEntry.objects.open().filter(user=person).count()


def _assert_known(person: User) -> None:
    """The agent row says what workforce says."""
    agent, truth = Agent.objects.get(user=person), availability(person)
    assert (agent.reason, agent.since) == (truth.reason, truth.since)
    assert agent.is_routable == truth.is_available


def test_32_check_in_and_then_32_check_out(rounds, company):
    for _round in rounds:
        person = company().staff[0]
        check_out(user=person)
        entries = TimeEntry.objects.filter(user=person)
        before = entries.count()
        header = bearer(person)

        came = at_once([partial(call, "shifts/checkin", header)] * 32)
        assert _statuses(came) == [200] * 31 + [201]
        assert {outcome.value.body["id"] for outcome in came} == {entries.open().get().pk}
        _assert_known(person)

        went = at_once([partial(call, "shifts/checkout", header)] * 32)
        assert _statuses(went) == [200] + [409] * 31
        assert _open(person) == 0
        assert entries.count() == before + 1
        _assert_known(person)


def test_check_ins_and_check_outs_meet(rounds, company):
    """Each check-out ends an entry that a check-in began: as many as were said to be."""
    for _round in rounds:
        here = company()
        person, header = here.staff[0], bearer(here.staff[0])
        entries = TimeEntry.objects.filter(user=person)
        steps = [partial(call, "shifts/checkin", header), partial(call, "shifts/checkout", header)]
        turns = at_once([partial(_in_turn, steps * 8), partial(_in_turn, steps[::-1] * 8)] * 8)
        statuses = sorted(answer.status for turn in turns for answer in turn.value)
        assert set(statuses) <= {200, 201, 409}
        assert entries.count() == 1 + statuses.count(201)
        assert _open(person) <= 1
        times = list(entries.order_by("pk").values_list("checked_in_at", "checked_out_at"))
        assert all(out is None or out >= came for came, out in times)
        _assert_known(person)
        assert_true_to_life(here)


def _in_turn(steps) -> list:
    return [step() for step in steps]


def test_presence_changes_while_people_come_and_go(rounds, company):
    """The row that routing reads is written last by who saw the last change."""
    for _round in rounds:
        here = company(people=4)
        actions = []
        for person in here.staff:
            actions += [partial(_quietly, check_in, person), partial(_quietly, check_out, person)]
            actions += [
                partial(set_presence, user=person, presence=presence)
                for presence in User.Presence.values
            ] * 2
        random.Random(_round).shuffle(actions)
        at_once(actions)
        for person in here.staff:
            _assert_known(person)
        assert_true_to_life(here)


def test_who_looked_later_writes_later(company, monkeypatch):
    """A slow look at somebody who then goes home must not be written over "checked out"."""
    person = company().staff[0]
    # The row is behind: the person was busy until just now.
    Agent.objects.filter(user=person).update(is_routable=False, reason="busy")
    looked, gone = threading.Event(), threading.Event()

    def look_slowly(user: User) -> Availability:
        truth = availability(user)
        if truth.is_available:
            looked.set()
            gone.wait(0.5)  # behind the lock nobody can get past this
        return truth

    def leave() -> None:
        assert looked.wait(DEADLINE_SECONDS)
        check_out(user=person)
        gone.set()

    monkeypatch.setattr(refresh, "availability", look_slowly)
    at_once([partial(refresh.refresh_agents, user_ids=[person.pk]), leave])
    _assert_known(person)
    assert not Agent.objects.get(user=person).is_routable


def _quietly(step, person: User) -> str:
    step(user=person)
    return "done"


def test_one_check_out_of_32_is_told(company):
    """The service itself: one success, the others hear that there is nothing to end."""
    person = company().staff[0]
    went = at_once([partial(_quietly, check_out, person)] * 32)
    assert words(went) == {"done": 1, "not_checked_in": 31}
