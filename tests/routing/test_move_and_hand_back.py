"""Handing on with a note, to another department, and back to the queue."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry, Department
from inbox.models import Conversation, Message
from routing.models import Agent, Assignment
from routing.services import assign_conversation, by_hand, hand_back, move_conversation
from tests.factories import ChannelFactory, ConversationFactory
from tests.routing.conftest import open_counts
from tests.routing.helpers import events_of, set_policy
from tests.snapshot import snapshot
from workforce.services import check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(write, people, words) -> Conversation:
    """Given to staff by its word."""
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    return conversation


def state(conversation: Conversation) -> tuple:
    conversation.refresh_from_db()
    assignee, department = conversation.assignee, conversation.department
    return assignee and assignee.username, department.name, conversation.waiting_reason


def notes() -> list[tuple]:
    rows = Message.objects.filter(direction="note").order_by("pk")
    return list(rows.values_list("author__username", "text"))


# --- To somebody, with a note ------------------------------------------------------------------
def test_staff_hand_their_own_to_a_colleague_with_a_note(mine, people, commits):
    assign_conversation(
        conversation=mine,
        assignee=people["colleague"],
        by=people["staff"],
        note="Khách hỏi giá sỉ",
    )
    assert state(mine) == ("colleague", "Sales", "")
    assert notes() == [("staff", "Khách hỏi giá sỉ")]
    record = mine.assignments.get(ended_at=None)
    assert (record.assigned_by, record.note) == (people["staff"], "Khách hỏi giá sỉ")
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]


def test_staff_hand_nothing_to_who_is_full_a_lead_may(mine, people, load, commits):
    load(people["colleague"], 8)
    before = snapshot()
    with pytest.raises(by_hand.NoRoom):
        assign_conversation(conversation=mine, assignee=people["colleague"], by=people["staff"])
    assert snapshot() == before
    assign_conversation(conversation=mine, assignee=people["colleague"], by=people["manager"])
    assert open_counts(people["colleague"]) == [9]


def test_a_heavy_one_needs_its_whole_room(people, sales, load, commits):
    channel = ChannelFactory(load_percent=200)
    heavy = ConversationFactory(
        identity__channel=channel, department=sales, assignee=people["staff"]
    )
    load(people["colleague"], 7)
    before = snapshot()
    with pytest.raises(by_hand.NoRoom):
        assign_conversation(conversation=heavy, assignee=people["colleague"], by=people["staff"])
    with pytest.raises(by_hand.NobodyElse):
        hand_back(conversation=heavy, by=people["staff"])
    assert snapshot() == before


# --- To a department ---------------------------------------------------------------------------
def test_it_moves_to_a_department_and_is_given_out_there(mine, people, billing, commits):
    move_conversation(
        conversation=mine, department=billing, by=people["staff"], note="Về hoá đơn", ip="10.0.0.9"
    )
    assert state(mine) == ("other_staff", "Billing", "")
    assert open_counts(people["staff"], people["other_staff"]) == [0, 1]
    ended, active = mine.assignments.order_by("pk")
    assert (ended.assignee, ended.end_reason) == (people["staff"], "reassigned")
    assert (active.assignee, active.department, active.assigned_by) == (
        people["other_staff"],
        billing,
        None,
    )
    assert notes() == [("staff", "Về hoá đơn")]
    moved = next(line for line in events_of(mine) if line["code"] == "moved")
    assert moved["params"] == {"by": "Staff", "department": "Billing"}
    entry = AuditEntry.objects.get(action="conversation_moved")
    assert (entry.actor, entry.ip) == (people["staff"], "10.0.0.9")
    assert entry.changes == {"department": ["Sales", "Billing"]}


def test_keywords_do_not_move_it_again_in_the_cycle(mine, people, billing, commits, write):
    check_out(user=people["other_staff"])
    move_conversation(conversation=mine, department=billing, by=people["manager"])
    assert state(mine) == (None, "Billing", "nobody_at_work")
    assert state(write("mua báo giá")) == (None, "Billing", "nobody_at_work")


def test_what_nobody_has_had_yet_stays_where_it_was_sent(write, people, words, billing, commits):
    for name in ("staff", "colleague", "other_staff"):
        check_out(user=people[name])
    conversation = write("mua")
    assert not conversation.assignments.exists()
    move_conversation(conversation=conversation, department=billing, by=people["admin"])
    assert state(write("mua báo giá")) == (None, "Billing", "nobody_at_work")


def test_in_a_department_where_people_take_it_waits_for_that(mine, people, billing, commits):
    set_policy(billing, method="claim")
    move_conversation(conversation=mine, department=billing, by=people["manager"])
    assert state(mine) == (None, "Billing", "claim")
    assert mine.waiting_params == {}


def test_the_place_of_who_had_it_is_filled(mine, people, sales, billing, commits):
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    waits = ConversationFactory(department=sales)
    move_conversation(conversation=mine, department=billing, by=people["staff"])
    assert state(waits)[0] == "staff"


def test_within_its_own_department_it_goes_back_to_the_queue(mine, people, sales, commits):
    for name in ("staff", "colleague"):
        Agent.objects.filter(user=people[name]).update(capacity=0)
    move_conversation(conversation=mine, department=sales, by=people["manager"])
    assert state(mine) == (None, "Sales", "nobody_at_work") or state(mine)[0] is None
    before = snapshot()
    with pytest.raises(by_hand.AlreadyAssigned):
        move_conversation(conversation=mine, department=sales, by=people["manager"])
    assert snapshot() == before


@pytest.mark.parametrize("refusal", ["closed", "done", "not theirs"])
def test_refused_moves_change_nothing(mine, people, billing, commits, refusal):
    by, expected = people["staff"], by_hand.NotYours
    if refusal == "closed":
        Department.objects.filter(pk=billing.pk).update(is_active=False)
        billing.refresh_from_db()
        expected = by_hand.DepartmentClosed
    elif refusal == "done":
        Conversation.objects.filter(pk=mine.pk).update(status="resolved")
        expected = by_hand.ConversationNotOpen
    else:
        by = people["colleague"]
    before = snapshot()
    with pytest.raises(expected):
        move_conversation(conversation=mine, department=billing, by=by, note="Xem giúp")
    assert snapshot() == before


# --- Back to the queue -------------------------------------------------------------------------
def test_handed_back_a_colleague_gets_it(mine, people, commits):
    hand_back(conversation=mine, by=people["staff"], note="Không rõ", ip="10.0.0.9")
    assert state(mine) == ("colleague", "Sales", "")
    ended, active = mine.assignments.order_by("pk")
    assert (ended.assignee, ended.end_reason) == (people["staff"], "handed_back")
    assert active.explanation["decided_by"] == "fresh"
    assert notes() == [("staff", "Không rõ")]
    line = next(line for line in events_of(mine) if line["code"] == "released_handed_back")
    assert line["params"] == {"person": "Staff", "why": "handed_back", "by": "Staff"}
    entry = AuditEntry.objects.get(action="conversation_handed_back")
    assert (entry.changes, entry.ip) == ({"assignee": ["Staff", None]}, "10.0.0.9")
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]


@pytest.mark.parametrize("refusal", ["nobody else", "not theirs", "nobody's", "done"])
def test_refused_hand_backs_change_nothing(mine, people, commits, refusal):
    by, expected = people["staff"], by_hand.NobodyElse
    if refusal == "nobody else":
        check_out(user=people["colleague"])
    elif refusal == "not theirs":
        by, expected = people["colleague"], by_hand.NotYours
    elif refusal == "nobody's":
        Conversation.objects.filter(pk=mine.pk).update(assignee=None)
        expected = by_hand.AlreadyAssigned
    else:
        Conversation.objects.filter(pk=mine.pk).update(status="resolved")
        expected = by_hand.ConversationNotOpen
    before = snapshot()
    with pytest.raises(expected):
        hand_back(conversation=mine, by=by, note="Không rõ")
    assert snapshot() == before


def test_a_lead_takes_back_what_was_too_much_though_all_are_full(mine, people, load, commits):
    """It would not come back: whoever has it stays full without it."""
    assert mine.assignee == people["staff"]
    load(people["colleague"], 8)
    load(people["staff"], 8)
    Agent.objects.filter(user=people["staff"]).update(open_count=9)
    hand_back(conversation=mine, by=people["manager"])
    assert state(mine) == (None, "Sales", "all_full")
    assert open_counts(people["staff"]) == [8]


def test_a_lead_is_told_to_whom_it_would_come_back(mine, people, commits):
    check_out(user=people["colleague"])
    with translation.override("en"), pytest.raises(by_hand.NobodyElse, match="back to Staff"):
        hand_back(conversation=mine, by=people["manager"])


def test_to_its_own_department_is_back_to_the_queue(mine, people, sales, commits):
    move_conversation(conversation=mine, department=sales, by=people["staff"], note="Không rõ")
    assert state(mine) == ("colleague", "Sales", "")
    assert mine.assignments.order_by("pk").first().end_reason == "handed_back"
    assert notes() == [("staff", "Không rõ")]
    check_out(user=people["staff"])
    before = snapshot()
    with pytest.raises(by_hand.NobodyElse):
        move_conversation(conversation=mine, department=sales, by=people["colleague"])
    assert snapshot() == before


def test_where_people_take_it_can_always_be_handed_back(mine, people, sales, commits):
    set_policy(sales, method="claim")
    check_out(user=people["colleague"])
    hand_back(conversation=mine, by=people["staff"])
    assert state(mine) == (None, "Sales", "claim")


# --- The doors ---------------------------------------------------------------------------------
def test_the_api_moves_hands_back_and_takes_a_note(mine, people, api, billing, commits):
    path = f"/api/v1/conversations/{mine.public_id}"
    answer = api(people["staff"]).post(f"{path}/hand-back", {"note": "Không rõ"})
    assert (answer.status_code, answer.json()["assigned_to"]) == (200, "colleague")
    answer = api(people["staff"]).post(f"{path}/hand-back")
    assert answer.status_code == 404  # it is not theirs to see any more
    body = {"department_id": billing.pk, "note": "Về hoá đơn"}
    answer = api(people["colleague"]).post(f"{path}/assign", body)
    assert (answer.status_code, answer.json()["assigned_to"]) == (200, "other_staff")
    assert notes() == [("staff", "Không rõ"), ("colleague", "Về hoá đơn")]


@pytest.mark.parametrize(
    "body",
    [{}, {"note": "x"}, {"department_id": 999_999}, {"department_id": "Sales"}, {"assignee": "x"}],
)
def test_the_api_refuses_what_names_nobody(mine, people, api, body, commits):
    before = snapshot()
    path = f"/api/v1/conversations/{mine.public_id}/assign"
    assert api(people["staff"]).post(path, body).status_code == 400
    both = {"department_id": mine.department_id, "assignee": str(people["colleague"].public_id)}
    assert api(people["staff"]).post(path, both).status_code == 400
    assert snapshot() == before
    assert Assignment.objects.count() == 1


def test_a_page_moves_and_hands_back(mine, people, billing, commits):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["staff"])
    path = reverse("routing:conversation_hand_back", args=[mine.public_id])
    assert client.post(path, {"note": "Không rõ"}).status_code == 302
    assert state(mine)[0] == "colleague"
    client.force_login(people["manager"])
    path = reverse("routing:conversation_assign", args=[mine.public_id])
    assert client.post(path, {"to_department": billing.pk}).status_code == 302
    assert state(mine)[:2] == ("other_staff", "Billing")
    assert notes() == [("staff", "Không rõ")]
