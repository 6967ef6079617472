"""P-A1, P-A2 under policies: places in percent, the guard, nobody's silence, leads at once."""

import random
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from inbox.models import Conversation, Message
from inbox.services import resolve_conversation, send_reply
from routing import services as routing
from routing.models import Agent, Assignment, RoutingPolicy
from routing.services import no_reply
from routing.services.placing import GUARD_COUNT, GUARD_TIME
from tests.factories import ChannelFactory, ConversationFactory
from tests.races.company import (
    Company,
    assert_nobody_idles,
    assert_true_to_life,
    bearer,
    call,
    conversation_of,
    new_sender,
    write,
)
from tests.races.together import DEADLINE_SECONDS, at_once, words
from workforce.services import check_in, check_out

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def set_policy(here: Company, number: int = 0, **fields) -> None:
    department = here.departments[number]
    RoutingPolicy.objects.update_or_create(department=department, defaults=fields)
    routing.bump_rules_version()


def queue(here: Company, count: int, *, load_percent: int = 100) -> list[Conversation]:
    """So many wait in the first department, on a channel of their own."""
    channel = ChannelFactory(load_percent=load_percent)
    return ConversationFactory.create_batch(
        count, identity__channel=channel, department=here.departments[0]
    )


def waiting_ids(here: Company) -> set[int]:
    waiting = Conversation.objects.waiting().filter(department__in=here.departments)
    return set(waiting.values_list("pk", flat=True))


# --- The guard ---------------------------------------------------------------------------------
def test_16_drains_under_the_guard(rounds, company):
    for _round in rounds:
        here = company(people=2, capacity=64)
        set_policy(here, is_guarded=True)
        queue(here, 40)
        drained = at_once([partial(routing.drain_department, here.departments[0].pk)] * 16)
        assert sum(outcome.value for outcome in drained) == 2 * GUARD_COUNT
        assert [agent.open_count for agent in here.agents()] == [GUARD_COUNT] * 2
        reasons = Conversation.objects.filter(pk__in=waiting_ids(here))
        assert set(reasons.values_list("waiting_reason", flat=True)) == {"guard"}
        # Eleven seconds later each gets five more.
        Assignment.objects.update(assigned_at=timezone.now() - GUARD_TIME - timedelta(seconds=1))
        at_once([partial(routing.drain_department, here.departments[0].pk)] * 16)
        assert [agent.open_count for agent in here.agents()] == [2 * GUARD_COUNT] * 2
        assert_true_to_life(here)


# --- Places in percent -------------------------------------------------------------------------
def test_light_and_heavy_ones_drained_by_16(rounds, company):
    for _round in rounds:
        here = company(people=4, capacity=4)
        for load_percent in (200, 50, 100):
            queue(here, 8, load_percent=load_percent)
        at_once([partial(routing.drain_department, here.departments[0].pk)] * 16)
        routing.assign_waiting()
        assert [agent.free_percent for agent in here.agents()] == [0] * 4
        assert_true_to_life(here)
        at_once(
            partial(resolve_conversation, conversation=conversation, by=conversation.assignee)
            for conversation in here.conversations()
            if conversation.assignee is not None
        )
        assert_true_to_life(here)
        routing.assign_waiting()
        assert waiting_ids(here) == set()
        assert_true_to_life(here)


# --- Nobody's silence --------------------------------------------------------------------------
def test_two_workers_take_what_is_not_answered_away_once(rounds, company):
    for _round in rounds:
        here = company(people=1, capacity=16)
        set_policy(here, no_reply_minutes=5)
        rows = queue(here, 8)
        routing.assign_waiting()
        ago = timezone.now() - timedelta(minutes=6)
        Assignment.objects.filter(conversation__in=rows).update(assigned_at=ago)
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(waiting_since=ago)
        taken = at_once([no_reply.take_away_unanswered] * 2)
        assert sum(outcome.value for outcome in taken) == 8
        # The only one at work has each again, once.
        for row in rows:
            ends = row.assignments.order_by("pk").values_list("end_reason", flat=True)
            assert list(ends) == ["no_reply", ""]
        assert_true_to_life(here)


def test_answered_while_it_is_taken_away(rounds, company):
    """One of the two: what was answered first stays, what was taken first is refused."""
    for _round in rounds:
        here = company(people=2, capacity=16)
        set_policy(here, no_reply_minutes=5)
        rows = queue(here, 8)
        routing.assign_waiting()
        ago = timezone.now() - timedelta(minutes=6)
        Assignment.objects.filter(conversation__in=rows).update(assigned_at=ago)
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(waiting_since=ago)
        rows = list(Conversation.objects.filter(pk__in=[row.pk for row in rows]))
        replies = [
            partial(send_reply, conversation=row, author=row.assignee, text="Dạ") for row in rows
        ]
        outcomes = at_once([*replies, no_reply.take_away_unanswered])
        for row, outcome in zip(rows, outcomes, strict=False):
            was_taken = row.assignments.filter(end_reason="no_reply").exists()
            assert was_taken is (outcome.refusal is not None)
        assert_true_to_life(here)


