"""Going on a break and coming back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.factories import UserFactory
from tests.test_signals import listening
from workforce.availability import Availability, Reason, availability
from workforce.models import Break, TimeEntry
from workforce.services import check_in, check_out, end_break, start_break
from workforce.services.attendance import NotCheckedIn
from workforce.services.breaks import AlreadyOnBreak, NotOnBreak

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def user() -> User:
    person = UserFactory()
    check_in(user=person, at=NOW - 60 * MINUTE)
    return person


def test_a_break_begins_within_the_entry_and_says_when_it_ends(user):
    taken, is_new = start_break(user=user, reason="meal", minutes=45, at=NOW)
    assert is_new
    taken.refresh_from_db()
    assert taken.entry == TimeEntry.objects.open().get(user=user)
    assert (taken.reason, taken.started_at, taken.ended_at) == ("meal", NOW, None)
    assert taken.expected_back_at == NOW + 45 * MINUTE
    assert availability(user) == Availability(Reason.ON_BREAK, NOW, NOW + 45 * MINUTE)


def test_without_minutes_nobody_knows_until_when(user):
    taken, _new = start_break(user=user, reason="rest", at=NOW)
    assert taken.expected_back_at is None
    assert availability(user) == Availability(Reason.ON_BREAK, NOW, None)


def test_pressing_twice_finds_the_break_that_lasts(user):
    first, _new = start_break(user=user, reason="meal", minutes=45, at=NOW)
    second, is_new = start_break(user=user, reason="meal", minutes=15, at=NOW + MINUTE)
    assert (second.pk, is_new) == (first.pk, False)
    assert second.expected_back_at == NOW + 45 * MINUTE
    assert Break.objects.count() == 1


def test_a_break_of_another_kind_is_refused_while_one_lasts(user):
    start_break(user=user, reason="meal")
    with pytest.raises(AlreadyOnBreak) as refused:
        start_break(user=user, reason="rest")
    assert (refused.value.code, refused.value.status) == ("already_on_break", 409)
    assert [taken.reason for taken in Break.objects.all()] == ["meal"]


def test_who_is_not_checked_in_takes_no_break(user):
    check_out(user=user)
    with pytest.raises(NotCheckedIn) as refused:
        start_break(user=user, reason="meal")
    assert (refused.value.code, refused.value.status) == ("not_checked_in", 409)
    assert Break.objects.count() == 0


def test_coming_back_ends_exactly_this_break(user):
    earlier, _new = start_break(user=user, reason="rest", at=NOW - 20 * MINUTE)
    end_break(user=user, at=NOW - 10 * MINUTE)
    other = UserFactory()
    check_in(user=other, at=NOW)
    theirs, _new = start_break(user=other, reason="rest", at=NOW)
    start_break(user=user, reason="meal", at=NOW)
    taken = end_break(user=user, at=NOW + 30 * MINUTE)
    assert (taken.reason, taken.ended_at) == ("meal", NOW + 30 * MINUTE)
    earlier.refresh_from_db()
    theirs.refresh_from_db()
    assert (earlier.ended_at, theirs.ended_at) == (NOW - 10 * MINUTE, None)


@pytest.mark.parametrize("is_at_work", [True, False])
def test_who_is_on_no_break_comes_back_from_none(user, is_at_work):
    start_break(user=user, reason="rest")
    end_break(user=user)
    if not is_at_work:
        check_out(user=user)
    with pytest.raises(NotOnBreak) as refused:
        end_break(user=user)
    assert (refused.value.code, refused.value.status) == ("not_on_break", 409)


@pytest.mark.parametrize("presence", ["available", "busy"])
def test_after_it_everything_is_as_before(user, presence):
    User.objects.filter(pk=user.pk).update(presence=presence, presence_since=NOW - 30 * MINUTE)
    before = availability(user)
    start_break(user=user, reason="rest", at=NOW)
    end_break(user=user, at=NOW + MINUTE)
    after = availability(user)
    assert (after.reason, after.since) == (before.reason, NOW + MINUTE)


def test_a_check_out_ends_the_break_too(user):
    taken, _new = start_break(user=user, reason="meal", at=NOW)
    entry = check_out(user=user, at=NOW + 5 * MINUTE)
    taken.refresh_from_db()
    assert taken.ended_at == entry.checked_out_at == NOW + 5 * MINUTE
    assert availability(user).reason == Reason.CHECKED_OUT


def test_the_next_entry_begins_without_a_break(user):
    taken, _new = start_break(user=user, reason="meal", at=NOW)
    entry = taken.entry
    entry.checked_out_at = NOW  # closed by other ways than the check-out: the break has no end
    entry.save()
    check_in(user=user, at=NOW + MINUTE)
    assert availability(user).reason == Reason.TAKING_WORK


# --- A clock that is set back -------------------------------------------------------------------
def test_a_break_does_not_begin_before_the_check_in(user):
    taken, _new = start_break(user=user, reason="meal", minutes=30, at=NOW - 120 * MINUTE)
    assert taken.started_at == NOW - 60 * MINUTE
    assert taken.expected_back_at == NOW - 30 * MINUTE


def test_a_break_does_not_begin_in_the_one_before(user):
    start_break(user=user, reason="rest", at=NOW - 10 * MINUTE)
    end_break(user=user, at=NOW)
    taken, _new = start_break(user=user, reason="meal", at=NOW - 5 * MINUTE)
    assert taken.started_at == NOW


def test_a_break_is_never_negative(user):
    start_break(user=user, reason="meal", at=NOW)
    assert end_break(user=user, at=NOW - 60 * MINUTE).ended_at == NOW


def test_a_break_that_a_check_out_ends_is_never_negative(user):
    taken, _new = start_break(user=user, reason="meal", at=NOW)
    check_out(user=user, at=NOW - 30 * MINUTE)
    taken.refresh_from_db()
    assert (taken.started_at, taken.ended_at) == (NOW, NOW)


# --- Who is told --------------------------------------------------------------------------------
def test_both_steps_are_told_after_the_commit_and_a_repeat_is_not(
    user, django_capture_on_commit_callbacks
):
    with listening("availability_changed") as ears:
        heard = ears["availability_changed"].heard
        for step in (
            lambda: start_break(user=user, reason="meal"),
            lambda: start_break(user=user, reason="meal"),
            lambda: end_break(user=user),
        ):
            with django_capture_on_commit_callbacks(execute=True):
                told = len(heard)
                step()
                assert len(heard) == told
        assert heard == [{"user_ids": [user.pk]}] * 2
