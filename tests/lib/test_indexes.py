"""Indexes of the tables that every webhook writes to."""

import pytest
from django.db import connection

from accounts.models import Notification
from inbox.models import Contact, ContactIdentity, Conversation, Cycle, Message, WebhookEvent
from routing.models import Assignment

pytestmark = pytest.mark.django_db

WRITTEN = (
    *(WebhookEvent, Contact, ContactIdentity, Conversation, Cycle, Message),
    *(Assignment, Notification),
)


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_no_foreign_key_has_an_index_that_another_begins_with(model):
    """Each costs every stored message a write. A partial index is no substitute for a whole one."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    declared = {c.name: c for c in (*model._meta.indexes, *model._meta.constraints)}
    whole = {
        name: tuple(about["columns"])
        for name, about in found.items()
        if (about["index"] or about["unique"])
        and about["columns"]
        and getattr(declared.get(name), "condition", None) is None
    }
    covered = {
        columns
        for name, columns in whole.items()
        if name not in declared
        and not found[name]["unique"]
        and sum(other[: len(columns)] == columns for other in whole.values()) > 1
    }
    assert covered == set()
    assert whole
