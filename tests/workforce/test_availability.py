"""One reason with a since-when, for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory
from tests.workforce.timesheet_rows import moment, plan, shift
from workforce.availability import (
    Availability,
    Reason,
    availability,
    availability_of,
    people_taking_work,
)
from workforce.models import Break, Leave, LeaveType, TimeEntry
from workforce.services import check_in, check_out, end_break, start_break

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)


def person(presence: str = "available", *, since=NOW - 3 * HOUR, **fields) -> User:
    return UserFactory(presence=presence, presence_since=since, **fields)


def test_who_never_checked_in():
    assert availability(person()) == Availability(Reason.NOT_CHECKED_IN, None)


def test_who_takes_work_does_so_since_the_later_of_check_in_and_presence():
    early = person()
    TimeEntry.objects.create(user=early, checked_in_at=NOW - HOUR)
    late = person(since=NOW - HOUR / 2)
    TimeEntry.objects.create(user=late, checked_in_at=NOW - HOUR)
    assert availability(early) == Availability(Reason.TAKING_WORK, NOW - HOUR)
    assert availability(late) == Availability(Reason.TAKING_WORK, NOW - HOUR / 2)


@pytest.mark.parametrize("presence", ["busy", "offline"])
def test_who_is_at_work_but_not_available_is_busy(presence):
    user = person(presence, since=NOW)
    TimeEntry.objects.create(user=user, checked_in_at=NOW - HOUR)
    assert availability(user) == Availability(Reason.BUSY, NOW)


def test_who_went_home_is_checked_out_whatever_the_presence_says():
    user = person("available")
    TimeEntry.objects.create(user=user, checked_in_at=NOW - 2 * HOUR, checked_out_at=NOW - HOUR)
    assert availability(user) == Availability(Reason.CHECKED_OUT, NOW - HOUR)


def test_the_latest_entry_counts():
    user = person()
    TimeEntry.objects.create(user=user, checked_in_at=NOW - 9 * HOUR, checked_out_at=NOW - 5 * HOUR)
    TimeEntry.objects.create(user=user, checked_in_at=NOW - HOUR)
    assert availability(user).reason == Reason.TAKING_WORK


def test_the_deactivated_are_deactivated_even_with_an_open_entry():
    user = person(is_active=False, deactivated_at=NOW - HOUR)
    TimeEntry.objects.create(user=user, checked_in_at=NOW - 2 * HOUR)
    assert availability(user) == Availability(Reason.DEACTIVATED, NOW - HOUR)


@pytest.mark.parametrize(
    ("reason", "dot", "at_work"),
    [
        (Reason.TAKING_WORK, "on", True),
        (Reason.BUSY, "busy", True),
        (Reason.ON_BREAK, "busy", True),
        (Reason.SHIFT_ENDING, "busy", True),
        (Reason.SHIFT_ENDED, "busy", True),
        (Reason.ON_LEAVE, "off", False),
        (Reason.SHIFT_NOT_STARTED, "off", False),
        (Reason.CHECKED_OUT, "off", False),
        (Reason.NOT_CHECKED_IN, "off", False),
        (Reason.DEACTIVATED, "off", False),
    ],
)
def test_the_dot_and_being_at_work(reason, dot, at_work):
    now = Availability(reason, NOW)
    assert (now.dot, now.is_at_work) == (dot, at_work)
    assert now.is_available == (reason == Reason.TAKING_WORK)


# --- Breaks -------------------------------------------------------------------------------------
@pytest.mark.parametrize("presence", ["available", "busy"])
def test_a_break_goes_before_what_the_presence_says(presence):
    user = person(presence, since=NOW)
    entry = TimeEntry.objects.create(user=user, checked_in_at=NOW - HOUR)
    Break.objects.create(entry=entry, reason="meal", started_at=NOW - HOUR / 2)
    assert availability(user) == Availability(Reason.ON_BREAK, NOW - HOUR / 2, None)


def test_of_several_breaks_the_one_that_lasts_counts():
    user = person()
    entry = TimeEntry.objects.create(user=user, checked_in_at=NOW - 3 * HOUR)
    lasting = {"started_at": NOW - 2 * HOUR, "expected_back_at": NOW}
    Break.objects.create(entry=entry, reason="rest", **lasting)
    # A clock was set back: this one began and ended "later".
    Break.objects.create(entry=entry, reason="rest", started_at=NOW - HOUR, ended_at=NOW)
    assert availability(user) == Availability(Reason.ON_BREAK, NOW - 2 * HOUR, NOW)


def test_a_break_of_an_earlier_entry_is_over():
    user = person()
    times = {"checked_in_at": NOW - 9 * HOUR, "checked_out_at": NOW - 5 * HOUR}
    entry = TimeEntry.objects.create(user=user, **times)
    Break.objects.create(entry=entry, reason="meal", started_at=NOW - 6 * HOUR)
    assert availability(user).reason == Reason.CHECKED_OUT
    TimeEntry.objects.create(user=user, checked_in_at=NOW - HOUR)
    assert availability(user) == Availability(Reason.TAKING_WORK, NOW - HOUR)
    assert user in people_taking_work(timezone.now())


def test_the_condition_for_statements_says_the_same():
    user, other = person(), person()
    check_in(user=other)

    def is_taken() -> bool:
        taking = set(people_taking_work(timezone.now()))
        assert other in taking
        assert (user in taking) == availability(user).is_available
        return user in taking

    assert not is_taken()
    check_in(user=user)
    assert is_taken()
    start_break(user=user, reason="rest")
    assert not is_taken()
    end_break(user=user)
    assert is_taken()
    User.objects.filter(pk=user.pk).update(presence="busy")
    assert not is_taken()
    check_out(user=user)
    assert not is_taken()


# --- Shifts -------------------------------------------------------------------------------------
def at(user: User, text: str) -> Availability:
    """Their availability at a moment on the wall of the workplace."""
    return availability_of([user.pk], at=moment(text))[user.pk]


def test_who_has_a_shift_later_today_is_expected_then(organisation):
    user = person()
    plan(user, shift(user.department, "13:00", "22:00"), "2026-11-23")
    starts_at = moment("2026-11-23 13:00")
    early = Availability(Reason.SHIFT_NOT_STARTED, None, starts_at)
    assert at(user, "2026-11-23 00:00") == early
    assert at(user, "2026-11-23 12:59") == early
    # From its start on, somebody who is not there is just that.
    assert at(user, "2026-11-23 13:00") == Availability(Reason.NOT_CHECKED_IN, starts_at)
    assert at(user, "2026-11-23 22:00") == Availability(Reason.NOT_CHECKED_IN, None)
    assert at(user, "2026-11-22 23:59") == Availability(Reason.NOT_CHECKED_IN, None)


def test_who_went_home_between_two_shifts_is_expected_at_the_next(organisation):
    user = person()
    plan(user, shift(user.department, "08:00", "12:00", 0), "2026-11-23")
    plan(user, shift(user.department, "16:00", "20:00", 0), "2026-11-23", "2026-11-24")
    gone = moment("2026-11-23 12:05")
    TimeEntry.objects.create(
        user=user, checked_in_at=moment("2026-11-23 08:00"), checked_out_at=gone
    )
    expected = Availability(Reason.SHIFT_NOT_STARTED, gone, moment("2026-11-23 16:00"))
    assert at(user, "2026-11-23 12:30") == expected
    # The shift of tomorrow is no news today.
    missed = Availability(Reason.NOT_CHECKED_IN, moment("2026-11-23 16:00"))
    assert at(user, "2026-11-23 16:30") == missed
    assert at(user, "2026-11-23 20:30") == Availability(Reason.CHECKED_OUT, gone)


def test_a_draft_is_no_shift(organisation):
    user = person()
    planned = shift(user.department, "13:00", "22:00")
    plan(user, planned, "2026-11-23", is_published=False)
    plan(person(), planned, "2026-11-23")
    assert at(user, "2026-11-23 09:00") == Availability(Reason.NOT_CHECKED_IN, None)


def test_who_is_in_early_is_at_work(organisation):
    user = person(since=moment("2026-11-23 07:30"))
    plan(user, shift(user.department), "2026-11-23")
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 07:30"))
    came = Availability(Reason.TAKING_WORK, moment("2026-11-23 07:30"))
    assert at(user, "2026-11-23 07:45") == came


def test_the_end_of_the_shift_ends_the_taking_of_work_until_one_says_to_go_on(organisation):
    user = person(since=moment("2026-11-23 07:55"))
    plan(user, shift(user.department), "2026-11-23")
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 07:55"))
    ended_at = moment("2026-11-23 17:00")
    taking = Availability(Reason.TAKING_WORK, moment("2026-11-23 07:55"))
    assert at(user, "2026-11-23 16:59") == taking
    assert is_taking(user, "2026-11-23 16:59")
    assert at(user, "2026-11-23 17:00") == Availability(Reason.SHIFT_ENDED, ended_at)
    assert not is_taking(user, "2026-11-23 17:00")
    User.objects.filter(pk=user.pk).update(presence="busy")
    assert at(user, "2026-11-23 17:30") == Availability(Reason.SHIFT_ENDED, ended_at)
    goes_on = moment("2026-11-23 17:10")
    User.objects.filter(pk=user.pk).update(presence="available", presence_since=goes_on)
    assert at(user, "2026-11-23 17:30") == Availability(Reason.TAKING_WORK, goes_on)
    assert is_taking(user, "2026-11-23 17:30")


def test_between_two_shifts_of_a_day_the_next_is_when_one_is_back(organisation):
    user = person(since=moment("2026-11-23 08:00"))
    plan(user, shift(user.department, "08:00", "12:00", 0), "2026-11-23")
    plan(user, shift(user.department, "13:00", "17:00", 0), "2026-11-23")
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 08:00"))
    between = (moment("2026-11-23 12:00"), moment("2026-11-23 13:00"))
    assert at(user, "2026-11-23 12:30") == Availability(Reason.SHIFT_ENDED, *between)
    assert at(user, "2026-11-23 13:00").reason == Reason.TAKING_WORK
    assert is_taking(user, "2026-11-23 13:00")


def test_who_comes_after_the_shift_means_to_work(organisation):
    user = person(since=moment("2026-11-23 18:00"))
    plan(user, shift(user.department), "2026-11-23")
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 18:00"))
    assert at(user, "2026-11-23 18:30").reason == Reason.TAKING_WORK
    assert is_taking(user, "2026-11-23 18:30")


def test_who_left_in_the_shift_is_checked_out_and_who_never_came_is_missing(organisation):
    left, missing = person(), person()
    planned = shift(left.department)
    plan(left, planned, "2026-11-23")
    plan(missing, planned, "2026-11-23")
    times = {
        "checked_in_at": moment("2026-11-23 08:00"),
        "checked_out_at": moment("2026-11-23 11:00"),
    }
    TimeEntry.objects.create(user=left, **times)
    gone = Availability(Reason.CHECKED_OUT, times["checked_out_at"])
    assert at(left, "2026-11-23 12:00") == gone
    since = moment("2026-11-23 08:00")
    assert at(missing, "2026-11-23 12:00") == Availability(Reason.NOT_CHECKED_IN, since)


# --- Leave --------------------------------------------------------------------------------------
def leave(user: User, starts: str, ends: str, *, kind: str = "away", **more) -> Leave:
    starts_at, ends_at = moment(starts), moment(ends)
    return Leave.objects.create(
        user=user,
        type=LeaveType.objects.filter(kind=kind).first(),
        first=starts[:10],
        last=starts[:10],
        starts_at=starts_at,
        ends_at=ends_at,
        **more,
    )


def test_leave_goes_before_everything_but_deactivation(organisation):
    user = person(since=moment("2026-11-23 08:00"))
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 08:00"))
    leave(user, "2026-11-23 12:30", "2026-11-24 00:00")
    times = (moment("2026-11-23 12:30"), moment("2026-11-24 00:00"))
    assert at(user, "2026-11-23 12:29").reason == Reason.TAKING_WORK
    assert is_taking(user, "2026-11-23 12:29")
    assert at(user, "2026-11-23 12:30") == Availability(Reason.ON_LEAVE, *times)
    assert not is_taking(user, "2026-11-23 12:30")
    assert at(user, "2026-11-24 00:00").reason == Reason.TAKING_WORK
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert at(user, "2026-11-23 13:00").reason == Reason.DEACTIVATED


@pytest.mark.parametrize("kind", ["trip", "remote"])
def test_who_works_elsewhere_is_not_on_leave(organisation, kind):
    user = person(since=moment("2026-11-23 08:00"))
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 08:00"))
    leave(user, "2026-11-23 00:00", "2026-11-24 00:00", kind=kind)
    assert at(user, "2026-11-23 09:00").reason == Reason.TAKING_WORK
    assert is_taking(user, "2026-11-23 09:00")


def test_leave_that_was_taken_back_is_none(organisation):
    user = person(since=moment("2026-11-23 08:00"))
    TimeEntry.objects.create(user=user, checked_in_at=moment("2026-11-23 08:00"))
    leave(user, "2026-11-23 00:00", "2026-11-24 00:00", withdrawn_at=NOW)
    assert at(user, "2026-11-23 09:00").reason == Reason.TAKING_WORK
    assert is_taking(user, "2026-11-23 09:00")


def is_taking(user: User, text: str) -> bool:
    """Does the condition for statements hold at a moment on the wall of the workplace?"""
    return people_taking_work(moment(text)).filter(pk=user.pk).exists()


def test_today_is_that_of_the_workplace(organisation):
    organisation.time_zone = "America/Sao_Paulo"
    organisation.save()
    user = person()
    plan(user, shift(user.department, "22:00", "06:00"), "2026-11-23")
    starts_at = moment("2026-11-23 22:00")  # the 24th in UTC
    expected = Availability(Reason.SHIFT_NOT_STARTED, None, starts_at)
    assert at(user, "2026-11-23 18:00") == expected


def test_many_people_cost_one_query(django_assert_num_queries):
    users = UserFactory.create_batch(20)
    with django_assert_num_queries(1):
        assert len(availability_of([user.pk for user in users])) == 20


def test_many_shifts_cost_one_more(organisation, django_assert_num_queries):
    users = UserFactory.create_batch(20)
    planned = shift(users[0].department)
    for user in users:
        plan(user, planned, "2026-11-23")
    ids, now = [user.pk for user in users], moment("2026-11-23 07:00")
    with django_assert_num_queries(2):
        found = availability_of(ids, at=now)
    assert {found[pk].reason for pk in ids} == {Reason.SHIFT_NOT_STARTED}
