"""The long history of the demo: rows as the services would have written them, and no others."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.test import TestCase
from django.utils import timezone

from accounts.models import User
from accounts.workplace import workplace_zone
from inbox.models import (
    AutoReplySent,
    Contact,
    ContactIdentity,
    Conversation,
    Cycle,
    Message,
    OutboundPart,
)
from inbox.sentences import event_sentence
from inbox.services.intake import preview_of
from omnichat.demo.past import run
from omnichat.demo.people import ROSTER
from omnichat.models import SeededHistory
from routing.explanation import explain
from routing.models import Agent, Assignment, KeywordVersion, SlaChange, SlaClock
from routing.services import assign_waiting, follow_clocks, repair_agents
from workforce.availability import availability
from workforce.models import AvailabilityInterval, Break, Leave, ShiftAssignment, TimeEntry

pytestmark = pytest.mark.django_db  # each test is undone, the history stays
MESSAGES = 2_000
SAID = Q(direction__in=("inbound", "outbound"))


@pytest.fixture(scope="module", autouse=True)
def history(django_db_setup, django_db_blocker):
    """A small company with its history, written once for this file and rolled back after it."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            KeywordVersion.objects.get_or_create(pk=1)
            with TestCase.captureOnCommitCallbacks(execute=True):
                call_command("seed_demo", "--days", "3")
                call_command("seed_demo", "--messages", str(MESSAGES))
            yield
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def ours() -> dict:
    """What narrows rows of a conversation to those of the history."""
    return {"conversation__identity__gt": SeededHistory.objects.get().identities_before}


def conversations():
    return Conversation.objects.filter(identity__gt=SeededHistory.objects.get().identities_before)


def said():
    return Message.objects.filter(SAID, **ours())


def fingerprint() -> tuple:
    """All that is the same wherever it is written: no ids of tables."""
    people = conversations().order_by("created_at", "public_id")
    lines = Message.objects.filter(**ours()).order_by("sent_at", "text", "conversation__public_id")
    records = Assignment.objects.filter(**ours()).order_by("assigned_at", "conversation__public_id")
    clocks = SlaClock.objects.filter(**ours(), conversation__status="resolved")
    clocks = clocks.order_by("started_at", "metric", "conversation__public_id")
    parts = OutboundPart.objects.filter(**ours()).order_by("public_id")
    columns = ("public_id", "identity__external_id", "contact__name", "contact__public_id")
    return (
        list(people.values_list(*columns, "status", "cycle_number", "preview", "seen_at")),
        list(lines.values_list("conversation__public_id", "text", "sent_at", "data__code")),
        list(records.values_list("assigned_at", "assignee__username", "end_reason", "duration_us")),
        list(clocks.values_list("metric", "due_at", "breached_at", "is_met")),
        list(parts.values_list("public_id", flat=True)),
    )


# --- How much, and when -------------------------------------------------------------------------
def test_exactly_as_many_as_were_asked_for():
    assert said().count() == MESSAGES
    assert SeededHistory.objects.get().written == MESSAGES
    assert Message.objects.filter(direction="event", **ours()).count() > MESSAGES / 2
    assert 380 < conversations().count() < 500
    numbers = Counter(Cycle.objects.filter(**ours()).values_list("number", flat=True))
    assert set(numbers) == {1, 2, 3}
    assert numbers[1] > numbers[2] > numbers[3] > 0


def test_it_lasts_until_yesterday_evening_and_nothing_is_later():
    history, zone = SeededHistory.objects.get(), workplace_zone()
    today = timezone.now().astimezone(zone).date()
    assert history.until == today - timedelta(days=1)
    first, last = said().aggregate(first=Min("sent_at"), last=Max("sent_at")).values()
    assert (history.until - first.astimezone(zone).date()).days in range(177, 180)
    assert (history.until - last.astimezone(zone).date()).days in range(2)
    end = timezone.now()
    latest = Message.objects.filter(**ours()).aggregate(at=Max("received_at"))["at"]
    assert latest.astimezone(zone).date() < today
    cycles = Cycle.objects.filter(**ours())
    assert not cycles.filter(Q(started_at__gt=end) | Q(resolved_at__gt=end)).exists()
    assert not Assignment.objects.filter(Q(assigned_at__gt=end) | Q(ended_at__gt=end)).exists()
    assert not TimeEntry.objects.filter(checked_out_at__gt=end).exists()


