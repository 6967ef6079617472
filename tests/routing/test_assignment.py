"""From a message to a person by the one claim, and why somebody has to wait."""

import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services import set_presence, update_user
from inbox.models import Conversation, Message
from inbox.services import receive, send_reply
from routing.models import Agent, Assignment, KeywordVersion
from routing.services import assignment as service
from routing.services import deciding, drain_department, route_messages, set_capacity
from tests.deliveries import event
from tests.factories import AgentFactory, ConversationFactory, MessageFactory, UserFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import events_of, everybody_goes_home
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


# --- The message -------------------------------------------------------------------------------
def test_routing_twice_changes_nothing(write, people, words):
    conversation = write("mua")
    message = Message.objects.inbound().get()
    before = Message.objects.count()
    route_messages(message_ids=[message.pk])
    route_messages(message_ids=[message.pk, message.pk, 999_999])
    assert Message.objects.count() == before
    assert Assignment.objects.count() == 1
    assert open_counts(people["staff"]) == [1]
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]


@pytest.mark.parametrize("status", ["waiting", "resolved"])
def test_a_message_that_needs_nobody_any_more_gets_its_words_only(people, words, sales, status):
    """A colleague was quicker than the sweep."""
    conversation = ConversationFactory(status=status, waiting_since=None)
    message = MessageFactory(conversation=conversation, text="mua", keywords=None)
    route_messages(message_ids=[message.pk])
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert message.keyword_words == ["mua"]
    assert (conversation.assignee, conversation.department) == (None, None)
    assert open_counts(people["staff"], people["colleague"]) == [0, 0]


def test_a_batch_routes_each_conversation(channel, commits, people, words):
    batch = [event("mua", sender=f"kh-{number}") for number in range(3)]
    receive(channel=channel, events=[*batch, event("mua nữa", sender="kh-0")])
    names = Conversation.objects.order_by("pk").values_list("assignee__username", flat=True)
    assert list(names) == ["staff", "colleague", "staff"]
    assert open_counts(people["staff"], people["colleague"]) == [2, 1]
    assert not Message.objects.unrouted().exists()


def test_trouble_with_one_conversation_does_not_stop_the_next(
    channel, commits, people, words, monkeypatch, caplog
):
    match = service.Dictionary.match

    def fail(self, text, **named):
        if text == "độc":
            raise ValueError("poison")
        return match(self, text, **named)

    monkeypatch.setattr(service.Dictionary, "match", fail)
    with caplog.at_level(logging.ERROR, "routing.services.assignment"):
        receive(channel=channel, events=[event("độc", sender="a"), event("mua", sender="b")])
    states = Conversation.objects.order_by("pk").values_list("assignee__username", flat=True)
    assert list(states) == [None, "staff"]
    assert len(caplog.records) == 1
    assert "độc" not in caplog.records[0].getMessage()


# --- The person --------------------------------------------------------------------------------
def test_fewest_open_first(write, people, words, load):
    load(people["staff"], 2)
    load(people["colleague"], 1)
    assert write("mua").assignee == people["colleague"]
    assert open_counts(people["staff"], people["colleague"]) == [2, 2]


def test_of_two_alike_who_has_been_without_new_work_longest(write, people, words, idle_since):
    idle_since(people["staff"], 5)
    idle_since(people["colleague"], 30)
    assert write("mua", sender="a").assignee == people["colleague"]
    # He has just been given one; both have the same again when it is answered.
    load_now = Agent.objects.get(user=people["colleague"])
    assert load_now.last_assigned_at > timezone.now() - timedelta(seconds=5)


def test_who_was_never_given_work_comes_first(write, people, words, idle_since):
    idle_since(people["staff"], 600)
    assert write("mua").assignee == people["colleague"]


def test_then_the_lower_id(write, people, words):
    assert people["staff"].pk < people["colleague"].pk
    assert write("mua").assignee == people["staff"]


@pytest.mark.parametrize(
    "state",
    ["checked out", "busy", "never checked in", "deactivated", "capacity 0", "elsewhere", "full"],
)
def test_who_cannot_be_given_work_gets_none(write, people, words, load, billing, state):
    person = people["staff"]
    if state == "checked out":
        check_out(user=person)
    elif state == "busy":
        set_presence(user=person, presence="busy")
    elif state == "never checked in":
        Agent.objects.filter(user=person).delete()
        person.time_entries.all().delete()
    elif state == "deactivated":
        update_user(user=person, actor=people["admin"], changes={"is_active": False})
    elif state == "capacity 0":
        set_capacity(agent=person.agent, capacity=0, actor=people["admin"])
    elif state == "elsewhere":
        update_user(user=person, actor=people["admin"], changes={"department": billing})
    else:
        load(person, 8)
        Agent.objects.filter(user=people["colleague"]).update(capacity=20)
        load(people["colleague"], 12)
    for number in range(3):
        assert write("mua", sender=f"kh-{number}").assignee == people["colleague"]


