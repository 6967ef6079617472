"""/shifts/handover: when it is open, what it offers, what its buttons do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from inbox.models import Conversation, Message
from inbox.services import send_reply
from routing.handover_page import MOST_LISTED
from routing.models import Agent, AgentSkill
from routing.services import assign_conversation, recount_agents, refresh_agents
from tests.factories import ConversationFactory, UserFactory
from tests.routing.conftest import open_counts
from tests.routing.handover_rows import MINUTE, came_before_the_shift, reason_of, shift_until
from workforce.models import TimeEntry
from workforce.services import check_out

pytestmark = pytest.mark.django_db

URL = "/shifts/handover"


@pytest.fixture
def visit(people):
    """`visit("staff")` looks at the page, `visit("staff", do="stay")` sends it."""

    def send(who: str, **data: str):
        client = Client(headers={"accept": "text/html"})
        client.force_login(people[who])
        return client.post(URL, data) if data else client.get(URL)

    return send


@pytest.fixture
def mine(write, words, people) -> list[Conversation]:
    """Staff has one open and one that waits for the customer; the colleague two places."""
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    rows = [write("mua", sender=f"kh-{number}") for number in range(2)]
    send_reply(conversation=rows[1], author=people["staff"], text="Dạ")
    Agent.objects.filter(user=people["colleague"]).update(capacity=2)
    return rows


def ending(person, *, minutes: int = 10):
    came_before_the_shift(person)
    row = shift_until(person, timezone.now() + minutes * MINUTE)
    refresh_agents(user_ids=[person.pk])
    return row


def fields(rows, to: str, waiting: str, *, note: str = "") -> dict:
    """Of the fixture's two: the open one, and the one that waits for the customer."""
    key = rows[0].public_id
    return {f"to_{key}": to, f"note_{key}": note, "waiting": waiting}


def clock(at) -> str:
    return f"{timezone.localtime(at):%H:%M}"


# --- When ---------------------------------------------------------------------------------------
def test_before_its_time_the_page_says_when_it_opens_and_nothing_is_handed_over(
    visit, mine, people
):
    row = ending(people["staff"], minutes=60)
    response = visit("staff")
    assert response.status_code == 200
    assert f"You can hand over from {clock(row.handover_at)} on" in response.text
    assert 'name="do"' not in response.text
    assert visit("staff", do="handover", **fields(mine, "queue", "keep")).status_code == 409
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {people["staff"].pk}
    assert TimeEntry.objects.open().filter(user=people["staff"]).exists()


def test_the_last_of_several_shifts_without_a_gap_counts(visit, mine, people):
    first = ending(people["staff"])
    last = shift_until(
        people["staff"], first.ends_at + 120 * MINUTE, name="Late", starts_at=first.ends_at
    )
    text = visit("staff").text
    assert f"You can hand over from {clock(last.handover_at)} on" in text


def test_in_the_last_minutes_the_page_says_what_is_left(visit, mine, people):
    row = ending(people["staff"])
    text = visit("staff").text
    assert f"Shift ends at {clock(row.ends_at)}, 2 conversations left" in text
    assert f"Since {clock(row.handover_at)} you are given no new conversations" in text
    assert "10 minutes left" in text
    assert "the one that waits for your answer goes back to the queue" in text
    assert "Stay 30 more minutes" in text


def test_after_the_end_it_is_open_too(visit, people, commits):
    row = ending(people["staff"], minutes=-5)
    text = visit("staff").text
    assert f"Shift ended at {clock(row.ends_at)}, nothing to hand over" in text
    assert "minutes left" not in text


def test_without_a_shift_it_is_open_at_any_time(visit, mine, people):
    text = visit("staff").text
    assert "Hand over 2 conversations and check out" in text
    assert "Stay 30" not in text


