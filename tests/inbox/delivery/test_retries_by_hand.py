"""A failed reply is sent again when somebody says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox import services
from inbox.models import OutboundPart
from inbox.services.conversations import NotYours
from inbox.services.delivery import PartNotFailed
from tests.inbox.delivery.receiver import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(receiver, reply) -> OutboundPart:
    receiver.answers = [400]
    part = reply()
    services.deliver_due()
    part.refresh_from_db()
    assert part.state == "failed"
    return part


def test_a_retry_really_sends_again(receiver, failed, clock):
    clock.shift(timedelta(days=2))
    services.retry_part(part=failed)
    failed.refresh_from_db()
    assert (failed.state, failed.failure, failed.attempts) == ("queued", "", 0)
    assert failed.give_up_at is None
    assert services.deliver_due() == 1
    failed.refresh_from_db()
    assert (failed.state, failed.sent_at) == ("sent", timezone.now())
    assert receiver.keys == [str(failed.public_id)] * 2


def test_a_retry_after_giving_up_has_a_new_day(receiver, reply, clock):
    part = reply()
    OutboundPart.objects.update(state="failed", failure="gave_up", give_up_at=MORNING, attempts=40)
    clock.shift(timedelta(days=2))
    services.retry_part(part=part)
    receiver.answers = [503]
    services.deliver_due()
    part.refresh_from_db()
    assert (part.state, part.attempts) == ("queued", 1)
    assert part.give_up_at == timezone.now() + timedelta(days=1)


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "delivered", "read"])
def test_what_has_not_failed_is_not_sent_again(receiver, reply, state):
    part = reply()
    OutboundPart.objects.update(state=state)
    before = OutboundPart.objects.values().get()
    with pytest.raises(PartNotFailed) as refusal:
        services.retry_part(part=part)
    assert (refusal.value.code, refusal.value.status) == ("part_not_failed", 409)
    assert OutboundPart.objects.values().get() == before


def test_a_reply_is_tried_again_by_those_who_may_answer(conversation, failed, people):
    before = OutboundPart.objects.values().get()
    with pytest.raises(NotYours):
        services.retry_reply(conversation=conversation, parts=[failed], by=people["colleague"])
    assert OutboundPart.objects.values().get() == before
    services.retry_reply(conversation=conversation, parts=[failed], by=people["manager"])
    failed.refresh_from_db()
    assert failed.state == "queued"


def test_only_the_failed_parts_of_a_reply_are_sent_again(
    receiver, conversation, failed, people, channel
):
    arrived = OutboundPart.objects.create(
        message=failed.message, conversation=conversation, channel=channel, state="sent"
    )
    parts = list(failed.message.parts.all())
    services.retry_reply(conversation=conversation, parts=parts, by=people["staff"])
    failed.refresh_from_db()
    arrived.refresh_from_db()
    assert (failed.state, arrived.state) == ("queued", "sent")
    with pytest.raises(PartNotFailed):
        services.retry_reply(conversation=conversation, parts=[arrived], by=people["staff"])
