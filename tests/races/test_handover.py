"""A shift is handed over while customers write, managers decide and one presses twice."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import User
from inbox.models import Conversation
from inbox.services import send_reply
from routing import services as routing
from routing.models import Agent, Assignment
from routing.services.handover import Decision, Outcome
from tests.races.company import (
    assert_nobody_idles,
    assert_true_to_life,
    events_of,
    new_sender,
    write,
)
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def held_by(user: User) -> list[Conversation]:
    return list(Conversation.objects.filter(assignee=user).order_by("pk"))


def hand_over(user: User, to: str, rows: list[Conversation], person: User | None = None) -> Outcome:
    decisions = [Decision(row.pk, to, person, note="Gấp") for row in rows]
    return routing.hand_over(user=user, decisions=decisions)


def crowd(here, count: int) -> None:
    for _customer in range(count):
        write(new_sender(), here.word(0))


def test_handed_over_while_the_customers_write(rounds, company):
    """What was to be kept is open again: whoever is first, nobody who left holds it."""
    for _round in rounds:
        here = company(people=2, capacity=12)
        crowd(here, 16)
        leaver = here.staff[0]
        mine = held_by(leaver)
        for conversation in mine:
            send_reply(conversation=conversation, author=leaver, text="Dạ")
        senders = [row.identity.external_id for row in mine]
        actions = [partial(hand_over, leaver, "keep", mine)]
        actions += [partial(write, sender, "Còn không?") for sender in senders]
        at_once(actions)
        assert not Conversation.objects.open_of(leaver.pk).exists()
        routing.assign_waiting()
        assert_true_to_life(here)
        assert_nobody_idles(here)
        assert routing.repair_agents() == 0


def test_handed_over_while_a_manager_gives_the_same_to_others(rounds, company):
    for _round in rounds:
        here = company(people=4, capacity=16)
        crowd(here, 16)
        leaver, manager = here.staff[0], here.managers[0]
        mine = held_by(leaver)
        actions = [partial(hand_over, leaver, "queue", mine)]
        actions += [
            partial(
                routing.assign_conversation,
                conversation=row,
                assignee=here.staff[1 + number % 3],
                by=manager,
            )
            for number, row in enumerate(mine)
        ]
        outcomes = at_once(actions)
        refusals = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
        assert refusals <= {"already_assigned"}
        assert held_by(leaver) == []
        assert_true_to_life(here)
        assert_nobody_idles(here)


def test_the_button_pressed_twice_hands_each_over_once(rounds, company):
    for _round in rounds:
        here = company(people=2, capacity=16)
        crowd(here, 12)
        leaver, colleague = here.staff
        mine = held_by(leaver)
        done = at_once([partial(hand_over, leaver, "person", mine, colleague)] * 2)
        outcomes = [outcome.value for outcome in done]
        assert sum(len(outcome.done) for outcome in outcomes) == len(mine)
        assert sum(outcome.gone for outcome in outcomes) == len(mine)
        assert all(outcome.is_out and not outcome.refused for outcome in outcomes)
        for row in mine:
            assert events_of(row, "handed_over") == 1
            assert row.messages.filter(direction="note").count() == 1
            assert Assignment.objects.filter(conversation=row).count() == 2
        assert_true_to_life(here)


def test_people_who_hand_over_to_each_other_wait_for_nobody_for_ever(rounds, company):
    """One of them is out before the other is done: then what is left is told as refused."""
    for _round in rounds:
        here = company(people=2, capacity=32)
        crowd(here, 16)
        first, second = here.staff
        at_once(
            [
                partial(hand_over, first, "person", held_by(first), second),
                partial(hand_over, second, "person", held_by(second), first),
            ]
        )
        routing.repair_agents()
        assert_true_to_life(here)
        assert not Conversation.objects.filter(
            status="open", assignee__agent__in=Agent.objects.exclude(reason="busy")
        ).exists()
