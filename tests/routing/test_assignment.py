"""From a message to a department by its words, and to a person by the one claim."""

import logging
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import set_presence, update_department, update_user
from inbox.models import Conversation, Message
from inbox.services import complete_message, receive, resolve_conversation, send_reply
from routing.extraction import choose_department
from routing.models import Agent, Assignment, Keyword
from routing.services import (
    assign_next,
    bump_keyword_version,
    drain_department,
    route_messages,
    set_capacity,
)
from routing.services import assignment as service
from tests.deliveries import event
from tests.factories import (
    AgentFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)
from tests.routing.conftest import open_counts
from workforce.models import TimeEntry
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(sales, billing) -> None:
    KeywordFactory(word="mua", department=sales, weight=Decimal(2))
    KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight=Decimal(3))
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing, weight=Decimal(4))


def events_of(conversation: Conversation) -> list[dict]:
    lines = Message.objects.filter(conversation=conversation, direction="event").order_by("pk")
    return list(lines.values_list("data", flat=True))


def everybody_goes_home(people) -> None:
    for name in ("staff", "colleague", "other_staff"):
        check_out(user=people[name])


# --- The department ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("Tôi muốn mua hàng", "Sales"),
        ("MUA gấp", "Sales"),
        ("cho xin hoá đơn", "Billing"),
        ("cho xin hóa đơn", "Billing"),
        # 2 + 3 against 4.
        ("mua theo báo giá, có hoá đơn", "Sales"),
        # 2 against 4.
        ("mua có hoá đơn", "Billing"),
        # Without marks a phrase speaks a tenth less: 3.60 against 2.
        ("mua co hoa don", "Billing"),
        # A word counts once, however often it is written.
        ("mua mua mua mua có hoá đơn", "Billing"),
    ],
)
def test_the_highest_sum_of_weights_decides(write, people, words, text, department):
    conversation = write(text)
    assert conversation.department.name == department
    assert conversation.assignee.department.name == department


def test_a_tie_goes_to_the_lower_priority_number_then_to_the_lower_id(
    write, people, sales, billing
):
    for department in (billing, sales):
        KeywordFactory(word="đổi", folded="doi", department=department)
    assert sales.pk < billing.pk
    assert write("đổi", sender="a").department == sales
    update_department(department=billing, actor=people["admin"], changes={"priority": 50})
    assert write("đổi", sender="b").department == billing


def test_a_negative_sum_never_decides(write, people, sales):
    assert choose_department({sales.pk: Decimal(0)}, {sales.pk: 100}) is None
    assert choose_department({sales.pk: Decimal(-1)}, {sales.pk: 100}) is None


def test_no_word_and_no_default_is_the_common_queue(write, people, words):
    conversation = write("alo")
    assert (conversation.department, conversation.assignee) == (None, None)
    assert conversation.waiting_reason == "no_department"
    assert Message.objects.get().keywords == []
    assert events_of(conversation) == []


def test_no_word_goes_to_the_channels_default_department(write, channel, people, words, billing):
    channel.default_department = billing
    channel.save(update_fields=["default_department"])
    conversation = write("alo")
    assert conversation.assignee == people["other_staff"]
    assert events_of(conversation) == [
        {
            "code": "assigned_by_department",
            "params": {
                "person": "Other_Staff",
                "department": "Billing",
                "count": 1,
                "keyword": "",
            },
        }
    ]
    assert conversation.assignments.get().explanation["department_by"] == "default"


def test_a_word_wins_over_the_default(write, channel, people, words, billing):
    channel.default_department = billing
    channel.save(update_fields=["default_department"])
    assert write("mua").department.name == "Sales"


def test_a_later_word_leads_what_still_waits_to_its_department(write, people, words):
    conversation = write("alo")
    assert conversation.waiting_reason == "no_department"
    conversation = write("mình cần hoá đơn")
    assert conversation.assignee == people["other_staff"]
    assert conversation.waiting_reason == ""


def test_all_messages_of_what_waits_count_together(write, people, words):
    everybody_goes_home(people)
    assert write("xin hoá đơn").department.name == "Billing"  # 4
    conversation = write("mua theo báo giá")  # 5 against 4
    assert conversation.department.name == "Sales"
    assert conversation.waiting_reason == "nobody_at_work"


