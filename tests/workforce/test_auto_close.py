"""A check-out that was forgotten is made by rule, and marked."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from tests.factories import UserFactory
from tests.test_signals import listening
from tests.workforce.timesheet_rows import moment, plan, shift, worked
from workforce.availability import Reason, availability
from workforce.models import TimeEntry, TimeRules
from workforce.services import auto_close, check_in, check_out, close_forgotten, start_break

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def user(organisation) -> User:
    return UserFactory(presence=User.Presence.AVAILABLE)


@pytest.fixture
def at_work(user) -> TimeEntry:
    """Came at 07:55 for the day shift 08:00-17:00 and has not gone."""
    plan(user, shift(user.department), "2026-11-23")
    return worked(user, "2026-11-23 07:55", None)


def close(entry: TimeEntry, at: str | datetime) -> tuple[datetime | None, bool]:
    """When the entry ends after the job ran at this moment, and whether by rule."""
    close_forgotten(at=moment(at) if isinstance(at, str) else at)
    entry.refresh_from_db()
    return entry.checked_out_at, entry.is_auto_closed


def test_it_ends_with_the_shift_four_hours_later(at_work, user):
    forgotten = moment("2026-11-23 21:00")
    assert close(at_work, forgotten - SECOND) == (None, False)
    assert close(at_work, forgotten) == (moment("2026-11-23 17:00"), True)
    user.refresh_from_db()
    assert user.presence == User.Presence.OFFLINE
    now = availability(user)
    assert (now.reason, now.since) == (Reason.CHECKED_OUT, moment("2026-11-23 17:00"))


def test_the_person_is_told_once(at_work, user):
    close(at_work, "2026-11-23 20:59")
    assert not user.notifications.exists()
    for _again in range(2):
        close(at_work, "2026-11-23 21:00")
    told = user.notifications.get()
    assert (told.kind, told.path) == ("forgotten", "/shifts/timesheet?month=2026-11")
    assert told.params == {"date": "2026-11-23", "time": "17:00"}
    assert told.dedup_key == f"forgotten:{at_work.pk}"


def test_a_night_is_told_of_under_the_date_it_belongs_to(user):
    """The check-in came after midnight, and in another month than the shift's."""
    plan(user, shift(user.department, "22:00", "06:00", 0), "2026-11-30")
    entry = worked(user, "2026-12-01 00:10", None)
    close(entry, "2026-12-01 10:00")
    told = user.notifications.get()
    assert told.params == {"date": "2026-11-30", "time": "06:00"}
    assert told.path == "/shifts/timesheet?month=2026-11"


def test_the_time_told_is_the_one_that_was_written(user):
    entry = worked(user, "2026-11-23 18:00", None, corrected_in_at=moment("2026-11-23 06:00"))
    close(entry, "2026-11-23 18:00")
    assert user.notifications.get().params == {"date": "2026-11-23", "time": "18:00"}


def test_the_time_told_is_that_of_the_workplace(user, organisation):
    organisation.time_zone = "Europe/Berlin"
    organisation.save()
    entry = worked(user, "2026-11-23 09:00", None)
    close(entry, "2026-11-24 12:00")
    assert user.notifications.get().params == {"date": "2026-11-23", "time": "17:00"}


@pytest.mark.parametrize(("began", "ended"), [("12:00", "17:00"), ("18:00", "18:00")])
def test_a_break_ends_with_it(at_work, user, began, ended):
    """It would last until the check-out that somebody corrects it to, and take hours from them."""
    lasting = start_break(user=user, reason="meal", at=moment(f"2026-11-23 {began}"))[0]
    close(at_work, "2026-11-23 21:00")
    lasting.refresh_from_db()
    assert lasting.ended_at == moment(f"2026-11-23 {ended}")


def test_without_a_shift_it_ends_after_a_normal_day(user):
    entry = worked(user, "2026-11-23 09:30", None)
    assert close(entry, moment("2026-11-23 21:30") - SECOND) == (None, False)
    assert close(entry, "2026-11-23 21:30") == (moment("2026-11-23 17:30"), True)


def test_a_draft_is_no_shift(user):
    plan(user, shift(user.department, "13:00", "22:00"), "2026-11-23", is_published=False)
    entry = worked(user, "2026-11-23 12:50", None)
    assert close(entry, "2026-11-24 00:50") == (moment("2026-11-23 20:50"), True)


def test_somebody_elses_shift_is_none(user):
    plan(UserFactory(), shift(user.department, "13:00", "22:00"), "2026-11-23")
    entry = worked(user, "2026-11-23 12:50", None)
    assert close(entry, "2026-11-24 00:50") == (moment("2026-11-23 20:50"), True)


