"""A customer is told one thing once, however many workers are about to tell it."""

from functools import partial

import pytest
from django.utils import timezone

from inbox.models import AutoReply, AutoReplySent, Channel, Message, OutboundPart
from inbox.services import send_auto_reply
from inbox.services.auto_replies import LOOP_LIMIT
from routing.services import send_auto_replies
from tests.factories import ContactIdentityFactory, ConversationFactory, MessageFactory
from tests.races.company import conversation_of, new_sender, write
from tests.races.together import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def automatic():
    return Message.objects.filter(direction="outbound")


def test_32_workers_greet_once(rounds, company):
    for _round in rounds:
        here = company(people=2, capacity=4)
        AutoReply.objects.get_or_create(
            channel=Channel.objects.get(),
            trigger="greeting",
            defaults={"text_vi": "Chào ạ", "text_en": "Hi"},
        )
        sender = new_sender()
        write(sender, here.word(0))
        conversation = conversation_of(sender)
        before = automatic().count()
        sent = at_once([partial(send_auto_replies, at=timezone.now())] * 32)
        assert sum(outcome.value for outcome in sent) == 1
        assert automatic().count() == before + 1
        assert AutoReplySent.objects.filter(cycle__conversation=conversation).count() == 1
        assert OutboundPart.objects.filter(conversation=conversation).count() == 1


def test_at_most_five_a_minute_whatever_conversations_it_comes_from(rounds, company):
    for _round in rounds:
        company(people=1, capacity=4)
        first = ContactIdentityFactory()
        conversations = [
            ConversationFactory(
                identity=ContactIdentityFactory(contact=first.contact, channel=first.channel),
                contact=first.contact,
            )
            for _number in range(16)
        ]
        for number, conversation in enumerate(conversations):
            MessageFactory(conversation=conversation, text=f"alo {number}")
        say = partial(send_auto_reply, trigger="greeting", text="Chào ạ", at=timezone.now())
        told = at_once([partial(say, conversation=one) for one in conversations])
        assert sum(outcome.value is not None for outcome in told) == LOOP_LIMIT
