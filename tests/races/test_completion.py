"""P-A4: a message is completed once, a cycle resolved once and reopened once."""

from functools import partial

import pytest

from inbox.models import Message
from routing import services as routing
from tests.races.company import (
    assert_nobody_idles,
    assert_true_to_life,
    bearer,
    call,
    conversation_of,
    events_of,
    new_sender,
    write,
)
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _one_and_a_queue(company):
    """One person with one place, taken, and three customers who wait for it."""
    here = company(people=1, capacity=1)
    senders = [new_sender() for _customer in range(4)]
    for sender in senders:
        write(sender, here.word(0))
    return here, conversation_of(senders[0])


def _assert_freed_once(here) -> None:
    assert len([c for c in here.conversations() if c.assignee and not c.is_resolved]) == 1
    assert len([c for c in here.conversations() if c.assignee is None]) == 2
    assert_true_to_life(here)


def test_32_complete_one_message(rounds, company):
    for _round in rounds:
        here, conversation = _one_and_a_queue(company)
        message = conversation.messages.inbound().get()
        header = bearer(here.staff[0])
        complete = partial(call, f"messages/{message.pk}/complete", header)
        answers = [outcome.value for outcome in at_once([complete] * 32)]
        assert sorted(answer.status for answer in answers) == [200] + [409] * 31
        refusals = {answer.body["code"] for answer in answers if answer.status == 409}
        assert refusals == {"message_completed"}
        assert events_of(conversation, "resolved") == 1
        _assert_freed_once(here)


def test_32_resolve_one_conversation(rounds, company):
    for _round in rounds:
        here, conversation = _one_and_a_queue(company)
        path = f"conversations/{conversation.public_id}/resolve"
        answers = [o.value for o in at_once([partial(call, path, bearer(here.staff[0]))] * 32)]
        assert sorted(answer.status for answer in answers) == [200] + [409] * 31
        refusals = {answer.body["code"] for answer in answers if answer.status == 409}
        assert refusals == {"conversation_resolved"}
        assert events_of(conversation, "resolved") == 1
        _assert_freed_once(here)


def test_every_message_of_one_conversation_completed_at_once(rounds, company):
    """Each call completes all before it: the marks are set once, the cycle ends once."""
    for _round in rounds:
        here = company(people=1)
        sender = new_sender()
        for number in range(16):
            write(sender, f"{here.word(0)} {number}")
        conversation = conversation_of(sender)
        header = bearer(here.staff[0])
        answers = at_once(
            partial(call, f"messages/{message.pk}/complete", header)
            for message in conversation.messages.inbound()
        )
        assert {answer.value.status for answer in answers} <= {200, 409}
        assert not conversation.messages.inbound().filter(completed_at=None).exists()
        assert events_of(conversation, "resolved") == 1
        assert_true_to_life(here)


def test_16_messages_reopen_one_conversation(rounds, company):
    for _round in rounds:
        here = company(people=2)
        sender = new_sender()
        write(sender, here.word(0))
        conversation = conversation_of(sender)
        call(f"conversations/{conversation.public_id}/resolve", bearer(conversation.assignee))
        answers = at_once(partial(write, sender, f"Alo {number}") for number in range(16))
        assert {answer.value.status for answer in answers} == {200}
        conversation = conversation_of(sender)
        assert conversation.cycle_number == 2
        assert conversation.cycles.count() == 2
        assert conversation.messages.inbound().filter(cycle__number=2).count() == 16
        assert events_of(conversation, "reopened") == 1
        assert events_of(conversation, "assigned_again") == 1
        assert_true_to_life(here)


def test_replies_messages_and_resolves_meet(rounds, company):
    """Whatever the order, cycles follow one another and no message lies between two."""
    for _round in rounds:
        here = company(people=2)
        sender = new_sender()
        write(sender, here.word(0))
        conversation = conversation_of(sender)
        header = bearer(here.managers[0])  # a manager may always answer
        path = f"conversations/{conversation.public_id}"
        actions = [partial(write, sender, f"Alo {number}") for number in range(16)]
        actions += [partial(call, f"{path}/reply", header, text="Dạ")] * 8
        actions += [partial(call, f"{path}/resolve", header)] * 8
        answers = [outcome.value for outcome in at_once(actions)]
        assert {answer.status for answer in answers} <= {200, 201, 409}
        conversation = conversation_of(sender)
        assert conversation.messages.inbound().count() == 17
        resolved = events_of(conversation, "resolved")
        assert events_of(conversation, "reopened") == conversation.cycle_number - 1
        assert resolved == conversation.cycle_number - (not conversation.is_resolved)
        is_done = conversation.cycles.exclude(resolved_at=None)
        left = conversation.messages.inbound().filter(cycle__in=is_done, completed_at=None)
        assert not left.exists()
        replies = conversation.messages.filter(direction=Message.Direction.OUTBOUND)
        assert replies.count() == len([a for a in answers if a.status == 201])
        assert_true_to_life(here)
        routing.assign_waiting()
        assert_nobody_idles(here)
