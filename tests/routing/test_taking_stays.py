"""What somebody takes stays theirs: the rules of taking agree with the rules of keeping."""

import pytest
from django.urls import reverse

from inbox.models import Conversation, Message
from inbox.services import receive
from routing.models import Assignment
from routing.services import refresh_agents, repair_agents, take_conversation
from routing.services.by_hand import MayNotClaim, PersonNotAtWork
from tests.deliveries import event
from tests.factories import ConversationFactory
from workforce.services import check_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(people):
    return ConversationFactory(
        department=people["staff"].department, waiting_reason="nobody_at_work"
    )


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_leads_who_are_not_at_work_cannot_take(waiting, people, who):
    with pytest.raises(PersonNotAtWork) as refused:
        take_conversation(conversation=waiting, by=people[who])
    assert refused.value.status == 409
    waiting.refresh_from_db()
    assert waiting.assignee is None
    assert Assignment.objects.count() == 0
    assert Message.objects.count() == 0


def test_a_manager_at_work_keeps_what_they_took(
    waiting, people, django_capture_on_commit_callbacks
):
    manager = people["manager"]
    with django_capture_on_commit_callbacks(execute=True):
        check_in(user=manager)
    take_conversation(conversation=waiting, by=manager)
    repair_agents()
    waiting.refresh_from_db()
    assert waiting.assignee == manager
    with django_capture_on_commit_callbacks(execute=True):
        again = event(sender=waiting.identity.external_id)
        receive(channel=waiting.channel, events=[again])
    waiting.refresh_from_db()
    assert waiting.assignee == manager


def test_staff_take_only_where_the_department_lets_them(waiting, people):
    with pytest.raises(MayNotClaim):
        take_conversation(conversation=waiting, by=people["staff"])
    department = people["staff"].department
    department.staff_can_claim = True
    department.save()
    people["staff"].refresh_from_db()
    take_conversation(conversation=waiting, by=people["staff"])
    assert Conversation.objects.get().assignee == people["staff"]


def test_the_button_is_shown_to_those_who_may(client, waiting, people):
    client.force_login(people["manager"])
    page = f"/conversations/{waiting.public_id}/why"
    take = reverse("routing:conversation_take", args=[waiting.public_id])
    assert take not in client.get(page).content.decode()
    check_in(user=people["manager"])
    refresh_agents(user_ids=[people["manager"].pk])
    Conversation.objects.update(assignee=None, status="open")
    assert take in client.get(page).content.decode()
