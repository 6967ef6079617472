"""Leave and the end of a shift: nothing more is assigned, and what is held goes the right way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.models import Message
from inbox.services import send_reply
from routing.models import Agent, Assignment
from routing.services import repair_agents
from routing.services.assignment_sql import is_taking_work
from tests.routing.conftest import open_counts
from tests.routing.helpers import events_of
from tests.workforce.timesheet_rows import shift
from workforce.availability import people_taking_work
from workforce.models import Leave, LeaveType, ShiftAssignment, TimeEntry
from workforce.services import (
    approve_request,
    cancel_request,
    check_out,
    choose_presence,
    follow_time,
    grant_leave,
    submit_request,
    withdraw_leave,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def leave_now(user: User) -> Leave:
    """As a moment that time alone brings: nobody is told."""
    now = timezone.now()
    today = timezone.localdate()
    return Leave.objects.create(
        user=user,
        type=LeaveType.objects.get(symbol="P"),
        first=today,
        last=today,
        starts_at=now - HOUR,
        ends_at=now + HOUR,
    )


def shift_ended_now(user: User, *, ago: timedelta = timedelta(0)) -> ShiftAssignment:
    """A published shift that was over `ago`, within the time at work."""
    ends_at = timezone.now() - ago
    TimeEntry.objects.filter(user=user).update(checked_in_at=ends_at - 8 * HOUR)
    User.objects.filter(pk=user.pk).update(presence_since=ends_at - 8 * HOUR)
    return ShiftAssignment.objects.create(
        user=user,
        shift=shift(user.department),
        date=timezone.localdate(),
        starts_at=ends_at - 8 * HOUR,
        ends_at=ends_at,
        planned_minutes=480,
        published_at=ends_at - 24 * HOUR,
    )


def shift_of_now(user: User, *, ends_at, handover_minutes: int) -> ShiftAssignment:
    """A published shift that began an hour ago."""
    return ShiftAssignment.objects.create(
        user=user,
        shift=shift(user.department),
        date=timezone.localdate(),
        starts_at=timezone.now() - HOUR,
        ends_at=ends_at,
        handover_at=ends_at - timedelta(minutes=handover_minutes),
        planned_minutes=60,
        published_at=timezone.now() - HOUR,
    )


@pytest.mark.parametrize("begin", [leave_now, shift_ended_now])
def test_the_claim_itself_asks_though_nobody_was_told(write, words, people, begin):
    check_out(user=people["colleague"])
    begin(people["staff"])
    assert Agent.objects.get(user=people["staff"]).is_routable
    assert write("mua").assignee is None
    assert open_counts(people["staff"]) == [0]


def test_the_job_tells_routing_when_a_shift_ends_and_what_is_held_goes_back(
    write, words, people, load
):
    check_out(user=people["colleague"])
    held, answered = write("mua"), write("mua", sender="kh-2")
    send_reply(conversation=answered, author=people["staff"], text="Dạ")
    row = shift_ended_now(people["staff"])
    assert follow_time(at=timezone.now() + timedelta(seconds=1)) == 1
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.is_routable, agent.reason, agent.since) == (False, "shift_ended", row.ends_at)
    held.refresh_from_db()
    assert (held.assignee, held.waiting_reason) == (None, "nobody_at_work")
    assert held.assignments.get().end_reason == "handed_over"
    assert events_of(held)[-1]["code"] == "released_handed_over"
    # Who has our answer stays theirs until they write again.
    answered.refresh_from_db()
    assert answered.assignee == people["staff"]
    assert write("Còn không ạ?", sender="kh-2").assignee is None
    assert open_counts(people["staff"]) == [0]


def test_what_a_process_that_died_left_after_the_end_is_found(write, words, people, load):
    check_out(user=people["colleague"])
    shift_ended_now(people["staff"])
    follow_time(at=timezone.now() + timedelta(seconds=1))
    repair_agents()
    (held,) = load(people["staff"], 1)
    assert repair_agents() == 1
    held.refresh_from_db()
    assert held.assignee is None


@pytest.mark.parametrize("minutes", [15, 0])
def test_nothing_new_comes_in_the_last_minutes_and_what_is_held_stays(
    write, words, people, minutes
):
    staff, now = people["staff"], timezone.now()
    check_out(user=people["colleague"])
    held = write("mua")
    TimeEntry.objects.filter(user=staff).update(checked_in_at=now - HOUR)
    row = shift_of_now(staff, ends_at=now + HOUR / 6, handover_minutes=minutes)
    agent = Agent.objects.get(user=staff)
    # The claim itself asks; nobody was told yet.
    assert write("mua", sender="kh-2").assignee == (staff if minutes == 0 else None)
    follow_time(at=row.handover_at)
    repair_agents()
    agent.refresh_from_db()
    expected = (True, "taking_work") if minutes == 0 else (False, "shift_ending")
    assert (agent.is_routable, agent.reason) == expected
    held.refresh_from_db()
    assert held.assignee == staff
    assert write("Còn không ạ?").assignee == staff


def test_who_says_to_go_on_after_the_shift_is_given_work_again(write, words, people):
    check_out(user=people["colleague"])
    shift_ended_now(people["staff"])
    follow_time(at=timezone.now() + timedelta(seconds=1))
    waiting = write("mua")
    assert waiting.assignee is None
    choose_presence(user=people["staff"], presence="available")
    waiting.refresh_from_db()
    assert waiting.assignee == people["staff"]
    assert Agent.objects.get(user=people["staff"]).reason == "taking_work"


def test_pressing_the_same_again_within_the_shift_changes_no_since(people):
    before = User.objects.get(pk=people["staff"].pk).presence_since
    choose_presence(user=people["staff"], presence="available")
    assert User.objects.get(pk=people["staff"].pk).presence_since == before


def test_leave_that_is_now_gives_the_conversations_back_and_says_why(write, words, people):
    check_out(user=people["colleague"])
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    about = {"type": LeaveType.objects.get(symbol="P"), "actor": people["manager"]}
    today = timezone.now().date()
    leaves = [  # today at the workplace may be tomorrow in UTC
        grant_leave(user=people["staff"], first=on, last=on, **about)
        for on in (today, today + timedelta(days=1))
    ]
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert open_counts(people["staff"]) == [0]
    ended = Assignment.objects.get(conversation=conversation)
    assert ended.end_reason == "on_leave"
    events = Message.objects.filter(conversation=conversation, direction="event")
    assert events.latest("pk").data["code"] == "released_on_leave"
    for leave in leaves:
        withdraw_leave(leave=leave, actor=people["manager"])
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]


def test_an_approved_request_for_now_changes_the_queue_and_cancelled_all_is_back(
    write, words, people
):
    check_out(user=people["colleague"])
    conversation, today = write("mua"), timezone.localdate()
    assert conversation.assignee == people["staff"]
    now = timezone.now()
    ShiftAssignment.objects.create(
        user=people["staff"],
        shift=shift(people["staff"].department),
        date=today,
        starts_at=now - HOUR,
        ends_at=now + HOUR,
        planned_minutes=120,
        published_at=now - HOUR,
    )
    request = submit_request(
        user=people["staff"], kind="leave", description="Sốt", details={"first": today}
    )
    assert Agent.objects.get(user=people["staff"]).is_routable

    approve_request(request=request, actor=people["manager"])
    conversation.refresh_from_db()
    agent = Agent.objects.get(user=people["staff"])
    assert (conversation.assignee, agent.is_routable, agent.reason) == (None, False, "on_leave")
    assert write("mua").assignee is None

    cancel_request(request=request, actor=people["manager"])
    conversation.refresh_from_db()
    agent = Agent.objects.get(user=people["staff"])
    assert (conversation.assignee, agent.is_routable) == (people["staff"], True)


def test_a_transfer_hands_the_open_conversations_back(write, words, people, billing):
    check_out(user=people["colleague"])
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    request = submit_request(
        user=people["staff"],
        kind="transfer",
        description="Sang phòng khác",
        details={"to_department": billing, "first": timezone.localdate()},
    )
    approve_request(request=request, actor=people["admin"])

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.department) == (None, people["manager"].department)
    ended = Assignment.objects.get(conversation=conversation)
    assert ended.end_reason == "department_changed"


def test_every_value_of_the_written_out_rule_is_that_of_the_moment(db):
    """The statement is written once, with values that stand for those of each call."""
    now = timezone.now()
    condition = is_taking_work(41, 43, now)
    stored = [str(value) for value in condition.values]
    assert not [value for value in stored if value.startswith("2000-")]
    assert stored.count("41") == stored.count("43") == 1
    sql, values = (
        people_taking_work(now)
        .filter(pk=41, department=43)
        .order_by()
        .values("pk")
        .query.sql_with_params()
    )
    assert stored == [str(value) for value in values]
    assert condition.sql == f"EXISTS ({sql})"
