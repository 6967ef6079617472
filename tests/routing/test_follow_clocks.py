"""The clocks of promises, following what happens to conversations."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.models import Contact, Conversation, Cycle, Priority
from inbox.services import (
    add_event_message,
    receive,
    resolve_conversation,
    send_reply,
    set_priority,
    snooze_conversation,
    undo_resolve,
    wake_snoozed,
)
from routing.models import BusinessCalendar, SlaChange, SlaClock, SlaPolicy
from routing.services import follow_clocks, sla
from tests.deliveries import event
from tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db
FIRST, NEXT, END = "first_response", "next_response", "resolution"
MONDAY = date(2026, 11, 23)


def at(clock: str, on: date = MONDAY) -> datetime:
    moment = datetime.combine(on, time.fromisoformat(clock))
    return moment.replace(tzinfo=timezone.get_default_timezone())


@pytest.fixture
def channel(organisation, sales):
    return ChannelFactory(default_department=sales)


@pytest.fixture
def write(channel):
    def call(clock: str, *, text: str = "Xin chào") -> Conversation:
        moment = at(clock)
        receive(channel=channel, events=[event(text, sent_at=moment)], at=moment)
        return Conversation.objects.get()

    return call


@pytest.fixture
def policy(db):
    def call(**fields) -> SlaPolicy:
        hours = ("first_response", "next_response", "resolution")
        always = {f"{name}_in_hours": False for name in hours}
        return SlaPolicy.objects.create(**always | fields)

    return call


def follow(clock: str) -> Conversation:
    follow_clocks(at=at(clock))
    return Conversation.objects.get()


def clock_of(metric: str) -> SlaClock:
    return SlaClock.objects.filter(metric=metric).latest("pk")


def shown(row: Conversation) -> tuple:
    return row.due_kind, row.due_at, row.due_risk_at, row.due_paused_until


def test_without_policies_nothing_is_promised_and_nothing_is_stale(write):
    write("09:00")

    row = follow("09:01")
    assert (row.is_clock_stale, row.due_kind, row.due_at) == (False, "", None)
    assert not SlaClock.objects.exists()
    assert follow_clocks() == 0


def test_a_first_message_starts_the_clocks_of_the_closest_policy(write, policy, sales, billing):
    policy(first_response_minutes=60, resolution_minutes=600)
    policy(first_response_minutes=90, priority=Priority.NORMAL)
    policy(first_response_minutes=30, resolution_minutes=300, department=sales)
    closest = {"department": sales, "priority": Priority.NORMAL}
    policy(first_response_minutes=10, resolution_minutes=100, **closest)
    policy(first_response_minutes=1, department=billing, priority=Priority.NORMAL)
    row = write("09:00")
    Conversation.objects.filter(pk=row.pk).update(department=sales)

    row = follow("09:01")

    assert shown(row) == (FIRST, at("09:10"), at("09:08"), None)
    assert (row.due_from, row.is_clock_stale) == (at("09:00"), False)
    clock = clock_of(FIRST)
    assert (clock.half_at, clock.look_at, clock.target_minutes) == (at("09:05"), at("09:05"), 10)
    assert clock_of(END).due_at == at("10:40")


@pytest.mark.parametrize(
    ("has", "minutes"),
    [
        (("both", "department", "priority", "all"), 1),
        (("department", "priority", "all"), 2),
        (("priority", "all"), 3),
        (("all",), 4),
        (("other",), None),
    ],
)
def test_which_policy_is_the_closest(write, policy, sales, billing, has, minutes):
    rows = {
        "both": {"department": sales, "priority": Priority.NORMAL, "first_response_minutes": 1},
        "department": {"department": sales, "first_response_minutes": 2},
        "priority": {"priority": Priority.NORMAL, "first_response_minutes": 3},
        "all": {"first_response_minutes": 4},
        "other": {"department": billing, "first_response_minutes": 5},
    }
    for name in has:
        policy(**rows[name])
    write("09:00")
    Conversation.objects.update(department=sales)

    row = follow("09:00")

    due = minutes and at("09:00") + timedelta(minutes=minutes)
    assert row.due_at == due


def test_an_answer_stops_the_first_response_and_the_next_turn_starts_another(
    write, policy, people, sales
):
    policy(first_response_minutes=10, next_response_minutes=5, department=None)
    row = write("09:00")
    send_reply(conversation=row, author=people["admin"], text="Chào", at=at("09:04"))
    row = follow("09:04")
    first = clock_of(FIRST)
    assert (first.stopped_at, first.is_met, first.breached_at) == (at("09:04"), True, None)
    assert first.look_at is None
    assert shown(row) == ("", None, None, None)

    write("09:30")
    row = follow("09:30")

    assert shown(row) == (NEXT, at("09:35"), at("09:34"), None)
    assert clock_of(NEXT).started_at == at("09:30")


def test_what_a_late_worker_finds_is_what_happened(write, policy, people):
    """It comes by after all of it: every turn has its clock, each stopped when it was."""
    policy(first_response_minutes=10, next_response_minutes=5, resolution_minutes=60)
    row = write("09:00")
    send_reply(conversation=row, author=people["admin"], text="A", at=at("09:20"))
    write("09:30")
    send_reply(conversation=row, author=people["admin"], text="B", at=at("09:32"))
    write("09:40")
    resolve_conversation(conversation=row, by=people["admin"], at=at("09:50"))

    follow("12:00")

    first = clock_of(FIRST)
    assert (first.is_met, first.breached_at, first.stopped_at) == (False, at("09:10"), at("09:20"))
    turns = SlaClock.objects.filter(metric=NEXT).order_by("pk")
    assert [(t.started_at, t.stopped_at, t.is_met) for t in turns] == [
        (at("09:30"), at("09:32"), True),
        (at("09:40"), at("09:50"), False),
    ]
    assert (clock_of(END).is_met, clock_of(END).used_seconds) == (True, 22 * 60)


def test_following_again_changes_nothing(write, policy, people):
    policy(first_response_minutes=10, next_response_minutes=5, resolution_minutes=60)
    row = write("09:00")
    send_reply(conversation=row, author=people["admin"], text="A", at=at("09:05"))
    write("09:30")
    follow("09:31")
    before = list(SlaClock.objects.order_by("pk").values())
    LiveEvent.objects.all().delete()
    Conversation.objects.update(is_clock_stale=True)

    assert follow_clocks(at=at("09:32")) == 1

    assert list(SlaClock.objects.order_by("pk").values()) == before
    assert not SlaChange.objects.exclude(why__in=["paused", "resumed"]).exists()
    assert not LiveEvent.objects.exists()


def test_pages_hear_when_the_deadline_shown_is_another(write, policy):
    policy(first_response_minutes=10)
    row = write("09:00")
    LiveEvent.objects.all().delete()

    follow("09:01")

    assert LiveEvent.objects.get().object_id == row.public_id


def test_an_automatic_reply_answers_nobody(write, policy):
    policy(first_response_minutes=10)
    row = write("09:00")
    row.messages.create(
        cycle=Cycle.objects.get(),
        channel=row.channel,
        direction="outbound",
        text="Tin tự động",
        sent_at=at("09:01"),
    )
    Conversation.objects.update(is_clock_stale=True)

    assert follow("09:02").due_at == at("09:10")


def test_the_resolution_pauses_for_the_customer_and_goes_on_with_what_is_left(
    write, policy, people
):
    policy(resolution_minutes=60)
    row = write("09:00")
    follow("09:00")
    send_reply(conversation=row, author=people["admin"], text="A", at=at("09:20"))

    row = follow("09:20")
    assert shown(row) == (END, None, None, None)
    assert clock_of(END).used_seconds == 20 * 60

    write("11:00")
    row = follow("11:00")
    assert shown(row) == (END, at("11:40"), at("11:28"), None)
    assert list(SlaChange.objects.order_by("pk").values_list("why", "after_due_at")) == [
        ("paused", None),
        ("resumed", at("11:40")),
    ]


def test_snoozed_stands_still_until_it_wakes(write, policy, people):
    policy(first_response_minutes=30)
    row = write("09:00")
    snooze_conversation(conversation=row, until=at("10:00"), by=people["admin"], at=at("09:10"))
    row = follow("09:10")
    assert shown(row) == (FIRST, None, None, at("10:00"))

    wake_snoozed(at=at("10:45"))  # the worker was late
    assert shown(follow("10:45")) == (FIRST, at("10:20"), at("10:14"), None)


def test_undoing_done_goes_on_as_if_it_had_never_been(write, policy, people):
    policy(resolution_minutes=60)
    row = write("09:00")
    resolve_conversation(conversation=row, by=people["admin"], at=at("09:20"))
    assert shown(follow("09:20")) == ("", None, None, None)
    assert clock_of(END).is_met is True

    undo_resolve(conversation=row, by=people["admin"], at=at("09:20:30"))

    assert shown(follow("09:21")) == (END, at("10:00"), at("09:48"), None)
    clock = SlaClock.objects.get()
    assert (clock.stopped_at, clock.is_met) == (None, None)


def test_each_cycle_has_clocks_of_its_own(write, policy, people):
    policy(first_response_minutes=10)
    row = write("09:00")
    resolve_conversation(conversation=row, by=people["admin"], at=at("09:05"))
    write("11:00")

    row = follow("11:01")

    assert row.due_at == at("11:10")
    old, new = SlaClock.objects.order_by("pk")
    assert (old.stopped_at, old.is_met, new.stopped_at) == (at("09:05"), None, None)


def test_another_priority_or_department_promises_anew_from_the_same_beginning(
    write, policy, people, sales, billing
):
    policy(first_response_minutes=60)
    policy(first_response_minutes=15, priority=Priority.URGENT)
    policy(first_response_minutes=30, department=billing, priority=Priority.URGENT)
    row = write("09:00")
    follow("09:00")

    set_priority(conversation=row, priority=Priority.URGENT, by=people["admin"], at=at("09:05"))
    assert follow("09:05").due_at == at("09:15")
    Conversation.objects.update(department=billing, is_clock_stale=True)
    assert follow("09:06").due_at == at("09:30")

    changes = SlaChange.objects.order_by("pk")
    assert [(c.why, c.before_minutes, c.after_minutes, c.after_due_at) for c in changes] == [
        ("priority", 60, 15, at("09:15")),
        ("department", 15, 30, at("09:30")),
    ]


def test_a_promise_that_is_taken_back_ends_without_being_kept_or_broken(write, policy):
    rule = policy(first_response_minutes=60)
    write("09:00")
    follow("09:00")
    rule.delete()
    Conversation.objects.update(is_clock_stale=True)

    row = follow("09:10")

    clock = SlaClock.objects.get()
    assert (clock.stopped_at, clock.is_met, row.due_at) == (at("09:10"), None, None)


def test_one_that_was_broken_before_it_was_taken_back_stays_broken(write, policy):
    rule = policy(first_response_minutes=60)
    write("09:00")
    follow("09:00")
    rule.delete()
    Conversation.objects.update(is_clock_stale=True)

    follow("10:01")

    clock = SlaClock.objects.get()
    assert (clock.breached_at, clock.is_met) == (at("10:00"), False)


def test_only_business_hours_count_and_the_row_says_when_it_goes_on(write, policy, sales):
    calendar = BusinessCalendar.objects.create()
    for weekday in range(5):
        calendar.intervals.create(weekday=weekday, opens_at=time(8), closes_at=time(17))
    policy(first_response_minutes=30, first_response_in_hours=True)
    write("16:50")

    row = follow("16:50")
    assert shown(row) == (
        FIRST,
        at("08:20", date(2026, 11, 24)),
        at("08:14", date(2026, 11, 24)),
        None,
    )
    assert clock_of(FIRST).look_at == at("17:00")

    Conversation.objects.update(is_clock_stale=True)
    row = follow("17:00")
    assert row.due_paused_until == at("08:00", date(2026, 11, 24))
    assert row.due_at == at("08:20", date(2026, 11, 24))


def test_spam_is_promised_nothing(write, policy):
    policy(first_response_minutes=30)
    write("09:00")
    follow("09:00")
    Conversation.objects.update(status="spam", is_clock_stale=True)

    assert follow("09:01").due_at is None
    assert SlaClock.objects.get().is_met is None


def test_an_important_customer_begins_high_and_so_does_their_next_cycle(write, people):
    row = write("09:00")
    assert (row.priority, row.priority_by) == (Priority.NORMAL, "")
    Contact.objects.update(is_vip=True)
    set_priority(conversation=row, priority=Priority.LOW, by=people["admin"])
    resolve_conversation(conversation=row, by=people["admin"], at=at("09:05"))

    row = write("11:00")
    assert (row.priority, row.priority_by) == (Priority.HIGH, "vip")

    resolve_conversation(conversation=row, by=people["admin"], at=at("11:05"))
    Contact.objects.update(is_vip=False)
    row = write("12:00")
    assert (row.priority, row.priority_by) == (Priority.NORMAL, "")


def test_many_cost_as_many_statements_as_a_few(channel, policy, django_assert_max_num_queries):
    policy(first_response_minutes=30, next_response_minutes=5, resolution_minutes=60)
    for number in range(40):
        moment = at("09:00")
        one = event(f"Tin {number}", sender=f"kh-{number}", sent_at=moment)
        receive(channel=channel, events=[one], at=moment)
    with django_assert_max_num_queries(16):
        assert follow_clocks(at=at("09:01")) == 40
    assert SlaClock.objects.count() == 80


def test_a_line_that_is_no_turn_is_none(write, policy):
    policy(first_response_minutes=30)
    row = write("09:00")
    add_event_message(conversation=row, cycle=Cycle.objects.get(), code="reopened", at=at("09:10"))

    assert follow("09:12").due_at == at("09:30")


def test_of_many_messages_in_a_row_only_the_first_is_read(write, policy, people):
    policy(next_response_minutes=10)
    row = write("09:00")
    for _question in range(30):
        write("09:01")
    send_reply(conversation=row, author=people["admin"], text="Chào", at=at("09:02"))
    send_reply(conversation=row, author=people["admin"], text="Còn gì không?", at=at("09:03"))
    write("09:04")
    write("09:05")

    work = sla._read({row.pk: Conversation.objects.get()}, at("09:06"))

    (lines,) = work.lines.values()
    assert [(line.kind, line.at) for line in lines] == [
        ("in", at("09:00")),
        ("out", at("09:02")),
        ("in", at("09:04")),
    ]