# --- What is offered ----------------------------------------------------------------------------
def test_one_sees_the_own_conversations_and_people_who_answer_for_them(
    visit, mine, people, sales, billing
):
    ending(people["staff"])
    ConversationFactory(department=sales, assignee=people["colleague"], preview="của người khác")
    ConversationFactory(department=sales, preview="trong hàng chờ")
    AgentSkill.objects.create(agent=people["other_staff"].agent, department=sales)
    response = visit("staff")
    form = response.context["form"]
    offered = {
        row.conversation.pk: [value for value, _label in to.field.choices]
        for row, to, _note in form.lines()
    }
    waiting = [value for value, _label in form["waiting"].field.choices]
    colleague = str(people["colleague"].public_id)
    assert offered == {mine[0].pk: ["queue", "next", colleague]}
    assert waiting == ["keep", "queue", "next"]
    assert "của người khác" not in response.text
    assert "trong hàng chờ" not in response.text
    # Skilled, so their load counts; but of another department, whom staff do not know.
    assert people["other_staff"].display_name not in response.text
    check_out(user=people["colleague"])
    assert colleague not in visit("staff").text


def test_the_next_shift_is_named_and_suggested(visit, mine, people):
    ending(people["staff"])
    colleague, now = people["colleague"], timezone.now()
    row = shift_until(colleague, now + 240 * MINUTE, name="Ca Chiều", starts_at=now)
    refresh_agents(user_ids=[colleague.pk])
    response = visit("staff")
    assert "Ca Chiều (least busy)" in response.text
    assert "1 to the next shift, 1 kept" in response.text
    assert [one.agent.user for one in response.context["handover"].successors] == [colleague]
    assert f"until {clock(row.ends_at)}" in response.text


def test_who_one_may_not_know_is_of_the_next_shift_without_a_name(visit, mine, people, sales):
    ending(people["staff"])
    other, now = people["other_staff"], timezone.now()
    AgentSkill.objects.create(agent=other.agent, department=sales)
    shift_until(other, now + 240 * MINUTE, name="Ca Chiều", starts_at=now)
    refresh_agents(user_ids=[other.pk])
    response = visit("staff")
    assert "Ca Chiều (least busy)" in response.text
    assert response.context["handover"].successors == []
    assert other.display_name not in response.text


def test_others_without_conversations_are_told_so(visit, people):
    """Who is at work may check out there; who is not is offered nothing."""
    for who in ("manager", "admin", "staff"):
        response = visit(who)
        assert response.status_code == 200
        assert "You have nothing to hand over" in response.text
        assert "You have no open conversations" in response.text
        assert "0 conversations" not in response.text
        page = response.text.split("<main")[1]
        assert "Hand over and check out" not in page
        assert ('value="handover"' in page) == (who == "staff")


# --- What is done -------------------------------------------------------------------------------
def test_the_main_button_hands_over_and_checks_out(visit, mine, people):
    ending(people["staff"])
    to = str(people["colleague"].public_id)
    response = visit("staff", do="handover", **fields(mine, to, "keep", note="Gọi lại 15:00"))
    assert (response.status_code, response["Location"]) == (302, "/")
    mine[0].refresh_from_db()
    assert mine[0].assignee == people["colleague"]
    assert Message.objects.get(direction="note").text == "Gọi lại 15:00"
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]
    assert not TimeEntry.objects.open().filter(user=people["staff"]).exists()
    # Sent twice, there is nothing left to do.
    assert visit("staff", do="handover", **fields(mine, to, "keep")).status_code == 302
    assert mine[0].assignments.count() == 2


@pytest.mark.parametrize(("do", "summary"), [("queue", "2 to the queue"), ("next", "2 to the")])
def test_a_quick_choice_sets_all_and_keeps_the_notes(visit, mine, people, do, summary):
    ending(people["staff"])
    response = visit("staff", do=do, **fields(mine, "queue", "keep", note="Nhắn lại"))
    assert response.status_code == 200
    assert summary in response.text
    assert response.text.count(f'<option value="{do}" selected>') == 2
    assert 'value="Nhắn lại"' in response.text
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {people["staff"].pk}


def test_the_summary_follows_the_choices(visit, mine, people):
    ending(people["staff"])
    to = str(people["colleague"].public_id)
    response = visit("staff", do="preview", **fields(mine, to, "queue"))
    assert response.status_code == 200
    assert "Handing over: 1 to Colleague, 1 to the queue." in response.text
    assert "<html" not in response.text