def test_an_administrator_or_manager_gets_none_without_a_capacity(write, people, words, sales):
    everybody_goes_home(people)
    check_in(user=people["manager"])
    check_in(user=people["admin"])
    conversation = write("mua", sender="a")
    assert (conversation.assignee, conversation.waiting_reason) == (None, "nobody_at_work")
    set_capacity(agent=people["manager"].agent, capacity=1, actor=people["admin"])
    conversation.refresh_from_db()
    assert conversation.assignee == people["manager"]


def test_an_unapproved_person_gets_none(write, people, words, sales):
    everybody_goes_home(people)
    newcomer = UserFactory(department=sales, is_active=False, approved_at=None)
    AgentFactory(user=newcomer)
    assert write("mua").assignee is None


def test_automatic_assignment_never_goes_over_the_capacity(write, people, words):
    Agent.objects.update(capacity=2)
    conversations = [write("mua", sender=f"kh-{number}") for number in range(6)]
    assert [c.assignee is not None for c in conversations] == [True] * 4 + [False] * 2
    assert {c.waiting_reason for c in conversations[4:]} == {"all_full"}
    assert open_counts(people["staff"], people["colleague"]) == [2, 2]


@pytest.mark.parametrize("loss", [{"capacity": 0}, {"is_routable": False}])
def test_a_place_that_is_gone_by_then_makes_room_for_the_next_person(
    write, people, words, monkeypatch, loss
):
    """Between ranking and claiming, the first one's last place was taken, or he went home."""
    rank = deciding.rank_by

    def rank_then_lose(*given, **named):
        ranked = rank(*given, **named)
        Agent.objects.filter(user=people["staff"]).update(**loss)
        return ranked

    monkeypatch.setattr(deciding, "rank_by", rank_then_lose)
    assert write("mua").assignee == people["colleague"]
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]


def test_one_conversation_has_one_active_assignment(write, people, words):
    record = write("mua").assignments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            conversation=record.conversation,
            cycle=record.cycle,
            assignee=people["colleague"],
            policy="by_hand",
        )
    assert Assignment.objects.get() == record


def test_a_count_is_never_negative(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.update(open_count=-1)
    assert open_counts(people["staff"]) == [0]


# --- Why it waits ------------------------------------------------------------------------------
def test_everybody_at_work_is_full(write, people, words, load):
    load(people["staff"], 8)
    load(people["colleague"], 8)
    conversation = write("mua")
    assert (conversation.assignee, conversation.department.name) == (None, "Sales")
    assert conversation.waiting_reason == "all_full"
    assert not conversation.assignments.exists()


def test_nobody_is_at_work(write, people, words):
    everybody_goes_home(people)
    assert write("mua").waiting_reason == "nobody_at_work"


def test_who_is_busy_takes_no_work(write, people, words):
    for name in ("staff", "colleague"):
        set_presence(user=people[name], presence="busy")
    assert write("mua").waiting_reason == "nobody_at_work"


def test_the_reason_follows_what_is_true(write, people, words, load, commits):
    everybody_goes_home(people)
    conversation = write("mua")
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    load(people["staff"], 1)
    check_in(user=people["staff"])
    # Who comes back to a full place has no room for what waits.
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.waiting_reason) == (None, "nobody_at_work")
    drain_department(conversation.department_id)
    conversation.refresh_from_db()
    assert conversation.waiting_reason == "all_full"


def test_all_that_wait_behind_the_first_say_the_same(write, people, words):
    everybody_goes_home(people)
    rows = [write("mua", sender=f"kh-{number}") for number in range(3)]
    Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(waiting_reason="all_full")
    assert drain_department(rows[0].department_id) == 0
    assert set(Conversation.objects.values_list("waiting_reason", flat=True)) == {"nobody_at_work"}


# --- The customer answers ----------------------------------------------------------------------
def test_an_answer_to_an_assigned_conversation_goes_over_the_capacity(write, people, words, load):
    conversation = write("mua")
    send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    Agent.objects.filter(user=people["staff"]).update(capacity=2)
    load(people["staff"], 2)
    conversation = write("Vâng ạ")
    assert (conversation.assignee, conversation.status) == (people["staff"], "open")
    assert open_counts(people["staff"]) == [3]
    # The next new one is somebody else's.
    assert write("mua", sender="b").assignee == people["colleague"]


def test_an_answer_to_somebody_who_is_busy_stays_his(write, people, words):
    conversation = write("mua")
    send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    set_presence(user=people["staff"], presence="busy")
    assert write("Vâng ạ").assignee == people["staff"]


