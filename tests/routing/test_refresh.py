"""Agent rows follow who is at work, what they may hold, and where they belong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import create_user, set_presence, update_user
from routing.models import Agent
from routing.services import recount_agents, refresh_agents, set_capacity
from tests.factories import ConversationFactory, UserFactory
from tests.routing.conftest import open_counts
from workforce.services import check_in, check_out

pytestmark = pytest.mark.django_db


def row(person) -> tuple:
    agent = Agent.objects.get(user=person)
    return agent.is_routable, agent.reason, agent.since


def test_everyone_with_a_department_has_a_row(people, sales, commits):
    new = create_user(
        username="new",
        password="correct horse battery",
        display_name="New",
        role=User.Role.STAFF,
        department=sales,
        actor=people["admin"],
    )
    agent = Agent.objects.get(user=new)
    assert (agent.capacity, agent.open_count) == (8, 0)
    assert row(new) == (False, "not_checked_in", None)


def test_who_leads_starts_without_a_capacity(people):
    refresh_agents(user_ids=[people["manager"].pk, people["admin"].pk])
    assert Agent.objects.get(user=people["manager"]).capacity == 0
    assert not Agent.objects.filter(user=people["admin"]).exists()


def test_a_row_follows_a_day_of_work(people, commits):
    staff = people["staff"]
    at = timezone.now()
    check_out(user=staff, at=at + timedelta(seconds=1))
    assert row(staff) == (False, "checked_out", at + timedelta(seconds=1))
    entry, _is_new = check_in(user=staff, at=at + timedelta(seconds=2))
    staff.refresh_from_db()
    is_routable, reason, since = row(staff)
    assert (is_routable, reason) == (True, "taking_work")
    assert since == max(entry.checked_in_at, staff.presence_since)
    staff = set_presence(user=staff, presence="busy")
    assert row(staff)[:2] == (False, "busy")
    set_presence(user=staff, presence="available")
    assert row(staff)[:2] == (True, "taking_work")
    gone = update_user(user=staff, actor=people["admin"], changes={"is_active": False})
    assert row(staff) == (False, "deactivated", gone.deactivated_at)
    update_user(user=staff, actor=people["admin"], changes={"is_active": True})
    assert row(staff)[:2] == (False, "checked_out")


def test_who_has_lost_the_department_takes_no_work(people, commits):
    staff = people["staff"]
    change = {"role": User.Role.ADMIN, "department": None}
    update_user(user=staff, actor=people["admin"], changes=change)
    assert row(staff)[0] is False


def test_refreshing_what_is_right_writes_nothing(people, django_assert_max_num_queries):
    before = list(Agent.objects.order_by("pk").values())
    refresh_agents(user_ids=[person.pk for person in people.values() if person.department_id])
    assert list(Agent.objects.exclude(capacity=0).order_by("pk").values()) == before


def test_a_capacity_is_changed_and_audited(people, commits):
    agent = people["staff"].agent
    set_capacity(agent=agent, capacity=3, actor=people["admin"], ip="10.1.2.3")
    agent.refresh_from_db()
    assert (agent.capacity, agent.is_routable) == (3, True)
    entry = AuditEntry.objects.get(action="capacity_changed")
    assert (entry.actor, entry.ip) == (people["admin"], "10.1.2.3")
    assert entry.target_id == str(people["staff"].public_id)
    assert entry.changes == {"capacity": [8, 3]}


def test_a_recount_writes_the_truth(people, sales):
    for status in ("open", "open", "waiting", "snoozed", "resolved", "spam"):
        ConversationFactory(status=status, assignee=people["staff"], department=sales)
    Agent.objects.update(open_count=5)
    agents = recount_agents([people["staff"].pk, people["colleague"].pk, 999_999])
    assert {pk: agent.open_count for pk, agent in agents.items()} == {
        people["staff"].pk: 2,
        people["colleague"].pk: 0,
    }
    assert open_counts(people["staff"], people["colleague"], people["other_staff"]) == [2, 0, 5]


@pytest.mark.parametrize(
    ("reason", "open_count", "capacity", "shown", "has_room"),
    [
        ("taking_work", 7, 8, "taking_work", True),
        ("taking_work", 8, 8, "at_capacity", False),
        ("taking_work", 9, 8, "at_capacity", False),
        ("taking_work", 0, 0, "taking_work", False),
        ("busy", 8, 8, "busy", False),
        ("checked_out", 0, 8, "checked_out", False),
    ],
)
def test_a_full_person_is_at_capacity(reason, open_count, capacity, shown, has_room):
    agent = Agent(
        user=UserFactory.build(),
        reason=reason,
        is_routable=reason == "taking_work",
        open_count=open_count,
        capacity=capacity,
    )
    assert agent.shown_reason == shown
    assert agent.has_room is has_room
