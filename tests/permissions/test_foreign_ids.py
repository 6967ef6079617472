"""What an address or a body names is looked up in the caller's scope, and no role comes with it."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import User
from inbox.models import Conversation, OutboundPart
from routing.models import Keyword
from tests.factories import KeywordFactory
from tests.permissions.calls import Row, call, conversation
from tests.permissions.test_permission_matrix import MATRIX
from tests.permissions.world import everything


def test_a_message_of_another_conversation_is_not_reached_through_an_own_one(world):
    """Both are visible to the manager, but the address names one conversation."""
    path = {"public_id": world.waiting.public_id, "message_id": world.reply.pk}
    row = Row((), path=lambda world: path)
    assert call(world, "manager", "post", "inbox:reply_retry", row).status_code == 404
    assert OutboundPart.objects.get().state == OutboundPart.State.FAILED


def test_work_is_handed_only_to_people_one_may_name(world):
    """An id in a body is looked up in the caller's scope."""
    before = everything()
    foreign = {"assignee": str(world.people["other_staff"].public_id)}
    row = Row((), lambda world, who: foreign, conversation)
    assert call(world, "manager", "post", "api:conversation-assign", row).status_code == 404
    assert call(world, "manager", "post", "routing:conversation_assign", row).status_code == 400
    assert everything() == before
    assert call(world, "admin", "post", "api:conversation-assign", row).status_code == 200
    assert Conversation.objects.get(pk=world.conversation.pk).department.name == "Billing"


@pytest.mark.parametrize("who", ["manager", "other_manager"])
def test_a_keyword_moves_between_own_departments_only(world, billing, who):
    """Source and target must both be the manager's."""
    foreign = {"manager": billing, "other_manager": world.sales}[who]
    own = {"manager": world.keyword, "other_manager": KeywordFactory(department=billing)}[who]
    before = list(Keyword.objects.order_by("pk").values_list())
    row = Row((), lambda world, w: {"department_id": foreign.pk}, lambda world: {"pk": own.pk})
    assert call(world, who, "put", "api:keyword-detail", row).status_code == 403
    form = {"word": own.word, "department": foreign.pk, "weight": "1", "is_active": "on"}
    row = Row((), lambda world, w: form, lambda world: {"pk": own.pk})
    assert call(world, who, "post", "routing:keyword_edit", row).status_code == 400
    assert list(Keyword.objects.order_by("pk").values_list()) == before


def test_nobody_becomes_more_than_an_administrator_made_them(world):
    """No door but the administrators' changes a role."""
    before = list(User.objects.order_by("pk").values_list("role", "department", "is_active"))
    for key, row in MATRIX.items():
        method, name = key
        if key == ("patch", "api:user-detail") or method == "get" or name == "webhook":
            continue
        extra = {"role": "admin", "is_superuser": "on", "is_staff": "on", "is_active": "on"}

        def send(world, who, row=row, extra=extra):
            return extra | row.send(world, who)

        with transaction.atomic():
            call(world, "staff", method, name, Row(row.statuses, send, row.path))
            now = User.objects.order_by("pk").values_list("role", "department", "is_active")
            assert (name, list(now)[: len(before)]) == (name, before)
            transaction.set_rollback(True)
