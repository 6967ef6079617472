"""The demo company: who is there, and rows as the services would have written them."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Min, Q
from django.test import TestCase
from django.utils import timezone

from accounts.models import Department, Notification, User
from inbox.models import (
    CannedReply,
    CannedReplyUse,
    Conversation,
    Cycle,
    Mention,
    Message,
    OutboundPart,
)
from inbox.sentences import event_sentence
from inbox.services.intake import preview_of
from omnichat.demo.people import COLLEAGUES, COLLEAGUES_PASSWORD, PEOPLE, PRESENT
from omnichat.lib.text import fold
from routing.explanation import explain
from routing.models import Agent, Assignment, Keyword, KeywordVersion
from routing.services import assign_waiting, repair_agents
from tests.factories import UserFactory
from workforce.availability import Reason, availability
from workforce.models import TimeEntry
from workforce.services import close_forgotten

State = Conversation.Status
pytestmark = pytest.mark.django_db  # each test is undone, the company stays


@pytest.fixture(scope="module", autouse=True)
def company(django_db_setup, django_db_blocker):
    """The whole company, written once for this file and rolled back after it."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            KeywordVersion.objects.get_or_create(pk=1)
            with TestCase.captureOnCommitCallbacks(execute=True):
                call_command("seed_demo")
            yield
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def test_people_and_departments():
    people = {
        person.username: (person.role, person.department and person.department.name)
        for person in User.objects.filter(is_active=True).select_related("department")
    }
    expected = {username: (role, department) for username, _, _, role, department in PEOPLE}
    expected |= {username: (role, department) for username, _, _, role, department in COLLEAGUES}
    assert people == expected
    assert len(COLLEAGUES) == 8
    assert people["staff1"] == ("staff", "CustomerService")
    assert Department.objects.get(name="Sales").pk == Department.objects.order_by("pk").first().pk
    assert set(Department.objects.values_list("name", flat=True)) == {
        "Sales",
        "CustomerService",
        "Kỹ thuật",
    }
    pending = User.objects.filter(is_active=False)
    assert {(p.username, p.is_pending) for p in pending} == {("khanhly", True), ("giahuy", True)}
    assert not Keyword.objects.filter(folded="mua").exists()


def test_who_takes_work_is_who_the_readme_says():
    """A customer of Sales goes to staff2, one of CustomerService to staff1."""
    for name in ("staff1", "staff2"):
        assert availability(User.objects.get(username=name)).reason == Reason.TAKING_WORK
    with_room = Agent.objects.with_room().values_list("user__username", flat=True)
    assert set(with_room) == {"staff1", "staff2"}
    for username, state in PRESENT.items():
        agent = Agent.objects.get(user__username=username)
        assert (agent.open_count, agent.capacity) == (state.open, state.capacity)


def test_amounts():
    assert 1_450 <= Conversation.objects.count() <= 2_500
    assert 8_000 <= Message.objects.count() <= 15_500
    assert Conversation.objects.filter(cycle_number__gt=1).count() > 100
    assert Conversation.objects.waiting().filter(waiting_reason="no_department").count() == 4
    assert Conversation.objects.waiting().filter(waiting_reason="all_full").count() == 3
    assert Conversation.objects.waiting().count() == 7
    oldest = Conversation.objects.aggregate(at=Min("created_at"))["at"]
    assert timedelta(days=59) < timezone.now() - oldest < timedelta(days=62)
    assert Mention.objects.count() > 20


def test_nothing_lies_in_the_future():
    now = timezone.now()
    assert not Message.objects.filter(Q(sent_at__gt=now) | Q(received_at__gt=now)).exists()
    assert not Cycle.objects.filter(Q(started_at__gt=now) | Q(resolved_at__gt=now)).exists()
    assert not OutboundPart.objects.filter(sent_at__gt=now).exists()
    assert not TimeEntry.objects.filter(checked_out_at__gt=now).exists()


def test_open_counts_are_the_recount():
    for agent in Agent.objects.all():
        assert agent.open_count == Conversation.objects.open_of(agent.user_id).count()
        assert agent.open_count <= agent.capacity


