"""P-A1: what is stored of people's load is what a recount finds, after anything whatever."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import set_presence
from inbox.models import Conversation
from inbox.services import resolve_conversation, send_reply, snooze_conversation, undo_resolve
from routing import services as routing
from routing.models import Agent, AgentSkill, Assignment, RoutingPolicy
from routing.services.agents import count_load
from tests.factories import ChannelFactory, ConversationFactory
from tests.races.company import Company, new_sender, write
from tests.races.together import at_once
from workforce.services import check_in, check_out, end_break, start_break

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

OPERATIONS, AT_ONCE = 1000, 8


def test_1000_random_operations(company):
    here, dice = (
        company(departments=2, people=4, capacity=4, staff_can_claim=True),
        random.Random(6),
    )
    for department, helper in zip(here.departments, reversed(here.departments), strict=True):
        RoutingPolicy.objects.create(department=department, no_reply_minutes=5)
        AgentSkill.objects.create(
            agent=next(a for a in here.agents() if a.user.department_id == helper.pk),
            department=department,
            level=2,
        )
    routing.bump_rules_version()
    for load_percent in (50, 200):
        channel = ChannelFactory(load_percent=load_percent)
        for department in here.departments:
            ConversationFactory.create_batch(4, identity__channel=channel, department=department)
    senders = [new_sender() for _customer in range(24)]
    done = 0
    for _round in range(OPERATIONS // AT_ONCE):
        steps = [_step(here, senders, dice) for _each in range(AT_ONCE)]
        done += sum(outcome.refusal is None for outcome in at_once(steps))
        _assert_counted(here)
    assert done > OPERATIONS / 4  # refusals are part of it, but not all of it
    routing.repair_agents()
    routing.assign_waiting()
    _assert_counted(here)
    for agent in Agent.objects.filter(user__in=here.staff):
        assert agent.keeps_work or agent.open_count == 0


def _step(here: Company, senders: list[str], dice: random.Random) -> Callable[[], object]:
    """One of all verbs, of a person and a conversation by chance."""
    person, manager = dice.choice(here.staff), dice.choice(here.managers)
    rows = list(Conversation.objects.select_related("assignee"))
    row = dice.choice(rows)
    by = row.assignee or manager
    agent = Agent.objects.select_related("user").get(user=person)
    lead = next(m for m in here.managers if m.department_id == person.department_id)
    writing = [partial(write, dice.choice(senders), here.word(dice.randrange(2)))] * 4
    other = dice.choice(here.departments)
    return dice.choice(
        [
            *writing,
            partial(send_reply, conversation=row, author=by, text="Dạ"),
            partial(resolve_conversation, conversation=row, by=by),
            partial(undo_resolve, conversation=row, by=by),
            partial(
                snooze_conversation,
                conversation=row,
                by=by,
                until=timezone.now() + timedelta(hours=1),
            ),
            partial(routing.take_conversation, conversation=row, by=_fresh(person)),
            partial(routing.assign_conversation, conversation=row, assignee=person, by=manager),
            partial(routing.move_conversation, conversation=row, department=other, by=manager),
            partial(routing.hand_back, conversation=row, by=by),
            partial(routing.release_one, row.pk, "given_back"),
            partial(check_in, user=person),
            partial(check_in, user=person),
            partial(check_out, user=person),
            partial(start_break, user=person, reason="rest"),
            partial(end_break, user=person),
            partial(set_presence, user=person, presence=dice.choice(["available", "busy"])),
            partial(routing.set_capacity, agent=agent, capacity=dice.choice([1, 4, 8]), actor=lead),
            partial(_skill, agent, other, dice.choice([None, 1, 3])),
            partial(routing.take_away_unanswered, at=timezone.now() + timedelta(minutes=6)),
            routing.assign_waiting,
        ]
    )


def _fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def _skill(agent: Agent, department, level: int | None) -> None:
    if level is None:
        AgentSkill.objects.filter(agent=agent, department=department).delete()
    elif agent.user.department_id != department.pk:
        AgentSkill.objects.update_or_create(
            agent=agent, department=department, defaults={"level": level}
        )
    routing.refresh_agents(user_ids=[agent.user_id])


def _assert_counted(here: Company) -> None:
    for agent in Agent.objects.filter(user__in=here.staff):
        assert (agent.open_count, agent.extra_percent) == count_load(agent.user_id)
    active = Assignment.objects.filter(ended_at=None).values_list("conversation", "assignee")
    held = Conversation.objects.exclude(assignee=None).exclude(status="resolved")
    assert set(active) == set(held.values_list("pk", "assignee"))
