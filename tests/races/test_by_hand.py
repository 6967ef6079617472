"""P-A1: taken and given by hand at once: one assignee, true counts, no place taken twice."""

import random
from functools import partial

import pytest

from accounts.models import User
from accounts.services import update_user
from inbox.models import Conversation
from routing import services as routing
from routing.models import Agent, Assignment
from tests.races.company import (
    assert_nobody_idles,
    assert_true_to_life,
    bearer,
    call,
    conversation_of,
    new_sender,
    write,
)
from tests.races.together import at_once, words
from workforce.services import check_in, check_out

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_taken_by_16_people(rounds, company):
    for _round in rounds:
        here = company(people=16, capacity=1, staff_can_claim=True)
        for person in here.staff:
            check_out(user=person)
        sender = new_sender()
        write(sender, here.word(0))
        # At work, but nothing has been drained to them yet.
        for person in here.staff:
            check_in_quietly(person)
        waiting = conversation_of(sender)
        taken = at_once(
            partial(_take, waiting, User.objects.get(pk=person.pk)) for person in here.staff
        )
        assert words(taken) == {"taken": 1, "already_assigned": 15}
        assert sorted(agent.open_count for agent in here.agents()) == [0] * 15 + [1]
        assert_true_to_life(here)


def check_in_quietly(person: User) -> None:
    """Put a person to work without the queue being drained to them."""
    Agent.objects.filter(user=person).update(capacity=0)
    check_in(user=person)
    Agent.objects.filter(user=person).update(capacity=1)


def _take(conversation: Conversation, by: User) -> str:
    routing.take_conversation(conversation=conversation, by=by)
    return "taken"


def test_one_person_takes_8_into_one_place(rounds, company):
    for _round in rounds:
        here = company(people=1, capacity=1, staff_can_claim=True)
        person = here.staff[0]
        check_out(user=person)
        for _customer in range(8):
            write(new_sender(), here.word(0))
        check_in_quietly(person)
        taken = at_once(partial(_take, waiting, person) for waiting in here.conversations())
        assert words(taken) == {"taken": 1, "no_room": 7}
        assert_true_to_life(here)


def test_given_by_hand_while_given_automatically_and_released(rounds, company):
    """Managers hand over, customers write and half the people leave, all at once."""
    for seed in rounds:
        here = company(departments=1, people=8, capacity=4)
        dice = random.Random(seed)
        for _customer in range(24):
            write(new_sender(), here.word(0))
        manager = here.managers[0]
        actions = [
            partial(_give, conversation, dice.choice(here.staff), manager)
            for conversation in here.conversations()
        ]
        actions += [partial(write, new_sender(), here.word(0)) for _customer in range(8)]
        actions += [partial(check_out, user=person) for person in here.staff[::2]]
        dice.shuffle(actions)
        outcomes = at_once(actions)
        refusals = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
        assert refusals <= {"already_assigned", "person_not_at_work"}
        _assert_by_hand_is_consistent(here)
        routing.assign_waiting()
        assert_nobody_idles(here)
        assert routing.repair_agents() == 0
        _assert_by_hand_is_consistent(here)


def _give(conversation: Conversation, to: User, by: User) -> str:
    routing.assign_conversation(conversation=conversation, assignee=to, by=by)
    return "given"


def _assert_by_hand_is_consistent(here) -> None:
    """A manager may go above the capacity; all else holds."""
    Agent.objects.filter(user__in=here.staff).update(capacity=100)
    assert_true_to_life(here)
    Agent.objects.filter(user__in=here.staff).update(capacity=4)


def test_two_managers_swap_two_conversations(rounds, company):
    """A to B and B to A at once: whoever the database stops tries again."""
    for _round in rounds:
        here = company(people=2, capacity=8)
        for _customer in range(16):
            write(new_sender(), here.word(0))
        other = dict(zip(here.staff, reversed(here.staff), strict=True))
        given = at_once(
            partial(_give, conversation, other[conversation.assignee], here.managers[0])
            for conversation in here.conversations()
        )
        assert words(given) == {"given": 16}
        assert_true_to_life(here)


def test_moved_while_a_manager_gives_them_work(company, new_admin, monkeypatch):
    """The conversation follows the person to where they are, not to where they were."""
    here = company(departments=2, people=2)
    write(new_sender(), here.word(0))
    (conversation,) = here.conversations()
    other = next(person for person in here.staff[:2] if person != conversation.assignee)
    other = User.objects.get(pk=other.pk)
    changes = {"department": here.departments[1]}
    update_user(user=other, actor=new_admin(), changes=changes)  # `other` does not know
    _give(conversation, other, here.managers[0])
    assert here.conversations()[0].department == here.departments[1]
    assert_true_to_life(here)


def test_a_lost_word_of_a_resolve_does_not_stop_the_next_who_takes_it(company):
    """The process died after the resolve; the record of the last cycle is open still."""
    here = company(people=2, staff_can_claim=True)
    sender = new_sender()
    write(sender, here.word(0))
    conversation = conversation_of(sender)
    record = conversation.assignments.get()
    for person in here.staff:
        check_out(user=person)
    call(f"conversations/{conversation.public_id}/resolve", bearer(here.managers[0]))
    write(sender, "Còn nữa")
    Assignment.objects.filter(pk=record.pk).update(ended_at=None)
    check_in_quietly(here.staff[1])
    assert _take(conversation, here.staff[1]) == "taken"
    assert_true_to_life(here)
