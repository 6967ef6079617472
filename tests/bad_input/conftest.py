"""Somebody who knocks, and ids of what is there."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from reporting.models import KpiDefinition
from routing.models import Assignment
from tests.bad_input.doors import Knock
from tests.factories import ChannelFactory, ConversationFactory, KeywordFactory, MessageFactory
from tests.workforce.roster_rows import plan, shift_of
from workforce.models import Request, Shift


@pytest.fixture
def ids(people, sales) -> dict[str, dict]:
    """What the addresses of the API need, each with something that is there."""
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    message = MessageFactory(conversation=conversation)
    Assignment.objects.create(
        conversation=conversation,
        cycle=conversation.cycles.get(),
        assignee=people["staff"],
        department=sales,
        policy=Assignment.Policy.BALANCED_SPEED,
    )
    KpiDefinition.objects.create(code="manual:csat", name="CSAT", weight=20)
    conversation_id = {"public_id": conversation.public_id}
    soon = timezone.localdate() + timedelta(days=9)
    night = plan(people["staff"], shift_of(sales, "Đêm", "22-06"), soon, published=True)
    leave = Request.objects.create(user=people["staff"], kind="leave", description="Về quê")
    swap = Request.objects.create(
        user=people["staff"],
        kind="shift_change",
        description="Đổi ca",
        assignment=night,
        colleague=people["colleague"],
        consent="asked",
    )
    return {
        "PLANNED": night.pk,
        "CHANNEL": conversation.channel_id,
        "request-review": {"pk": leave.pk},
        "request-cancel": {"pk": leave.pk},
        "request-comments": {"pk": leave.pk},
        "request-answer": {"pk": swap.pk},
        "user-detail": {"public_id": people["colleague"].public_id},
        "user-status": {"public_id": people["colleague"].public_id},
        "message-complete": {"pk": message.pk},
        "conversation-assign": conversation_id,
        "conversation-take": conversation_id,
        "conversation-hand-back": conversation_id,
        "conversation-reply": conversation_id,
        "conversation-resolve": conversation_id,
        "conversation-undo-resolve": conversation_id,
        "conversation-messages": conversation_id,
        "conversation-notes": conversation_id,
        "SHIFT": Shift.objects.create(
            name="Ca ngày", department=sales, starts_at=time(8), ends_at=time(17)
        ).pk,
        "keyword-detail": {"pk": KeywordFactory(department=sales).pk},
    }


@pytest.fixture
def knock(client, door, people, ids) -> Knock:
    return Knock(client, door, people, ids)


@pytest.fixture
def open_webhook(organisation, settings) -> None:
    settings.DEMO = True
    ChannelFactory()
