"""Giving conversations back when their person goes, and following what the inbox reports."""

import pytest

from accounts.services import set_presence, update_user
from inbox.models import Conversation, Message
from inbox.services import resolve_conversation, send_reply
from routing.models import Agent, AgentSkill, Assignment
from routing.services import (
    release_conversations,
    release_one,
    repair_agents,
    settle_conversation,
)
from tests.factories import ConversationFactory, DepartmentFactory, KeywordFactory
from tests.routing.conftest import open_counts
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(write, people, sales) -> list[Conversation]:
    """Staff has three open ones; nobody else of Sales is at work."""
    KeywordFactory(word="mua", department=sales)
    check_out(user=people["colleague"])
    rows = [write("mua", sender=f"kh-{number}") for number in range(3)]
    assert {row.assignee for row in rows} == {people["staff"]}
    return rows


def codes(conversation: Conversation) -> list[str]:
    lines = Message.objects.filter(conversation=conversation, direction="event").order_by("pk")
    return [data["code"] for data in lines.values_list("data", flat=True)]


def test_a_skill_keeps_what_is_of_its_department_when_one_changes_department(
    three, people, sales, billing
):
    staff = people["staff"]
    support = DepartmentFactory()
    mine = ConversationFactory(department=support, assignee=staff)
    other = ConversationFactory(department=billing, assignee=staff)
    for department in (support, sales):
        AgentSkill.objects.create(agent=staff.agent, department=department)
    update_user(user=staff, actor=people["admin"], changes={"department": billing})
    repair_agents()
    held = Conversation.objects.filter(assignee=staff)
    assert set(held) == {*three, mine, other}
    AgentSkill.objects.filter(department=support).delete()
    assert repair_agents() == 1
    assert set(held.all()) == {*three, other}
    assert mine.assignments.count() == 0
    assert codes(mine) == ["released_department_changed"]


@pytest.mark.parametrize("why", ["checked_out", "deactivated", "department_changed"])
def test_whoever_goes_gives_everything_open_back(three, people, billing, why):
    staff = people["staff"]
    waits = ConversationFactory(
        status="waiting", waiting_since=None, assignee=staff, department=staff.department
    )
    if why == "checked_out":
        check_out(user=staff)
    else:
        change = {"is_active": False} if why == "deactivated" else {"department": billing}
        update_user(user=staff, actor=people["admin"], changes=change)
    for row in three:
        row.refresh_from_db()
        assert (row.assignee, row.status, row.department.name) == (None, "open", "Sales")
        assert row.waiting_reason == "nobody_at_work"
        record = row.assignments.get()
        assert (record.end_reason, record.ended_at is None) == (why, False)
        assert codes(row) == ["assigned_by_keyword", f"released_{why}"]
        line = Message.objects.filter(conversation=row, direction="event").latest("pk")
        assert line.data["params"]["person"] == "Staff"
        assert line.cycle == row.cycles.get()
    # What waits for the customer stays with them until the customer writes.
    waits.refresh_from_db()
    assert waits.assignee == staff
    assert Agent.objects.get(user=staff).open_count == 0


def test_a_colleague_with_room_gets_them_at_once(three, people, sales):
    check_in(user=people["colleague"])
    Agent.objects.filter(user=people["colleague"]).update(capacity=2)
    check_out(user=people["staff"])
    names = Conversation.objects.order_by("pk").values_list("assignee__username", "waiting_reason")
    assert list(names) == [("colleague", ""), ("colleague", ""), (None, "all_full")]
    assert open_counts(people["staff"], people["colleague"]) == [0, 2]
    assert Assignment.objects.filter(ended_at=None).count() == 2


def test_busy_is_still_at_work_and_keeps_everything(three, people):
    set_presence(user=people["staff"], presence="busy")
    assert Conversation.objects.filter(assignee=people["staff"]).count() == 3
    assert codes(three[0]) == ["assigned_by_keyword"]


def test_releasing_twice_does_it_once(three, people):
    check_out(user=people["staff"])
    lines = Message.objects.count()
    assert release_conversations(user_id=people["staff"].pk, why="checked_out") == 0
    assert Message.objects.count() == lines


def test_others_conversations_stay(three, people, load):
    check_in(user=people["colleague"])
    load(people["colleague"], 2)
    Agent.objects.filter(user=people["colleague"]).update(capacity=2)
    assert release_conversations(user_id=people["staff"].pk, why="checked_out") == 3
    assert Conversation.objects.filter(assignee=people["colleague"]).count() == 2


