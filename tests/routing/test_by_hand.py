"""A person decides: handing a conversation over, and taking one oneself."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry, Department
from accounts.services import set_presence, update_user
from inbox.models import Conversation, Message
from routing.models import Agent, Assignment
from routing.services import assign_conversation, take_conversation
from routing.services.by_hand import (
    AlreadyAssigned,
    ConversationNotOpen,
    MayNotClaim,
    NoRoom,
    NotTakingWork,
    PersonNotAtWork,
)
from tests.factories import ConversationFactory, KeywordFactory
from tests.routing.conftest import open_counts
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(write, people, sales) -> Conversation:
    """Given to staff by its word."""
    KeywordFactory(word="mua", department=sales)
    conversation = write("mua")
    assert conversation.assignee == people["staff"]
    return conversation


@pytest.fixture
def waiting(people, sales) -> Conversation:
    """Nobody's, in Sales, whose staff may take for themselves."""
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=True)
    for person in people.values():
        if person.department_id == sales.pk:
            person.refresh_from_db()
    return ConversationFactory(department=sales, waiting_reason="all_full")


def facts() -> dict:
    return {
        "conversations": list(Conversation.objects.order_by("pk").values()),
        "assignments": list(Assignment.objects.order_by("pk").values()),
        "agents": list(Agent.objects.order_by("pk").values()),
        "lines": Message.objects.count(),
        "audit": AuditEntry.objects.filter(action="conversation_assigned").count(),
    }


# --- Handing over ------------------------------------------------------------------------------
def test_a_manager_gives_it_to_a_colleague(mine, people, commits):
    changed = assign_conversation(
        conversation=mine, assignee=people["colleague"], by=people["manager"], ip="10.1.2.3"
    )
    assert changed.assignee == people["colleague"]
    assert changed.department.name == "Sales"
    assert (changed.waiting_reason, changed.seen_at) == ("", None)
    assert open_counts(people["staff"], people["colleague"]) == [0, 1]
    ended, active = mine.assignments.order_by("pk")
    assert (ended.assignee, ended.end_reason) == (people["staff"], "reassigned")
    assert (active.assignee, active.assigned_by) == (people["colleague"], people["manager"])
    assert (active.policy, active.ended_at) == ("by_hand", None)
    assert active.explanation == {"by": "Manager", "chosen": {"name": "Colleague"}}
    assert active.cycle == mine.cycles.get()
    line = Message.objects.filter(direction="event").latest("pk")
    assert line.data == {
        "code": "assigned_by_person",
        "params": {"person": "Colleague", "by": "Manager"},
    }
    entry = AuditEntry.objects.get(action="conversation_assigned")
    assert (entry.actor, entry.ip) == (people["manager"], "10.1.2.3")
    assert entry.target_id == str(mine.public_id)
    assert entry.changes == {"assignee": ["Staff", "Colleague"]}


def test_what_waits_is_given_without_a_former(waiting, people, commits):
    assign_conversation(conversation=waiting, assignee=people["staff"], by=people["manager"])
    waiting.refresh_from_db()
    assert (waiting.assignee, waiting.waiting_reason) == (people["staff"], "")
    assert AuditEntry.objects.get(action="conversation_assigned").changes == {
        "assignee": [None, "Staff"]
    }


def test_it_moves_to_the_department_of_the_new_assignee(mine, people, commits, billing):
    assign_conversation(conversation=mine, assignee=people["other_staff"], by=people["admin"])
    mine.refresh_from_db()
    assert (mine.assignee, mine.department) == (people["other_staff"], billing)
    assert mine.assignments.get(ended_at=None).department == billing


def test_by_hand_goes_over_the_capacity(mine, people, load, commits):
    load(people["colleague"], 8)
    assign_conversation(conversation=mine, assignee=people["colleague"], by=people["manager"])
    assert open_counts(people["colleague"]) == [9]


def test_who_is_busy_can_be_given_it_by_hand(mine, people, commits):
    set_presence(user=people["colleague"], presence="busy")
    assign_conversation(conversation=mine, assignee=people["colleague"], by=people["manager"])
    mine.refresh_from_db()
    assert mine.assignee == people["colleague"]


def test_the_place_of_the_former_is_filled(mine, people, sales, commits):
    Agent.objects.filter(user=people["staff"]).update(capacity=1)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    waits = ConversationFactory(department=sales)
    assign_conversation(conversation=mine, assignee=people["colleague"], by=people["manager"])
    waits.refresh_from_db()
    assert waits.assignee == people["staff"]
    assert open_counts(people["staff"], people["colleague"]) == [1, 1]


