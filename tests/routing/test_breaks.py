"""Nothing is assigned during a break, first messages go back; leads see until when."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Conversation
from inbox.services import send_reply
from routing.models import Agent
from routing.services import (
    assign_conversation,
    refresh_agents,
    repair_agents,
    take_conversation,
)
from routing.services.by_hand import NotTakingWork
from tests.factories import ConversationFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import events_of
from tests.workforce.timesheet_rows import shift
from workforce.models import Break, ShiftAssignment, TimeEntry
from workforce.services import check_out, close_forgotten, end_break, start_break

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(people):
    """`page(who, path)` is what that person sees there."""

    def get(who: str, path: str = "/users") -> str:
        client = Client(headers={"accept": "text/html"})
        client.force_login(people[who])
        return client.get(path).text

    return get


# --- What is assigned ---------------------------------------------------------------------------
def test_the_others_get_everything_meanwhile(write, words, people):
    start_break(user=people["staff"], reason="meal")
    assigned = [write("mua", sender=f"kh-{number}").assignee for number in range(4)]
    assert assigned == [people["colleague"]] * 4
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.is_routable, agent.reason) == (False, "on_break")


def test_what_waits_is_given_out_the_moment_the_break_ends(write, words, people):
    for name in ("staff", "colleague"):
        start_break(user=people[name], reason="rest")
    waiting = write("mua")
    assert (waiting.assignee, waiting.waiting_reason) == (None, "nobody_at_work")
    end_break(user=people["staff"])
    waiting.refresh_from_db()
    assert (waiting.assignee, waiting.waiting_reason) == (people["staff"], "")
    assert open_counts(people["staff"], people["colleague"]) == [1, 0]


def test_who_was_busy_before_the_break_is_busy_after_it(write, words, people):
    for name in ("staff", "colleague"):
        start_break(user=people[name], reason="rest")
    people["staff"].presence = "busy"
    people["staff"].save()
    waiting = write("mua")
    end_break(user=people["staff"])
    waiting.refresh_from_db()
    assert waiting.assignee is None
    assert Agent.objects.get(user=people["staff"]).reason == "busy"


def test_who_is_in_talks_stays_theirs_and_who_waits_for_a_first_answer_goes_back(
    write, words, people
):
    check_out(user=people["colleague"])
    answered, asks_again, waits = (write("mua", sender=f"kh-{number}") for number in range(3))
    for conversation in (answered, asks_again):
        send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    assert write("Còn không ạ?", sender="kh-1").assignee == people["staff"]
    assert open_counts(people["staff"]) == [2]
    start_break(user=people["staff"], reason="meal")
    repair_agents()
    for conversation in (answered, asks_again, waits):
        conversation.refresh_from_db()
    assert (answered.assignee, asks_again.assignee) == (people["staff"], people["staff"])
    assert (waits.assignee, waits.waiting_reason) == (None, "nobody_at_work")
    assert waits.assignments.get().end_reason == "on_break"
    assert events_of(waits)[-1] == {
        "code": "released_on_break",
        "params": {"person": "Staff", "why": "on_break"},
    }
    assert write("Alo?", sender="kh-0").assignee == people["staff"]
    assert open_counts(people["staff"]) == [2]
    end_break(user=people["staff"])
    waits.refresh_from_db()
    assert waits.assignee == people["staff"]


def test_a_colleague_has_it_the_moment_the_break_begins(write, words, people):
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    Agent.objects.filter(user=people["colleague"]).update(capacity=8)
    start_break(user=people["staff"], reason="meal")
    conversation.refresh_from_db()
    assert conversation.assignee == people["colleague"]
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]


def test_what_a_process_that_died_left_with_somebody_on_a_break_is_found(
    write, words, people, monkeypatch
):
    repair_agents()
    check_out(user=people["colleague"])
    conversation = write("mua")
    with monkeypatch.context() as patch:
        patch.setattr("routing.services.refresh.release_conversations", lambda **kwargs: 0)
        start_break(user=people["staff"], reason="meal")
    assert Conversation.objects.get().assignee == people["staff"]
    assert repair_agents() == 1
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert repair_agents() == 0


def test_a_break_whose_news_was_lost_is_believed_all_the_same(write, words, people):
    """The claim itself asks; the row that routing keeps still says that they take work."""
    check_out(user=people["colleague"])
    entry = TimeEntry.objects.open().get(user=people["staff"])
    taken = Break.objects.create(entry=entry, reason="meal")
    assert Agent.objects.get(user=people["staff"]).is_routable
    waiting = write("mua")
    assert waiting.assignee is None
    repair_agents()
    agent = Agent.objects.get(user=people["staff"])
    assert (agent.is_routable, agent.reason, agent.since) == (False, "on_break", taken.started_at)


def test_a_forgotten_check_out_gives_the_conversations_back(write, words, people):
    check_out(user=people["colleague"])
    conversation = write("mua")
    assert close_forgotten(at=timezone.now() + timedelta(hours=13)) == 2  # and of Billing
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert Agent.objects.get(user=people["staff"]).reason == "checked_out"


def test_a_lead_may_hand_to_somebody_on_a_break(people, sales, commits):
    start_break(user=people["staff"], reason="meal")
    waiting = ConversationFactory(department=sales)
    assign_conversation(conversation=waiting, assignee=people["staff"], by=people["manager"])
    refresh_agents(user_ids=[people["staff"].pk])
    repair_agents()
    assert Conversation.objects.get().assignee == people["staff"]


def test_nobody_takes_anything_during_their_break(people, sales, commits):
    sales.staff_can_claim = True
    sales.save()
    people["staff"].refresh_from_db()
    start_break(user=people["staff"], reason="meal")
    waiting = ConversationFactory(department=sales)
    with pytest.raises(NotTakingWork) as refused:
        take_conversation(conversation=waiting, by=people["staff"])
    assert refused.value.code == "not_taking_work"
    assert "nghỉ giữa ca" in str(refused.value)
    assert Conversation.objects.get().assignee is None


# --- What leads see -----------------------------------------------------------------------------
def test_a_row_says_until_when_somebody_is_away(page, people, commits):
    at = timezone.now()
    start_break(user=people["staff"], reason="meal", minutes=45, at=at)
    start_break(user=people["colleague"], reason="rest", at=at)
    back = timezone.localtime(at + timedelta(minutes=45)).strftime("%H:%M")
    began = timezone.localtime(at).strftime("%H:%M")
    text = page("admin")
    state = '<i class="dot" data-s="busy"></i><span>On a break <span class="muted">%s</span>'
    assert state % f"back at {back}" in text
    assert state % f"since {began}" in text
    assert "6 people, 1 taking work, 0 at capacity." in text


def test_a_row_says_when_the_shift_begins(page, people, organisation, commits):
    """Whatever the clock says while this runs: the day of the workplace has just begun."""
    check_out(user=people["staff"])
    zone = a_zone_where_it_is_before(hour=22)
    organisation.time_zone = zone.key
    organisation.save()
    starts_at = timezone.now() + timedelta(hours=1)
    planned = shift(people["staff"].department, "08:00", "09:00", 0)
    ShiftAssignment.objects.create(
        user=people["staff"],
        shift=planned,
        date=starts_at.astimezone(zone).date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        planned_minutes=60,
        published_at=timezone.now(),
    )
    repair_agents()
    clock = starts_at.astimezone(zone).strftime("%H:%M")
    state = '<i class="dot" data-s="off"></i><span>Shift not started <span class="muted">%s</span>'
    assert state % clock in page("admin")


def a_zone_where_it_is_before(hour: int) -> ZoneInfo:
    zones = (ZoneInfo(name) for name in ("Asia/Ho_Chi_Minh", "America/New_York"))
    return next(zone for zone in zones if timezone.now().astimezone(zone).hour < hour)


def test_the_page_of_a_person_says_it_too(page, people, commits):
    at = timezone.now()
    start_break(user=people["staff"], reason="meal", minutes=45, at=at)
    back = timezone.localtime(at + timedelta(minutes=45)).strftime("%H:%M")
    text = page("manager", f"/users/{people['staff'].public_id}")
    assert f'<span>On a break <span class="muted">back at {back}</span></span>' in text