# --- One of them ---------------------------------------------------------------------------------
def test_one_goes_back_with_its_note_and_the_others_stay(three, people):
    Agent.objects.filter(user=people["staff"]).update(is_routable=False)
    assert release_one(three[1].pk, "handed_back", "Khách hẹn 15:00") is True
    names = Conversation.objects.order_by("pk").values_list("assignee__username", "waiting_reason")
    assert list(names) == [("staff", ""), (None, "nobody_at_work"), ("staff", "")]
    record = three[1].assignments.get()
    assert (record.end_reason, record.note, record.ended_at is None) == (
        "handed_back",
        "Khách hẹn 15:00",
        False,
    )
    line = Message.objects.filter(conversation=three[1], direction="event").latest("pk")
    assert line.data == {
        "code": "released_handed_back",
        "params": {"person": "Staff", "why": "handed_back", "note": "Khách hẹn 15:00"},
    }
    assert open_counts(people["staff"]) == [2]


def test_one_goes_to_a_colleague_with_room_at_once(three, people):
    Agent.objects.filter(user=people["staff"]).update(is_routable=False)
    check_in(user=people["colleague"])
    assert release_one(three[0].pk, "no_reply")
    three[0].refresh_from_db()
    assert three[0].assignee == people["colleague"]
    assert codes(three[0])[1:] == ["released_no_reply", "assigned_by_department"]
    assert open_counts(people["staff"], people["colleague"]) == [2, 1]


def test_what_waits_for_the_customer_can_be_let_go_too(three, people):
    send_reply(conversation=three[0], author=people["staff"], text="Dạ")
    assert release_one(three[0].pk, "handed_over")
    three[0].refresh_from_db()
    assert (three[0].assignee, three[0].status) == (None, "waiting")
    assert open_counts(people["staff"]) == [2]


def test_nothing_happens_to_what_is_nobodys_done_or_anothers(three, people, sales):
    resolve_conversation(conversation=three[0], by=people["staff"])
    lines = Message.objects.count()
    unassigned = ConversationFactory(department=sales)
    assert release_one(three[0].pk, "no_reply") is False
    assert release_one(unassigned.pk, "no_reply") is False
    assert release_one(three[1].pk, "no_reply", only_from=people["colleague"].pk) is False
    assert Message.objects.count() == lines
    three[1].refresh_from_db()
    assert three[1].assignee == people["staff"]
    assert three[1].assignments.get().ended_at is None


# --- After what happened in the inbox ----------------------------------------------------------
def test_a_reply_frees_the_place_and_keeps_the_record(three, people):
    send_reply(conversation=three[0], author=people["staff"], text="Dạ")
    assert open_counts(people["staff"]) == [2]
    assert three[0].assignments.get().ended_at is None
    three[0].refresh_from_db()
    assert (three[0].assignee, three[0].status) == (people["staff"], "waiting")


def test_a_resolve_ends_the_record(three, people):
    resolve_conversation(conversation=three[0], by=people["staff"])
    record = three[0].assignments.get()
    assert (record.end_reason, record.ended_at is None) == ("resolved", False)
    assert open_counts(people["staff"]) == [2]


def test_settling_twice_counts_once(three, people):
    resolve_conversation(conversation=three[0], by=people["staff"])
    ended = three[0].assignments.get().ended_at
    settle_conversation(conversation_id=three[0].pk, had_it=people["staff"].pk)
    assert open_counts(people["staff"]) == [2]
    assert three[0].assignments.get().ended_at == ended


def test_settling_repairs_a_wrong_count(three, people):
    Agent.objects.filter(user=people["staff"]).update(open_count=7)
    send_reply(conversation=three[0], author=people["staff"], text="Dạ")
    assert open_counts(people["staff"]) == [2]


def test_a_leads_reply_assigns_nobody_and_the_next_message_goes_to_who_has_room(
    write, people, sales
):
    KeywordFactory(word="mua", department=sales)
    for name in ("staff", "colleague"):
        check_out(user=people[name])
    row = write("mua")
    send_reply(conversation=row, author=people["manager"], text="Dạ")
    row.refresh_from_db()
    assert (row.status, row.assignee) == ("waiting", None)
    assert row.cycles.get().first_responder == people["manager"]
    check_in(user=people["colleague"])
    row.refresh_from_db()
    assert row.assignee is None  # it waits for the customer, not for us
    assert write("mua nữa").assignee == people["colleague"]


def test_a_resolve_by_the_manager_frees_the_assignees_place(three, people):
    resolve_conversation(conversation=three[0], by=people["manager"])
    assert open_counts(people["staff"]) == [2]