def test_a_refusal_is_shown_at_its_row_and_nothing_is_moved(visit, mine, people):
    ending(people["staff"])
    to = str(people["colleague"].public_id)
    Agent.objects.filter(user=people["colleague"]).update(capacity=1)
    other = ConversationFactory(department=people["staff"].department, assignee=people["colleague"])
    recount_agents([other.assignee_id])
    assert (
        f'<option value="{to}" disabled>Colleague, 1/1, at capacity</option>' in visit("staff").text
    )
    response = visit("staff", do="handover", **fields(mine, to, "queue", note="Gấp"))
    assert response.status_code == 409
    assert "Colleague has no place left. Choose somebody else." in response.text
    assert f'<option value="{to}" selected>' in response.text
    assert '<option value="queue" selected>' in response.text
    assert "Handing over: 1 to Colleague, 1 to the queue." in response.text
    assert 'value="Gấp"' in response.text
    assert (
        "1 conversation cannot go where you chose, so nothing was handed over."
        " You are still checked in." in response.text
    )
    for row in mine:
        row.refresh_from_db()
    assert [row.assignee for row in mine] == [people["staff"], people["staff"]]
    assert TimeEntry.objects.open().filter(user=people["staff"]).exists()


def test_a_lead_may_choose_who_is_full(visit, people, sales):
    Agent.objects.filter(user=people["colleague"]).update(capacity=1, open_count=1)
    ConversationFactory(department=sales, assignee=people["manager"])
    to = people["colleague"].public_id
    assert f'<option value="{to}">Colleague, 1/1, at capacity</option>' in visit("manager").text


def test_who_takes_no_work_is_said_to_and_comes_last(visit, mine, people, sales):
    first, second = UserFactory.create_batch(2, role="staff", department=sales)
    for person, reason, count in ((first, "taking_work", 3), (second, "on_break", 0)):
        Agent.objects.update_or_create(
            user=person, defaults={"capacity": 8, "reason": reason, "open_count": count}
        )
    Agent.objects.filter(user=people["colleague"]).update(reason="busy")
    (row,) = visit("staff").context["handover"].rows
    with translation.override("en"):
        words = [words for value, words in row.choices if value not in ("queue", "next")]
    assert words == [
        f"{first}, 3/8",
        f"{second}, 0/8, on a break",
        "Colleague, 0/2, busy",
    ]


def test_what_is_snoozed_is_a_group_of_its_own(visit, mine, people, sales):
    staff = people["staff"]
    ending(staff)
    until = timezone.now() + 90 * MINUTE
    row = ConversationFactory(
        department=sales, assignee=staff, status="snoozed", snoozed_until=until
    )
    response = visit("staff")
    assert "3 conversations left" in response.text
    assert "1 is snoozed" in response.text
    offered = [value for value, _label in response.context["form"]["snoozed"].field.choices]
    assert offered == ["queue", "next"]
    data = fields(mine, "queue", "keep")
    assert visit("staff", do="handover", snoozed="keep", **data).status_code == 400
    assert visit("staff", do="handover", **data).status_code == 302
    row.refresh_from_db()
    assert (row.assignee, row.status) == (None, "snoozed")


def test_what_came_in_meanwhile_is_asked_about(visit, mine, people, sales):
    ending(people["staff"])
    new = ConversationFactory(department=sales)
    assign_conversation(conversation=new, assignee=people["staff"], by=people["manager"])
    response = visit("staff", do="handover", **fields(mine, "queue", "keep"))
    assert response.status_code == 400
    assert "This one came in meanwhile. Choose where it goes." in response.text
    assert Conversation.objects.filter(assignee=people["staff"]).count() == 3


def test_what_a_manager_took_meanwhile_is_told_and_left_alone(visit, mine, people):
    ending(people["staff"])
    assign_conversation(conversation=mine[0], assignee=people["colleague"], by=people["manager"])
    client = Client(headers={"accept": "text/html"})
    client.force_login(people["staff"])
    data = fields(mine, "queue", "keep")
    response = client.post(URL, {"do": "handover", **data}, follow=True)
    assert "1 conversation was not yours any more" in response.text
    mine[0].refresh_from_db()
    assert mine[0].assignee == people["colleague"]


@pytest.mark.parametrize("to", ["keep", "nobody", "00000000-0000-4000-8000-000000000000"])
def test_a_choice_that_is_not_offered_is_refused(visit, mine, people, to):
    ending(people["staff"])
    response = visit("staff", do="handover", **fields(mine, to, "queue"))
    assert response.status_code == 400
    assert Conversation.objects.filter(assignee=people["staff"]).count() == 2
    assert TimeEntry.objects.open().filter(user=people["staff"]).exists()


