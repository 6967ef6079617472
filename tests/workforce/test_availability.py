"""One reason with a since-when, for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory
from workforce.availability import Availability, Reason, availability, availability_of
from workforce.models import TimeEntry

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
        (Reason.CHECKED_OUT, "off", False),
        (Reason.NOT_CHECKED_IN, "off", False),
        (Reason.DEACTIVATED, "off", False),
    ],
)
def test_the_dot_and_being_at_work(reason, dot, at_work):
    now = Availability(reason, NOW)
    assert (now.dot, now.is_at_work) == (dot, at_work)
    assert now.is_available == (reason == Reason.TAKING_WORK)


def test_many_people_cost_one_query(django_assert_num_queries):
    users = UserFactory.create_batch(20)
    with django_assert_num_queries(1):
        assert len(availability_of([user.pk for user in users])) == 20
