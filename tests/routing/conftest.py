"""Customers who write, and people with more or less to do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inbox.models import Channel, Conversation
from inbox.services import receive
from routing.models import Agent
from tests.deliveries import event
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory


@pytest.fixture
def channel(organisation) -> Channel:
    return ChannelFactory()


@pytest.fixture
def write(channel, commits):
    """`write(text, sender=…)` lets a customer write; returns the conversation as it then is."""

    def call(text: str, *, sender: str = "kh-1", at=None, **fields) -> Conversation:
        receive(channel=channel, events=[event(text, sender=sender, **fields)], at=at)
        return Conversation.objects.get(identity__external_id=sender)

    return call


@pytest.fixture
def words(sales, billing) -> None:
    """Three words that lead to a department, two of them to Sales."""
    KeywordFactory(word="mua", department=sales, weight=Decimal(2))
    KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight=Decimal(3))
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing, weight=Decimal(4))


@pytest.fixture
def load(sales):
    """`load(person, 3)` gives somebody open conversations, as routing counts them."""

    def call(person, count: int, *, department=sales) -> list[Conversation]:
        rows = ConversationFactory.create_batch(count, assignee=person, department=department)
        count = Conversation.objects.open_of(person.pk).count()
        Agent.objects.filter(user=person).update(open_count=count)
        return rows

    return call


@pytest.fixture
def idle_since():
    """`idle_since(person, 30)` was last given work that many minutes ago."""

    def call(person, minutes: int) -> None:
        at = timezone.now() - timedelta(minutes=minutes)
        Agent.objects.filter(user=person).update(last_assigned_at=at)

    return call


def open_counts(*people) -> list[int]:
    return [Agent.objects.get(user=person).open_count for person in people]
