"""Who is told of a deadline, when, and what follows it."""

import logging
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Notification
from accounts.notifications import plain_sentence_of
from inbox.models import Conversation, Priority
from inbox.sentences import EVENTS
from inbox.services import raise_priority, receive, send_reply, set_priority
from routing.models import Assignment, BusinessCalendar, SlaClock, SlaPolicy
from routing.services import follow_clocks, sla_warnings, warn_deadlines
from tests.deliveries import event
from tests.factories import ChannelFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def at(clock: str) -> datetime:
    moment = datetime.combine(MONDAY, time.fromisoformat(clock))
    return moment.replace(tzinfo=timezone.get_default_timezone())


@pytest.fixture
def policy(db):
    def call(**fields) -> SlaPolicy:
        return SlaPolicy.objects.create(
            **{"first_response_minutes": 10, "first_response_in_hours": False} | fields
        )

    return call


@pytest.fixture
def write(people, sales):
    """`write("09:00", assignee=…)`: a customer's message in Sales, its clocks followed."""
    channel = ChannelFactory()

    def call(clock: str = "09:00", *, sender: str = "kh-1", assignee=None) -> Conversation:
        moment = at(clock)
        receive(channel=channel, events=[event("Hỏi", sender=sender, sent_at=moment)], at=moment)
        row = Conversation.objects.filter(identity__external_id=sender)
        row.update(department=sales, assignee=assignee)
        follow_clocks(at=moment)
        return row.get()

    return call


def told(person) -> list[tuple[str, str, int]]:
    rows = Notification.objects.filter(user=person).order_by("pk")
    return [(n.kind, n.params["what"], n.params.get("percent", 0)) for n in rows]


def read_the_bell() -> None:
    Notification.objects.unread().update(read_at=timezone.now())


def test_the_assignee_hears_at_half_and_at_risk_the_lead_at_risk_and_at_the_deadline(
    write, policy, people
):
    policy()
    write(assignee=people["staff"])
    for clock in ("09:04:59", "09:05", "09:06", "09:08", "09:09", "09:10", "09:11"):
        warn_deadlines(at=at(clock))
        follow_clocks(at=at(clock))
        read_the_bell()

    assert told(people["staff"]) == [
        ("waiting", "due", 50),
        ("waiting", "due", 80),
        ("waiting", "missed", 100),
    ]
    assert told(people["manager"]) == [("waiting", "due", 80), ("waiting", "missed", 100)]
    assert told(people["admin"]) == told(people["colleague"]) == told(people["other_manager"]) == []


def test_the_news_of_one_customer_is_one_line_until_it_is_read(write, policy, people):
    policy()
    mine, other = write(assignee=people["staff"]), write(sender="kh-2", assignee=people["staff"])
    for clock in ("09:05", "09:08", "09:10"):
        warn_deadlines(at=at(clock))
    rows = Notification.objects.filter(user=people["staff"]).order_by("pk")
    assert [(n.path, n.params["what"]) for n in rows] == [
        (mine.path, "missed"),
        (other.path, "missed"),
    ]
    assert told(people["manager"]) == [("waiting", "missed", 100)] * 2


def test_where_no_manager_leads_administrators_hear(write, policy, people):
    policy()
    write()
    people["manager"].is_active = False
    people["manager"].save()

    warn_deadlines(at=at("09:08"))

    assert told(people["admin"]) == [("waiting", "due", 80)]


def test_the_deadline_is_the_breach_whenever_the_job_ran(write, policy):
    policy()
    write()

    assert warn_deadlines(at=at("09:13")) == 1

    clock = SlaClock.objects.get()
    assert (clock.breached_at, clock.warned_percent, clock.look_at) == (at("09:10"), 100, None)
    assert warn_deadlines(at=at("09:14")) == 0


def test_one_that_is_answered_in_time_says_nothing_more(write, policy, people):
    policy()
    row = write(assignee=people["staff"])
    send_reply(conversation=row, author=people["staff"], text="Chào", at=at("09:04"))
    follow_clocks(at=at("09:04"))

    assert warn_deadlines(at=at("09:30")) == 0
    assert told(people["staff"]) == []


def test_more_time_warns_again_less_does_not_warn_twice(write, policy, people):
    policy()
    policy(priority=Priority.LOW, first_response_minutes=60)
    row = write(assignee=people["staff"])
    warn_deadlines(at=at("09:05"))
    read_the_bell()

    low = {"priority": Priority.LOW, "by": people["staff"], "at": at("09:06")}
    set_priority(conversation=row, **low)
    follow_clocks(at=at("09:06"))
    warn_deadlines(at=at("09:30"))

    assert told(people["staff"]) == [("waiting", "due", 50), ("waiting", "due", 50)]


