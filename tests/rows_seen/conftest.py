"""One conversation for each case of who may see it."""

from __future__ import annotations

import pytest

from accounts.models import Department
from inbox.models import Conversation
from tests.factories import (
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    MessageFactory,
)
from tests.rows_seen.lists import SEES, SEES_CLAIMABLE


@pytest.fixture
def rows(people, sales, billing) -> dict[str, Conversation]:
    """One conversation for each case, each with one message of the customer."""

    def make(name: str, department=None, assignee: str = "", status: str = "open"):
        conversation = ConversationFactory(
            identity=ContactIdentityFactory(contact=ContactFactory(name=name)),
            department=department,
            assignee=people.get(assignee),
            status=status,
            preview=name,
        )
        MessageFactory(conversation=conversation, text=f"text of {name}")
        return conversation

    return {
        "mine": make("mine", sales, "staff"),
        "mine_waits": make("mine_waits", sales, "staff", "waiting"),
        "mine_done": make("mine_done", sales, "staff", "resolved"),
        "colleagues": make("colleagues", sales, "colleague"),
        "queue": make("queue", sales),
        "queue_done": make("queue_done", sales, status="resolved"),
        "billings": make("billings", billing, "other_staff"),
        "billing_queue": make("billing_queue", billing),
        "common": make("common"),
    }


@pytest.fixture
def sees(may_claim, rows, sales) -> dict[str, set[str]]:
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=may_claim)
    return SEES_CLAIMABLE if may_claim else SEES
