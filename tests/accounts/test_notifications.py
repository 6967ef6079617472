"""Who is told what, once; marking as read; forgetting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import LiveEvent, Notification, User
from accounts.services import mark_notifications_read, notify, prune_notifications

pytestmark = pytest.mark.django_db

# The switch of each kind.
SWITCHES = {
    "assigned": "notify_assigned",
    "mentioned": "notify_mentioned",
    "waiting": "notify_waiting",
    "failed": "notify_failed",
    "queue": "notify_queue",
    "roster": "notify_shifts",
    "forgotten": "notify_shifts",
    "request": "notify_requests",
}


def tell(*people: User, kind: str = "assigned", key: str = "assigned:1", **more) -> list[int]:
    said = {"path": "/conversations/1", "params": {"contact": "Chị Hoa", "by": ""}} | more
    return notify(user_ids=[person.pk for person in people], kind=kind, dedup_key=key, **said)


def told(person: User) -> list[str]:
    return list(person.notifications.order_by("pk").values_list("dedup_key", flat=True))


def test_a_notification_is_written_as_it_was_said(people):
    staff, at = people["staff"], timezone.now() - timedelta(hours=1)
    assert tell(staff, at=at) == [staff.pk]
    row = Notification.objects.get()
    assert (row.user, row.kind, row.path, row.dedup_key) == (
        staff,
        "assigned",
        "/conversations/1",
        "assigned:1",
    )
    assert row.params == {"contact": "Chị Hoa", "by": ""}
    assert (row.created_at, row.read_at) == (at, None)


def test_one_occasion_is_told_once(people):
    staff, colleague = people["staff"], people["colleague"]
    assert tell(staff) == [staff.pk]
    assert tell(staff, colleague, staff) == [colleague.pk]
    assert (told(staff), told(colleague)) == (["assigned:1"], ["assigned:1"])


def test_nobody_hears_of_their_own_act(people):
    staff, colleague = people["staff"], people["colleague"]
    assert tell(staff, colleague, actor_id=staff.pk) == [colleague.pk]
    assert tell(colleague, key="assigned:2", actor_id=colleague.pk) == []
    assert (told(staff), told(colleague)) == ([], ["assigned:1"])


def test_the_inactive_hear_nothing(people):
    User.objects.filter(pk=people["staff"].pk).update(is_active=False)
    assert tell(people["staff"]) == []
    assert not Notification.objects.exists()


@pytest.mark.parametrize("kind", Notification.Kind.values)
def test_each_kind_can_be_switched_off(people, kind):
    staff = people["staff"]
    for is_wanted in (True, False):
        wishes = dict.fromkeys(SWITCHES.values(), not is_wanted) | {SWITCHES[kind]: is_wanted}
        User.objects.filter(pk=staff.pk).update(**wishes)
        key = f"{kind}:{is_wanted}"
        assert tell(staff, kind=kind, key=key) == [staff.pk] * is_wanted
    assert told(staff) == [f"{kind}:True"]


def test_it_costs_one_statement_and_one_for_the_open_pages(people):
    with CaptureQueriesContext(connection) as queries:
        tell(people["staff"], people["colleague"])
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        tell(people["staff"], key="assigned:2", is_told=True)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert tell() == []
    assert len(queries) == 0


def test_open_pages_of_those_who_got_one_are_told(people):
    staff, colleague = people["staff"], people["colleague"]
    tell(staff)
    tell(staff, colleague)
    tell(staff, colleague)  # told already: nothing changed for anybody
    events = list(LiveEvent.objects.order_by("pk").values_list("kind", "audience"))
    assert events == [("me.changed", f"user:{p.pk}") for p in (staff, colleague)]


@pytest.mark.parametrize(
    ("first", "minutes", "left"),
    [
        ({}, 29, ["new"]),
        ({}, 31, ["old", "new"]),
        ({"path": "/conversations/2"}, 1, ["old", "new"]),
        ({"kind": "assigned"}, 1, ["old", "new"]),
    ],
)
def test_news_replaces_what_is_fresh_unread_and_about_the_same(people, first, minutes, left):
    staff, now = people["staff"], timezone.now()
    tell(staff, people["colleague"], **{"kind": "waiting", "key": "old", "at": now} | first)
    later = now + timedelta(minutes=minutes)
    assert tell(staff, kind="waiting", key="new", at=later, replaces=True) == [staff.pk]
    assert tell(staff, kind="waiting", key="new", at=later, replaces=True) == []
    assert told(staff) == left
    assert told(people["colleague"]) == ["old"]


def test_news_does_not_replace_what_was_read_nor_without_being_asked(people):
    staff = people["staff"]
    tell(staff, kind="waiting", key="read")
    mark_notifications_read(user=staff)
    tell(staff, kind="waiting", key="second", replaces=True)
    tell(staff, kind="waiting", key="third")
    assert told(staff) == ["read", "second", "third"]


def test_whoever_does_not_want_the_news_keeps_the_old(people):
    staff = people["staff"]
    tell(staff, kind="waiting", key="old")
    User.objects.filter(pk=staff.pk).update(notify_waiting=False)
    tell(staff, kind="waiting", key="new", replaces=True)
    assert told(staff) == ["old"]


# --- Reading ------------------------------------------------------------------------------------
def test_some_or_all_of_the_own_are_marked_as_read(people):
    staff, colleague = people["staff"], people["colleague"]
    for number in range(3):
        tell(staff, colleague, key=f"assigned:{number}", path=f"/conversations/{number}")
    mine = list(staff.notifications.order_by("pk").values_list("pk", flat=True))
    theirs = list(colleague.notifications.values_list("pk", flat=True))
    LiveEvent.objects.all().delete()

    assert mark_notifications_read(user=staff, ids=[mine[0], *theirs]) == 1
    assert mark_notifications_read(user=staff, ids=[mine[0]]) == 0
    assert mark_notifications_read(user=staff, path="/conversations/1") == 1
    assert list(staff.notifications.unread().values_list("pk", flat=True)) == [mine[2]]
    first_read_at = staff.notifications.get(pk=mine[0]).read_at
    assert mark_notifications_read(user=staff) == 1
    assert staff.notifications.get(pk=mine[0]).read_at == first_read_at
    assert colleague.notifications.unread().count() == 3
    assert set(LiveEvent.objects.values_list("kind", "audience")) == {
        ("me.changed", f"user:{staff.pk}")
    }
    assert LiveEvent.objects.count() == 3


def test_a_page_with_nothing_to_mark_only_asks(people):
    staff = people["staff"]
    tell(staff)
    with CaptureQueriesContext(connection) as queries:
        assert mark_notifications_read(user=staff, path="/conversations/2") == 0
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["SELECT"]
    assert mark_notifications_read(user=staff, path="/conversations/1") == 1


@pytest.mark.parametrize(
    ("created_days", "read_days", "is_kept"),
    [(29, 29, True), (31, 31, False), (60, 1, True), (89, None, True), (91, None, False)],
)
def test_old_ones_are_forgotten(people, created_days, read_days, is_kept):
    now = timezone.now()
    tell(people["staff"], at=now - timedelta(days=created_days))
    if read_days:
        Notification.objects.update(read_at=now - timedelta(days=read_days))
    assert prune_notifications(at=now) == (not is_kept)
    assert Notification.objects.exists() == is_kept
