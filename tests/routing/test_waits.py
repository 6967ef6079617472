"""What customers are told by ourselves: greeting, closed, waiting time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.models import AutoReply, AutoReplySent, Contact, Conversation, Cycle, Message
from inbox.services import (
    Texts,
    not_greeted,
    not_told_of_wait,
    resolve_conversation,
    send_auto_reply,
    send_reply,
)
from inbox.services.auto_replies import FRESH, LOOP_LIMIT
from routing.models import Agent, BusinessCalendar, BusinessInterval, RoutingPolicy
from routing.services import send_auto_replies
from routing.services.waits import TOLD_AFTER, WAIT_TEXTS
from tests.factories import (
    ContactIdentityFactory,
    ConversationFactory,
    MessageFactory,
)
from tests.test_statement_counts import statements

pytestmark = pytest.mark.django_db

TEXTS = {
    "greeting": ("Chào mình ạ", "Welcome"),
    "out_of_hours": ("Dạ hết giờ ạ", "We are closed"),
    "wait": ("Mình chờ {minutes} phút ạ", "Please wait {minutes} minutes"),
}


def says(channel, *triggers: str, **columns) -> None:
    for trigger in triggers:
        vi, en = TEXTS[trigger]
        AutoReply.objects.create(
            channel=channel, trigger=trigger, text_vi=vi, text_en=en, **columns
        )


def written(text: str = "Máy còn hàng không ạ", department=None, *, ago=timedelta(), **columns):
    """A conversation that began with this message, that long ago."""
    at = timezone.now() - ago
    columns = {"waiting_since": at, "waiting_reason": "all_full"} | columns
    conversation = ConversationFactory(department=department, **columns)
    MessageFactory(conversation=conversation, text=text, sent_at=at, received_at=at)
    return conversation


def told(conversation) -> list[tuple[str, str]]:
    ours = conversation.messages.filter(direction="outbound").order_by("pk")
    return [(message.data["auto"], message.text) for message in ours]


def none_closed(_departments) -> set:
    return set()


def picked_to_greet() -> list:
    return not_greeted(Texts(), closed_of=none_closed, at=timezone.now())


def close(department=None) -> None:
    """Hours of their own in which it is never open."""
    BusinessCalendar.objects.create(department=department)


def open_always(department=None) -> None:
    calendar = BusinessCalendar.objects.create(department=department, keeps_holidays=False)
    for weekday in range(7):
        BusinessInterval.objects.create(
            calendar=calendar, weekday=weekday, opens_at="00:00", closes_at="00:00"
        )


# --- Greeting, or closed -----------------------------------------------------------------------
def test_the_first_message_of_a_cycle_is_greeted_once(people, sales):
    conversation = written(department=sales)
    says(conversation.channel, *TEXTS)
    assert send_auto_replies() == 1
    assert send_auto_replies() == 0
    assert told(conversation) == [("greeting", "Chào mình ạ")]
    part = conversation.messages.get(direction="outbound").parts.get()
    assert (part.state, part.channel) == ("queued", conversation.channel)
    MessageFactory(conversation=conversation, text="alo")
    assert send_auto_replies() == 0


def test_it_is_nobodys_answer(people, sales):
    conversation = written(department=sales)
    says(conversation.channel, "greeting")
    columns = [field.attname for field in Conversation._meta.concrete_fields]
    before = Conversation.objects.values(*columns).get(pk=conversation.pk)
    cycles = list(Cycle.objects.values())
    agents = list(Agent.objects.order_by("pk").values())
    LiveEvent.objects.all().delete()
    assert send_auto_replies() == 1
    assert Conversation.objects.values(*columns).get(pk=conversation.pk) == before
    assert list(Cycle.objects.values()) == cycles
    assert list(Agent.objects.order_by("pk").values()) == agents
    message = conversation.messages.get(direction="outbound")
    assert (message.author, message.completed_at) == (None, None)
    assert LiveEvent.objects.get().kind == "message.created"


def test_it_holds_no_colleagues_reply_back(people, sales):
    conversation = written(department=sales, assignee=people["staff"])
    says(conversation.channel, "greeting")
    assert send_auto_replies() == 1
    reply = send_reply(
        conversation=conversation, author=people["staff"], text="Dạ còn ạ", seen_id=0
    )
    assert reply.cycle.first_responder is None
    assert Cycle.objects.get().first_responder == people["staff"]


def test_the_next_cycle_is_greeted_again(people, sales):
    conversation = written(department=sales, assignee=people["staff"])
    says(conversation.channel, "greeting")
    assert send_auto_replies() == 1
    resolve_conversation(conversation=conversation, by=people["staff"])
    now = timezone.now()
    Conversation.objects.filter(pk=conversation.pk).update(status="open", cycle_number=2)
    second = Cycle.objects.create(conversation=conversation, number=2, started_at=now)
    MessageFactory(conversation=conversation, cycle=second, text="alo")
    assert send_auto_replies() == 1
    assert len(told(conversation)) == 2


@pytest.mark.parametrize("closed", ["department", "organisation"])
def test_while_closed_that_is_said_instead(people, sales, billing, closed):
    conversation = written(department=sales)
    says(conversation.channel, *TEXTS)
    close(sales if closed == "department" else None)
    open_always(billing)
    assert send_auto_replies() == 1
    BusinessCalendar.objects.all().delete()
    assert send_auto_replies() == 0  # no greeting after it
    assert told(conversation) == [("out_of_hours", "Dạ hết giờ ạ")]


def test_departments_keep_their_own_hours_and_the_common_queue_the_organisations(people, sales):
    own, common = written(department=sales), written(waiting_reason="no_department")
    for conversation in (own, common):
        says(conversation.channel, "greeting", "out_of_hours")
    close()
    open_always(sales)
    assert send_auto_replies() == 2
    assert [code for code, _text in told(own)] == ["greeting"]
    assert [code for code, _text in told(common)] == ["out_of_hours"]


def test_without_a_text_for_it_nothing_is_said(people, sales):
    closed, off = written(department=sales), written(department=sales)
    says(closed.channel, "greeting")
    says(off.channel, "out_of_hours", is_active=False)
    close(sales)
    assert send_auto_replies() == 0
    assert not AutoReplySent.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Is this still available?", "Welcome"),
        ("còn hàng không", "Chào mình ạ"),
        ("👍", "Chào mình ạ"),
    ],
)
def test_in_the_language_of_the_customer(people, sales, text, said):
    conversation = written(text, sales)
    says(conversation.channel, "greeting")
    send_auto_replies()
    assert told(conversation) == [("greeting", said)]


def test_what_says_nothing_is_answered_in_the_organisations_language(people, organisation, sales):
    organisation.language = "en"
    organisation.save()
    conversation = written("👍", sales)
    says(conversation.channel, "greeting")
    send_auto_replies()
    assert told(conversation) == [("greeting", "Welcome")]


# --- Never -------------------------------------------------------------------------------------
def test_an_outage_of_the_worker_greets_nobody_late(people, sales):
    old = written(department=sales, ago=FRESH + timedelta(seconds=1))
    says(old.channel, "greeting")
    young = written(department=sales, ago=FRESH - timedelta(seconds=5))
    says(young.channel, "greeting")
    MessageFactory(conversation=old, text="alo?")  # the cycle is no younger for it
    assert send_auto_replies() == 1
    assert (told(old), len(told(young))) == ([], 1)


def test_what_routing_has_not_seen_is_left_for_the_next_time(people, sales):
    conversation = written(department=sales)
    says(conversation.channel, "greeting")
    Message.objects.update(keywords=None)
    assert send_auto_replies() == 0
    Message.objects.update(keywords=[])
    assert send_auto_replies() == 1


def test_programs_are_never_answered(people, sales):
    conversation = written(department=sales)
    says(conversation.channel, *TEXTS)
    Contact.objects.update(is_bot=True)
    assert picked_to_greet() == []
    assert send_auto_reply(conversation=conversation, trigger="greeting", text="x") is None
    assert not AutoReplySent.objects.exists()


def test_an_echo_of_our_own_words_is_not_answered(people, sales):
    first = written(department=sales)
    says(first.channel, "greeting")
    send_auto_replies()
    identity = ContactIdentityFactory(contact=first.contact)
    echo = ConversationFactory(identity=identity, contact=first.contact, department=sales)
    MessageFactory(conversation=echo, text=" Chào  mình ạ\n")
    says(echo.channel, "greeting")
    assert send_auto_replies() == 0
    assert told(echo) == []
    assert send_auto_replies() == 0
    assert AutoReplySent.objects.filter(message=None).count() == 1


def test_the_resolved_and_switched_off_are_left_alone(people, sales):
    done = written(department=sales, status="resolved")
    assert send_auto_reply(conversation=done, trigger="greeting", text="x") is None
    off = written(department=sales)
    says(off.channel, "greeting")
    type(off.channel).objects.filter(pk=off.channel_id).update(is_active=False)
    assert send_auto_replies() == 0


def test_five_a_minute_to_one_contact_then_none_and_one_line_in_the_log(people, sales, caplog):
    contact = written(department=sales).contact
    Message.objects.all().delete()
    for number in range(LOOP_LIMIT + 3):
        identity = ContactIdentityFactory(contact=contact)
        conversation = ConversationFactory(identity=identity, contact=contact, department=sales)
        MessageFactory(conversation=conversation, text=f"còn hàng không {number}")
        says(conversation.channel, "greeting")
    now = timezone.now()
    assert send_auto_replies(at=now) == LOOP_LIMIT
    assert AutoReplySent.objects.exclude(message=None).count() == LOOP_LIMIT
    assert AutoReplySent.objects.filter(message=None).count() == 3
    assert send_auto_replies(at=now + timedelta(seconds=61)) == 0  # decided is decided
    lines = [r.message for r in caplog.records if "no more automatic" in r.message]
    assert lines == [f"contact {contact.pk} gets no more automatic messages for now"]


# --- A person was quicker ----------------------------------------------------------------------
def test_nobody_is_greeted_after_a_person_has_answered(people, sales):
    conversation = written(department=sales, assignee=people["staff"])
    says(conversation.channel, *TEXTS)
    send_reply(conversation=conversation, author=people["staff"], text="Dạ còn ạ", seen_id=0)
    MessageFactory(conversation=conversation, text="Giá sao ạ")
    assert picked_to_greet() == []
    for trigger in TEXTS:
        assert send_auto_reply(conversation=conversation, trigger=trigger, text="x") is None
    assert not AutoReplySent.objects.exists()


@pytest.mark.parametrize(
    ("meanwhile", "is_told"),
    [
        ({}, True),
        ({"waiting_reason": "guard"}, True),
        ({"waiting_reason": "parked"}, False),
        ({"status": "waiting"}, False),
        ({"assignee": "staff"}, False),
    ],
)
def test_a_wait_is_told_only_while_it_goes_on(people, sales, meanwhile, is_told):
    """Under the lock: what was true when it was picked may not be true any more."""
    conversation = written(department=sales, assignee=None)
    meanwhile = {name: people.get(value, value) for name, value in meanwhile.items()}
    Conversation.objects.filter(pk=conversation.pk).update(**meanwhile)
    message = send_auto_reply(conversation=conversation, trigger="wait", text="x")
    assert (message is not None, AutoReplySent.objects.count()) == (is_told, int(is_told))


# --- The waiting time --------------------------------------------------------------------------
@pytest.fixture
def telling(people, sales):
    """Sales tells how long it takes; its two people are full and answer once in 2 minutes."""
    RoutingPolicy.objects.create(department=sales, tells_wait=True)
    Agent.objects.filter(user__department=sales).update(
        open_count=4, capacity=4, reply_seconds=120.0, replies_timed=20
    )
    return sales


LONG = TOLD_AFTER + timedelta(seconds=1)


def test_who_waits_is_told_how_long_once_a_cycle(telling):
    conversation = written(department=telling, ago=LONG)
    assert send_auto_replies() == 1
    assert send_auto_replies() == 0
    # Nine turns of two minutes, two people: nine minutes, said as ten.
    assert told(conversation) == [("wait", WAIT_TEXTS["vi"]["{minutes}"].format(minutes=10))]


def test_who_stands_before_is_counted(telling):
    for _number in range(6):
        written(department=telling, ago=LONG * 2)
    for _number in range(9):  # put aside for a lead: routing passes them by
        written(department=telling, ago=LONG * 2, waiting_reason="parked")
    last = written("Where is my order? I am waiting", telling, ago=LONG)
    says(last.channel, "wait")
    assert send_auto_replies() == 7
    assert told(last) == [("wait", "Please wait 15 minutes")]


def test_nobody_is_told_before_it_was_clear_that_they_wait(telling, billing):
    written(department=telling, ago=TOLD_AFTER - timedelta(seconds=2))
    written(department=billing, ago=LONG)  # does not tell
    written(department=telling, ago=FRESH + timedelta(seconds=1))
    written(department=telling, ago=LONG, status="waiting")
    written(department=telling, ago=LONG, assignee=telling.members.first())
    parked = written(department=telling, ago=LONG, waiting_reason="parked")
    answered = written(department=telling, ago=LONG)
    Cycle.objects.filter(conversation=answered).update(first_response_at=timezone.now())
    waiting = Conversation.objects.filter(pk__in=[parked.pk, answered.pk])
    assert not_told_of_wait(waiting, closed_of=none_closed, at=timezone.now()) == []
    assert send_auto_replies() == 0


def test_without_a_measure_nothing_is_promised(telling):
    Agent.objects.update(reply_seconds=None, replies_timed=0)
    conversation = written(department=telling, ago=LONG)
    says(conversation.channel, "wait")
    assert send_auto_replies() == 1
    assert told(conversation) == [("wait", WAIT_TEXTS["vi"][None])]


def test_a_text_without_minutes_is_said_as_it_is(telling):
    Agent.objects.update(reason="not_checked_in", is_routable=False)
    conversation = written(department=telling, ago=LONG)
    says(conversation.channel, "wait")
    AutoReply.objects.update(text_vi="Sẽ có người trả lời ạ")
    send_auto_replies()
    assert told(conversation) == [("wait", "Sẽ có người trả lời ạ")]


def test_more_than_an_hour_is_said_so(telling):
    Agent.objects.update(reply_seconds=3600.0)
    conversation = written("How much is it? Is it there?", telling, ago=LONG)
    send_auto_replies()
    assert told(conversation) == [("wait", WAIT_TEXTS["en"][61])]


def test_while_closed_no_wait_is_told(telling):
    close(telling)
    written(department=telling, ago=LONG)
    assert send_auto_replies() == 0


# --- What has nothing to be told ---------------------------------------------------------------
def test_what_is_never_told_holds_up_nobody(people, sales, billing, monkeypatch):
    """A text for one occasion only, a switched-off one, spam: none of them is picked at all."""
    monkeypatch.setattr("inbox.services.auto_replies.BATCH", 1)
    close(billing)
    only_greets, only_closes = written(department=billing), written(department=sales)
    told_now, spam = written(department=sales), written(department=sales, status="spam")
    common = written(waiting_reason="no_department")
    for conversation in (told_now, only_greets, spam):
        says(conversation.channel, "greeting")
    for conversation in (only_closes, common):
        says(conversation.channel, "out_of_hours")
    assert send_auto_replies() == 1
    assert [len(told(one)) for one in (only_greets, only_closes, told_now, spam, common)] == [
        *(0, 0, 1, 0, 0),
    ]


def test_many_that_have_no_text_cost_no_more_than_one(people, sales):
    first = written(department=sales)
    says(first.channel, "out_of_hours")
    costs = []
    for count in (1, 20):
        for _number in range(count):
            identity = ContactIdentityFactory(channel=first.channel)
            conversation = ConversationFactory(identity=identity, department=sales)
            MessageFactory(conversation=conversation)
        with statements() as found:
            assert send_auto_replies() == 0
        costs.append(len(found))
    assert costs == [4, 4]  # texts, whose departments, calendars, policies


def test_the_newest_are_greeted_first(people, sales, monkeypatch):
    monkeypatch.setattr("inbox.services.auto_replies.BATCH", 2)
    conversations = [written(department=sales) for _number in range(3)]
    for conversation in conversations:
        says(conversation.channel, "greeting")
    MessageFactory(conversation=conversations[0], text="alo")
    assert send_auto_replies() == 2
    assert [len(told(one)) for one in conversations] == [1, 0, 1]
    assert send_auto_replies() == 1


def test_those_of_a_closed_department_hold_up_nobody_who_waits(telling, billing, monkeypatch):
    monkeypatch.setattr("inbox.services.auto_replies.BATCH", 1)
    RoutingPolicy.objects.create(department=billing, tells_wait=True)
    close(billing)
    before, later = (
        written(department=telling, ago=LONG * 3),
        written(department=telling, ago=LONG * 2),
    )
    shut = [written(department=billing, ago=LONG) for _number in range(2)]
    assert [send_auto_replies() for _time in range(3)] == [1, 1, 0]
    assert [len(told(one)) for one in (before, later, *shut)] == [1, 1, 0, 0]
    first, second = AutoReplySent.objects.order_by("pk").values_list(
        "cycle__conversation", flat=True
    )
    assert (first, second) == (later.pk, before.pk)


def test_texts_and_language_are_read_once_for_all(people, sales):
    for _number in range(4):
        conversation = written(department=sales)
        says(conversation.channel, "greeting")
    with statements() as found:
        assert send_auto_replies() == 4
    for table in ("inbox_autoreply", "accounts_organisation"):
        assert len([sql for sql in found if f'FROM "{table}"' in sql]) == 1, table


# --- Cost --------------------------------------------------------------------------------------
def test_the_queue_is_read_once_for_all_who_are_told(telling, billing):
    RoutingPolicy.objects.create(department=billing, tells_wait=True)
    for department in (telling, billing):
        for _number in range(3):
            written(department=department, ago=LONG)
    with statements() as found:
        assert send_auto_replies() == 6
    in_order = [sql for sql in found if '"priority" ASC' in sql]
    teams = [sql for sql in found if '"reply_seconds"' in sql]
    assert (len(in_order), len(teams)) == (2, 2)


def test_a_look_that_finds_nothing_to_say_is_cheap(telling):
    conversations = [written(department=telling) for _number in range(20)]
    says(conversations[0].channel, "greeting")
    send_auto_replies()
    with statements() as found:
        assert send_auto_replies() == 0
    assert len(found) == 4  # texts, new messages, policies, who waits


def test_one_that_fails_keeps_nobody_else_from_being_told(people, sales, monkeypatch):
    first, second = written(department=sales), written(department=sales)
    for conversation in (first, second):
        says(conversation.channel, "greeting")

    def fail_once(*, conversation, **rest):
        if conversation == first:
            raise RuntimeError("no more paper")
        return send_auto_reply(conversation=conversation, **rest)

    monkeypatch.setattr("routing.services.waits.send_auto_reply", fail_once)
    assert send_auto_replies() == 1
    assert (told(first), len(told(second))) == ([], 1)
