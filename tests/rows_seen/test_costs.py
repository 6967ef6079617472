"""A list costs the same however many rows it has, and is cut into pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.models import Conversation, Message
from tests.factories import ConversationFactory, KeywordFactory, MessageFactory, UserFactory
from tests.workforce.roster_rows import shift_of
from workforce.models import Request


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/api/v1/conversations", 2),  # the person, the rows
        ("/api/v1/messages", 2),  # the person, the rows
        ("/api/v1/keywords", 3),  # the person, the count, the rows
        ("/api/v1/shifts", 3),  # the person, the count, the rows
        ("/api/v1/requests", 3),  # the person, the count, the rows
        ("/api/v1/requests/pending", 3),  # the person, the count, the rows
    ],
)
def test_lists_of_the_api_cost_the_same_for_twenty_rows(
    api, people, sales, django_assert_num_queries, address, queries
):
    for conversation in ConversationFactory.create_batch(
        20, department=sales, assignee=people["staff"]
    ):
        MessageFactory(conversation=conversation)
    KeywordFactory.create_batch(20, department=sales)
    for number in range(20):
        shift_of(sales, f"Shift {number}")
        Request.objects.create(user=UserFactory(department=sales), kind="other", description="x")
    manager = api(people["manager"])
    with django_assert_num_queries(queries):
        assert len(manager.get(address).json()["results"]) == 20


@pytest.mark.parametrize(
    ("address", "at_most"),
    [
        ("/messages", 9),  # the last is the bell's
        ("/keywords", 18),
        # The first look: one is here (4, two of them begin and end it) and who else is; own
        # draft, last reply, canned replies, bell.
        ("/conversations/{}", 24),
    ],
)
def test_pages_cost_the_same_for_twenty_rows_as_for_two(client, people, sales, address, at_most):
    def add(count: int) -> Conversation:
        first = ConversationFactory.create_batch(count, department=sales, assignee=people["staff"])[
            0
        ]
        for _ in range(count):
            line = MessageFactory(conversation=first, author=people["colleague"])
            line.parts.create(conversation=first, channel=first.channel)
        KeywordFactory.create_batch(count, department=sales)
        return first

    def cost(conversation: Conversation) -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(
                address.format(conversation.public_id), headers={"accept": "text/html"}
            )
            assert page.status_code == 200
        return len(queries)

    client.force_login(people["manager"])
    if address == "/keywords":  # conflicts are worked out once per version, here
        cost(add(1))
    few = cost(add(2))
    assert cost(add(20)) == few <= at_most


def test_fifty_rows_a_page_and_the_rest_on_the_next(client, people, sales):
    ConversationFactory.create_batch(51, department=sales, assignee=people["staff"])
    client.force_login(people["staff"])
    first = client.get("/messages", headers={"accept": "text/html"}).context
    behind = f"/messages?{first['page'].next}"
    second = client.get(behind, headers={"accept": "text/html"}).context
    assert (len(first["rows"]), first["page"].previous) == (50, "")
    assert (len(second["rows"]), second["page"].next) == (1, "")
    assert not {row.pk for row in first["rows"]} & {row.pk for row in second["rows"]}
    assert Message.objects.count() == 0