def test_sentences_say_who_and_how_long(write, policy, people):
    policy()
    row = write(assignee=people["staff"])
    warn_deadlines(at=at("09:08"))
    read_the_bell()
    warn_deadlines(at=at("09:10"))

    rows = Notification.objects.filter(user=people["staff"]).order_by("pk")
    with translation.override("en"):
        assert [plain_sentence_of(one) for one in rows] == [
            f"2 minutes left to answer {row.contact.name} in time",
            f"Deadline missed: {row.contact.name}",
        ]


# --- the clock of the server jumps ---


def test_a_jump_of_an_hour_rings_no_bell_a_hundred_times_and_takes_nothing_away(
    write, policy, people
):
    policy(breach_action=SlaPolicy.BreachAction.REASSIGN)
    for number in range(30):
        write(f"09:{number:02}", sender=f"kh-{number}", assignee=people["staff"])

    warn_deadlines(at=at("10:29"))

    assert told(people["staff"]) == [("waiting", "many", 0)]
    assert told(people["manager"]) == [("waiting", "many", 0)]
    assert Notification.objects.filter(user=people["staff"]).get().params["count"] == 30
    assert Conversation.objects.filter(assignee=people["staff"]).count() == 30
    assert SlaClock.objects.filter(breached_at=None).count() == 0


def test_a_crowd_in_time_is_one_line_too(write, policy, people):
    policy()
    for number in range(5):
        write(sender=f"kh-{number}", assignee=people["staff"])

    warn_deadlines(at=at("09:05"))

    assert told(people["staff"]) == [("waiting", "many", 0)]


def test_a_jump_back_makes_no_negative_time_and_warns_nobody_twice(write, policy, people):
    policy()
    row = write(assignee=people["staff"])
    warn_deadlines(at=at("09:05"))

    assert warn_deadlines(at=at("08:06")) == 0
    send_reply(conversation=row, author=people["staff"], text="Chào", at=at("08:07"))
    follow_clocks(at=at("08:07"))

    clock = SlaClock.objects.get()
    assert (clock.stopped_at, clock.used_seconds, clock.is_met) == (at("09:00"), 0, True)
    assert told(people["staff"]) == [("waiting", "due", 50)]


# --- at the deadline ---


def test_the_priority_is_raised_and_what_was_broken_is_not_judged_by_it(write, policy, people):
    policy(breach_action=SlaPolicy.BreachAction.RAISE_PRIORITY)
    policy(priority=Priority.HIGH, first_response_minutes=2)
    row = write()

    warn_deadlines(at=at("09:10"))
    follow_clocks(at=at("09:11"))

    row.refresh_from_db()
    assert (row.priority, row.priority_by) == (Priority.HIGH, "sla")
    assert row.due_at == at("09:10")
    assert SlaClock.objects.get().breached_at == at("09:10")
    codes = row.messages.filter(direction="event").values_list("data__code", flat=True)
    assert list(codes) == ["priority_raised"]


def test_what_a_person_chose_is_not_raised(write, policy, people):
    policy(breach_action=SlaPolicy.BreachAction.RAISE_PRIORITY)
    row = write()
    set_priority(conversation=row, priority=Priority.LOW, by=people["admin"])
    follow_clocks(at=at("09:01"))

    warn_deadlines(at=at("09:10"))

    row.refresh_from_db()
    assert (row.priority, row.priority_by) == (Priority.LOW, "person")


def test_it_is_given_to_somebody_else(write, policy, people, commits):
    policy(breach_action=SlaPolicy.BreachAction.REASSIGN)
    row = write(assignee=people["staff"])
    Assignment.objects.create(
        conversation=row,
        cycle=row.cycles.get(),
        assignee=people["staff"],
        policy="by_hand",
        assigned_at=at("09:00"),
    )

    warn_deadlines(at=at("09:10"))

    row.refresh_from_db()
    assert row.assignee != people["staff"]
    assert warn_deadlines(at=at("09:10")) == 0
    assert row.assignments.count() == 2
    assert not SlaClock.objects.filter(is_action_due=True).exists()
    ended = Assignment.objects.get(assignee=people["staff"], ended_at__isnull=False)
    assert ended.end_reason == "no_reply"


@pytest.mark.parametrize("action", ["raise_priority", "reassign"])
@pytest.mark.parametrize(
    ("back_at", "is_done"), [("09:10:01", True), ("09:15", True), ("09:15:01", False)]
)
def test_a_worker_that_dies_before_the_action_leaves_it_to_the_next(
    write, policy, people, commits, monkeypatch, action, back_at, is_done
):
    policy(breach_action=action)
    row = write(assignee=people["staff"])
    about = {"cycle": row.cycles.get(), "policy": "by_hand", "assigned_at": at("09:00")}
    Assignment.objects.create(conversation=row, assignee=people["staff"], **about)

    def die(**when):
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(sla_warnings, "act_at_deadlines", die)
        with pytest.raises(SystemExit):
            warn_deadlines(at=at("09:10"))
    row.refresh_from_db()
    assert (row.priority, row.assignee) == (Priority.NORMAL, people["staff"])
    follow_clocks(at=at("09:10"))

    for _pass in range(2):
        assert warn_deadlines(at=at(back_at)) == 0

    row.refresh_from_db()
    is_raised = is_done and action == "raise_priority"
    is_given = is_done and action == "reassign"
    assert row.priority == (Priority.HIGH if is_raised else Priority.NORMAL)
    assert (row.assignee != people["staff"]) == is_given
    assert row.assignments.count() == 1 + is_given
    assert not SlaClock.objects.filter(is_action_due=True).exists()


