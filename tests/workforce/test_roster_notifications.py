"""Who is told of their shifts: once for each publishing, with their own count."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import LiveEvent, Notification, User
from omnichat.lib.errors import DomainError
from tests.factories import UserFactory
from tests.workforce.roster_rows import MONDAY, plan, shift_of
from workforce.roster_plan import dates_of_week
from workforce.services import assign_shift, publish_week, remove_shift

pytestmark = pytest.mark.django_db

MON, TUE, WED, *_ = dates_of_week(MONDAY)
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEY = "roster:2026-11-23:2026-11-20T09:00:00+00:00"
PATH = "/shifts?week=2026-11-23"


@pytest.fixture
def day(sales):
    return shift_of(sales)


def publish(people, sales, by: str = "manager", **about) -> int:
    return publish_week(departments=[sales], week=MONDAY, actor=people[by], **about)


def told() -> list[tuple]:
    rows = Notification.objects.order_by("user__username", "pk")
    return list(rows.values_list("user__username", "kind", "params", "path", "dedup_key"))


def test_everybody_is_told_how_many_shifts_they_have_got(people, sales, day):
    for on in (MON, TUE, WED):
        plan(people["staff"], day, on)
    plan(people["colleague"], day, MON)
    plan(people["colleague"], day, date(2026, 11, 30))  # of the next week
    publish(people, sales, at=AT)
    week = "2026-11-23"
    assert told() == [
        ("colleague", "roster", {"week": week, "count": 1}, PATH, KEY),
        ("staff", "roster", {"week": week, "count": 3}, PATH, KEY),
    ]
    assert LiveEvent.objects.count() == 1  # open pages hear of both in one


def test_each_publishing_is_told_with_what_is_new_in_it(people, sales, day):
    plan(people["staff"], day, MON)
    publish(people, sales, at=AT)
    plan(people["staff"], day, TUE)
    publish(people, sales)
    assert [row[2]["count"] for row in told()] == [1, 1]


def test_who_publishes_is_not_told_of_their_own(people, sales, day):
    plan(people["manager"], day, MON)
    plan(people["staff"], day, MON)
    publish(people, sales)
    assert [row[0] for row in told()] == ["staff"]


def test_who_does_not_want_to_know_is_not_told(people, sales, day):
    User.objects.filter(pk=people["staff"].pk).update(notify_shifts=False)
    plan(people["staff"], day, MON)
    publish(people, sales)
    assert told() == []


def test_a_refused_week_tells_nobody(people, sales, day):
    plan(people["staff"], day, MON)
    plan(people["staff"], shift_of(sales, "Late", "13-21"), MON)
    with pytest.raises(DomainError):
        publish(people, sales)
    assert told() == []


def test_a_draft_tells_nobody_and_one_published_at_once_does(people, day):
    about = {"user": people["staff"], "shift": day, "actor": people["manager"]}
    assign_shift(**about, on=MON)
    assert told() == []
    assign_shift(**about, on=TUE, publish=True, at=AT)
    assert told() == [("staff", "roster", {"week": "2026-11-23", "count": 1}, PATH, KEY)]


def test_who_loses_a_published_shift_is_told(people, day):
    draft = plan(people["staff"], day, MON)
    fixed = plan(people["staff"], day, TUE, published=True)
    own = plan(people["manager"], day, TUE, published=True)
    key = f"roster:removed:{fixed.pk}"
    for row in (draft, fixed, own):
        remove_shift(assignment=row, actor=people["manager"])
    params = {"week": "2026-11-23", "shift": "Day", "date": "2026-11-24"}
    assert told() == [("staff", "roster", params, PATH, key)]
    assert LiveEvent.objects.count() == 2


def costs_of(publish_it) -> int:
    with CaptureQueriesContext(connection) as queries:
        publish_it()
    return len(queries)


def test_fifty_people_cost_as_much_as_one(people, sales, day):
    plan(people["staff"], day, MON)
    one = costs_of(lambda: publish(people, sales))
    Notification.objects.all().delete()
    for number in range(50):
        person = UserFactory(username=f"person{number}", department=sales)
        for on in (TUE, WED)[: 1 + number % 2]:
            plan(person, day, on)
    many = costs_of(lambda: publish(people, sales))
    assert many == one + 1  # a statement for each number of shifts
    assert Counter(row[2]["count"] for row in told()) == {1: 25, 2: 25}