def test_staying_longer_says_until_when(visit, mine, people):
    row = ending(people["staff"])
    client = Client(headers={"accept": "text/html"})
    client.force_login(people["staff"])
    response = client.post(URL, {"do": "stay"}, follow=True)
    until = clock(row.ends_at + 30 * MINUTE)
    assert f"You stay until {until}. It is recorded as overtime" in response.text
    assert f"You stay until {until} and are given new conversations" in response.text
    assert "40 minutes left" in response.text
    assert reason_of(people["staff"]) == "taking_work"


def test_staying_without_a_shift_is_refused(visit, people):
    response = visit("staff", do="stay")
    assert (response.status_code, response["Location"]) == (302, URL)
    assert not TimeEntry.objects.exclude(stays_until=None).exists()


def test_an_unknown_button_is_a_bad_request(visit, people):
    assert visit("staff", do="explode").status_code == 400


# --- Many ---------------------------------------------------------------------------------------
def test_what_waits_for_the_customer_goes_one_way_however_many_there_are(visit, people, sales):
    staff = people["staff"]
    ending(staff)
    ConversationFactory.create_batch(260, status="waiting", department=sales, assignee=staff)
    response = visit("staff")
    assert [*response.context["form"].fields] == ["waiting"]
    assert "260 wait for the customer" in response.text
    assert "Handing over: 260 kept." in response.text
    assert visit("staff", do="handover", waiting="nobody").status_code == 400
    assert TimeEntry.objects.open().filter(user=staff).exists()
    # Without a choice they are kept, in a number of statements that does not grow.
    client = Client(headers={"accept": "text/html"})
    client.force_login(staff)
    cost = queries(lambda: client.post(URL, {"do": "handover"}))
    assert cost < 100
    assert not TimeEntry.objects.open().filter(user=staff).exists()
    assert Conversation.objects.filter(assignee=staff, status="waiting").count() == 260


def test_of_many_open_ones_a_hundred_are_listed_and_the_rest_goes_to_the_queue(
    visit, people, sales, monkeypatch
):
    staff = people["staff"]
    ending(staff)
    assert MOST_LISTED == 100
    monkeypatch.setattr("routing.handover_page.MOST_LISTED", 2)
    Agent.objects.filter(user=people["colleague"]).update(is_routable=False)
    waits = [timezone.now() - minutes * MINUTE for minutes in (1, 3, 2)]
    rows = [ConversationFactory(department=sales, assignee=staff, waiting_since=at) for at in waits]
    response = visit("staff")
    assert [row.conversation for row in response.context["handover"].rows] == [rows[1], rows[2]]
    assert "3 conversations left" in response.text
    assert "1 more is open" in response.text
    to = str(people["colleague"].public_id)
    data = {f"to_{row.public_id}": to for row in rows}  # the first was listed a moment ago
    response = visit("staff", do="handover", **data)
    assert response.status_code == 302
    found = dict(Conversation.objects.values_list("pk", "assignee__username"))
    assert [found[row.pk] for row in rows] == [None, "colleague", "colleague"]
    assert not TimeEntry.objects.open().filter(user=staff).exists()


# --- The way there ------------------------------------------------------------------------------
def test_the_menu_and_the_clock_lead_there(people, mine):
    row = ending(people["staff"])
    client = Client(headers={"accept": "text/html"})
    client.force_login(people["staff"])
    text = client.get("/shifts/timesheet").text
    assert text.count(f'href="{URL}"') == 2
    assert f"Your shift ends at {clock(row.ends_at)}. Hand over what you have." in text
    assert f'Shift ending <span class="muted">{clock(row.ends_at)}</span>' in text


def queries(call) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def test_the_page_costs_the_same_for_ten_conversations(mine, people, load):
    ending(people["staff"])
    client = Client(headers={"accept": "text/html"})
    client.force_login(people["staff"])
    client.get(URL)
    few = queries(lambda: client.get(URL))
    load(people["staff"], 8)
    assert queries(lambda: client.get(URL)) == few