def test_the_sweeps_find_nothing_to_repair():
    before = list(Conversation.objects.order_by("pk").values())
    agents = list(Agent.objects.order_by("pk").values())
    repair_agents()
    assign_waiting()
    assert list(Agent.objects.order_by("pk").values()) == agents
    assert list(Conversation.objects.order_by("pk").values()) == before
    assert Message.objects.unrouted().count() == 0


def test_cycles_fit_their_conversation():
    resolved = Conversation.objects.filter(status=State.RESOLVED)
    assert not Cycle.objects.filter(conversation__in=resolved, resolved_at=None).exists()
    unresolved = Conversation.objects.exclude(status=State.RESOLVED)
    open_cycles = Count("cycles", filter=Q(cycles__resolved_at=None))
    assert set(unresolved.annotate(n=open_cycles).values_list("n", flat=True)) == {1}
    wrong = Conversation.objects.annotate(n=Count("cycles")).exclude(n=F("cycle_number"))
    assert not wrong.exists()


def test_first_responses_and_resolves_lie_inside_their_cycles():
    answered = Cycle.objects.exclude(first_response_at=None)
    assert not answered.filter(first_response_at__lt=F("started_at")).exists()
    assert not answered.filter(first_response_at__gt=F("resolved_at")).exists()
    assert not Cycle.objects.filter(resolved_at__lt=F("started_at")).exists()
    for cycle in answered.select_related("first_responder").prefetch_related("messages"):
        replies = [m for m in cycle.messages.all() if m.direction == "outbound"]
        first = min(replies, key=lambda m: (m.sent_at, m.pk))
        assert (cycle.first_response_at, cycle.first_responder_id) == (
            first.sent_at,
            first.author_id,
        )
    assert not Cycle.objects.filter(first_response_at=None, messages__direction="outbound").exists()


def test_status_preview_and_waiting_follow_the_last_words():
    rows = Conversation.objects.prefetch_related("messages")
    for row in rows:
        said = [m for m in row.messages.all() if m.direction in ("inbound", "outbound")]
        said.sort(key=lambda m: (m.sent_at, m.pk))
        last = said[-1]
        assert row.preview == preview_of(last.text)
        assert row.last_message_at == last.sent_at
        assert row.last_inbound_at == max(m.received_at for m in said if m.direction == "inbound")
        if row.status == State.OPEN:
            assert last.direction == "inbound"
            answered = max((i for i, m in enumerate(said) if m.direction == "outbound"), default=-1)
            assert row.waiting_since == said[answered + 1].sent_at
        else:
            assert row.waiting_since is None
        if row.status == State.WAITING:
            assert last.direction == "outbound"
        assert (row.assignee_id is None) == bool(row.waiting_reason)


def test_completed_is_exactly_what_a_resolved_cycle_holds():
    inbound = Message.objects.inbound()
    assert not inbound.filter(cycle__resolved_at=None).exclude(completed_at=None).exists()
    finished = inbound.exclude(cycle__resolved_at=None)
    assert not finished.exclude(completed_at=F("cycle__resolved_at")).exists()
    assert not Message.objects.exclude(direction="inbound").exclude(completed_at=None).exists()


def test_assignments_end_with_their_cycles():
    active = Assignment.objects.filter(ended_at=None)
    held = Conversation.objects.exclude(status=State.RESOLVED).exclude(assignee=None)
    assert set(active.values_list("conversation_id", "assignee_id")) == set(
        held.values_list("pk", "assignee_id")
    )
    assert not Assignment.objects.filter(ended_at__lt=F("assigned_at")).exists()
    assert set(Assignment.objects.values_list("end_reason", flat=True)) == {
        "",
        "resolved",
        "reassigned",
    }
    automatic = Assignment.objects.exclude(policy=Assignment.Policy.BY_HAND)
    for assignment in automatic.select_related("assignee"):
        found = explain(assignment)
        assert found.words
        assert found.own_sum > (found.next_sum or 0)
        assert found.open_count < found.capacity


def test_every_reply_has_its_part_and_every_event_its_sentence():
    replies = Message.objects.filter(direction="outbound")
    assert OutboundPart.objects.count() == replies.count()
    assert not replies.filter(parts=None).exists()
    assert set(OutboundPart.objects.values_list("state", flat=True)) == {"sent"}
    events = Message.objects.filter(direction="event").values_list("data", flat=True)
    assert {event["code"] for event in events} == {
        "assigned_by_keyword",
        "assigned_again",
        "assigned_by_person",
        "resolved",
        "reopened",
    }
    assert all(event_sentence(event) for event in events)


