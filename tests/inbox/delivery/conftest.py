"""A channel with a receiver, and a conversation to reply in."""

import pytest
import time_machine

from inbox import services
from inbox.models import Channel, Conversation, OutboundPart
from tests.factories import ChannelFactory, ContactIdentityFactory, ConversationFactory
from tests.inbox.delivery.receiver import MORNING, SECRET, Receiver


@pytest.fixture
def receiver(httpserver, settings) -> Receiver:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8", "::1/128"]
    return Receiver(httpserver)


@pytest.fixture
def channel(organisation, receiver) -> Channel:
    return ChannelFactory(secret=SECRET, reply_url=receiver.url)


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def conversation(channel, people, clock) -> Conversation:
    identity = ContactIdentityFactory(channel=channel, external_id="+84901234567")
    return ConversationFactory(identity=identity, assignee=people["staff"])


@pytest.fixture
def reply(conversation, people):
    """`reply(text)` stores an answer of staff in the conversation, or in another one."""

    def call(text: str = "Dạ còn ạ", to: Conversation = conversation) -> OutboundPart:
        message = services.send_reply(conversation=to, author=people["staff"], text=text)
        return message.parts.get()

    return call