def test_customers_write_as_those_of_a_shop_do():
    zone = workplace_zone()
    moments = [at.astimezone(zone) for at in said().values_list("sent_at", flat=True)]
    hours = Counter(at.hour for at in moments)
    assert sum(hours[hour] for hour in range(8, 21)) > 0.85 * MESSAGES
    assert sum(hours[hour] for hour in range(6)) < 0.03 * MESSAGES
    assert hours[12] < hours[10]
    assert hours[19] + hours[20] > hours[12] + hours[13]
    days = Counter(at.weekday() for at in moments)
    assert min(days, key=days.get) == 6
    platforms = set(conversations().values_list("identity__platform", flat=True))
    assert platforms >= {"zalo", "messenger", "web", "instagram", "telegram"}


# --- Conversations ------------------------------------------------------------------------------
def test_cycles_follow_one_another_and_hold_their_messages():
    assert not conversations().annotate(n=Count("cycles")).exclude(n=F("cycle_number")).exists()
    open_cycles = Count("cycles", filter=Q(cycles__resolved_at=None))
    rows = conversations().annotate(n=open_cycles).values_list("status", "n")
    assert {(status == "resolved", n) for status, n in rows} <= {(True, 0), (False, 1)}
    by_conversation: dict = {}
    for cycle in Cycle.objects.filter(**ours()).order_by("conversation", "number"):
        before = by_conversation.get(cycle.conversation_id)
        assert before is None or before.resolved_at < cycle.started_at
        by_conversation[cycle.conversation_id] = cycle
    lines = Message.objects.filter(**ours())
    assert not lines.filter(sent_at__lt=F("cycle__started_at")).exists()
    assert not lines.filter(sent_at__gt=F("cycle__resolved_at")).exists()
    assert not lines.exclude(sent_at=F("received_at")).exists()


def test_the_first_response_is_the_first_one_of_a_person():
    cycles = Cycle.objects.filter(**ours()).prefetch_related("messages")
    for cycle in cycles:
        replies = [m for m in cycle.messages.all() if m.direction == "outbound" and m.author_id]
        first = min(replies, key=lambda m: (m.sent_at, m.pk), default=None)
        expected = (first.sent_at, first.author_id) if first else (None, None)
        assert (cycle.first_response_at, cycle.first_responder_id) == expected


def test_the_row_says_what_the_last_words_were():
    for row in conversations().prefetch_related("messages"):
        lines = [m for m in row.messages.all() if m.direction in ("inbound", "outbound")]
        lines = sorted((m for m in lines if not m.data.get("auto")), key=lambda m: m.pk)
        assert [m.sent_at for m in lines] == sorted(m.sent_at for m in lines)
        assert row.preview == preview_of(lines[-1].text)
        assert row.last_message_at == lines[-1].sent_at
        inbound = [m for m in lines if m.direction == "inbound"]
        assert row.last_inbound_at == inbound[-1].sent_at
        assert row.created_at == inbound[0].sent_at
        assert (row.waiting_since is not None) == (row.status == "open")
        assert (row.assignee_id is None) == bool(row.waiting_reason)
    undone = Message.objects.filter(direction="inbound", cycle__resolved_at__isnull=False, **ours())
    assert not undone.exclude(completed_at=F("cycle__resolved_at")).exists()
    assert conversations().exclude(status="resolved").count() < 20


def test_every_line_has_its_sentence_and_every_reply_its_part():
    events = Message.objects.filter(direction="event", **ours()).values_list("data", flat=True)
    assert all(event_sentence(event) for event in events)
    codes = Counter(event["code"] for event in events)
    assert codes["reopened"] == Cycle.objects.filter(number__gt=1, **ours()).count()
    assert codes["resolved"] == Cycle.objects.filter(resolved_at__isnull=False, **ours()).count()
    assert codes["moved"] > 0
    assert codes["released_checked_out"] > 0
    assert codes["snoozed"] >= codes["woken"] > 0
    replies = Message.objects.filter(direction="outbound", **ours())
    assert set(replies.annotate(n=Count("parts")).values_list("n", flat=True)) == {1}
    automatic = replies.filter(author=None)
    assert AutoReplySent.objects.filter(message__in=automatic).count() == automatic.count() > 0
    assert not Message.objects.filter(text__contains="\ue000").exists()


