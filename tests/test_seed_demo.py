"""The demo company."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Department, User
from inbox.models import Conversation, Message, OutboundPart
from omnichat.demo.seed import seed_demo
from routing.models import Agent, Keyword
from tests.factories import UserFactory
from workforce.availability import Reason, availability

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_company():
    assert seed_demo() == 60
    people = {
        person.username: (person.role, person.department and person.department.name)
        for person in User.objects.select_related("department")
    }
    assert people == {
        "admin": ("admin", None),
        "manager": ("manager", "Sales"),
        "staff1": ("staff", "CustomerService"),
        "staff2": ("staff", "Sales"),
    }
    assert Department.objects.get(name="Sales").pk == Department.objects.order_by("pk").first().pk
    for name in ("staff1", "staff2"):
        assert availability(User.objects.get(username=name)).reason == Reason.TAKING_WORK
    assert not Keyword.objects.filter(folded="mua").exists()
    assert set(Keyword.objects.values_list("department__name", flat=True)) == {
        "Sales",
        "CustomerService",
    }
    states = Counter(Conversation.objects.values_list("status", flat=True))
    assert states == {"open": 17, "waiting": 13, "resolved": 30}
    assert Conversation.objects.waiting().filter(waiting_reason="no_department").count() == 4
    assert Message.objects.unrouted().count() == 0
    assert set(OutboundPart.objects.values_list("state", flat=True)) == {"sent"}
    for agent in Agent.objects.filter(capacity__gt=0):
        mine = Conversation.objects.open_of(agent.user_id)
        assert agent.open_count == mine.count() <= agent.capacity


def test_the_briefs_passwords_work_only_in_a_demo(client, settings):
    seed_demo()

    def sign_in() -> int:
        form = "application/x-www-form-urlencoded"
        body = "username=staff1&password=staff1pass"
        return client.post("/auth/token", body, content_type=form).status_code

    settings.DEMO = False
    assert sign_in() == 401
    settings.DEMO = True
    assert sign_in() == 200


def test_repeating_is_harmless_and_others_data_is_refused(capsys):
    call_command("seed_demo")
    before = Message.objects.count()
    call_command("seed_demo")
    assert "already" in capsys.readouterr().out
    assert Message.objects.count() == before
    UserFactory(username="somebody")
    with pytest.raises(CommandError, match="people of its own"):
        call_command("seed_demo")
    assert Message.objects.count() == before
