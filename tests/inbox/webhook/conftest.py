"""Channels that deliveries come to, and the time of the known one."""

import pytest
import time_machine

from inbox.models import Channel
from tests.factories import ChannelFactory
from tests.inbox.webhook.known_delivery import VECTOR_SECONDS, VECTOR_SECRET


@pytest.fixture
def channel(organisation) -> Channel:
    return ChannelFactory(secret=VECTOR_SECRET)


@pytest.fixture
def demo(settings, channel) -> Channel:
    """The channel that takes unsigned deliveries."""
    settings.DEMO = True
    return channel


@pytest.fixture
def at_vector_time():
    with time_machine.travel(VECTOR_SECONDS, tick=False) as clock:
        yield clock