def test_an_answer_to_somebody_who_went_home_is_given_to_another(write, people, words):
    conversation = write("mua")
    send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    check_out(user=people["staff"])
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]  # it waits for the customer
    conversation = write("Vâng ạ")
    assert conversation.assignee == people["colleague"]
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]
    ended, active = conversation.assignments.order_by("pk")
    assert (ended.assignee, ended.end_reason) == (people["staff"], "checked_out")
    assert ended.ended_at is not None
    assert (active.assignee, active.ended_at) == (people["colleague"], None)
    assert [data["code"] for data in events_of(conversation)] == [
        "assigned_by_keyword",
        "released_checked_out",
        "assigned_by_department",
    ]


def test_an_answer_when_everybody_went_home_waits(write, people, words):
    conversation = write("mua")
    send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    everybody_goes_home(people)
    conversation = write("Vâng ạ")
    assert (conversation.assignee, conversation.waiting_reason) == (None, "nobody_at_work")
    assert conversation.department.name == "Sales"
    assert not conversation.assignments.filter(ended_at=None).exists()


# --- The record --------------------------------------------------------------------------------
def test_the_record_tells_the_whole_choice(write, people, words, load, sales, billing):
    load(people["colleague"], 1)
    newcomer = UserFactory(username="newcomer", department=sales)
    AgentFactory(user=newcomer, is_routable=False, reason="not_checked_in")
    full = UserFactory(username="full", department=sales, presence="available")
    AgentFactory(user=full, capacity=1)
    load(full, 1)
    boss = UserFactory(username="boss", department=sales)
    AgentFactory(user=boss, capacity=0)
    before = timezone.now()
    conversation = write("mua theo báo giá, có hoá đơn")
    message = Message.objects.inbound().get()
    record = conversation.assignments.get()
    assert (record.assignee, record.department) == (people["staff"], sales)
    assert (record.policy, record.policy_version) == ("balanced_speed", 1)
    assert (record.assigned_by, record.ended_at, record.end_reason) == (None, None, "")
    assert record.cycle == message.cycle
    assert before <= record.assigned_at <= timezone.now()
    assert 0 < record.duration_us < 60_000_000
    told = record.explanation
    matches = told.pop("matches")
    assert [(m["word"], m["weight"], m["message"]) for m in matches] == [
        ("mua", "2.00", message.pk),
        ("báo giá", "3.00", message.pk),
        ("hoá đơn", "4.00", message.pk),
    ]
    candidates, left_out = told.pop("candidates"), told.pop("left_out")
    assert told.pop("extract_us") > 0
    staff = {
        "id": people["staff"].pk,
        "name": "Staff",
        "department": sales.pk,
        "reason": "taking_work",
        "open": 0,
        "capacity": 8,
        "turns": 0,
        "answering": 0.0,
        "own_minutes": None,
        "minutes": 2.5,
        "factor": 1.0,
        "cost": 2.5,
        "kpi": None,
    }
    assert told == {
        "department": "Sales",
        "department_by": "keyword",
        "sums": [
            {"department": sales.pk, "name": "Sales", "sum": "5.00"},
            {"department": billing.pk, "name": "Billing", "sum": "4.00"},
        ],
        "chosen": staff,
        "is_former": False,
        "team_minutes": 2.5,
        "decided_by": "method",
        "own_speed": 0.5,
        "answering_weight": 0.6,
        "is_guarded": False,
        "keyword_version": KeywordVersion.objects.get().version,
        "arrived_at": message.sent_at.isoformat(),
        "attempt": 1,
    }
    colleague = {"id": people["colleague"].pk, "name": "Colleague", "open": 1, "turns": 1}
    assert candidates == [staff, staff | colleague | {"cost": 5.0}]
    rest = {"department": sales.pk, "open": 0, "capacity": 8}
    assert sorted(left_out, key=lambda other: other["name"]) == [
        rest | {"id": full.pk, "name": "Full", "reason": "at_capacity", "open": 1, "capacity": 1},
        rest | {"id": newcomer.pk, "name": "Newcomer", "reason": "not_checked_in"},
    ]


def test_the_thread_says_it_in_one_line(write, people, words):
    conversation = write("mua theo báo giá")
    assert events_of(conversation) == [
        {
            "code": "assigned_by_keyword",
            "params": {
                "person": "Staff",
                "department": "Sales",
                "count": 2,
                "keyword": "báo giá, mua",  # the heaviest first
                "method": "balanced_speed",
                "kpi": False,
            },
        }
    ]


def test_an_assignment_is_new_to_its_assignee(write, people, words):
    conversation = write("mua")
    assert conversation.seen_at is None
    assert conversation.is_unread
