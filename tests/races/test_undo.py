"""A "done" is taken back once, and never beside the customer's next message."""

from functools import partial

import pytest

from routing.models import Agent
from tests.races.company import (
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


def _done(company) -> tuple:
    """One person with room, and a conversation of theirs they have just ended."""
    here, sender = company(people=1), new_sender()
    write(sender, here.word(0))
    conversation, header = conversation_of(sender), bearer(here.staff[0])
    path = f"conversations/{conversation.public_id}/resolve"
    assert call(path, header).status == 200
    return here, sender, conversation, partial(call, f"{path}/undo", header)


def test_32_take_one_back(rounds, company):
    for _round in rounds:
        here, _sender, conversation, undo = _done(company)
        answers = [outcome.value for outcome in at_once([undo] * 32)]
        assert sorted(answer.status for answer in answers) == [200] + [409] * 31
        refusals = {answer.body["code"] for answer in answers if answer.status == 409}
        assert refusals == {"undo_overtaken"}
        assert events_of(conversation, "resolve_undone") == 1
        assert_true_to_life(here)
        assert Agent.objects.get(user=here.staff[0]).open_count == 1


def test_the_customer_writes_while_it_is_taken_back(rounds, company):
    """Whoever is first: either the old cycle goes on with the message, or a new one has begun."""
    for _round in rounds:
        here, sender, conversation, undo = _done(company)
        messages = [partial(write, sender, f"{here.word(0)} {number}") for number in range(4)]
        answer = at_once([undo, *messages])[0].value
        conversation.refresh_from_db()
        # Until routing has looked the new cycle is nobody's, and out of their sight.
        expected = {200: (1, 0), 409: (2, 1), 404: (2, 1)}[answer.status]
        assert (conversation.cycle_number, events_of(conversation, "reopened")) == expected
        assert events_of(conversation, "resolve_undone") == (answer.status == 200)
        assert (conversation.status, conversation.assignee) == ("open", here.staff[0])
        assert conversation.messages.inbound().count() == 5
        assert_true_to_life(here)


def test_who_has_it_goes_home_while_it_is_taken_back(rounds, company):
    for _round in rounds:
        here, _sender, conversation, undo = _done(company)
        go = partial(call, "shifts/checkout", bearer(here.staff[0]))
        outcomes = [outcome.value.status for outcome in at_once([undo, go])]
        assert outcomes == [200, 200]
        conversation.refresh_from_db()
        assert (conversation.status, conversation.assignee) == ("open", None)
        assert Agent.objects.get(user=here.staff[0]).open_count == 0
        assert_true_to_life(here)
