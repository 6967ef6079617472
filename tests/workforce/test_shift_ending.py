"""The last minutes of a shift: no new work, until its end, unless one goes on."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection

from accounts.models import User
from accounts.workplace import workplace_zone
from tests.factories import UserFactory
from tests.workforce.timesheet_rows import moment, shift
from workforce.availability import (
    Availability,
    Reason,
    availability_of,
    people_taking_work,
)
from workforce.models import Break, Shift, ShiftAssignment, TimeEntry
from workforce.services import follow_time, record_availability

pytestmark = pytest.mark.django_db

DAY = "2026-11-23"
ENDING, ENDED, TAKING = Reason.SHIFT_ENDING, Reason.SHIFT_ENDED, Reason.TAKING_WORK


def clock(text: str):
    return moment(f"{DAY} {text}")


def at_work(*, came: str = "07:55", stays: str | None = None, presence: str = "available") -> User:
    user = UserFactory(presence=presence, presence_since=clock(came))
    TimeEntry.objects.create(
        user=user, checked_in_at=clock(came), stays_until=stays and clock(stays)
    )
    return user


def plan(user: User, kind: Shift, *, day: str = DAY, is_published: bool = True) -> ShiftAssignment:
    """As the roster plans it, with its time to hand over."""
    row = kind.plan_for(user, date.fromisoformat(day), workplace_zone())
    row.published_at = row.starts_at - timedelta(days=7) if is_published else None
    row.save()
    return row


def now(user: User, text: str) -> Availability:
    return availability_of([user.pk], at=clock(text))[user.pk]


def is_taking(user: User, text: str) -> bool:
    return people_taking_work(clock(text)).filter(pk=user.pk).exists()


def test_from_the_time_to_hand_over_to_the_end_nothing_new_comes(organisation):
    user = at_work()
    plan(user, shift(user.department))
    ending = Availability(ENDING, clock("16:45"), clock("17:00"))
    assert now(user, "16:44") == Availability(TAKING, clock("07:55"))
    assert now(user, "16:45") == ending
    assert now(user, "16:59") == ending
    assert now(user, "17:00") == Availability(ENDED, clock("17:00"))
    assert [is_taking(user, text) for text in ("16:44", "16:45", "17:00")] == [True, False, False]


@pytest.mark.parametrize(("minutes", "reason"), [(0, TAKING), (5, TAKING), (30, ENDING)])
def test_each_kind_of_shift_has_its_own_minutes(organisation, minutes, reason):
    user = at_work()
    plan(user, shift(user.department, handover_minutes=minutes))
    assert now(user, "16:45").reason == reason
    assert now(user, "16:59").reason == (TAKING if minutes == 0 else ENDING)


def test_a_shift_shorter_than_its_time_to_hand_over_is_ending_from_its_start(organisation):
    user = at_work()
    plan(user, shift(user.department, "09:00", "10:00", 0, handover_minutes=120))
    assert now(user, "08:30").reason == TAKING
    assert now(user, "09:30") == Availability(ENDING, clock("09:00"), clock("10:00"))


def test_who_comes_in_the_last_minutes_is_told_so_since_then(organisation):
    user = at_work(came="16:50")
    plan(user, shift(user.department))
    assert now(user, "16:55") == Availability(ENDING, clock("16:50"), clock("17:00"))


@pytest.mark.parametrize(
    ("starts", "is_published", "reason"),
    [("17:00", True, TAKING), ("17:01", True, ENDING)] + [("17:00", False, ENDING)],
)
def test_a_shift_that_follows_without_a_gap_takes_over(organisation, starts, is_published, reason):
    user = at_work()
    plan(user, shift(user.department))
    plan(user, shift(user.department, starts, "21:00", 0), is_published=is_published)
    assert now(user, "16:50").reason == reason
    assert is_taking(user, "16:50") == (reason == TAKING)


def test_anothers_shift_takes_nothing_over(organisation):
    user, other = at_work(), at_work()
    plan(user, shift(user.department))
    plan(other, shift(user.department, "17:00", "21:00", 0))
    assert now(user, "16:50").reason == ENDING


def test_a_break_goes_before_and_the_end_of_the_shift_before_busy(organisation):
    user = at_work(presence="busy")
    plan(user, shift(user.department))
    assert now(user, "16:50").reason == ENDING
    entry = TimeEntry.objects.get(user=user)
    Break.objects.create(entry=entry, reason="rest", started_at=clock("16:30"))
    assert now(user, "16:50").reason == Reason.ON_BREAK


def test_who_stays_longer_takes_work_until_then(organisation):
    user = at_work(stays="17:30")
    plan(user, shift(user.department))
    for text in ("16:50", "17:00", "17:29"):
        assert now(user, text) == Availability(TAKING, clock("07:55"))
        assert is_taking(user, text)
    assert now(user, "17:30") == Availability(ENDED, clock("17:30"))
    assert not is_taking(user, "17:30")
    # To say "available" counts from the time on that one stayed to.
    User.objects.filter(pk=user.pk).update(presence_since=clock("17:10"))
    assert (now(user, "17:40").reason, is_taking(user, "17:40")) == (ENDED, False)
    User.objects.filter(pk=user.pk).update(presence_since=clock("17:35"))
    assert (now(user, "17:40").reason, is_taking(user, "17:40")) == (TAKING, True)


def test_staying_with_the_morning_is_no_staying_with_the_evening(organisation):
    user = at_work(stays="12:30")
    plan(user, shift(user.department, "08:00", "12:00", 0))
    plan(user, shift(user.department, "13:00", "17:00", 0))
    assert now(user, "12:15").reason == TAKING
    assert now(user, "12:30") == Availability(ENDED, clock("12:30"), clock("13:00"))
    assert now(user, "16:50").reason == ENDING
    assert now(user, "17:10") == Availability(ENDED, clock("17:00"))


def test_the_condition_of_statements_says_the_same_in_every_state(organisation):
    """Each combination of shifts, stays, breaks and presence, looked at through a whole day."""
    kinds = {}
    plans = [(), (("08:00", "17:00"),), (("08:00", "12:00"), ("12:00", "17:00"))]
    plans += [(("08:00", "12:00"), ("13:00", "17:00")), (("22:00", "06:00"),)]
    people = []
    for hours, stays, came, presence, said, pause in product(
        plans,
        (None, "12:20", "17:30"),
        ("07:55", "16:50", "17:10"),
        ("available", "busy"),
        ("07:55", "12:10", "17:05", "17:30", "17:31"),
        (None, "16:40"),
    ):
        user = at_work(came=came, stays=stays, presence=presence)
        User.objects.filter(pk=user.pk).update(presence_since=clock(said))
        for starts, ends in hours:
            kind = kinds.setdefault((starts, ends), shift(user.department, starts, ends, 0))
            plan(user, kind)
        if pause:
            entry = TimeEntry.objects.get(user=user)
            Break.objects.create(entry=entry, reason="rest", started_at=clock(pause))
        people.append(user.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else PostgreSQL plans for tables it believes to be empty
    seen = set()
    for text in ("11:44", "11:45", "12:00", "12:15", "12:20", "13:00", "16:44", "16:45", "16:55"):
        seen |= compare(people, text)
    for text in ("17:00", "17:04", "17:05", "17:06", "17:25", "17:30", "17:31", "21:50", "23:00"):
        seen |= compare(people, text)
    assert seen == {TAKING, Reason.BUSY, ENDING, ENDED, Reason.ON_BREAK}


def compare(people: list[int], text: str) -> set[Reason]:
    truth = availability_of(people, at=clock(text))
    taking = set(people_taking_work(clock(text)).values_list("pk", flat=True))
    assert taking == {pk for pk, found in truth.items() if found.is_available}, text
    return {found.reason for found in truth.values()}


# --- What time alone changes --------------------------------------------------------------------
def test_the_job_tells_when_the_time_to_hand_over_begins_and_when_staying_ends(organisation):
    user, other = at_work(), at_work()
    plan(user, shift(user.department))
    record_availability([user.pk, other.pk], at=clock("16:00"))
    assert follow_time(at=clock("16:44")) == 0
    assert follow_time(at=clock("16:45")) == 1
    assert follow_time(at=clock("16:45:01")) == 0
    TimeEntry.objects.filter(user=user).update(stays_until=clock("17:30"))
    record_availability([user.pk], at=clock("16:50"))
    assert follow_time(at=clock("17:00")) == 0
    assert follow_time(at=clock("17:30")) == 1
    assert follow_time(at=clock("17:30:01")) == 0