# --- Who had it ---------------------------------------------------------------------------------
def test_records_end_with_their_cycles_and_say_why():
    records = Assignment.objects.filter(**ours())
    active = records.filter(ended_at=None).values_list("conversation_id", "assignee_id")
    held = conversations().exclude(status="resolved").exclude(assignee=None)
    assert set(active) == set(held.values_list("pk", "assignee_id"))
    assert not records.filter(ended_at__lt=F("assigned_at")).exists()
    assert not records.filter(assigned_at__lt=F("cycle__started_at")).exists()
    assert not records.filter(ended_at__gt=F("cycle__resolved_at")).exists()
    automatic = records.exclude(policy="by_hand").select_related("assignee")
    for record in automatic:
        found = explain(record)
        assert found.open_count < found.capacity
        assert record.explanation["chosen"]["id"] == record.assignee_id
        messages = {match["message"] for match in record.explanation["matches"]}
        assert messages <= set(record.cycle.messages.values_list("pk", flat=True))
        if record.explanation["department_by"] == "keyword":
            assert found.own_sum > (found.next_sum or 0)
    assert not automatic.exclude(assignee__department=F("department")).exists()


def test_open_counts_are_the_recount_and_the_sweeps_repair_nothing():
    before = list(Agent.objects.order_by("pk").values())
    for agent in Agent.objects.all():
        assert agent.open_count == Conversation.objects.open_of(agent.user_id).count()
    repair_agents()
    assert list(Agent.objects.order_by("pk").values()) == before
    assert Message.objects.unrouted().count() == 0
    assign_waiting()
    assert Conversation.objects.waiting().filter(pk__in=conversations()).count() == 0 or (
        not Agent.objects.with_room().exists()
    )


def test_nobody_replies_who_is_not_at_work():
    entries: dict = {}
    for entry in TimeEntry.objects.filter(user__username__in=ROSTER):
        entries.setdefault(entry.user_id, []).append((entry.checked_in_at, entry.checked_out_at))
    pauses = Break.objects.values_list("entry__user", "started_at", "ended_at")
    replies = said().exclude(author=None).values_list("author", "sent_at")
    for author, at in replies:
        assert any(begun <= at and (over is None or at <= over) for begun, over in entries[author])
        assert not any(who == author and a < at < b for who, a, b in pauses)
    joined = dict(User.objects.values_list("pk", "approved_at"))
    assert all(joined[author] < at for author, at in replies)


# --- Working time -------------------------------------------------------------------------------
def test_the_working_days_are_those_of_the_roster():
    entries = TimeEntry.objects.filter(breaks__isnull=False)
    assert entries.count() > 700
    assert set(entries.annotate(n=Count("breaks")).values_list("n", flat=True)) == {1}
    inside = Q(breaks__started_at__gt=F("checked_in_at"), breaks__ended_at__lt=F("checked_out_at"))
    assert not entries.exclude(inside).exists()
    leaves = Leave.objects.filter(last__lt=timezone.localdate() - timedelta(days=5))
    assert leaves.count() > 3
    for leave in leaves:
        assert not leave.user.time_entries.filter(checked_in_at__date=leave.first).exists()
    assert ShiftAssignment.objects.published().count() > entries.count()


def test_availability_has_no_gaps():
    for user in User.objects.filter(username__in=ROSTER):
        rows = list(AvailabilityInterval.objects.filter(user=user).order_by("since", "pk"))
        assert [row.until for row in rows] == [*(row.since for row in rows[1:]), None]
        assert rows[-1].reason == availability(user).reason


# --- Promises -----------------------------------------------------------------------------------
def test_clocks_are_broken_at_their_deadline_and_only_then():
    clocks = SlaClock.objects.filter(**ours(), stopped_at__isnull=False)
    assert not clocks.filter(breached_at__isnull=False).exclude(breached_at=F("due_at")).exists()
    late, in_time = Q(stopped_at__gte=F("due_at")), Q(stopped_at__lt=F("due_at"))
    assert not clocks.filter(late).exclude(is_met=False, breached_at=F("due_at")).exists()
    assert not clocks.filter(in_time, Q(is_met=False) | Q(breached_at__isnull=False)).exists()
    assert clocks.filter(late).count() > 20
    first = clocks.filter(metric="first_response", is_met=True)
    assert not first.exclude(stopped_at=F("cycle__first_response_at")).exists()
    assert not Conversation.objects.filter(is_clock_stale=True).exists()


