"""The queue board: who waits, in which order and why, and who may see and give it out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Department
from inbox.models import Conversation
from inbox.sentences import waiting_sentence
from routing.models import (
    Agent,
    AgentSkill,
    Assignment,
    BusinessCalendar,
    RoutingPolicy,
)
from routing.queue_page import rows_of_each
from tests.factories import (
    AgentFactory,
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    DepartmentFactory,
    MessageFactory,
    UserFactory,
)
from tests.test_statement_counts import statements, told

pytestmark = pytest.mark.django_db

QUEUE_PAGE = 18
HTMX = {"HX-Request": "true"}


def browser(user) -> Client:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    return client


def waiting(name: str, department=None, **columns) -> Conversation:
    identity = ContactIdentityFactory(contact=ContactFactory(name=name))
    return ConversationFactory(
        identity=identity, contact=identity.contact, department=department, **columns
    )


def board_of(user, query: str = ""):
    response = browser(user).get(f"/queue{query}")
    assert response.status_code == 200
    return response.context["board"]


def names(board) -> dict[str, list[str]]:
    return {
        group.key: [row.conversation.contact.name for row in group.rows] for group in board.groups
    }


@pytest.fixture
def queue(people, sales, billing) -> dict[str, Conversation]:
    return {
        "sales": waiting("sales", sales, waiting_reason="all_full"),
        "billing": waiting("billing", billing, waiting_reason="nobody_at_work"),
        "common": waiting("common", waiting_reason="no_department"),
    }


# --- Who sees what -----------------------------------------------------------------------------
def test_each_sees_the_queues_they_give_out(people, queue, sales, billing):
    of_sales, of_billing = {str(sales.pk): ["sales"]}, {str(billing.pk): ["billing"]}
    common = {"common": ["common"]}
    assert names(board_of(people["admin"])) == of_sales | of_billing | common
    assert names(board_of(people["manager"])) == of_sales | common
    assert names(board_of(people["other_manager"])) == of_billing | common


@pytest.mark.parametrize("path", ["/queue", "/queue?department=common"])
def test_staff_see_it_only_where_they_may_take(people, queue, sales, path):
    refused = browser(people["staff"]).get(path)
    assert (refused.status_code, 'href="/messages"' in refused.text) == (403, True)
    assert "In your department people do not take conversations" in refused.text
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    assert names(board_of(people["staff"])) == {str(sales.pk): ["sales"]}
    assert browser(people["other_staff"]).get(path).status_code == 403


def test_a_mention_is_no_reason_to_take_from_another_queue(people, queue, sales):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    message = MessageFactory(conversation=queue["billing"], direction="note")
    message.mentions.create(user=people["staff"], conversation=queue["billing"])
    assert names(board_of(people["staff"])) == {str(sales.pk): ["sales"]}


def test_the_rail_leads_there_where_one_may(people, sales):
    link = f'href="{reverse("routing:queue")}"'
    assert link in browser(people["manager"]).get("/messages").content.decode()
    assert link not in browser(people["staff"]).get("/messages").content.decode()
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    assert link in browser(people["staff"]).get("/messages").content.decode()


def test_staff_see_their_own_load_only_and_leads_their_peoples(people, sales):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)

    def shown(who: str) -> set[str]:
        return {member.person.username for member in board_of(people[who]).members}

    assert shown("staff") == {"staff"}
    assert shown("manager") == {"staff", "colleague"}
    assert shown("admin") == {"staff", "colleague", "other_staff"}


# --- In which order, and what is left out ------------------------------------------------------
def test_rows_stand_in_the_order_they_are_given_out(people, sales):
    now = timezone.now()
    at = [now + timedelta(minutes=minutes) for minutes in (5, 10, 20)]
    ago = now - timedelta(minutes=30)
    waiting("new", sales, waiting_since=now)
    waiting("old", sales, waiting_since=ago)
    waiting("due later", sales, due_at=at[1])
    waiting("due soon", sales, due_at=at[0])
    waiting("window", sales, reply_window_ends_at=at[2], due_at=at[2])
    waiting("low", sales, waiting_since=ago, due_at=at[0], priority=4)
    waiting("urgent", sales, priority=1)
    assert names(board_of(people["manager"])) == {
        str(sales.pk): ["urgent", "window", "due soon", "due later", "old", "new", "low"]
    }


def test_only_what_waits_for_a_person_stands_there(people, sales):
    waiting("open", sales)
    waiting("assigned", sales, assignee=people["staff"])
    for status in ("waiting", "snoozed", "resolved", "spam"):
        waiting(status, sales, status=status)
    assert names(board_of(people["admin"])) == {str(sales.pk): ["open"]}


def test_of_a_long_queue_the_first_are_shown_and_the_others_told(
    people, sales, billing, monkeypatch
):
    monkeypatch.setattr("routing.queue_page.MAX_ROWS", 4)
    monkeypatch.setattr("routing.queue_page.MAX_ROWS_EACH", 3)
    for number in range(5):
        waiting(f"s{number}", sales)
        waiting(f"b{number}", billing)
    board = board_of(people["admin"])
    assert names(board) == {
        str(sales.pk): ["s0", "s1", "s2"],
        str(billing.pk): ["b0", "b1", "b2"],
    }
    assert [group.hidden for group in board.groups] == [2, 2]
    assert board.total == 10
    (alone,) = board_of(people["admin"], f"?department={sales.pk}").groups
    assert (len(alone.rows), alone.hidden) == (4, 1)


@pytest.mark.parametrize(
    ("departments", "each"), [(0, 200), (1, 200), (2, 50), (8, 50), (9, 44), (20, 20), (900, 1)]
)
def test_a_page_of_many_departments_shows_fewer_of_each(departments, each):
    assert rows_of_each(departments) == each


def test_keywords_are_read_of_the_newest_unanswered_messages(people, sales, monkeypatch):
    monkeypatch.setattr("routing.queue_page.MAX_READ", 2)
    for name in ("one", "two"):
        conversation = waiting(name, sales)
        for word in ("first", "second", "third"):
            match = {"word": f"{name} {word}", "department": sales.pk}
            MessageFactory(conversation=conversation, keywords=[match])
    (group,) = board_of(people["manager"]).groups
    assert [row.words for row in group.rows] == [
        ["one second", "one third"],
        ["two second", "two third"],
    ]


def test_a_department_can_be_chosen(people, queue, billing, sales):
    board = board_of(people["admin"], f"?department={billing.pk}")
    assert names(board) == {str(billing.pk): ["billing"]}
    assert [tab.count for tab in board.tabs] == [1, 1, 1]
    assert names(board_of(people["admin"], "?department=common")) == {"common": ["common"]}
    for unknown in ("?department=x", f"?department={billing.pk}9", "?department=" + "9" * 30):
        assert len(names(board_of(people["admin"], unknown))) == 3
    Conversation.objects.filter(pk=queue["billing"].pk).update(assignee=people["other_staff"])
    board = board_of(people["admin"], f"?department={billing.pk}")
    assert (names(board), board.chosen, board.shown_total) == ({}, str(billing.pk), 0)
    assert names(board_of(people["manager"], f"?department={billing.pk}")) == {
        str(sales.pk): ["sales"],
        "common": ["common"],
    }


def test_an_empty_queue_is_calm(people):
    page = browser(people["admin"]).get("/queue").content.decode()
    assert "<h1>Nothing waits to be given out</h1>" in page
    assert "Everybody who wrote has somebody" in page


# --- What a row and a heading say --------------------------------------------------------------
def only_row(user):
    (group,) = board_of(user).groups
    (row,) = group.rows
    return row


def test_it_says_how_many_are_full_and_whose_customer_it_is(people, sales):
    Agent.objects.filter(user__department=sales).update(open_count=8)
    conversation = waiting("Tạ Phúc", sales, waiting_reason="all_full")
    skilled = Agent.objects.get(user=people["other_staff"])
    # The third, of another department, has the skill: routing looks at them too.
    AgentSkill.objects.create(agent=skilled, department=sales, level=2)
    row = only_row(people["manager"])
    assert (row.because, row.more) == ("All 3 people are at capacity", "")
    with translation.override("en"):  # a list counts nobody
        assert waiting_sentence(conversation) == "Everybody in Sales is at capacity"
    Assignment.objects.create(
        conversation=conversation,
        cycle=conversation.cycles.get(),
        assignee=people["staff"],
        policy="by_hand",
        ended_at=timezone.now(),
    )
    assert only_row(people["manager"]).more == "A returning customer of Staff, who is at 8/8"


@pytest.mark.parametrize(
    ("reason", "params", "because", "more"),
    [
        ("", {}, "Somebody is being chosen now", ""),
        (
            "guard",
            {"person": "Bảo", "seconds": 6},
            "Shared evenly: Bảo just got 5 conversations in 10 seconds",
            "Goes on in 6 s",
        ),
        (
            "claim",
            {},
            "The department takes its own: nobody has pressed Take yet",
            "",
        ),
        (
            "parked",
            {"count": 3},
            "Put aside: 3 people had it, nobody answered",
            "Waits for a lead to give it out",
        ),
        (
            "nobody_at_work",
            {},
            "Nobody in Sales is taking work now",
            "",
        ),
    ],
)
def test_each_reason_in_words(people, sales, reason, params, because, more):
    waiting("one", sales, waiting_reason=reason, waiting_params=params)
    row = only_row(people["manager"])
    assert (row.because, row.more) == (because, more)


def test_the_guard_says_whom_it_holds_back_and_for_how_long(people, sales):
    until = timezone.now() + timedelta(seconds=6)
    params = {"person": "Bảo", "until": until.isoformat()}
    waiting("one", sales, waiting_reason="guard", waiting_params=params)
    row = only_row(people["manager"])
    assert row.because == "Shared evenly: Bảo just got 5 conversations in 10 seconds"
    assert row.more in ("Goes on in 6 s", "Goes on in 5 s")


def test_keywords_of_the_rows_department_come_first(people, sales, billing):
    conversation = waiting("one", sales)
    found = [("đổi", billing), ("giá", sales), ("mua", sales), ("hoá đơn", billing)]
    for word, department in found:
        match = {"word": word, "department": department.pk}
        MessageFactory(conversation=conversation, keywords=[match])
    assert only_row(people["manager"]).words == ["giá", "mua", "đổi"]


def test_while_it_is_closed_that_is_why_nobody_is_there(people, sales):
    until = timezone.now() + timedelta(minutes=5)
    columns = {"due_kind": "first_response", "due_paused_until": until}
    waiting("one", sales, waiting_reason="nobody_at_work", **columns)
    assert only_row(people["manager"]).because == "Nobody in Sales is taking work now"
    BusinessCalendar.objects.create(department=sales)
    row = only_row(people["manager"])
    assert row.because == "Outside business hours"
    assert row.more.startswith("The deadline goes on at ")


def test_a_row_has_its_deadline(people, sales):
    now = timezone.now()
    waiting("none", sales, waiting_since=now - timedelta(minutes=43))
    waiting(
        "late",
        sales,
        due_kind="first_response",
        due_from=now - timedelta(minutes=20),
        due_at=now - timedelta(minutes=4),
    )
    page = browser(people["manager"]).get("/queue").content.decode()
    late, none = page.split('<tr id="q-')[1:]
    assert 'data-s="bad"' in late.split(">")[0]
    assert "4 min late" in late
    assert "late" not in none.split("</tr>")[0].replace("translate", "")
    # The column says "Waited"; on a phone, which shows no heads, the cell says it.
    assert "<span>43 min</span>" in none.split('class="num not-phone"')[1].split("</td>")[0]
    assert "waiting 43 min" in none.split('class="only-phone"')[1].split("</td>")[0]


# --- Giving it out -----------------------------------------------------------------------------
def test_a_lead_gives_it_to_somebody_and_is_back_in_the_queue(people, queue, sales):
    client = browser(people["manager"])
    path = reverse("routing:queue_people", args=[queue["sales"].public_id])
    assert "Colleague" in client.get(path).content.decode()
    data = {"assignee": people["colleague"].public_id, "next": f"queue:{sales.pk}"}
    answer = client.post(
        reverse("routing:conversation_assign", args=[queue["sales"].public_id]), data
    )
    assert answer.headers["Location"] == f"/queue?department={sales.pk}"
    queue["sales"].refresh_from_db()
    assert queue["sales"].assignee == people["colleague"]
    page = client.get("/queue", headers=HTMX).content.decode()
    assert "Assigned to Colleague." in page
    assert 'id="toasts"' in page
    assert 'id="toasts"' not in client.get("/queue", headers=HTMX).content.decode()


def test_who_cannot_have_it_is_told_in_the_queue(people, queue):
    Agent.objects.filter(user=people["colleague"]).update(
        reason="not_checked_in", is_routable=False
    )
    client = browser(people["manager"])
    path = reverse("routing:conversation_assign", args=[queue["sales"].public_id])
    for assignee in (people["colleague"].public_id, people["other_staff"].public_id, "x"):
        answer = client.post(path, {"assignee": assignee, "next": "queue"})
        assert answer.headers["Location"] == "/queue"
    queue["sales"].refresh_from_db()
    assert queue["sales"].assignee is None
    page = client.get("/queue").content.decode()
    assert "Colleague is not at work now. Choose somebody who is." in page


def test_staff_take_it_there(people, queue, sales):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    client = browser(people["staff"])
    path = reverse("routing:conversation_take", args=[queue["sales"].public_id])
    answer = client.post(path, {"next": "queue"})
    assert answer.headers["Location"] == "/queue"
    queue["sales"].refresh_from_db()
    assert queue["sales"].assignee == people["staff"]
    assert "sales is yours now." in client.get("/queue").content.decode()
    assert client.post(path, {"next": "queue"}).headers["Location"] == "/queue"
    assert "Somebody has this conversation already." in client.get("/queue").content.decode()


def test_who_is_given_more_than_they_have_room_for_is_said_and_taken_back(people, queue, commits):
    client = browser(people["manager"])
    Agent.objects.filter(user=people["colleague"]).update(capacity=1)
    for name in ("sales", "common"):
        path = reverse("routing:conversation_assign", args=[queue[name].public_id])
        client.post(path, {"assignee": people["colleague"].public_id, "next": "queue"})
        page = client.get("/queue").content.decode()
        undo = reverse("routing:conversation_hand_back", args=[queue[name].public_id])
        is_over = name == "common"
        assert ("Assigned to Colleague, who is over capacity: 2/1." in page) == is_over
        assert (f'action="{undo}"' in page) == is_over
    client.post(undo)
    queue["common"].refresh_from_db()
    assert queue["common"].assignee != people["colleague"]


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example/queue", "/admin/", "queue2", ""]
)
def test_a_foreign_next_leads_to_the_conversation(people, queue, next_page):
    client = browser(people["manager"])
    path = reverse("routing:conversation_assign", args=[queue["sales"].public_id])
    data = {"assignee": people["colleague"].public_id, "next": next_page}
    assert client.post(path, data).headers["Location"] == queue["sales"].path


@pytest.mark.parametrize("department", ["//evil.example", "1&x=2", "", "²", "\x00"])
def test_a_foreign_department_is_left_out(people, queue, department):
    client = browser(people["manager"])
    path = reverse("routing:conversation_take", args=[queue["sales"].public_id])
    answer = client.post(path, {"next": f"queue:{department}"})
    assert answer.headers["Location"] == "/queue"


# --- Live --------------------------------------------------------------------------------------
def test_it_is_asked_for_again_every_two_seconds_at_most(people, queue):
    page = browser(people["admin"]).get("/queue").content.decode()
    assert 'id="queue" data-live="' in page
    assert ' data-live-gap="2000" ' in page


def test_a_refetch_that_finds_the_same_says_so(people, queue):
    client = browser(people["admin"])
    version = client.get("/queue").context["version"]
    path = f"/queue?version={version}"
    assert client.get(path, headers=HTMX).status_code == 204
    assert client.get(path).status_code == 200  # a page is a page


@pytest.mark.parametrize(
    "change",
    [
        lambda queue: waiting("new", queue["sales"].department),
        lambda queue: Conversation.objects.filter(pk=queue["sales"].pk).update(status="waiting"),
        lambda queue: Conversation.objects.filter(pk=queue["sales"].pk).update(priority=1),
        lambda queue: Conversation.objects.filter(pk=queue["sales"].pk).update(
            due_at=datetime(2030, 1, 1, tzinfo=UTC)
        ),
        lambda queue: Conversation.objects.filter(pk=queue["sales"].pk).update(
            waiting_reason="claim"
        ),
        lambda queue: Conversation.objects.filter(pk=queue["sales"].pk).update(preview="?"),
        lambda queue: Agent.objects.filter(user__username="staff").update(open_count=3),
        lambda queue: Agent.objects.filter(user__username="staff").update(reason="on_break"),
        lambda queue: RoutingPolicy.objects.create(
            department=queue["sales"].department, is_guarded=True
        ),
        lambda queue: MessageFactory(
            conversation=queue["sales"], keywords=[{"word": "giá", "department": 0}]
        ),
    ],
)
def test_whatever_the_page_shows_changes_its_version(people, queue, change):
    client = browser(people["admin"])
    path = f"/queue?version={client.get('/queue').context['version']}"
    assert client.get(path, headers=HTMX).status_code == 204
    change(queue)
    answer = client.get(path, headers=HTMX)
    assert answer.status_code == 200
    assert '<div class="page" id="queue"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("who", ["admin", "manager", "staff"])
def test_the_board_costs_the_same_for_many_rows_people_and_departments(people, sales, who):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)

    def fill(count: int) -> None:
        for number in range(count):
            department = sales if number % 2 else DepartmentFactory()
            AgentFactory(user=UserFactory(department=department))
            conversation = waiting(f"c{number}", department, waiting_reason="all_full")
            match = {"word": "mua", "department": department.pk}
            MessageFactory(conversation=conversation, keywords=[match])

    client = browser(people[who])
    costs = []
    for more in (4, 40):
        fill(more)
        with statements() as found:
            client.get("/queue")
        assert len(found) <= QUEUE_PAGE, told(found)
        costs.append(len(found))
    assert costs[0] == costs[1]
