"""Real conversations under each policy: methods, skills, help, places, returning customers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import LiveEvent
from accounts.services import update_department, update_user
from inbox.models import Channel, Conversation
from inbox.sentences import waiting_sentence
from inbox.services import resolve_conversation
from routing.models import Agent, AgentSkill, Assignment
from routing.queue_page import load_board
from routing.services import (
    assign_waiting,
    drain_department,
    repair_agents,
    route_messages,
    save_policy,
)
from routing.why_page import load_why
from tests.factories import (
    AgentFactory,
    ChannelFactory,
    ConversationFactory,
    MessageFactory,
)
from tests.routing.helpers import set_policy
from workforce.services import check_out

pytestmark = pytest.mark.django_db


def facts(person, **columns) -> None:
    Agent.objects.filter(user=person).update(**columns)


def give_skill(person, department, level: int = 2) -> AgentSkill:
    return AgentSkill.objects.create(agent=person.agent, department=department, level=level)


def why(*conversations) -> list[tuple]:
    rows = Conversation.objects.filter(pk__in=[c.pk for c in conversations]).order_by("pk")
    return list(rows.values_list("assignee__username", "waiting_reason", "waiting_params"))


# --- Methods -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("balanced_speed", "staff"),
        ("least_open", "colleague"),
        ("round_robin", "third"),
        ("kpi_first", "fourth"),
    ],
)
def test_each_method_finds_its_person(write, people, words, load, sales, method, expected):
    now = timezone.now()
    for name in ("third", "fourth"):
        people[name] = AgentFactory(user__username=name, user__department=sales).user
    for name in ("staff", "third", "fourth"):
        load(people[name], 1)
    facts(people["staff"], reply_seconds=30.0, last_assigned_at=now)
    facts(people["colleague"], reply_seconds=1200.0, last_assigned_at=now)
    facts(people["third"], reply_seconds=300.0, last_assigned_at=now - timedelta(hours=1))
    facts(people["fourth"], reply_seconds=300.0, last_assigned_at=now, kpi_score=90.0)
    set_policy(sales, method=method, version=7)
    record = write("mua").assignments.get()
    assert record.assignee.username == expected
    assert (record.policy, record.policy_version) == (method, 7)


def test_the_weights_of_a_policy_are_weighed(write, people, words, sales):
    """A quick one with one open, a slow one with none; the team answers in 150 s."""
    facts(people["staff"], reply_seconds=60.0)
    facts(people["colleague"], reply_seconds=240.0)
    set_policy(sales, own_speed_percent=100)
    assert write("mua", sender="a").assignee == people["staff"]
    facts(people["staff"], reply_seconds=100.0)
    facts(people["colleague"], reply_seconds=140.0)
    set_policy(sales, own_speed_percent=0)
    assert write("mua", sender="b").assignee == people["colleague"]


def test_under_claim_nobody_is_assigned_and_the_row_says_so(write, people, words, sales):
    set_policy(sales, method="claim")
    conversation = write("mua")
    assert why(conversation) == [(None, "claim", {})]
    assert drain_department(sales.pk) == assign_waiting() == 0
    assert why(conversation) == [(None, "claim", {})]
    assert not Assignment.objects.exists()


def test_what_waited_before_claim_says_so_too(write, people, words, sales, commits):
    for name in ("staff", "colleague"):
        check_out(user=people[name])
    rows = [write("mua", sender=f"kh-{n}") for n in range(2)]
    Conversation.objects.filter(pk=rows[1].pk).update(
        waiting_reason="parked", waiting_params={"count": 3}
    )
    save_policy(department=sales, changes={"method": "claim"}, actor=people["admin"])
    assert why(*rows) == [(None, "claim", {})] * 2
    assert assign_waiting() == 0


def test_leaving_claim_gives_out_what_waits(write, people, words, sales, commits):
    set_policy(sales, method="claim")
    conversation = write("mua")
    save_policy(department=sales, changes={"method": "least_open"}, actor=people["admin"])
    assert why(conversation) == [("staff", "", {})]


# --- Skills ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("level", "factor"), [(1, 1.6), (2, 1.3), (3, 1.15)])
def test_somebody_with_the_skill_answers_for_a_department(
    write, people, words, billing, level, factor
):
    give_skill(people["staff"], billing, level)
    check_out(user=people["other_staff"])
    conversation = write("hoá đơn")
    record = conversation.assignments.get()
    assert (record.assignee, record.department) == (people["staff"], billing)
    assert conversation.department == billing
    assert record.explanation["chosen"]["factor"] == factor
    assert record.explanation["chosen"]["cost"] == round(2.5 * factor, 2)
    # The sweep finds nothing misplaced with them.
    repair_agents()
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]


def test_a_skill_of_another_department_helps_nobody(write, people, words, sales, billing):
    give_skill(people["staff"], sales)
    check_out(user=people["other_staff"])
    assert write("hoá đơn").waiting_reason == "nobody_at_work"


def test_the_departments_own_comes_first_until_the_skilled_is_quicker(
    write, people, words, load, billing
):
    give_skill(people["staff"], billing, 3)
    assert write("hoá đơn", sender="a").assignee == people["other_staff"]  # 2.5 before 2.88
    assert write("hoá đơn", sender="b").assignee == people["staff"]  # 2.88 before 5.0


# --- Overflow ----------------------------------------------------------------------------------
def test_others_help_out_after_a_wait(write, people, words, sales, billing):
    set_policy(billing, overflow_department=sales, overflow_minutes=5)
    check_out(user=people["other_staff"])
    conversation = write("hoá đơn")
    assert why(conversation) == [(None, "nobody_at_work", {})]
    waits = Conversation.objects.filter(pk=conversation.pk)
    waits.update(waiting_since=timezone.now() - timedelta(minutes=4, seconds=50))
    assert assign_waiting() == 0
    waits.update(waiting_since=timezone.now() - timedelta(minutes=5))
    assert assign_waiting() == 1
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.department) == (people["staff"], billing)
    record = conversation.assignments.get()
    assert (record.department, record.explanation["chosen"]["factor"]) == (billing, 1.6)
    repair_agents()
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]


def test_a_department_that_is_switched_off_helps_nobody(
    write, people, words, sales, billing, commits
):
    set_policy(billing, overflow_department=sales, overflow_minutes=0)
    check_out(user=people["other_staff"])
    update_department(department=sales, actor=people["admin"], changes={"is_active": False})
    conversation = write("hoá đơn")
    assert assign_waiting() == 0
    assert why(conversation) == [(None, "nobody_at_work", {})]
    update_department(department=sales, actor=people["admin"], changes={"is_active": True})
    assert assign_waiting() == 1
    assert why(conversation) == [("staff", "", {})]


def test_one_that_waits_too_short_for_help_does_not_stop_one_that_may_have_it(
    people, sales, billing
):
    """The urgent one is tried first and fails; the one behind it may go further."""
    set_policy(billing, overflow_department=sales, overflow_minutes=5)
    facts(people["other_staff"], capacity=0)
    urgent = ConversationFactory(department=billing, priority=1)
    long = ConversationFactory(
        department=billing, waiting_since=timezone.now() - timedelta(minutes=6)
    )
    assert drain_department(billing.pk) == 1
    assert why(urgent, long) == [(None, "nobody_at_work", {}), ("staff", "", {})]


def said(rows, reader) -> list[str]:
    """Of each why it waits, in the words of its page, which are those of the queue."""
    with translation.override("en"):
        (group,) = load_board(reader, chosen="", at=timezone.now()).groups
        on_board = {row.conversation.pk: row.because for row in group.rows}
        for row in rows:
            row.refresh_from_db()
            why = load_why(row, reader)
            assert waiting_sentence(row, {"count": why.at_work}) == on_board[row.pk]
    return [on_board[row.pk] for row in rows]


def test_the_helped_and_the_others_are_told_apart(people, sales, billing):
    """Counted when shown, so a second look writes nothing, though somebody left meanwhile."""
    set_policy(billing, overflow_department=sales, overflow_minutes=5)
    Agent.objects.update(capacity=1)
    for name in ("staff", "colleague", "other_staff"):
        ConversationFactory(assignee=people[name], department=people[name].department)
    facts(people["staff"], open_count=1)
    facts(people["colleague"], open_count=1)
    facts(people["other_staff"], open_count=1)
    ago = timezone.now() - timedelta(minutes=6)
    rows = [
        ConversationFactory(department=billing, priority=1),
        ConversationFactory(department=billing, waiting_since=ago),
        ConversationFactory(department=billing),
        ConversationFactory(department=billing, waiting_since=ago),
    ]
    alone, helped = "The only person there is at capacity", "All 3 people are at capacity"
    assert drain_department(billing.pk) == 0
    assert [row[1:] for row in why(*rows)] == [("all_full", {})] * 4
    assert said(rows, people["admin"]) == [alone, helped, alone, helped]
    Agent.objects.filter(user=people["colleague"]).update(is_routable=False)
    assert said(rows[:2], people["admin"]) == [alone, "All 2 people are at capacity"]
    events = LiveEvent.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert drain_department(billing.pk) == 0
    assert LiveEvent.objects.count() == events
    assert [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_a_helper_who_gave_one_away_still_helps_with_those_behind_it(people, sales, billing):
    set_policy(billing, overflow_department=sales, overflow_minutes=5)
    facts(people["other_staff"], capacity=0)
    facts(people["colleague"], capacity=0)
    ago = timezone.now() - timedelta(minutes=6)
    first, second = ConversationFactory.create_batch(2, department=billing, waiting_since=ago)
    Assignment.objects.create(
        conversation=first,
        cycle=first.cycles.get(),
        assignee=people["staff"],
        department=billing,
        policy="balanced_speed",
        ended_at=timezone.now(),
        end_reason="handed_back",
    )
    assert drain_department(billing.pk) == 1
    assert [row[0] for row in why(first, second)] == [None, "staff"]


# --- Places ------------------------------------------------------------------------------------
@pytest.fixture
def weighing(organisation, sales):
    """`weighing(50)` is a channel whose conversations take so much of a place."""
    return lambda percent: ChannelFactory(load_percent=percent, default_department=sales)


def waits(channel: Channel, count: int = 1) -> list[Conversation]:
    return ConversationFactory.create_batch(
        count, identity__channel=channel, department=channel.default_department
    )


def test_light_ones_take_half_a_place_and_heavy_ones_two(people, sales, weighing):
    facts(people["colleague"], capacity=0)
    facts(people["staff"], capacity=3)
    light = waits(weighing(50), 2)
    heavy = waits(weighing(200), 2)
    assert drain_department(sales.pk) == 3
    assert why(*light, *heavy) == [("staff", "", {})] * 3 + [(None, "all_full", {})]
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.open_count, agent.extra_percent, agent.free_percent) == (3, 0, 0)


def test_a_heavy_one_without_room_does_not_stop_a_light_one_behind_it(people, sales, weighing):
    facts(people["colleague"], capacity=0)
    facts(people["staff"], capacity=1)
    (heavy,), light = waits(weighing(200)), waits(weighing(50), 3)
    assert drain_department(sales.pk) == 2
    full = (None, "all_full", {})
    assert why(heavy, *light) == [full, ("staff", "", {}), ("staff", "", {}), full]
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.open_count, agent.extra_percent) == (2, -100)


def test_what_a_channel_takes_is_counted_anew_by_the_sweep(people, sales, weighing):
    channel = weighing(50)
    waits(channel, 2)
    facts(people["colleague"], capacity=0)
    assert drain_department(sales.pk) == 2
    assert Agent.objects.get(user=people["staff"]).extra_percent == -100
    repair_agents()
    Channel.objects.filter(pk=channel.pk).update(load_percent=150)
    assert repair_agents() == 1
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.open_count, agent.extra_percent) == (2, 100)
    assert repair_agents() == 0


# --- Returning customers -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sticky", "turns", "expected"),
    [(2, 2, "staff"), (2, 3, "colleague"), (0, 1, "colleague"), (None, 0, "colleague")],
)
def test_a_returning_customer(write, people, words, load, sales, sticky, turns, expected):
    set_policy(sales, sticky_turns=sticky)
    conversation = write("mua")
    resolve_conversation(conversation=conversation, by=people["staff"])
    facts(people["staff"], reply_seconds=1800.0)  # the others would be quicker
    load(people["staff"], turns)
    conversation = write("Chào")
    assert conversation.assignee.username == expected
    record = conversation.assignments.latest("pk")
    assert record.explanation["is_former"] is (expected == "staff")
    assert record.cycle.number == 2


def test_a_former_who_belongs_elsewhere_now_is_not_asked(write, people, words, billing, commits):
    resolve_conversation(conversation=write("mua"), by=people["staff"])
    update_user(user=people["staff"], actor=people["admin"], changes={"department": billing})
    assert write("Chào").assignee == people["colleague"]


# --- The process and the row -------------------------------------------------------------------
def test_a_changed_policy_is_in_force_at_the_next_message(write, people, words, sales, commits):
    assert write("mua", sender="a").assignments.get().policy == "balanced_speed"
    save_policy(department=sales, changes={"method": "round_robin"}, actor=people["admin"])
    record = write("mua", sender="b").assignments.get()
    assert (record.policy, record.policy_version) == ("round_robin", 2)


def test_a_second_message_of_who_waits_reads_its_reason_with_the_row(write, people, words, sales):
    """One statement less for each message to a full department."""
    for name in ("staff", "colleague"):
        check_out(user=people[name])
    message = MessageFactory(conversation=write("mua"), text="Alo?", keywords=None)
    with CaptureQueriesContext(connection) as queries:
        route_messages(message_ids=[message.pk])
    again = [q["sql"] for q in queries if q["sql"].startswith('SELECT "inbox_conversation"')]
    assert again == []