def test_ids_rise_with_time_in_the_history():
    written = Message.objects.filter(webhook_event=None, direction="inbound").order_by("pk")
    moments = list(written.values_list("sent_at", flat=True))
    assert moments == sorted(moments)


def test_people_work_when_they_write():
    entries = {}
    for entry in TimeEntry.objects.all():
        entries.setdefault(entry.user_id, []).append(entry)
    for spans in entries.values():
        spans.sort(key=lambda entry: entry.checked_in_at)
        for earlier, later in zip(spans, spans[1:], strict=False):
            assert earlier.checked_out_at <= later.checked_in_at
    colleagues = [username for username, *_rest in COLLEAGUES]
    replies = Message.objects.filter(direction="outbound", author__username__in=colleagues)
    for author_id, at in replies.values_list("author_id", "sent_at"):
        assert any(
            entry.checked_in_at <= at
            and (entry.checked_out_at is None or at <= entry.checked_out_at)
            for entry in entries[author_id]
        )


def test_texts_vary():
    first = Message.objects.inbound().values("conversation").annotate(pk=Min("pk")).values("pk")
    # Two questions: about tables filled a moment ago PostgreSQL has no figures to plan one with.
    ids = list(first.values_list("pk", flat=True))
    openings = list(Message.objects.filter(pk__in=ids).values_list("text", flat=True))
    assert len(set(openings)) > 0.78 * len(openings)
    assert max(Counter(openings).values()) <= 14
    assert not any("{" in text for text in openings)
    contacts = Conversation.objects.values_list("contact__name", flat=True)
    assert max(Counter(fold(name) for name in contacts).values()) <= 2


def test_notes_call_people_who_may_read_them():
    for mention in Mention.objects.select_related("message", "user"):
        offsets = mention.message.data["mentions"][0]
        called = mention.message.text[offsets["start"] : offsets["end"]]
        assert called == f"@{mention.user.display_name}"
        assert offsets["username"] == mention.user.username


def test_canned_replies_were_used_by_their_departments():
    assert CannedReply.objects.count() == 12
    assert 150 < CannedReplyUse.objects.count() < 600
    foreign = CannedReplyUse.objects.exclude(canned_reply__department=None).exclude(
        canned_reply__department=F("user__department")
    )
    assert not foreign.exists()


def test_the_latest_news_is_unread():
    unread = Notification.objects.filter(read_at=None)
    assert 1 <= unread.filter(user__username="staff1").count() <= 9
    assert unread.filter(user__username="staff1", kind="mentioned").count() == 1


@pytest.mark.parametrize(
    ("username", "password"), [("staff1", "staff1pass"), ("quan", COLLEAGUES_PASSWORD)]
)
def test_the_documented_passwords_work_only_in_a_demo(client, settings, username, password):
    def sign_in() -> int:
        form = "application/x-www-form-urlencoded"
        body = f"username={username}&password={password}"
        return client.post("/auth/token", body, content_type=form).status_code

    settings.DEMO = False
    assert sign_in() == 401
    settings.DEMO = True
    assert sign_in() == 200


def test_who_forgot_to_check_out_overnight_is_back_with_the_next_start(capsys):
    """Whoever checked out themselves stays away."""
    at_work = TimeEntry.objects.open().order_by("user__username")
    before = list(at_work.values_list("user__username", flat=True))
    close_forgotten(at=timezone.now() + timedelta(days=1))
    assert list(at_work) == []
    stays = User.objects.get(username=before[0])
    stays.time_entries.update(is_auto_closed=False)
    call_command("seed_demo")
    assert f"{len(before) - 1} of its people are checked in again" in capsys.readouterr().out
    assert list(at_work.values_list("user__username", flat=True)) == before[1:]


def test_repeating_is_harmless_and_others_data_is_refused(capsys):
    before = Message.objects.count()
    call_command("seed_demo")
    assert "already" in capsys.readouterr().out
    assert Message.objects.count() == before
    UserFactory(username="somebody")
    with pytest.raises(CommandError, match="people of its own"):
        call_command("seed_demo")
    assert Message.objects.count() == before
    assert connection.in_atomic_block