def test_one_that_waits_for_the_customer_changes_hands_without_filling_a_place(
    people, sales, commits
):
    conversation = ConversationFactory(
        status="waiting", waiting_since=None, department=sales, assignee=people["staff"]
    )
    assign_conversation(
        conversation=conversation, assignee=people["colleague"], by=people["manager"]
    )
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.status) == (people["colleague"], "waiting")
    assert open_counts(people["staff"], people["colleague"]) == [0, 0]


@pytest.mark.parametrize("state", ["checked out", "never here", "manager", "deactivated"])
def test_who_is_not_at_work_is_not_given_it(mine, people, commits, state):
    person = people["colleague"]
    if state == "checked out":
        check_out(user=person)
    elif state == "never here":
        Agent.objects.filter(user=person).delete()
    elif state == "manager":
        person = people["manager"]
    else:
        update_user(user=person, actor=people["admin"], changes={"is_active": False})
    before = facts()
    with pytest.raises(PersonNotAtWork) as refusal:
        assign_conversation(conversation=mine, assignee=person, by=people["admin"])
    assert (refusal.value.code, refusal.value.status) == ("person_not_at_work", 409)
    assert refusal.value.field == "assignee"
    assert facts() == before


def test_whoever_has_it_is_not_given_it_again(mine, people, commits):
    before = facts()
    with pytest.raises(AlreadyAssigned) as refusal:
        assign_conversation(conversation=mine, assignee=people["staff"], by=people["manager"])
    assert (refusal.value.code, refusal.value.status) == ("already_assigned", 409)
    assert facts() == before


@pytest.mark.parametrize("status", ["resolved", "snoozed", "spam"])
def test_what_is_done_is_not_handed_over(people, sales, waiting, status):
    conversation = ConversationFactory(status=status, waiting_since=None, department=sales)
    before = facts()
    with pytest.raises(ConversationNotOpen) as refusal:
        assign_conversation(
            conversation=conversation, assignee=people["staff"], by=people["manager"]
        )
    assert (refusal.value.code, refusal.value.status) == ("conversation_not_open", 409)
    with pytest.raises(ConversationNotOpen):
        take_conversation(conversation=conversation, by=people["staff"])
    assert facts() == before


# --- Taking ------------------------------------------------------------------------------------
def test_staff_take_what_waits(waiting, people, commits):
    changed = take_conversation(conversation=waiting, by=people["staff"], ip="10.1.2.3")
    assert (changed.assignee, changed.waiting_reason) == (people["staff"], "")
    assert open_counts(people["staff"]) == [1]
    record = waiting.assignments.get()
    assert (record.assignee, record.assigned_by) == (people["staff"], people["staff"])
    assert (record.policy, record.ended_at) == ("by_hand", None)
    line = Message.objects.get(direction="event")
    assert line.data["code"] == "taken"
    entry = AuditEntry.objects.get(action="conversation_assigned")
    assert entry.changes == {"assignee": [None, "Staff"]}


def test_staff_who_are_busy_are_told_so(waiting, people):
    set_presence(user=people["staff"], presence="busy")
    before = facts()
    with pytest.raises(NotTakingWork) as refusal:
        take_conversation(conversation=waiting, by=people["staff"])
    assert (refusal.value.code, refusal.value.status) == ("not_taking_work", 409)
    assert facts() == before


def test_staff_take_into_a_free_place_only(waiting, people, load):
    load(people["staff"], 8)
    before = facts()
    with pytest.raises(NoRoom) as refusal:
        take_conversation(conversation=waiting, by=people["staff"])
    assert (refusal.value.code, refusal.value.status) == ("no_room", 409)
    assert facts() == before


def test_staff_take_only_where_their_department_lets_them(waiting, people, sales):
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=False)
    people["staff"].refresh_from_db()
    before = facts()
    with pytest.raises(MayNotClaim) as refusal:
        take_conversation(conversation=waiting, by=people["staff"])
    assert (refusal.value.code, refusal.value.status) == ("may_not_claim", 403)
    assert facts() == before


def test_staff_take_nothing_of_another_department(waiting, people, billing):
    Department.objects.update(staff_can_claim=True)
    other = people["other_staff"]
    other.refresh_from_db()
    before = facts()
    with pytest.raises(MayNotClaim):
        take_conversation(conversation=waiting, by=other)
    assert facts() == before


def test_who_is_not_at_work_takes_nothing(waiting, people, commits):
    check_out(user=people["staff"])
    before = facts()
    with pytest.raises(PersonNotAtWork):
        take_conversation(conversation=waiting, by=people["staff"])
    assert facts() == before