def test_a_later_word_alone_does_not_outweigh_all_before_it(write, people, words):
    everybody_goes_home(people)
    assert write("mua theo báo giá").department.name == "Sales"  # 5
    assert write("có hoá đơn").department.name == "Sales"  # 5 against 4


def test_a_later_word_moves_nothing_away_from_whom_it_was_given_to(write, people, words):
    assert write("mua").assignee == people["staff"]
    conversation = write("còn hoá đơn thì sao, hoá đơn ấy, hoá đơn")
    assert conversation.assignee == people["staff"]
    assert conversation.department.name == "Sales"
    assert [m["word"] for m in Message.objects.inbound().latest("pk").keywords] == ["hoá đơn"]
    assert conversation.assignments.count() == 1


def test_matches_are_stored_with_the_message(write, people, words):
    write("Cho BÁO GIÁ rồi mua")
    keywords = Message.objects.inbound().get().keywords
    assert [
        {key: match[key] for key in ("word", "weight", "factor", "start", "end")}
        for match in keywords
    ] == [
        {"word": "báo giá", "weight": "3.00", "factor": "1", "start": 4, "end": 11},
        {"word": "mua", "weight": "2.00", "factor": "1", "start": 16, "end": 19},
    ]


def test_words_are_looked_for_in_the_first_100_000_characters(write, people, words):
    conversation = write("hoá đơn " + "ơ " * 50_000 + "mua theo báo giá")
    assert conversation.department.name == "Billing"
    message = Message.objects.inbound().get()
    assert message.keyword_words == ["hoá đơn"]
    assert message.text.endswith("mua theo báo giá")


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


def test_what_was_found_in_a_message_stays_when_the_words_change(write, people, words):
    write("mua")
    message = Message.objects.inbound().get()
    found = message.keywords
    Keyword.objects.all().delete()
    bump_keyword_version()
    route_messages(message_ids=[message.pk])
    message.refresh_from_db()
    assert message.keywords == found != []


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

    def fail(self, text):
        if text == "độc":
            raise ValueError("poison")
        return match(self, text)

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
    rank = service.rank_least_open

    def rank_then_lose(candidates, **named):
        ranked = rank(candidates, **named)
        Agent.objects.filter(user=people["staff"]).update(**loss)
        return ranked

    monkeypatch.setattr(service, "rank_least_open", rank_then_lose)
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


# --- Filling places that become free -----------------------------------------------------------
@pytest.fixture
def waiting(write, people, words, load):
    """Sales is full, one customer waits; `staff` has places 1 of 1 taken."""
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    (held,) = load(people["staff"], 1)
    MessageFactory(conversation=held)
    row = write("mua")
    assert (row.assignee, row.waiting_reason) == (None, "all_full")
    row.held = held
    return row


def assert_given_to(conversation: Conversation, person: User) -> None:
    conversation.refresh_from_db()
    assert conversation.assignee == person
    assert conversation.waiting_reason == ""
    assert Assignment.objects.get(conversation=conversation, ended_at=None).assignee == person


def test_a_reply_frees_a_place(waiting, people):
    send_reply(conversation=waiting.held, author=people["staff"], text="Dạ")
    assert_given_to(waiting, people["staff"])
    assert open_counts(people["staff"]) == [1]


def test_a_resolve_frees_a_place(waiting, people):
    resolve_conversation(conversation=waiting.held, by=people["staff"])
    assert_given_to(waiting, people["staff"])


def test_completing_the_last_message_frees_a_place(waiting, people):
    complete_message(message=waiting.held.messages.get(), by=people["staff"])
    assert_given_to(waiting, people["staff"])


def test_completing_one_of_two_messages_frees_none(waiting, people):
    first = waiting.held.messages.get()
    MessageFactory(conversation=waiting.held)
    complete_message(message=first, by=people["staff"])
    waiting.refresh_from_db()
    assert waiting.assignee is None
    assert open_counts(people["staff"]) == [1]


def test_a_check_in_takes_what_waits(waiting, people):
    colleague = people["colleague"]
    check_out(user=colleague)
    Agent.objects.filter(user=colleague).update(capacity=8)
    check_in(user=colleague)
    assert_given_to(waiting, colleague)


