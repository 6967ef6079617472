"""Leave and the history of availability, whoever does what at the same moment."""

import random
from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.models import Conversation
from tests.races.company import assert_true_to_life, new_sender, write
from tests.races.together import at_once, words
from workforce.availability import availability
from workforce.models import AvailabilityInterval, Leave, LeaveType, TimesheetMonth
from workforce.services import (
    check_in,
    check_out,
    end_break,
    follow_time,
    grant_leave,
    lock_months_of,
    repair_history,
    start_break,
    withdraw_leave,
)

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

MON = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def annual(company) -> LeaveType:
    """The migration's row goes when a test with real commits empties the tables."""
    return LeaveType.objects.get_or_create(symbol="P", defaults={"name": "Annual leave"})[0]


def _done(step, **fields) -> str:
    step(**fields)
    return "done"


def _grant(user: User, annual: LeaveType, actor: User, first: date, last: date) -> str:
    grant_leave(user=user, type=annual, first=first, last=last, actor=actor)
    return "done"


def _assert_history_is_true(user: User) -> None:
    """Without gaps and overlaps, one interval lasts, and it says what is true."""
    rows = list(AvailabilityInterval.objects.filter(user=user).order_by("since", "pk"))
    assert [row.until for row in rows] == [*(row.since for row in rows[1:]), None]
    assert rows[-1].reason == availability(user).reason


def test_leads_who_grant_overlapping_days_at_once_grant_one(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        spans = [(MON, MON + 3 * DAY), (MON + 2 * DAY, MON + 9 * DAY)]  # into December as well
        steps = [partial(_grant, staff, annual, lead, *spans[n % 2]) for n in range(32)]
        told = words(at_once(steps))
        assert told["done"] == 1
        assert set(told) <= {"done", "leave_overlaps"}
        assert Leave.objects.filter(user=staff).count() == 1


def test_leave_is_taken_back_once(rounds, company, annual):
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        row = grant_leave(user=staff, type=annual, first=MON, last=MON, actor=lead)
        told = words(at_once([partial(_done, withdraw_leave, leave=row, actor=lead)] * 32))
        assert sorted(set(told)) == ["done", "leave_withdrawn"]
        assert told["done"] == 1


def test_leave_waits_for_whoever_locks_the_month(rounds, company, annual):
    """Either the month is locked without the leave, or the leave is granted and it stays open."""
    on = date(2026, 10, 19)  # nothing of that month is left to settle
    at = timezone.now()
    for _round in rounds:
        here = company()
        staff, lead = here.staff[0], here.managers[0]
        month = {"user": staff, "month": on.replace(day=1)}
        TimesheetMonth.objects.create(**month, approved_at=at, approved_by=lead)
        lock = partial(_done, lock_months_of, people=[staff], month=month["month"], actor=lead)
        told = words(at_once([lock, partial(_grant, staff, annual, lead, on, on)] * 8))
        is_locked = TimesheetMonth.objects.get(**month).locked_at is not None
        assert is_locked != Leave.objects.filter(user=staff).exists(), told


def test_nothing_comes_during_leave_however_many_write(rounds, company, annual):
    today = timezone.now().date()
    for _round in rounds:
        here = company(people=2, capacity=64)
        away, other = here.staff
        word, lead = here.word(0), here.managers[0]
        span = (today - DAY, today + DAY)
        steps = [partial(write, new_sender(), word) for _customer in range(31)]
        at_once([*steps, partial(_grant, away, annual, lead, *span)])
        assert Conversation.objects.filter(assignee=away).count() == 0
        assert Conversation.objects.filter(assignee=other).count() == 31
        assert_true_to_life(here)
        at_once([partial(write, new_sender(), word) for _customer in range(16)])
        assert Conversation.objects.filter(assignee=away).count() == 0
        _assert_history_is_true(away)


def test_the_history_is_one_line_whatever_happens_at_once(rounds, company, annual):
    for seed in rounds:
        person, dice = company().staff[0], random.Random(seed)
        steps = [
            partial(_done, check_in, user=person),
            partial(_done, check_out, user=person),
            partial(_done, start_break, user=person, reason="rest"),
            partial(_done, end_break, user=person),
            partial(_done, follow_time),
            partial(_done, repair_history),
        ] * 5
        dice.shuffle(steps)
        at_once(steps)
        repair_history()
        _assert_history_is_true(person)