def test_what_somebody_has_is_not_taken(mine, people, sales, commits):
    Department.objects.update(staff_can_claim=True)
    for name in ("colleague", "manager"):
        people[name].refresh_from_db()
        before = facts()
        with pytest.raises(AlreadyAssigned):
            take_conversation(conversation=mine, by=people[name])
        assert facts() == before


def test_a_manager_at_work_takes_from_the_common_queue(people, sales, commits):
    check_in(user=people["manager"])
    conversation = ConversationFactory(waiting_reason="no_department")
    take_conversation(conversation=conversation, by=people["manager"])
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.department) == (people["manager"], sales)
    assert (conversation.waiting_reason, conversation.assignments.count()) == ("", 1)


# --- The doors ---------------------------------------------------------------------------------
def test_assigning_through_the_api(mine, api, people, commits):
    path = f"/api/v1/conversations/{mine.public_id}/assign"
    response = api(people["manager"]).post(path, {"assignee": str(people["colleague"].public_id)})
    assert response.status_code == 200
    assert response.json()["id"] == str(mine.public_id)
    assert response.json()["assigned_to"] == "colleague"
    again = api(people["manager"]).post(path, {"assignee": str(people["colleague"].public_id)})
    assert (again.status_code, again.json()["code"]) == (409, "already_assigned")


def test_the_api_gives_only_to_those_the_caller_may_hand_work_to(mine, api, people, commits):
    before = facts()
    path = f"/api/v1/conversations/{mine.public_id}/assign"
    for person in (people["other_staff"], people["admin"]):
        response = api(people["manager"]).post(path, {"assignee": str(person.public_id)})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert facts() == before


def test_staff_assign_nothing_that_is_not_theirs(mine, api, people, commits):
    before = facts()
    path = f"/api/v1/conversations/{mine.public_id}/assign"
    response = api(people["colleague"]).post(path, {"assignee": str(people["staff"].public_id)})
    assert response.status_code == 404
    assert facts() == before


def test_taking_through_the_api(waiting, api, people, commits):
    path = f"/api/v1/conversations/{waiting.public_id}/take"
    response = api(people["staff"]).post(path)
    assert (response.status_code, response.json()["assigned_to"]) == (200, "staff")
    again = api(people["staff"]).post(path)
    assert (again.status_code, again.json()["code"]) == (409, "already_assigned")


def test_assigning_on_the_page(mine, people, commits):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["manager"])
    path = reverse("routing:conversation_assign", args=[mine.public_id])
    response = client.post(path, {"assignee": str(people["colleague"].public_id)})
    assert (response.status_code, response["Location"]) == (302, f"/conversations/{mine.public_id}")
    mine.refresh_from_db()
    assert mine.assignee == people["colleague"]
    # Somebody of another department is no choice of the form.
    refused = client.post(path, {"assignee": str(people["other_staff"].public_id)})
    assert refused.status_code == 400
    check_out(user=people["staff"])
    before = facts()
    refused = client.post(path, {"assignee": str(people["staff"].public_id)})
    assert refused.status_code == 409
    assert "Staff is not at work now" in refused.content.decode()
    assert facts() == before


@pytest.mark.parametrize("is_panel", [True, False])
def test_a_refusal_stands_where_the_form_was(mine, people, billing, is_panel):
    headers = {"Accept": "text/html"} | ({"HX-Request": "true"} if is_panel else {})
    client = Client(headers=headers)
    client.force_login(people["manager"])
    path = reverse("routing:conversation_assign", args=[mine.public_id])
    both = {"assignee": str(people["colleague"].public_id), "to_department": billing.pk}
    with translation.override("en"):
        refused = client.post(path, both)
    assert refused.status_code == 400
    assert ("<h1" in refused.text) is not is_panel  # the thread stays, its panel alone comes back
    assert refused.text.count('role="alert" tabindex="-1" autofocus') == 1
    alert = refused.text.partition('role="alert"')[2].partition("</div></div>")[0]
    assert "Choose either a person or a department, not both." in alert
    assert f'value="{both["assignee"]}" selected' in refused.text


def test_from_the_panel_one_goes_on_as_a_whole_page(mine, people, commits):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(people["manager"])
    path = reverse("routing:conversation_assign", args=[mine.public_id])
    response = client.post(path, {"assignee": str(people["colleague"].public_id)})
    assert (response.status_code, response["HX-Redirect"]) == (200, mine.path)


def test_taking_on_the_page(waiting, people, commits):
    client = Client(headers={"Accept": "text/html"})
    client.force_login(people["staff"])
    path = reverse("routing:conversation_take", args=[waiting.public_id])
    assert client.post(path).status_code == 302
    waiting.refresh_from_db()
    assert waiting.assignee == people["staff"]
