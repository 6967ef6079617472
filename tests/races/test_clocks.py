"""Workers that follow, warn and wake at one moment: each thing once, nothing forgotten."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Notification
from inbox.models import Conversation
from inbox.services import send_reply, snooze_conversation, wake_snoozed
from routing.models import SlaClock, SlaPolicy
from routing.services import follow_clocks, warn_deadlines
from tests.races.company import conversation_of, new_sender, write
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WORKERS, CUSTOMERS = 4, 8


@pytest.fixture
def customers(company):
    """`customers()`: as many as there are have written to somebody who has them all."""

    def call() -> tuple[object, list[Conversation]]:
        Conversation.objects.update(is_clock_stale=False)
        SlaClock.objects.all().delete()
        SlaPolicy.objects.all().delete()
        fields = {f"{name}_in_hours": False for name in ("first_response", "resolution")}
        SlaPolicy.objects.create(first_response_minutes=10, resolution_minutes=100, **fields)
        here = company(people=1, capacity=CUSTOMERS)
        senders = [new_sender() for _customer in range(CUSTOMERS)]
        for sender in senders:
            write(sender, here.word(0))
        return here, [conversation_of(sender) for sender in senders]

    return call


def clocks(rows: list[Conversation], metric: str = "first_response"):
    return SlaClock.objects.filter(conversation__in=rows, metric=metric)


def test_clocks_are_followed_once_by_4_workers(rounds, customers):
    for _round in rounds:
        _here, rows = customers()
        at_once([follow_clocks] * WORKERS)
        follow_clocks()  # those that another held were left

        assert clocks(rows).count() == clocks(rows, "resolution").count() == CUSTOMERS
        fresh = Conversation.objects.filter(pk__in=[row.pk for row in rows])
        assert not fresh.filter(is_clock_stale=True).exists()
        assert not fresh.filter(due_at=None).exists()


def test_each_deadline_is_warned_of_once_by_4_workers(rounds, customers):
    for _round in rounds:
        here, rows = customers()
        follow_clocks()
        Notification.objects.all().delete()
        soon = timezone.now() + timedelta(minutes=10)
        found = at_once([partial(warn_deadlines, at=soon)] * WORKERS)

        assert sum(outcome.value for outcome in found) + warn_deadlines(at=soon) == CUSTOMERS
        warned = clocks(rows).values_list("warned_percent", "breached_at", "due_at")
        assert {(percent, breached == due) for percent, breached, due in warned} == {(100, True)}
        told = Notification.objects.filter(user__in=here.staff, kind="waiting")
        keys = list(told.values_list("user", "dedup_key"))
        assert len(keys) == len(set(keys)) >= 1


def test_a_reply_beside_4_workers_is_never_forgotten(rounds, customers):
    for _round in rounds:
        here, rows = customers()
        replies = [
            partial(send_reply, conversation=row, author=here.staff[0], text="Dạ") for row in rows
        ]
        at_once([*replies, *[follow_clocks] * WORKERS])

        running = clocks(rows).filter(stopped_at=None)
        assert not running.filter(conversation__is_clock_stale=False).exists()
        follow_clocks()
        ends = clocks(rows).values_list("stopped_at", "cycle__first_response_at", "is_met")
        assert [(stopped == answered, met) for stopped, answered, met in ends] == [
            (True, True)
        ] * CUSTOMERS


def test_a_reply_in_time_beside_the_warning_is_judged_by_its_moment(rounds, customers):
    """Whoever comes first: the clock that was answered before its deadline is kept."""
    for _round in rounds:
        here, rows = customers()
        follow_clocks()
        soon = timezone.now() + timedelta(minutes=10)
        replies = [
            partial(send_reply, conversation=row, author=here.staff[0], text="Dạ") for row in rows
        ]
        at_once([*replies, *[partial(warn_deadlines, at=soon)] * WORKERS])
        follow_clocks()

        assert set(clocks(rows).values_list("is_met", "breached_at")) == {(True, None)}


def test_each_is_woken_once_by_4_workers(rounds, customers):
    for _round in rounds:
        here, rows = customers()
        until = timezone.now() + timedelta(hours=1)
        for row in rows:
            snooze_conversation(conversation=row, until=until, by=here.staff[0])
        found = at_once([partial(wake_snoozed, at=until)] * WORKERS)

        assert sum(outcome.value for outcome in found) + wake_snoozed(at=until) == CUSTOMERS
        for row in rows:
            assert row.messages.filter(data__code="woken").count() == 1
