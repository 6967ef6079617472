"""Putting a conversation off, and its coming back."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notification
from accounts.services import notify
from inbox.models import Conversation
from inbox.services import (
    receive,
    resolve_conversation,
    send_reply,
    snooze_conversation,
    snoozing,
    undo_resolve,
    wake_conversation,
    wake_snoozed,
)
from inbox.services.conversations import ConversationResolved, NotYours
from inbox.services.snoozing import SnoozeRefused
from omnichat.lib.aside import LEFT_ALONE, Aside
from routing.models import Agent, Assignment, RoutingPolicy
from routing.services import bump_rules_version, recount_agents, take_away_unanswered
from tests.deliveries import event
from tests.factories import ConversationFactory, MessageFactory
from workforce.services import check_out

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def row(people, sales, commits) -> Conversation:
    made = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=made)
    recount_agents([people["staff"].pk])
    return made


def fresh(row: Conversation) -> Conversation:
    return Conversation.objects.get(pk=row.pk)


def lines(row: Conversation) -> list[str]:
    events = row.messages.filter(direction="event").order_by("pk")
    return list(events.values_list("data__code", flat=True))


def open_count(person) -> int:
    return Agent.objects.get(user=person).open_count


def snooze(row, people, **given) -> Conversation:
    given = {"until": timezone.now() + HOUR, "by": people["staff"]} | given
    return snooze_conversation(conversation=row, **given)


def test_it_frees_the_place_and_stays_with_its_assignee(row, people):
    assert open_count(people["staff"]) == 1
    until = timezone.now() + HOUR
    snooze(row, people, until=until)

    now = fresh(row)
    assert (now.status, now.snoozed_until, now.assignee) == ("snoozed", until, people["staff"])
    assert now.waiting_since == row.waiting_since
    assert now.is_clock_stale
    assert open_count(people["staff"]) == 0
    assert lines(row) == ["snoozed"]


@pytest.mark.parametrize("minutes", [0, -1, 91 * 24 * 60])
def test_a_time_that_is_past_or_far_away_is_refused(row, people, minutes):
    at = timezone.now()
    with pytest.raises(SnoozeRefused) as refused:
        snooze(row, people, until=at + timedelta(minutes=minutes), at=at)
    assert refused.value.field == "until"
    assert fresh(row).status == "open"
    assert lines(row) == []


def test_only_who_may_work_on_it_puts_it_off_and_not_what_is_done(row, people):
    with pytest.raises(NotYours):
        snooze(row, people, by=people["colleague"])
    resolve_conversation(conversation=row, by=people["staff"])
    with pytest.raises(ConversationResolved):
        snooze(row, people)
    assert fresh(row).snoozed_until is None


def test_putting_it_off_again_moves_the_time(row, people):
    snooze(row, people)
    later = timezone.now() + 3 * HOUR
    snooze(row, people, until=later)

    assert fresh(row).snoozed_until == later


def test_it_comes_back_at_its_time_and_not_before(row, people):
    at = timezone.now()
    snooze(row, people, until=at + HOUR, at=at)

    assert wake_snoozed(at=at + HOUR - timedelta(seconds=1)) == 0
    assert fresh(row).status == "snoozed"
    assert wake_snoozed(at=at + HOUR) == 1
    assert wake_snoozed(at=at + HOUR) == 0

    now = fresh(row)
    assert (now.status, now.snoozed_until, now.assignee) == ("open", None, people["staff"])
    assert now.waiting_since == row.waiting_since
    assert now.is_unread
    assert open_count(people["staff"]) == 1
    assert lines(row) == ["snoozed", "woken"]
    notice = Notification.objects.get(user=people["staff"], kind="waiting")
    assert notice.params["what"] == "woken"


def test_being_back_takes_the_place_of_what_is_unread_about_it(row, people):
    at = timezone.now()
    snooze(row, people, until=at + HOUR, at=at)
    notify(
        user_ids=[people["staff"].pk],
        kind="waiting",
        path=row.path,
        dedup_key="due:1:80:1",
        params={"what": "due"},
        at=at + timedelta(minutes=45),
    )
    wake_snoozed(at=at + HOUR)
    assert Notification.objects.get(kind="waiting").params["what"] == "woken"


def test_one_that_waited_for_the_customer_waits_for_us_from_its_time_on(row, people):
    send_reply(conversation=row, author=people["staff"], text="Chào")
    at = timezone.now()
    snooze(row, people, until=at + HOUR, at=at)
    wake_snoozed(at=at + 2 * HOUR)

    assert (fresh(row).status, fresh(row).waiting_since) == ("open", at + HOUR)


def test_of_somebody_who_went_home_it_comes_back_to_a_colleague(row, people):
    snooze(row, people)
    check_out(user=people["staff"])
    assert fresh(row).assignee == people["staff"]

    wake_snoozed(at=timezone.now() + HOUR)

    assert fresh(row).assignee == people["colleague"]
    assert open_count(people["colleague"]) == 1


def test_of_nobody_it_is_given_to_somebody_when_it_comes_back(row, people):
    Conversation.objects.update(assignee=None)
    snooze(row, people, by=people["manager"])
    assert fresh(row).assignee is None

    wake_snoozed(at=timezone.now() + HOUR)

    assert fresh(row).assignee is not None


def test_the_customer_brings_it_back_at_once_and_has_waited_since_before(row, people):
    snooze(row, people)
    one = event("Sao rồi shop?", sender=row.identity.external_id)
    receive(channel=row.channel, events=[one])

    now = fresh(row)
    assert (now.status, now.snoozed_until, now.assignee) == ("open", None, people["staff"])
    assert now.waiting_since == row.waiting_since
    assert open_count(people["staff"]) == 1
    assert wake_snoozed(at=timezone.now() + HOUR) == 0


def test_a_reply_and_done_end_it(row, people):
    snooze(row, people)
    send_reply(conversation=row, author=people["staff"], text="Chào")
    assert (fresh(row).status, fresh(row).snoozed_until) == ("waiting", None)

    until = timezone.now() + HOUR
    snooze(row, people, until=until)
    resolve_conversation(conversation=row, by=people["staff"])
    assert (fresh(row).status, fresh(row).snoozed_until) == ("resolved", None)
    undo_resolve(conversation=row, by=people["staff"])
    assert (fresh(row).status, fresh(row).snoozed_until) == ("snoozed", until)


def test_by_hand_it_comes_back_before_its_time(row, people):
    snooze(row, people)
    with pytest.raises(NotYours):
        wake_conversation(conversation=row, by=people["colleague"])
    wake_conversation(conversation=row, by=people["staff"])

    assert (fresh(row).status, fresh(row).snoozed_until) == ("open", None)
    assert lines(row) == ["snoozed", "woken"]
    wake_conversation(conversation=row, by=people["staff"])
    assert lines(row) == ["snoozed", "woken"]


# --- Coming back and not answered in time ---


@pytest.fixture
def long_unanswered(row, people, sales) -> Conversation:
    """Given two hours ago in a department that waits ten minutes for an answer."""
    RoutingPolicy.objects.update_or_create(department=sales, defaults={"no_reply_minutes": 10})
    bump_rules_version()
    ago = timezone.now() - 2 * HOUR
    Conversation.objects.filter(pk=row.pk).update(waiting_since=ago)
    given = {"cycle": row.cycles.get(), "policy": "fewest_open", "assigned_at": ago}
    Assignment.objects.create(conversation=row, assignee=people["staff"], **given)
    return fresh(row)


@pytest.mark.parametrize("how", ["time", "late worker", "hand", "customer"])
def test_who_has_it_back_from_snooze_has_the_whole_time_to_answer(long_unanswered, people, how):
    row, at = long_unanswered, timezone.now()
    asleep = at - HOUR
    until = asleep + timedelta(minutes=5) if how == "late worker" else at
    snooze(row, people, until=until, at=asleep)
    if how == "hand":
        wake_conversation(conversation=row, by=people["staff"], at=at)
    elif how == "customer":
        sender = row.identity.external_id
        receive(channel=row.channel, events=[event("Alo?", sender=sender)], at=at)
    else:
        wake_snoozed(at=at)

    assert (fresh(row).woken_at, fresh(row).waiting_since) == (at, row.waiting_since)
    assert take_away_unanswered(at=at + timedelta(minutes=9, seconds=59)) == 0
    assert fresh(row).assignee == people["staff"]
    assert take_away_unanswered(at=at + timedelta(minutes=10)) == 1
    assert fresh(row).assignee == people["colleague"]


@pytest.mark.parametrize("limit", [1, 200])
def test_one_that_cannot_be_woken_stops_nobody_behind_it(row, people, monkeypatch, caplog, limit):
    """Of a batch no more than the others; a whole batch no longer than one pass."""
    monkeypatch.setattr(snoozing, "_aside", Aside())
    at = timezone.now()
    other = ConversationFactory(department=row.department, assignee=people["staff"])
    MessageFactory(conversation=other)
    snooze(row, people, until=at + HOUR, at=at)
    snooze(other, people, until=at + HOUR + timedelta(minutes=1), at=at)
    bring_back = snoozing._bring_back

    def fail(conversation, *given, **named):
        if conversation.pk == row.pk:
            raise ValueError("broken row")
        bring_back(conversation, *given, **named)

    monkeypatch.setattr(snoozing, "_bring_back", fail)
    with caplog.at_level(logging.ERROR, "inbox.services.snoozing"):
        woken = [wake_snoozed(at=at + 2 * HOUR, limit=limit) for _pass in range(2)]
        assert woken == ([0, 1] if limit == 1 else [1, 0])
        assert (fresh(row).status, fresh(other).status) == ("snoozed", "open")
        assert len(caplog.records) == 1
        monkeypatch.setattr(snoozing, "_bring_back", bring_back)
        assert wake_snoozed(at=at + 2 * HOUR + LEFT_ALONE, limit=limit) == 1
    assert fresh(row).status == "open"
