"""Whom somebody may hand a conversation to: in which order, and what is said of them."""

from __future__ import annotations

import pytest
from django.test import Client

from routing.models import Agent
from tests.factories import ConversationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(people, sales, billing):
    """Of each department somebody with much room and little, on a break, busy, and full."""
    Agent.objects.all().delete()
    states = {
        "busy": ("busy", 0),
        "pause": ("on_break", 2),
        "much": ("taking_work", 1),
        "little": ("taking_work", 5),
        "full": ("taking_work", 8),
        "home": ("checked_out", 0),
    }
    for department, prefix in ((billing, "b"), (sales, "s")):
        for name, (reason, count) in states.items():
            user = UserFactory(username=f"{prefix}-{name}", role="staff", department=department)
            Agent.objects.create(user=user, capacity=8, reason=reason, open_count=count)


ORDER = ["s-much", "s-little", "b-much", "b-little"]
ORDER += ["s-busy", "s-pause", "s-full", "b-busy", "b-pause", "b-full"]


def test_who_takes_work_comes_first_then_the_own_department_then_the_most_room(
    people, sales, crowd
):
    row = ConversationFactory(department=sales)
    client = Client()
    client.force_login(people["admin"])
    page = client.get(f"/queue/{row.public_id}/people")
    assert [agent.user.username for agent in page.context["agents"]] == ORDER
    why = client.get(f"/conversations/{row.public_id}/why")
    assert [agent.user.username for agent in why.context["form"].agents] == ORDER


def test_the_list_says_who_is_not_taking_work(people, sales, crowd):
    row = ConversationFactory(department=sales)
    client = Client()
    client.force_login(people["admin"])
    text = client.get(f"/conversations/{row.public_id}/why").text
    for words in ("0/8, busy", "2/8, on a break", "8/8, at capacity"):
        assert text.count(words) == 2
    assert "taking work" not in text.split('id="id_assignee"')[1].split("</select>")[0]
    page = client.get(f"/queue/{row.public_id}/people").text
    people_now = page.split('name="assignee"', 1)[1].split("</form>")[0]
    for words in ("Busy", "On a break", "At capacity"):
        assert people_now.count(f">{words}") == 2