def test_the_worker_itself_would_have_made_the_same_clocks():
    since = timezone.now() - timedelta(days=6)
    cycles = list(Cycle.objects.filter(started_at__gt=since, resolved_at__isnull=False, **ours()))
    columns = [f.attname for f in SlaClock._meta.concrete_fields]
    columns = [name for name in columns if name not in ("id", "warned_percent")]
    clocks = SlaClock.objects.filter(cycle__in=cycles)
    written = sorted(clocks.values_list(*columns), key=str)
    assert len(written) > 2 * len(cycles) > 20
    clocks.delete()
    stale = Conversation.objects.filter(pk__in=[cycle.conversation_id for cycle in cycles])
    stale.update(is_clock_stale=True)
    while follow_clocks():
        pass
    assert sorted(clocks.values_list(*columns), key=str) == written


def test_a_move_between_promises_is_noted():
    for change in SlaChange.objects.filter(clock__cycle__in=Cycle.objects.filter(**ours())):
        codes = Message.objects.filter(cycle=change.clock.cycle_id, data__code="moved")
        assert codes.count() == 1
        assert change.after_minutes == change.clock.target_minutes != change.before_minutes


# --- Again --------------------------------------------------------------------------------------
def test_repeating_adds_nothing_and_less_is_refused(capsys):
    before = Message.objects.count()
    call_command("seed_demo", "--messages", str(MESSAGES))
    assert "nothing is added" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--messages: the history here has 2,000 messages"):
        call_command("seed_demo", "--messages", "1999")
    assert Message.objects.count() == before


def test_more_adds_what_is_missing():
    before = said().count()
    call_command("seed_demo", "--messages", "2300", "--days", "30")
    assert Message.objects.filter(SAID).count() > before
    added = SeededHistory.objects.order_by("pk").last()
    assert (added.messages, added.written, added.days) == (300, 300, 30)
    later = Message.objects.filter(SAID, conversation__identity__gt=added.identities_before)
    assert later.count() == 300


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--messages", "99"), "--messages: 99 is not between 100 and 5,000,000"),
        (("--messages", "5000001"), "--messages: 5,000,001 is not between"),
        (("--messages", "3000", "--days", "6"), "--days: 6 is not between 7 and 365"),
        (("--messages", "1000000", "--days", "99"), "--days: nine people .* need 100 days"),
    ],
)
def test_numbers_that_make_no_history_are_refused(arguments, why):
    with pytest.raises(CommandError, match=why):
        call_command("seed_demo", *arguments)


class Interrupted(Exception):
    pass


def forget() -> None:
    """Take the history away, as if it had never been written."""
    for rows in (
        SlaChange.objects.filter(clock__conversation__in=conversations()),
        SlaClock.objects.filter(**ours()),
        AutoReplySent.objects.filter(message__conversation__in=conversations()),
        OutboundPart.objects.filter(**ours()),
        Assignment.objects.filter(**ours()),
        Message.objects.filter(**ours()),
        Cycle.objects.filter(**ours()),
    ):
        rows.delete()
    conversations().delete()
    history = SeededHistory.objects.get()
    identities = ContactIdentity.objects.filter(pk__gt=history.identities_before)
    contacts = list(identities.values_list("contact", flat=True))
    identities.delete()
    Contact.objects.filter(pk__in=contacts).delete()
    SeededHistory.objects.update(chunks=0, written=0, finished_at=None)


def test_the_same_seed_tells_the_same_story_even_after_an_interruption(monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 500)
    again = {"messages": MESSAGES, "days": 180, "seed": 1}
    forget()
    assert run.fill(**again) == MESSAGES
    whole = fingerprint()
    forget()
    heard: list[int] = []

    def interrupt(count: int) -> None:
        heard.append(count)
        if len(heard) == 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        run.fill(**again, on_progress=interrupt)
    assert said().count() == sum(heard) < MESSAGES
    assert run.fill(**again) == MESSAGES - sum(heard)
    assert fingerprint() == whole


def test_another_seed_tells_another_story():
    before = fingerprint()
    forget()
    SeededHistory.objects.update(seed=2)
    run.fill(messages=MESSAGES, days=180, seed=2)
    assert said().count() == MESSAGES
    assert fingerprint() != before
