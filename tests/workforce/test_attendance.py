"""Checking in and out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import update_user
from tests.factories import AgentFactory, UserFactory
from workforce.models import TimeEntry
from workforce.services import check_in, check_out, start_break
from workforce.services.attendance import NotCheckedIn

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def test_check_in_opens_an_entry_and_takes_work():
    user = UserFactory()
    entry, is_new = check_in(user=user, at=NOW)
    assert is_new
    assert (entry.checked_in_at, entry.checked_out_at) == (NOW, None)
    user.refresh_from_db()
    assert user.presence == User.Presence.AVAILABLE


def test_a_second_check_in_finds_the_open_entry():
    user = UserFactory()
    first, _new = check_in(user=user, at=NOW)
    second, is_new = check_in(user=user, at=NOW + timedelta(minutes=1))
    assert (second.pk, is_new) == (first.pk, False)
    assert TimeEntry.objects.filter(user=user).count() == 1


def test_a_second_check_in_does_not_end_being_busy():
    user = UserFactory()
    check_in(user=user)
    User.objects.filter(pk=user.pk).update(presence="busy")
    check_in(user=user)
    user.refresh_from_db()
    assert user.presence == "busy"


def test_check_out_closes_exactly_the_open_entry():
    user, other = UserFactory(), UserFactory()
    old = TimeEntry.objects.create(
        user=user, checked_in_at=NOW - timedelta(days=1), checked_out_at=NOW - timedelta(hours=20)
    )
    check_in(user=other, at=NOW)
    entry, _new = check_in(user=user, at=NOW)
    check_out(user=user, at=NOW + timedelta(hours=8))
    entry.refresh_from_db()
    old.refresh_from_db()
    assert entry.checked_out_at == NOW + timedelta(hours=8)
    assert old.checked_out_at == NOW - timedelta(hours=20)
    assert TimeEntry.objects.open().get().user == other
    user.refresh_from_db()
    assert user.presence == User.Presence.OFFLINE


def test_check_out_without_check_in_is_refused():
    user = UserFactory()
    with pytest.raises(NotCheckedIn) as refused:
        check_out(user=user)
    assert (refused.value.code, refused.value.status) == ("not_checked_in", 409)
    assert TimeEntry.objects.count() == 0


def test_a_clock_set_back_makes_no_negative_stretch():
    user = UserFactory()
    check_in(user=user, at=NOW)
    entry = check_out(user=user, at=NOW - timedelta(hours=1))
    assert entry.checked_out_at == NOW


def test_deactivation_ends_the_entry(django_capture_on_commit_callbacks):
    agent = AgentFactory()
    admin = UserFactory(role=User.Role.ADMIN, department=None)
    with django_capture_on_commit_callbacks(execute=True):
        update_user(user=agent.user, actor=admin, changes={"is_active": False})
    assert TimeEntry.objects.open().filter(user=agent.user).count() == 0
    agent.refresh_from_db()
    assert (agent.is_routable, agent.reason) == (False, "deactivated")


def test_deactivation_ends_the_break_too(django_capture_on_commit_callbacks):
    user = AgentFactory().user
    admin = UserFactory(role=User.Role.ADMIN, department=None)
    lasting = start_break(user=user, reason="meal")[0]
    with django_capture_on_commit_callbacks(execute=True):
        update_user(user=user, actor=admin, changes={"is_active": False})
    lasting.refresh_from_db()
    assert lasting.ended_at == TimeEntry.objects.get(user=user).checked_out_at


def test_deactivation_after_a_clock_was_set_back_ends_the_entry_where_it_began(
    django_capture_on_commit_callbacks,
):
    agent = AgentFactory(is_routable=False)
    admin = UserFactory(role=User.Role.ADMIN, department=None)
    entry, _new = check_in(user=agent.user, at=timezone.now() + timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        update_user(user=agent.user, actor=admin, changes={"is_active": False})
    entry.refresh_from_db()
    agent.refresh_from_db()
    assert entry.checked_out_at == entry.checked_in_at
    assert (agent.is_routable, agent.reason) == (False, "deactivated")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("staff", {"staff"}),
        ("manager", {"staff", "colleague"}),
        ("other_manager", {"other_staff"}),
        ("admin", {"staff", "colleague", "other_staff"}),
    ],
)
def test_who_sees_whose_time(people, who, sees):
    seen = TimeEntry.objects.visible_to(people[who]).values_list("user__username", flat=True)
    assert set(seen) == sees
