"""P-I2: the same event any number of times at once is one message, and always 200."""

from functools import partial

import pytest

from inbox.models import Conversation, Message, WebhookEvent
from tests.races.company import assert_true_to_life, conversation_of, new_sender, write
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def _one_message(answers) -> int:
    """The id all 32 senders heard."""
    assert {answer.value.status for answer in answers} == {200}
    ids = {answer.value.body["message_id"] for answer in answers}
    assert len(ids) == 1
    return ids.pop()


def test_the_same_external_id_32_times(rounds, company):
    for number in rounds:
        here, sender = company(people=2), new_sender()
        send = partial(write, sender, here.word(0), external_id=f"id-{number}")
        message_id = _one_message(at_once([send] * 32))
        assert Message.objects.inbound().get(conversation__identity__external_id=sender).pk == (
            message_id
        )
        assert WebhookEvent.objects.filter(dedup_key=f"message:id-{number}").count() == 1
        assert sum(agent.open_count for agent in here.agents()) == 1
        assert _one_message(at_once([send])) == message_id
        assert_true_to_life(here)


def test_the_same_idempotency_key_32_times(rounds, company):
    for number in rounds:
        here, sender = company(people=2), new_sender()
        send = partial(write, sender, here.word(0), key=f"key-{number}")
        message_id = _one_message(at_once([send] * 32))
        assert Message.objects.inbound().get(conversation__identity__external_id=sender).pk == (
            message_id
        )
        assert WebhookEvent.objects.filter(dedup_key=f"event:key-{number}").count() == 1
        assert_true_to_life(here)


def test_the_same_external_id_under_32_keys(rounds, company):
    """Every delivery is a new event, but the message of all of them is one."""
    for number in rounds:
        here, sender = company(people=2), new_sender()
        message_id = _one_message(
            at_once(
                partial(
                    write, sender, here.word(0), external_id=f"id-{number}", key=f"{number}-{n}"
                )
                for n in range(32)
            )
        )
        assert Message.objects.inbound().get(conversation__identity__external_id=sender).pk == (
            message_id
        )
        assert WebhookEvent.objects.filter(dedup_key__startswith=f"event:{number}-").count() == 32
        assert_true_to_life(here)


def test_the_same_external_id_from_16_customers(rounds, company):
    """Who comes second leaves nothing behind: no contact, no conversation without a message."""
    for number in rounds:
        here = company(people=2)
        at_once(
            partial(
                write, new_sender(), here.word(0), external_id=f"id-{number}", key=f"{number}-{n}"
            )
            for n in range(16)
        )
        assert Message.objects.inbound().filter(external_id=f"id-{number}").count() == 1
        assert len(here.conversations()) == 1
        assert not Conversation.objects.filter(messages=None).exists()
        assert_true_to_life(here)


def test_without_an_id_nothing_is_merged(rounds, company):
    for _round in rounds:
        here, sender = company(people=2), new_sender()
        answers = at_once([partial(write, sender, here.word(0))] * 32)
        assert len({answer.value.body["message_id"] for answer in answers}) == 32
        assert conversation_of(sender).messages.inbound().count() == 32
        assert_true_to_life(here)
