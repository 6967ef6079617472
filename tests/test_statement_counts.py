"""What a request costs the database, in statements other than those of transactions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inbox.models import Message, OutboundPart
from inbox.services import receive, send_reply
from routing.models import Agent
from routing.services import route_messages
from tests.deliveries import BRIEF, deliver, event
from tests.factories import (
    ChannelFactory,
    ContactIdentityFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
)
from tests.routing.helpers import set_policy

pytestmark = pytest.mark.django_db

TRANSACTIONS = re.compile(r"BEGIN|COMMIT|SAVEPOINT|ROLLBACK|RELEASE", re.IGNORECASE)

NEW_CONTACT = 19
KNOWN_CONTACT = 15
# Of one stored message to its person; PostgreSQL writes the decision in one statement.
STORED_MESSAGE = 8 if connection.vendor == "postgresql" else 12
LIST_PAGE = 12
THREAD_PAGE = 24


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements of a block, but for those that only begin and end transactions."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found += [q["sql"] for q in queries.captured_queries if not TRANSACTIONS.match(q["sql"])]


def told(found: list[str]) -> str:
    return f"{len(found)} statements:\n" + "\n".join(sql[:160] for sql in found)


@pytest.fixture
def shop(organisation, people, sales, settings, commits):
    """A demo channel, a word that leads to Sales, and people at work."""
    settings.DEMO = True
    KeywordFactory(word="mua", department=sales)
    channel = ChannelFactory(secret="whsec_demo")
    # The first message of a process loads the keywords.
    deliver(Client(), BRIEF | {"sender": "somebody else"})
    return channel


# --- A webhook, with routing and its answer ----------------------------------------------------
@pytest.mark.parametrize("is_signed", [True, False])
def test_a_new_contacts_webhook(client, shop, is_signed):
    body, secret = BRIEF | {"external_id": "z-1"}, "whsec_demo" if is_signed else None
    with statements() as found:
        response = deliver(client, body, secret=secret)
    assert response.json()["assigned_to"] == "colleague"
    assert len(found) <= NEW_CONTACT, told(found)


def test_a_new_contacts_webhook_that_nobody_can_take(client, shop):
    with statements() as found:
        response = deliver(client, BRIEF | {"content": "alo"})
    assert response.json()["queued"] is True
    assert len(found) <= NEW_CONTACT, told(found)


def test_a_known_contacts_webhook_in_an_assigned_conversation(client, shop):
    assert deliver(client).json()["assigned_to"] == "colleague"
    with statements() as found:
        response = deliver(client, BRIEF | {"external_id": "z-2"})
    assert response.json()["assigned_to"] == "colleague"
    assert len(found) <= KNOWN_CONTACT, told(found)


def test_a_known_contacts_webhook_after_our_answer(client, shop):
    deliver(client)
    message = Message.objects.inbound().latest("pk")
    send_reply(
        conversation=message.conversation, author=message.conversation.assignee, text="Dạ còn ạ"
    )
    message.conversation.refresh_from_db()
    assert message.conversation.status == "waiting"
    with statements() as found:
        response = deliver(client, BRIEF | {"external_id": "z-2"})
    assert response.json()["assigned_to"] == "colleague"
    assert len(found) <= KNOWN_CONTACT, told(found)


def test_a_repeat_is_cheap(client, shop):
    body = BRIEF | {"external_id": "z-1"}
    deliver(client, body)
    with statements() as found:
        deliver(client, body)
    assert len(found) <= 5, told(found)


# --- Routing alone -----------------------------------------------------------------------------
@pytest.mark.parametrize("policy", [None, {}, {"is_guarded": True}, {"method": "round_robin"}])
@pytest.mark.parametrize("sender", ["new", "waiting"])
def test_routing_of_a_stored_message(shop, sales, monkeypatch, policy, sender):
    """Also with a policy, and for somebody who waits in the queue already."""
    if policy is not None:
        set_policy(sales, **policy)
    if sender == "waiting":
        Agent.objects.filter(is_routable=True).update(is_routable=False)
        receive(channel=shop, events=[event("mua", sender="waiting")])
        Agent.objects.filter(reason="taking_work").update(is_routable=True)
    else:
        receive(channel=shop, events=[event("mua", sender="before")])  # loads the policies
    with monkeypatch.context() as away:
        away.setattr("routing.receivers.services.route_messages", lambda **kwargs: None)
        receipt = receive(channel=shop, events=[event("mua hàng", sender=sender)])[0]
    assert Message.objects.get(pk=receipt.message_id).keywords is None
    with statements() as found:
        route_messages(message_ids=[receipt.message_id])
    assert Message.objects.get(pk=receipt.message_id).conversation.assignee is not None
    assert len(found) <= STORED_MESSAGE, told(found)


# --- Pages -------------------------------------------------------------------------------------
def browser(user) -> Client:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", ["staff", "manager", "admin"])
@pytest.mark.parametrize("status", ["open", "waiting", "resolved"])
def test_the_list_costs_the_same_for_3_and_for_50_rows(people, sales, who, status):
    def fill(count: int) -> None:
        now = timezone.now()
        for number in range(count):
            ConversationFactory(
                department=sales,
                assignee=people["staff"],
                status=status,
                waiting_since=now - timedelta(minutes=number) if status == "open" else None,
                last_inbound_at=now,
            )

    client = browser(people[who])
    path = f"{reverse('inbox:conversation_list')}?status={status}"
    costs = []
    for more in (3, 47):
        fill(more)
        with statements() as found:
            response = client.get(path)
        assert len(response.context["rows"]) == 3 + (more == 47) * 47
        assert len(found) <= LIST_PAGE, told(found)
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_the_refreshed_pane_costs_no_more_than_the_page(people, sales):
    ConversationFactory.create_batch(3, department=sales, assignee=people["staff"])
    client = browser(people["staff"])
    with statements() as found:
        client.get(reverse("inbox:conversation_list"), headers={"HX-Request": "true"})
    assert len(found) <= LIST_PAGE, told(found)


@pytest.mark.parametrize("who", ["staff", "manager", "admin"])
def test_a_thread_costs_the_same_for_3_and_for_50_lines(people, sales, who):
    identity = ContactIdentityFactory()
    conversation = ConversationFactory(
        identity=identity, department=sales, assignee=people["staff"]
    )
    for channel in ChannelFactory.create_batch(3):  # the customer's other conversations
        other = ContactIdentityFactory(contact=identity.contact, channel=channel)
        ConversationFactory(identity=other, department=sales)

    def fill(count: int) -> None:
        for number in range(count):
            if number % 2:
                MessageFactory(conversation=conversation)
                continue
            reply = MessageFactory(
                conversation=conversation, direction="outbound", author=people["staff"]
            )
            OutboundPart.objects.create(
                message=reply, conversation=conversation, channel=conversation.channel
            )

    client = browser(people[who])
    path = reverse("inbox:conversation_detail", args=[conversation.public_id])
    costs = []
    for more in (3, 47):
        fill(more)
        with statements() as found:
            response = client.get(path)
        assert len(response.context["thread"].lines) == 3 + (more == 47) * 47
        assert len(found) <= THREAD_PAGE, told(found)
        costs.append(len(found))
    # The first look tells others that one is here, as the locked row stands; the assignee’s also
    # marks it as seen and tells their other windows. Every look answers what the bell said of it.
    assert costs[0] - costs[1] == 2 + 2 * (who == "staff")
