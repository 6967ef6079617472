"""Following a conversation as it goes: the facts after each step, and nothing written twice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.models import Conversation, Message
from inbox.services import receive, resolve_conversation, send_reply, undo_resolve
from omnichat.lib import settled_ids
from reporting import histories
from reporting.business_hours import BEGINNING
from reporting.histories import read_presence
from reporting.models import DailyRollup, Fact, FactPosition, HoursVersion, RollupDay
from reporting.services import facts as following
from reporting.services import follow_facts, rebuild_facts, repair_facts
from reporting.services.days_of_work import months_to_repair
from reporting.services.hours_versions import note_hours
from routing.models import BusinessCalendar, BusinessInterval, SlaClock
from routing.services import assign_conversation, move_conversation
from tests.deliveries import event
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory, MessageFactory
from tests.workforce.timesheet_rows import moment, worked
from workforce.models import AvailabilityInterval, Request
from workforce.services import check_out

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = "2026-03-02", "2026-03-03"
NOW = [date(2026, 2, 1), date(2026, 3, 1)]  # months in which something may still change


@pytest.fixture
def clock(monkeypatch):
    """`clock("09:00")` sets it, on a Monday unless told otherwise."""
    # The test's own transaction would hold every id back on PostgreSQL.
    monkeypatch.setattr(settled_ids, "_transactions", lambda: (0, 0))
    with time_machine.travel(moment(f"{MONDAY} 07:00"), tick=False) as traveller:

        def call(wall: str, day: str = MONDAY) -> datetime:
            traveller.move_to(moment(f"{day} {wall}"))
            return moment(f"{day} {wall}")

        yield call


@pytest.fixture
def desk(clock, people, commits):
    """Staff alone is at work in Sales, where the word `mua` leads."""
    check_out(user=people["colleague"])
    KeywordFactory(word="mua", department=people["staff"].department)
    return ChannelFactory()


def write(channel, text: str = "mua") -> Conversation:
    receive(channel=channel, events=[event(text)])
    return Conversation.objects.get()


def facts() -> dict[str, list]:
    """Minutes of each kind, in order; None of what has none."""
    found: dict[str, list] = {}
    rows = Fact.objects.exclude(conversation=None).order_by("at", "pk")
    for kind, seconds in rows.values_list("kind", "seconds"):
        found.setdefault(kind, []).append(None if seconds is None else seconds / 60)
    return found


def follow() -> dict[str, list]:
    follow_facts()
    assert not RollupDay.objects.filter(is_stale=True).exists()
    return facts()


def written() -> list[tuple]:
    """Facts and rollups with their numbers: written again, they would have others."""
    rows = [Fact.objects.order_by("pk").values_list(), DailyRollup.objects.values_list("pk", "day")]
    return [list(one) for one in rows]


# --- Step by step -----------------------------------------------------------------------------
def test_a_conversation_step_by_step(desk, people, clock):
    staff = people["staff"]
    clock("08:00")
    it = write(desk)
    begun = {"cycle_started": [None], "first_assigned": [0], "assigned": [0], "message_in": [None]}
    begun["auto_routed"] = [None]
    assert follow() == begun

    clock("08:05")
    send_reply(conversation=it, author=staff, text="Dạ")
    answered = begun | {"first_response": [5], "reply": [5], "agent_response": [5]}
    answered |= {"handled": [5], "message_out": [None]}
    assert follow() == answered

    clock("08:10")
    resolve_conversation(conversation=it, by=staff)
    done = {"resolved": [10], "resolved_active": [5], "one_touch": [None]}
    assert follow() == answered | done

    clock("08:10:30")
    undo_resolve(conversation=it, by=staff)
    assert follow() == answered

    clock("08:20")
    resolve_conversation(conversation=it, by=staff)
    assert follow() == answered | done | {"resolved": [20]}

    clock("08:20", TUESDAY)
    write(desk)
    again = follow()
    assert again["reopened"] == [24 * 60]
    assert again["recontacted"] == [None]
    assert again["cycle_started"] == [None, None]
    assert Fact.objects.get(kind="reopened").day == date(2026, 3, 3)
    assert Fact.objects.get(kind="recontacted").day == date(2026, 3, 2)


def test_rollups_are_those_of_the_last_state(desk, people, clock):
    clock("08:00")
    it = write(desk)
    clock("08:05")
    resolve_conversation(conversation=it, by=people["staff"])
    follow()
    assert DailyRollup.objects.filter(kind="resolved").count() == 4  # one on each axis
    clock("08:05:10")
    undo_resolve(conversation=it, by=people["staff"])
    follow()
    assert not DailyRollup.objects.filter(kind="resolved").exists()


def test_from_hand_to_hand_with_a_clock_that_goes_on(people, commits, monkeypatch):
    """Two statements of one step are never at the same moment."""
    monkeypatch.setattr(settled_ids, "_transactions", lambda: (0, 0))
    KeywordFactory(word="mua", department=people["staff"].department)
    it = write(ChannelFactory())
    first = it.assignee
    other = people["colleague" if first == people["staff"] else "staff"]
    assign_conversation(conversation=it, assignee=other, by=people["manager"])
    move_conversation(
        conversation=it, department=people["other_staff"].department, by=people["manager"]
    )
    follow_facts()
    given = Fact.objects.filter(kind="assigned").order_by("at")
    assert [(f.actor, f.seconds) for f in given] == [
        (first, 0),
        (other, None),
        (people["other_staff"], 0),
    ]
    moved = Fact.objects.get(kind="moved")
    assert (moved.actor, moved.department) == (other, people["staff"].department)
    lost = Fact.objects.filter(kind="transferred").order_by("at")
    assert [(f.actor, f.label) for f in lost] == [(first, "reassigned"), (other, "reassigned")]
    assert Fact.objects.filter(kind="misrouted").count() == 1


# --- Nothing twice, nothing else --------------------------------------------------------------
def test_a_second_look_writes_nothing(desk, clock):
    clock("08:00")
    write(desk)
    assert follow_facts() == 1
    before = written()
    clock("08:00:05")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert follow_facts() == 0
    assert written() == before
    tables = (Fact._meta.db_table, DailyRollup._meta.db_table, RollupDay._meta.db_table)
    verbs = ("INSERT", "UPDATE", "DELETE")
    statements = [q["sql"] for q in asked if q["sql"].startswith(verbs)]
    assert not [sql for sql in statements if any(f'"{table}"' in sql for table in tables)]


def test_only_what_has_changed_is_written(desk, people, clock):
    clock("08:00")
    it = write(desk)
    follow()
    told = Fact.objects.exclude(conversation=None)
    before = set(told.values_list("pk", flat=True))
    # How long people worked today grows all the time.
    kinds = list(told.values_list("kind", flat=True))
    added = DailyRollup.objects.filter(kind__in=kinds)
    added_before = set(added.values_list("pk", flat=True))
    clock("08:05")
    send_reply(conversation=it, author=people["staff"], text="Dạ")
    follow()
    assert before < set(told.values_list("pk", flat=True))
    assert added_before <= set(added.values_list("pk", flat=True))


def test_a_stale_day_is_added_up_again_and_no_other(desk, clock):
    clock("08:00")
    write(desk)
    follow()
    clock("08:00", TUESDAY)
    receive(channel=desk, events=[event("mua", sender="kh-2")])
    follow()
    monday = date(2026, 3, 2)
    # Wrong on both; only the one that is stale is looked at.
    DailyRollup.objects.update(count=99)
    RollupDay.objects.filter(day=monday).update(is_stale=True)
    tuesday = list(DailyRollup.objects.exclude(day=monday).order_by("pk").values_list())
    follow()
    assert not DailyRollup.objects.filter(day=monday, count=99).exists()
    assert DailyRollup.objects.filter(day=monday).exists()
    assert list(DailyRollup.objects.exclude(day=monday).order_by("pk").values_list()) == tuesday


# --- Ids that become visible late -------------------------------------------------------------
def test_ids_of_transactions_that_still_run_are_left(desk, clock, monkeypatch):
    clock("08:00")
    write(desk)
    newest = Message.objects.order_by("-pk").first().pk
    # Transaction 5 is still open, 9 will be the next: it may hold a lower id than the newest.
    monkeypatch.setattr(settled_ids, "_transactions", lambda: (5, 9))
    follow_facts()  # nothing was noted before: what is noted now waits
    assert follow_facts() == 0
    position = FactPosition.objects.get()
    assert (position.noted_id, position.ready_id, position.counted_id) == (newest, 0, 0)
    assert facts() == {}
    # All that ran when it was noted has ended; others run.
    monkeypatch.setattr(settled_ids, "_transactions", lambda: (9, 12))
    assert follow_facts() == 1
    assert FactPosition.objects.get().counted_id == newest
    assert facts()["cycle_started"] == [None]


def test_a_cycle_that_begins_while_it_is_read_is_left_for_the_next_look(desk, people, clock):
    clock("08:00")
    it = write(desk)
    resolve_conversation(conversation=it, by=people["staff"])
    follow()
    read_cycles = histories._cycles

    def begins_after(ids):
        yield from list(read_cycles(ids))
        clock("08:30")
        write(desk)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histories, "_cycles", begins_after)
        assert repair_facts() == 1
    assert facts()["cycle_started"] == [None]
    assert follow()["cycle_started"] == [None, None]


def test_complete_up_to_what_is_settled(desk, clock, monkeypatch):
    clock("08:00")
    write(desk)
    follow()
    monkeypatch.setattr(settled_ids, "_transactions", lambda: (5, 9))
    clock("08:30")
    follow_facts()
    clock("08:40")
    follow_facts()
    assert FactPosition.objects.get().complete_at == moment(f"{MONDAY} 08:00")


def test_many_messages_are_followed_in_pieces(desk, clock, monkeypatch):
    monkeypatch.setattr(following, "MESSAGES", 4)
    monkeypatch.setattr(following, "RUN_SECONDS", 0)  # one piece a run
    conversations = [ConversationFactory() for _number in range(6)]
    for conversation in conversations:
        MessageFactory.create_batch(2, conversation=conversation)
    for followed in (2, 4, 6):  # 4 messages each
        assert follow_facts() == 2
        assert Fact.objects.filter(kind="cycle_started").count() == followed


def test_another_worker_at_it_is_left_alone(desk, clock, monkeypatch):
    write(desk)
    monkeypatch.setattr(following, "lock_position", lambda **options: None)
    assert follow_facts() == 0
    assert not Fact.objects.exists()


# --- What has no messages ---------------------------------------------------------------------
def promise(it: Conversation, **columns) -> SlaClock:
    at = moment(f"{MONDAY} 08:00")
    return SlaClock.objects.create(
        conversation=it,
        cycle=it.cycles.get(),
        metric="first_response",
        priority=3,
        target_minutes=30,
        in_hours=False,
        started_at=at,
        resumed_at=at,
        **columns,
    )


def test_a_missed_deadline_is_followed_without_a_message(desk, clock):
    clock("08:00")
    it = write(desk)
    follow()
    promise(it, breached_at=moment(f"{MONDAY} 08:30"))
    clock("08:31")
    assert follow()["sla_breached"] == [30]
    assert follow_facts() == 0  # it is told


def test_one_noticed_an_hour_late_is_left_to_the_repair(desk, clock):
    clock("08:00")
    it = write(desk)
    follow()
    clock("10:00")
    follow()
    promise(it, breached_at=moment(f"{MONDAY} 08:30"))
    assert "sla_breached" not in follow()
    assert repair_facts() == 1
    assert facts()["sla_breached"] == [30]


def test_the_repair_looks_at_the_last_days_alone(desk, clock):
    clock("08:00", "2026-02-26")
    write(desk)
    clock("08:00", MONDAY)
    receive(channel=desk, events=[event("mua", sender="kh-2")])
    assert repair_facts() == 1
    assert Fact.objects.filter(kind="cycle_started").count() == 1


def test_requests_are_followed_every_five_minutes(desk, people, clock):
    clock("08:00")
    follow()
    clock("08:01")
    request = Request.objects.create(user=people["staff"], kind="other")
    clock("08:04")
    follow()
    assert not Fact.objects.filter(kind="request").exists()
    clock("08:05")
    follow()
    fact = Fact.objects.get(kind="request")
    assert (fact.actor, fact.label, fact.seconds) == (people["staff"], "other", None)
    decided = {"status": "approved", "decided_by": people["manager"]}
    Request.objects.filter(pk=request.pk).update(decided_at=clock("08:31"), **decided)
    follow()
    assert Fact.objects.get(kind="request").seconds == 30 * 60
    assert Fact.objects.get(kind="request").at == moment(f"{MONDAY} 08:01")


# --- Who took work -------------------------------------------------------------------------------
def test_who_is_known_to_have_taken_none_took_none(desk, people, clock):
    """Given something by a lead on a day that began with a break."""
    staff = people["staff"]
    clock("08:00")
    it = write(desk)
    AvailabilityInterval.objects.filter(user=staff).delete()
    since = moment(f"{MONDAY} 07:30")
    AvailabilityInterval.objects.create(user=staff, reason="on_break", since=since)
    assert read_presence([staff.pk]) == {staff.pk: [(since, since)]}
    clock("08:20")
    send_reply(conversation=it, author=staff, text="Dạ")
    assert follow()["agent_response"] == [0]
    assert facts()["first_response"] == [20]


def test_what_nobody_noted_counts_as_there(desk, people, clock):
    clock("08:00")
    it = write(desk)
    AvailabilityInterval.objects.all().delete()
    clock("08:20")
    send_reply(conversation=it, author=people["staff"], text="Dạ")
    assert follow()["agent_response"] == [20]


# --- Hours that change ------------------------------------------------------------------------
def open_on(weekday: int, opens: str, closes: str) -> None:
    calendar, _is_new = BusinessCalendar.objects.get_or_create(department=None)
    calendar.intervals.filter(weekday=weekday).delete()
    BusinessInterval.objects.create(
        calendar=calendar,
        weekday=weekday,
        opens_at=time.fromisoformat(opens),
        closes_at=time.fromisoformat(closes),
    )


def business_minutes(kind: str) -> list:
    rows = Fact.objects.filter(kind=kind).order_by("at")
    return [seconds / 60 for seconds in rows.values_list("business_seconds", flat=True)]


def test_hours_of_then_count_after_they_have_changed(desk, people, clock):
    for weekday in range(7):
        open_on(weekday, "08:00", "17:00")
    clock("08:00")
    it = write(desk)
    clock("16:50")
    send_reply(conversation=it, author=people["staff"], text="Dạ")
    follow()
    assert business_minutes("reply") == [530]

    clock("17:00")
    for weekday in range(7):
        open_on(weekday, "16:00", "18:00")
    follow()
    assert business_minutes("reply") == [530]  # nobody derives it again
    write(desk)
    clock("18:10")
    send_reply(conversation=it, author=people["staff"], text="Dạ")
    follow()
    assert business_minutes("reply") == [530, 60]  # and now somebody has

    before = written()
    rebuild_facts(progress=lambda done, of: None)
    assert written() == before
    used = Fact.objects.filter(kind="reply").order_by("at").values_list("hours", flat=True)
    versions = HoursVersion.objects.filter(department=None).order_by("effective_from")
    # The first holds for all that was before it was noted.
    assert [v.effective_from for v in versions] == [BEGINNING, moment(f"{MONDAY} 17:00")]
    assert len(set(used)) == 2


def test_the_same_hours_are_noted_once(desk, clock):
    open_on(0, "08:00", "17:00")
    at = clock("08:00")
    assert note_hours(at) == 3  # of all, of Sales, of Billing
    assert note_hours(at + timedelta(minutes=1)) == 0
    open_on(0, "08:00", "17:00")  # other rows, the same hours
    assert note_hours(at + timedelta(minutes=2)) == 0
    open_on(0, "08:00", "17:01")
    assert note_hours(at + timedelta(minutes=3)) == 3


def test_months_never_counted_are_counted_by_the_repair(people, clock):
    """An installation that worked for months before there were facts."""
    staff, november = people["staff"], date(2025, 11, 1)
    now = clock("12:00")
    worked(staff, "2025-11-03 08:00", "17:00")
    follow_facts()
    assert months_to_repair(now) == [november, date(2025, 12, 1), date(2026, 1, 1), *NOW]
    repair_facts(at=now)
    fact = Fact.objects.get(kind="worked", day=date(2025, 11, 3))
    assert (fact.actor, fact.seconds) == (staff, 9 * 3600)
    # What has been counted is left alone, but for the last two months.
    assert november not in months_to_repair(now)
    assert months_to_repair(now)[-2:] == NOW