def test_a_larger_capacity_takes_what_waits(waiting, people):
    set_capacity(agent=people["colleague"].agent, capacity=1, actor=people["admin"])
    assert_given_to(waiting, people["colleague"])


def test_a_smaller_capacity_takes_nothing_away(waiting, people):
    set_capacity(agent=people["staff"].agent, capacity=0, actor=people["admin"])
    waiting.held.refresh_from_db()
    assert waiting.held.assignee == people["staff"]
    assert open_counts(people["staff"]) == [1]


def test_available_again_takes_what_waits(waiting, people):
    colleague = people["colleague"]
    set_presence(user=colleague, presence="busy")
    Agent.objects.filter(user=colleague).update(capacity=8)
    set_presence(user=colleague, presence="available")
    assert_given_to(waiting, colleague)


def test_a_newcomer_of_the_department_takes_what_waits(waiting, people, sales):
    other = people["other_staff"]
    update_user(user=other, actor=people["admin"], changes={"department": sales})
    assert_given_to(waiting, other)


def test_the_longest_waiting_is_first(write, people, words):
    everybody_goes_home(people)
    now = timezone.now()
    late = write("mua", sender="late", sent_at=now - timedelta(minutes=1))
    early = write("mua", sender="early", sent_at=now - timedelta(minutes=9))
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    check_in(user=people["staff"])
    assert_given_to(early, people["staff"])
    late.refresh_from_db()
    assert (late.assignee, late.waiting_reason) == (None, "all_full")


def test_another_departments_queue_is_not_touched(write, people, words):
    everybody_goes_home(people)
    mine, theirs = write("mua", sender="a"), write("hoá đơn", sender="b")
    check_in(user=people["staff"])
    assert_given_to(mine, people["staff"])
    theirs.refresh_from_db()
    assert theirs.assignee is None


def test_draining_gives_out_as_much_as_there_is_room(write, people, words, sales):
    everybody_goes_home(people)
    for number in range(4):
        write("mua", sender=f"kh-{number}")
    Agent.objects.filter(user=people["staff"]).update(is_routable=True, capacity=3)
    assert drain_department(sales.pk) == 0  # the copy says yes, the time clock says no
    TimeEntry.objects.create(user=people["staff"])
    User.objects.filter(pk=people["staff"].pk).update(presence="available")
    assert drain_department(sales.pk) == 3
    assert drain_department(sales.pk) == 0
    assert open_counts(people["staff"]) == [3]


@pytest.mark.parametrize("status", ["waiting", "snoozed", "resolved", "spam"])
def test_only_what_is_open_is_given_out(people, sales, status):
    conversation = ConversationFactory(status=status, department=sales)
    assert assign_next(conversation_id=conversation.pk) is None
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_what_somebody_has_is_not_given_out_again(write, people, words):
    conversation = write("mua")
    assert assign_next(conversation_id=conversation.pk) is None
    assert assign_next(conversation_id=999_999) is None
    assert open_counts(people["staff"], people["colleague"]) == [1, 0]


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
    assert (record.policy, record.policy_version) == ("least_open", 1)
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
    assert told == {
        "department": "Sales",
        "department_by": "keyword",
        "sums": [
            {"department": sales.pk, "name": "Sales", "sum": "5.00"},
            {"department": billing.pk, "name": "Billing", "sum": "4.00"},
        ],
        "chosen": {"name": "Staff", "reason": "taking_work", "open": 0, "capacity": 8},
        "is_former": False,
    }
    assert candidates == [
        {"name": "Staff", "reason": "taking_work", "open": 0, "capacity": 8},
        {"name": "Colleague", "reason": "taking_work", "open": 1, "capacity": 8},
    ]
    assert sorted(left_out, key=lambda other: other["name"]) == [
        {"name": "Full", "reason": "at_capacity", "open": 1, "capacity": 1},
        {"name": "Newcomer", "reason": "not_checked_in", "open": 0, "capacity": 8},
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
            },
        }
    ]


def test_an_assignment_is_new_to_its_assignee(write, people, words):
    conversation = write("mua")
    assert conversation.seen_at is None
    assert conversation.is_unread
