"""A company under pressure: who works there, who writes, and what must be true afterwards."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field

from django.db.models import Min, Prefetch
from django.test import Client

from accounts.models import Department, User
from accounts.tokens import issue_tokens
from inbox.models import Channel, Conversation, Cycle, Message
from routing import services as routing
from routing.models import Agent, Assignment
from tests.factories import AgentFactory, DepartmentFactory, KeywordFactory, UserFactory

_numbers = itertools.count(1)


@dataclass(slots=True)
class Company:
    """People at work in their departments, and a channel on which customers write."""

    channel: Channel
    departments: list[Department] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)
    managers: list[User] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)

    def word(self, number: int) -> str:
        """The keyword of one of the departments, in turn."""
        return self.keywords[number % len(self.keywords)]

    def agents(self) -> list[Agent]:
        return list(Agent.objects.filter(user__in=self.staff).order_by("pk"))

    def conversations(self) -> list[Conversation]:
        """All there are, each with `active` records, open `cycles_left` and `replies`."""
        found = Conversation.objects.filter(department__in=self.departments)
        replies = Message.objects.filter(direction=Message.Direction.OUTBOUND)
        active, left = (
            Assignment.objects.filter(ended_at=None),
            Cycle.objects.filter(resolved_at=None),
        )
        found = found.prefetch_related(
            Prefetch("assignments", active, to_attr="active"),
            Prefetch("cycles", left, to_attr="cycles_left"),
            Prefetch("messages", replies, to_attr="replies"),
        )
        return list(found.select_related("assignee", "channel").order_by("pk"))


def found_company(
    channel: Channel, *, departments: int = 1, people: int = 1, capacity: int = 8, **options
) -> Company:
    """Found a company with `people` at work in each department; `options` are a department's."""
    company = Company(channel)
    for _department in range(departments):
        number = next(_numbers)
        department = DepartmentFactory(name=f"Department {number}", **options)
        company.departments.append(department)
        company.managers.append(person(department, role=User.Role.MANAGER))
        for _who in range(people):
            user = person(department, presence=User.Presence.AVAILABLE)
            company.staff.append(AgentFactory(user=user, capacity=capacity).user)
        company.keywords.append(f"word{number}")
        KeywordFactory(word=f"word{number}", department=department)
    routing.refresh_agents(user_ids=[manager.pk for manager in company.managers])
    routing.bump_keyword_version()
    return company


def person(department: Department | None, **fields) -> User:
    return UserFactory(username=f"person{next(_numbers)}", department=department, **fields)


def new_sender() -> str:
    """A customer nobody has heard of."""
    return f"+84{next(_numbers):09}"


def conversation_of(sender: str) -> Conversation:
    return Conversation.objects.get(identity__external_id=sender)


# --- The doors --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answered."""

    status: int
    body: dict


def write(sender: str, text: str, *, key: str = "", **fields) -> Answer:
    """Send a customer's message through the webhook."""
    body = {"platform": "zalo", "sender": sender, "content": text} | fields
    return _post("/webhook", body, {"Idempotency-Key": key} if key else {})


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_tokens(user)['access_token']}"}


def call(path: str, headers: dict[str, str], **data) -> Answer:
    """POST to the API as the person whose header this is."""
    return _post(f"/api/v1/{path}", data, headers)


def _post(path: str, body: dict, headers: dict[str, str]) -> Answer:
    response = Client().post(path, json.dumps(body), "application/json", headers=headers)
    return Answer(response.status_code, json.loads(response.content))


# --- What must be true ------------------------------------------------------------------------


def assert_true_to_life(company: Company) -> None:
    """Whenever nothing is under way, records, counts, people and capacity agree."""
    people = {agent.user_id: agent for agent in company.agents()}
    homes = dict(User.objects.filter(pk__in=people).values_list("pk", "department_id"))
    opened = dict.fromkeys(people, 0)
    taken = dict.fromkeys(people, 0)  # percent of a place
    claimed = dict.fromkeys(people, 0)
    for conversation in company.conversations():
        holder = None if conversation.is_resolved else conversation.assignee_id
        holders = [record.assignee_id for record in conversation.active]
        assert holders == [holder] * (holder is not None)
        open_cycles = [cycle.number for cycle in conversation.cycles_left]
        assert open_cycles == [conversation.cycle_number] * (not conversation.is_resolved)
        if holder is None or conversation.status != Conversation.Status.OPEN:
            continue
        assert homes[holder] == conversation.department_id
        opened[holder] += 1
        percent = conversation.channel.load_percent
        taken[holder] += percent
        # After a reply it was the customer's answer that opened it, and that asks nobody.
        given_at = conversation.active[0].assigned_at
        if not any(reply.received_at >= given_at for reply in conversation.replies):
            claimed[holder] += percent
    for user_id, agent in people.items():
        assert agent.open_count == opened[user_id], f"{agent} counts wrong"
        extra = taken[user_id] - 100 * opened[user_id]
        assert agent.extra_percent == extra, f"{agent} counts places wrong"
        assert claimed[user_id] <= 100 * agent.capacity, f"{agent} was given too much"
        assert agent.is_at_work or not opened[user_id], f"{agent} is away and holds work"


def assert_nobody_idles(company: Company) -> None:
    """No conversation waits while somebody of its department has room for it."""
    for department in company.departments:
        waiting = Conversation.objects.waiting().filter(department=department)
        least = waiting.aggregate(least=Min("channel__load_percent"))["least"]
        routable = Agent.objects.filter(user__department=department, is_routable=True)
        idle = [agent for agent in routable if least and agent.free_percent >= least]
        assert idle == [], f"{department} lets customers wait"


def events_of(conversation: Conversation, code: str) -> int:
    """How many lines of this kind the thread has."""
    return conversation.messages.filter(direction=Message.Direction.EVENT, data__code=code).count()
