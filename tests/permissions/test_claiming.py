"""What waits is seen by those who may take it, and nothing but taking is open to them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.models import LiveEvent
from inbox.models import Draft, Message, OutboundPart
from routing.services import take_conversation
from routing.services.by_hand import MayNotClaim
from tests.factories import MessageFactory
from tests.permissions.calls import Row, call, status_of, waiting
from tests.permissions.test_permission_matrix import MATRIX
from tests.permissions.world import SECRET, everything


# --- What waits and may be claimed --------------------------------------------------------------
@pytest.fixture
def claimable(world) -> SimpleNamespace:
    """Sales lets its staff take what waits."""
    world.sales.staff_can_claim = True
    world.sales.save(update_fields=["staff_can_claim"])
    world.text = MessageFactory(conversation=world.waiting, text=SECRET)
    return world


SEEN_NOT_OWN = {
    # staff of Sales see it, have not got it, and may only take it
    ("get", "api:conversation-detail"): 200,
    ("get", "api:conversation-messages"): 200,
    ("post", "api:conversation-reply"): 403,
    ("post", "api:conversation-resolve"): 403,
    ("post", "api:conversation-undo-resolve"): 409,  # it is not done
    ("post", "api:conversation-assign"): 403,
    ("post", "api:conversation-hand-back"): 409,  # nobody has it
    ("post", "api:conversation-take"): 200,
    ("get", "inbox:conversation_detail"): 200,
    ("get", "inbox:conversation_thread"): 200,
    ("post", "inbox:conversation_reply"): 403,
    ("post", "inbox:conversation_resolve"): 403,
    ("post", "inbox:conversation_snooze"): 403,
    ("post", "routing:conversation_priority"): 403,
    ("get", "routing:conversation_why"): 200,
    ("post", "routing:conversation_assign"): 403,
    ("post", "routing:conversation_take"): 302,
}
# Refused in words on the page to which they lead back.
REFUSED_IN_WORDS = {
    "inbox:conversation_wake",
    "routing:conversation_hand_back",
}
SEEN_NOT_OWN |= {("post", name): 302 for name in REFUSED_IN_WORDS}


def take_back_draft(author, conversation, text: str) -> None:
    """A refused form keeps its text, for its author alone, who alone is told: undo just that."""
    draft = Draft.objects.get()
    assert (draft.author, draft.conversation, draft.text) == (author, conversation, text)
    told = LiveEvent.objects.get(object_id=conversation.public_id)
    assert (told.kind, told.audience) == ("conversation.changed", f"user:{author.pk}")
    draft.delete()
    told.delete()


@pytest.mark.parametrize(("method", "name"), sorted(SEEN_NOT_OWN))
@pytest.mark.parametrize("who", ["colleague", "other_staff"])
def test_what_waits_is_seen_by_those_who_may_take_it(claimable, method, name, who):
    expected = SEEN_NOT_OWN[method, name]
    if who == "other_staff":  # of Billing
        expected = 404
    row = Row((), MATRIX[method, name].send, waiting)
    before = everything()
    assert status_of(call(claimable, who, method, name, row)) == expected
    if (name, expected) == ("inbox:conversation_reply", 403):
        take_back_draft(claimable.people[who], claimable.waiting, "Dạ")
    if expected in (403, 404, 409) or name in REFUSED_IN_WORDS:
        assert everything() == before
    if name.endswith("take") and who == "colleague":
        claimable.waiting.refresh_from_db()
        assert claimable.waiting.assignee == claimable.people["colleague"]


def test_completing_what_is_seen_but_not_own_is_403(claimable):
    row = Row((), path=lambda world: {"pk": world.text.pk})
    before = everything()
    response = call(claimable, "colleague", "post", "api:message-complete", row)
    assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    assert everything() == before
    assert call(claimable, "other_staff", "post", "api:message-complete", row).status_code == 404


def test_a_failed_reply_of_somebody_else_is_not_sent_again(claimable):
    """Whoever sees a waiting conversation may not act in it before taking it."""
    answer = MessageFactory(
        conversation=claimable.waiting, direction=Message.Direction.OUTBOUND, text="Dạ"
    )
    part = OutboundPart.objects.create(
        message=answer,
        conversation=claimable.waiting,
        channel=claimable.waiting.channel,
        state=OutboundPart.State.FAILED,
    )
    path = {"public_id": claimable.waiting.public_id, "message_id": answer.pk}
    call(claimable, "colleague", "post", "inbox:reply_retry", Row((), path=lambda world: path))
    part.refresh_from_db()
    assert part.state == OutboundPart.State.FAILED


@pytest.mark.parametrize("who", ["staff", "other_staff"])
def test_taking_is_refused_by_the_rule_itself_too(world, who):
    """Were the scope ever widened, claiming still needs the department's consent."""
    before = everything()
    with pytest.raises(MayNotClaim):
        take_conversation(conversation=world.waiting, by=world.people[who])
    assert everything() == before
