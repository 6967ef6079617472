"""Transactions that the database ends to break a deadlock, or that waited too long, run again."""

import threading
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from omnichat.lib.retry import MAX_TRIES, retry_on_conflict
from routing.models import Agent
from tests.races.together import DEADLINE_SECONDS, at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _lock(pk: int) -> None:
    Agent.objects.select_for_update().get(pk=pk)


def test_both_sides_of_a_deadlock_succeed(company):
    """Each holds what the other wants; the one that is ended tries again."""
    one, other = company(people=2).agents()
    crossed = threading.Barrier(2)
    tries: list[int] = []

    @retry_on_conflict
    @transaction.atomic
    def lock_both(first: int, second: int) -> str:
        tries.append(first)
        _lock(first)
        if len(tries) <= 2:  # only the first time, else a second try would wait for nobody
            crossed.wait(DEADLINE_SECONDS)
        _lock(second)
        return "locked"

    outcomes = at_once([partial(lock_both, one.pk, other.pk), partial(lock_both, other.pk, one.pk)])
    assert [outcome.value for outcome in outcomes] == ["locked"] * 2
    assert len(tries) == 3


class _Busy:
    """Somebody who holds a row until told to let go."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.has_it, self.let_go = threading.Event(), threading.Event()

    def hold(self) -> None:
        with transaction.atomic():
            _lock(self.pk)
            self.has_it.set()
            assert self.let_go.wait(DEADLINE_SECONDS)


def _hasty(pk: int, tries: list[int], busy: _Busy, *, enough: int | None) -> str:
    """Lock the row without patience; the holder lets go after `enough` tries."""
    with transaction.atomic():
        tries.append(pk)
        if len(tries) == enough:
            busy.let_go.set()
        patience = "10s" if len(tries) == enough else "20ms"
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
        _lock(pk)
        return "locked"


def _race(hasty, busy: _Busy) -> list:
    def after_it_is_held() -> object:
        assert busy.has_it.wait(DEADLINE_SECONDS)
        try:
            return hasty()
        except OperationalError as error:
            return error
        finally:
            busy.let_go.set()

    return [outcome.value for outcome in at_once([busy.hold, after_it_is_held])]


def test_who_waited_too_long_tries_again(company):
    agent, tries = company().agents()[0], []
    busy = _Busy(agent.pk)
    hasty = partial(retry_on_conflict(_hasty), agent.pk, tries, busy, enough=3)
    assert _race(hasty, busy)[1] == "locked"
    assert len(tries) == 3


def test_after_five_tries_it_is_given_up(company):
    agent, tries = company().agents()[0], []
    busy = _Busy(agent.pk)
    hasty = partial(retry_on_conflict(_hasty), agent.pk, tries, busy, enough=None)
    assert isinstance(_race(hasty, busy)[1], OperationalError)
    assert len(tries) == MAX_TRIES == 5


def test_inside_another_transaction_nothing_is_repeated(company):
    """The outer one is broken as a whole; only its owner can run it again."""
    agent, tries = company().agents()[0], []
    busy = _Busy(agent.pk)

    @transaction.atomic
    def outer() -> str:
        return retry_on_conflict(_hasty)(agent.pk, tries, busy, enough=None)

    assert isinstance(_race(outer, busy)[1], OperationalError)
    assert len(tries) == 1


def test_other_troubles_are_not_repeated(company):
    tries: list[int] = []

    @retry_on_conflict
    def fail() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(1)")

    company()
    with pytest.raises(OperationalError, match="statement timeout"):
        fail()
    assert len(tries) == 1