def test_an_action_that_fails_is_tried_again_and_stops_no_other(
    write, policy, people, monkeypatch, caplog
):
    policy(breach_action="raise_priority")
    bad, good = write(sender="kh-1"), write(sender="kh-2")

    def fail(*, conversation):
        if conversation.pk == bad.pk:
            raise ValueError("broken row")
        return raise_priority(conversation=conversation)

    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(sla_warnings, "raise_priority", fail)
        assert warn_deadlines(at=at("09:10")) == 2
    assert [Conversation.objects.get(pk=row.pk).priority for row in (bad, good)] == [3, 2]
    assert len(caplog.records) == 1

    warn_deadlines(at=at("09:11"))
    assert [Conversation.objects.get(pk=row.pk).priority for row in (bad, good)] == [2, 2]


def test_a_resolution_that_is_late_says_so_and_counts_as_no_missing_answer(
    write, policy, people, commits
):
    policy(
        first_response_minutes=None,
        resolution_minutes=10,
        resolution_in_hours=False,
        breach_action="reassign",
    )
    row = write(assignee=people["staff"])
    about = {"cycle": row.cycles.get(), "policy": "by_hand", "assigned_at": at("09:00")}
    Assignment.objects.create(conversation=row, assignee=people["staff"], **about)

    warn_deadlines(at=at("09:08"))
    read_the_bell()
    warn_deadlines(at=at("09:10"))

    ended = Assignment.objects.get(assignee=people["staff"], ended_at__isnull=False)
    assert ended.end_reason == "deadline_missed"
    line = row.messages.filter(direction="event").order_by("pk").first()
    assert line.data["code"] == "released_deadline_missed"
    with translation.override("en"):
        assert str(EVENTS["released_deadline_missed"]) == (
            "Back in the queue because <b>{person}</b> was not done with it in time"
        )
        first = Notification.objects.filter(user=people["staff"], params__what="due").first()
        assert plain_sentence_of(first) == (f"2 minutes left to resolve {row.contact.name} in time")


# --- one bad row ---


def test_a_clock_that_cannot_be_told_stops_no_other_and_waits(
    write, policy, people, monkeypatch, caplog
):
    policy()
    rows = [write(sender=f"kh-{number}") for number in range(3)]
    reached, bad = sla_warnings._reached, SlaClock.objects.get(conversation=rows[0])

    def fail(clock, moment):
        if clock.pk == bad.pk:
            raise ValueError("broken row")
        return reached(clock, moment)

    monkeypatch.setattr(sla_warnings, "_reached", fail)
    with caplog.at_level(logging.ERROR):
        assert warn_deadlines(at=at("09:08")) == 2
        assert warn_deadlines(at=at("09:08:01")) == 0
    assert len(caplog.records) == 1
    bad.refresh_from_db()
    assert (bad.look_at, bad.warned_percent) == (at("09:13"), 0)


def test_only_telling_does_nothing_else(write, policy, people):
    policy()
    row = write(assignee=people["staff"])

    warn_deadlines(at=at("09:10"))

    row.refresh_from_db()
    assert (row.priority, row.assignee) == (Priority.NORMAL, people["staff"])


# --- business hours ---


@pytest.fixture
def office(db):
    calendar = BusinessCalendar.objects.create()
    for weekday in range(7):
        calendar.intervals.create(weekday=weekday, opens_at=time(8), closes_at=time(17))


def test_closing_and_opening_are_seen_by_time_alone(write, policy, office):
    policy(first_response_minutes=30, first_response_in_hours=True)
    row = write("16:50")

    assert warn_deadlines(at=at("17:00")) == 0
    assert follow_clocks(at=at("17:00")) == 1
    row.refresh_from_db()
    opening = at("08:00") + timedelta(days=1)
    assert (row.due_paused_until, row.due_at) == (opening, opening + timedelta(minutes=20))

    assert warn_deadlines(at=at("23:00")) == 0
    assert follow_clocks(at=at("23:00")) == 0
    warn_deadlines(at=opening)
    follow_clocks(at=opening)
    row.refresh_from_db()
    assert row.due_paused_until is None


def test_looking_costs_the_same_for_many(write, policy, django_assert_max_num_queries):
    policy()
    for number in range(30):
        write(sender=f"kh-{number}")
    with django_assert_max_num_queries(16):
        assert warn_deadlines(at=at("09:08")) == 30