def test_a_night_shift_ends_the_next_morning(user):
    plan(user, shift(user.department, "22:00", "06:00", 0), "2026-11-23")
    entry = worked(user, "2026-11-24 00:10", None)  # late, and after midnight
    assert close(entry, moment("2026-11-24 10:00") - SECOND) == (None, False)
    assert close(entry, "2026-11-24 10:00") == (moment("2026-11-24 06:00"), True)


def test_a_split_shift_ends_with_its_last_part(user):
    plan(user, shift(user.department, "08:00", "12:00", 0), "2026-11-23")
    plan(user, shift(user.department, "16:00", "20:00", 0), "2026-11-23")
    entry = worked(user, "2026-11-23 08:00", None)
    assert close(entry, "2026-11-23 23:59") == (None, False)
    assert close(entry, "2026-11-24 00:00") == (moment("2026-11-23 20:00"), True)


def test_the_wall_is_that_of_the_workplace(user, organisation):
    organisation.time_zone = "Europe/Berlin"
    organisation.save()
    # The night that gains an hour: nine hours from 22:00 to 06:00.
    plan(user, shift(user.department, "22:00", "06:00", 0), "2026-10-24")
    entry = worked(user, "2026-10-24 22:00", None)
    end = datetime(2026, 10, 25, 5, tzinfo=UTC)
    assert close(entry, end + timedelta(hours=4)) == (end, True)


def test_a_corrected_check_in_counts(user):
    entry = worked(user, "2026-11-23 09:30", None, corrected_in_at=moment("2026-11-23 08:30"))
    assert close(entry, "2026-11-23 20:30") == (moment("2026-11-23 16:30"), True)


def test_it_never_ends_before_it_was_recorded_to_begin(user):
    entry = worked(user, "2026-11-23 18:00", None, corrected_in_at=moment("2026-11-23 06:00"))
    assert close(entry, "2026-11-23 18:00") == (moment("2026-11-23 18:00"), True)


def test_the_rules_of_that_day_decide(user):
    TimeRules.objects.create(effective_from="2026-11-24", normal_minutes=300, auto_close_minutes=60)
    before = worked(user, "2026-11-23 20:00", None)
    assert close(before, moment("2026-11-24 08:00") - SECOND) == (None, False)
    assert close(before, "2026-11-24 08:00") == (moment("2026-11-24 04:00"), True)
    after = worked(user, "2026-11-24 09:00", None)
    assert close(after, "2026-11-24 15:00") == (moment("2026-11-24 14:00"), True)


def test_without_rules_nothing_is_closed(user):
    TimeRules.objects.all().delete()
    entry = worked(user, "2026-11-02 08:00", None)
    assert close(entry, "2026-11-23 21:00") == (None, False)


def test_who_is_on_a_break_has_gone_too(at_work, user):
    start_break(user=user, reason="meal", at=moment("2026-11-23 12:00"))
    assert close(at_work, "2026-11-23 21:00") == (moment("2026-11-23 17:00"), True)
    assert availability(user).reason == Reason.CHECKED_OUT


def test_what_is_closed_stays_as_it_is(at_work, user):
    done = worked(user, "2026-11-22 08:00", "17:01")
    check_out(user=user, at=moment("2026-11-23 20:00"))
    assert close(at_work, "2026-11-24 23:00") == (moment("2026-11-23 20:00"), False)
    assert close(done, "2026-11-24 23:00") == (moment("2026-11-22 17:01"), False)
    assert not user.notifications.exists()


def test_it_is_told_once(at_work, user, django_capture_on_commit_callbacks):
    at = moment("2026-11-23 21:00")
    with (
        listening("availability_changed") as ears,
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert [close_forgotten(at=at), close_forgotten(at=at)] == [1, 0]
        assert ears["availability_changed"].heard == []
    assert {"user_ids": [user.pk]} in ears["availability_changed"].heard


def test_whoever_checked_out_meanwhile_is_left_alone(at_work, user, monkeypatch):
    """Between the look and the grip the person goes home, and comes for the next shift."""
    at = moment("2026-11-23 21:00")
    look = auto_close._forgotten

    def look_and_be_late(table, at):
        found = list(look(table, at))
        check_out(user=user, at=at)
        check_in(user=user, at=at)
        return found

    monkeypatch.setattr(auto_close, "_forgotten", look_and_be_late)
    assert close_forgotten(at=at) == 0
    user.refresh_from_db()
    assert user.presence == User.Presence.AVAILABLE
    assert TimeEntry.objects.filter(is_auto_closed=True).count() == 0
    assert not user.notifications.exists()
    assert TimeEntry.objects.open().get(user=user).checked_in_at == at


def test_looking_at_many_people_costs_four_statements(organisation, django_assert_num_queries):
    for person in UserFactory.create_batch(20):
        worked(person, "2026-11-23 08:00", None)
    at = moment("2026-11-23 13:00")
    with django_assert_num_queries(4):  # rules, entries, the zone, their shifts
        assert close_forgotten(at=at) == 0