# --- Leads -------------------------------------------------------------------------------------
def test_handed_back_while_a_manager_assigns(rounds, company):
    for _round in rounds:
        here = company(people=4, capacity=16)
        senders = [new_sender() for _customer in range(8)]
        for sender in senders:
            write(sender, here.word(0))
        manager, actions = here.managers[0], []
        for row in map(conversation_of, senders):
            to = next(p for p in here.staff if p.pk != row.assignee_id)
            actions += [
                partial(_hand_back, row, row.assignee),
                partial(_assign, row, to, manager),
            ]
        outcomes = at_once(actions)
        codes = words(outcomes)
        assert codes["assigned"] + codes["already_assigned"] == 8
        assert codes["handed back"] + codes["not_yours"] == 8
        assert waiting_ids(here) == set()
        assert_true_to_life(here)


def _hand_back(conversation: Conversation, by) -> str:
    routing.hand_back(conversation=conversation, by=by, note="Không rõ")
    return "handed back"


def _assign(conversation: Conversation, to, by) -> str:
    routing.assign_conversation(conversation=conversation, assignee=to, by=by)
    return "assigned"


def test_two_managers_move_one_conversation(rounds, company, new_admin):
    for _round in rounds:
        here = company(departments=3, people=2, capacity=16)
        sender = new_sender()
        write(sender, here.word(0))
        row, admins = conversation_of(sender), [new_admin(), new_admin()]
        moved = at_once(
            partial(_move, row, here.departments[1 + number % 2], admins[number % 2])
            for number in range(8)
        )
        # Who finds it in the queue of that department already has nothing to move.
        count = words(moved)
        assert set(count) <= {"moved", "already_assigned"}
        assert count["moved"] >= 1
        routing.assign_waiting()
        row = conversation_of(sender)
        assert row.department in here.departments[1:]
        assert row.assignee.department == row.department
        lines = row.messages.filter(data__code="moved").order_by("pk")
        assert lines.count() == count["moved"]
        assert lines.last().data["params"]["department"] == row.department.name
        assert_true_to_life(here)


def test_moved_by_two_to_one_department_where_nobody_is(rounds, company, new_admin):
    """The second finds it there already, and says so; it was moved once."""
    for _round in rounds:
        here = company(departments=2, people=1)
        check_out(user=here.staff[1])
        sender = new_sender()
        write(sender, here.word(0))
        row, admins = conversation_of(sender), [new_admin(), new_admin()]
        moved = at_once(partial(_move, row, here.departments[1], admin) for admin in admins)
        assert words(moved) == {"moved": 1, "already_assigned": 1}
        assert row.messages.filter(data__code="moved").count() == 1
        routing.assign_waiting()  # whoever held it may have kept the first from saying why
        row.refresh_from_db()
        assert (row.assignee, row.waiting_reason) == (None, "nobody_at_work")
        assert_true_to_life(here)


def _move(conversation: Conversation, department, by) -> str:
    routing.move_conversation(conversation=conversation, department=department, by=by)
    return "moved"


# --- All at once -------------------------------------------------------------------------------
def test_64_webhooks_on_two_channels_with_everything_else(rounds, company, settings):
    """P-A1 and P-A2: 8 people; completions, check-outs, capacities; places in percent."""
    for seed in rounds:
        here, dice = company(departments=2, people=4, capacity=4), random.Random(seed)
        heavy = ConversationFactory.create_batch(
            6, identity__channel=ChannelFactory(load_percent=200), department=here.departments[0]
        )
        light = ConversationFactory.create_batch(
            12, identity__channel=ChannelFactory(load_percent=50), department=here.departments[1]
        )
        routing.assign_waiting()
        mine = Conversation.objects.filter(pk__in=[row.pk for row in [*heavy, *light]])
        held = list(mine.exclude(assignee=None).select_related("assignee"))
        actions = [partial(write, new_sender(), here.word(number)) for number in range(64)]
        actions += [
            partial(call, f"conversations/{row.public_id}/resolve", bearer(row.assignee))
            for row in dice.sample(held, min(8, len(held)))
        ]
        leaving = dice.sample(here.staff, 2)
        actions += [partial(call, "shifts/checkout", bearer(person)) for person in leaving]
        manager = here.managers[0]
        grown = [agent for agent in here.agents() if agent.user not in leaving][:2]
        for agent in grown:  # more, so that what was given before stays within it
            actor = manager if agent.user.department_id == manager.department_id else None
            if actor is not None:
                actions.append(partial(routing.set_capacity, agent=agent, capacity=6, actor=actor))
        actions += [partial(routing.assign_waiting)] * 2
        dice.shuffle(actions)

        at_once(actions)

        assert not Message.objects.unrouted().exists()
        assert_true_to_life(here)
        routing.assign_waiting()
        assert_nobody_idles(here)
        assert_true_to_life(here)
        waiting = Conversation.objects.filter(pk__in=waiting_ids(here))
        assert set(waiting.values_list("waiting_reason", flat=True)) <= {"all_full"}
        assert routing.repair_agents() == 0
        for person in leaving:
            check_in(user=person)
        assert_nobody_idles(here)
        assert_true_to_life(here)


def test_a_place_that_two_halves_and_a_whole_want(rounds, company):
    """Never more than is there, whichever of them is first."""
    for _round in rounds:
        here = company(people=1, capacity=1)
        rows = queue(here, 2, load_percent=50) + queue(here, 1)
        go = threading.Barrier(3)

        def assign(pk: int, go=go) -> bool:
            go.wait(DEADLINE_SECONDS)
            return routing.assign_next(conversation_id=pk) is not None

        at_once(partial(assign, row.pk) for row in rows)
        (agent,) = here.agents()
        assert (agent.open_count, agent.extra_percent) in {(1, 0), (2, -100)}
        assert Agent.objects.get(pk=agent.pk).free_percent == 0
        assert_true_to_life(here)
