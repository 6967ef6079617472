"""Statements by hand: several as one, rows in part."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from inbox.models import Channel, Contact, Conversation
from omnichat.lib.sql import Of, Step, all_or_nothing, part_of, run_together
from tests.factories import ChannelFactory, ContactFactory, ConversationFactory

ADD_CONTACT = """INSERT INTO inbox_contact (public_id, name, phone, note, created_at)
SELECT %s, 'Lan', '', '', created_at FROM inbox_channel WHERE id = %s RETURNING id"""
ADD_IDENTITY = """INSERT INTO inbox_contactidentity (contact_id, channel_id, platform, external_id,
    created_at)
VALUES (%s, %s, 'zalo', %s, %s) RETURNING id"""
RENAME = "UPDATE inbox_contact SET note = %s WHERE id = %s RETURNING id"


@pytest.fixture
def channel(db) -> Channel:
    return ChannelFactory()


def steps(channel: Channel) -> list[Step]:
    who = [Of("contact"), channel.pk, Of("contact", before="zalo-"), channel.created_at]
    return [
        Step("contact", ADD_CONTACT, [uuid4(), channel.pk]),
        Step("identity", ADD_IDENTITY, who),
    ]


def test_a_step_gets_the_id_of_one_before_it_and_text_in_front_of_it(channel):
    ids = run_together(*steps(channel))
    contact = Contact.objects.get()
    identity = contact.identities.get()
    assert ids == {"contact": contact.pk, "identity": identity.pk}
    assert identity.external_id == f"zalo-{contact.pk}"


def test_it_is_one_statement_on_postgresql(channel):
    with CaptureQueriesContext(connection) as queries:
        run_together(*steps(channel))
    assert len(queries) == (1 if connection.vendor == "postgresql" else 2)


def test_what_wrote_nothing_has_no_id(channel):
    contact = ContactFactory()
    ids = run_together(
        Step("no", RENAME, ["x", contact.pk + 1]), Step("yes", RENAME, ["y", contact.pk])
    )
    assert ids == {"no": None, "yes": contact.pk}
    contact.refresh_from_db()
    assert contact.note == "y"


def test_an_id_that_is_none_takes_all_of_it_back(channel):
    """No column that takes one may be empty."""
    before = Contact.objects.count()
    first, second = steps(channel)
    nobody = first._replace(values=[uuid4(), channel.pk + 1])
    named = second._replace(values=[Of("contact"), channel.pk, "zalo-1", channel.created_at])
    with pytest.raises(IntegrityError), all_or_nothing():
        run_together(nobody, named)
    assert Contact.objects.count() == before


def test_nothing_is_no_statement(db):
    with CaptureQueriesContext(connection) as queries:
        assert run_together() == {}
    assert len(queries) == 0


def test_a_row_in_part_asks_for_what_it_has_not(channel):
    stored = ConversationFactory(channel=channel, preview="Còn hàng không ạ?")
    with CaptureQueriesContext(connection) as queries:
        row = part_of(Conversation, id=stored.pk, status="open")
        assert (row.pk, row.status) == (stored.pk, "open")
    assert len(queries) == 0
    assert row.preview == "Còn hàng không ạ?"
    assert not row._state.adding


def test_a_name_that_is_no_column_is_refused():
    with pytest.raises(KeyError, match="pk"):
        part_of(Conversation, pk=1)
