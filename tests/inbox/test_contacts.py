"""Name and note of a contact."""

import pytest

from inbox.services import update_contact
from tests.factories import ContactFactory, ConversationFactory

pytestmark = pytest.mark.django_db


def test_a_note_carries_its_author(people):
    contact = ContactFactory(name="Diệp")
    update_contact(contact=contact, author=people["staff"], name="Chị Diệp", note="Gọi trước")
    contact.refresh_from_db()
    assert (contact.name, contact.note, contact.note_author) == (
        "Chị Diệp",
        "Gọi trước",
        people["staff"],
    )
    assert contact.note_at is not None


def test_a_new_name_alone_does_not_take_the_note_over(people):
    contact = ContactFactory(note="Gọi trước", note_author=people["manager"])
    update_contact(contact=contact, author=people["staff"], name="Diệp", note="Gọi trước")
    contact.refresh_from_db()
    assert contact.note_author == people["manager"]


def test_an_emptied_note_has_no_author(people):
    contact = ContactFactory(note="Gọi trước", note_author=people["manager"])
    update_contact(contact=contact, author=people["staff"], name="Diệp", note="")
    contact.refresh_from_db()
    assert (contact.note, contact.note_author, contact.note_at) == ("", None, None)


def test_the_page_saves_and_refuses_an_empty_name(client, people):
    conversation = ConversationFactory(
        department=people["staff"].department, assignee=people["staff"]
    )
    address = f"/conversations/{conversation.public_id}/contact"
    client.force_login(people["staff"])
    assert client.post(address, {"name": "Diệp", "note": "a\r\nb"})["Location"] == address
    contact = conversation.contact
    contact.refresh_from_db()
    assert (contact.name, contact.note) == ("Diệp", "a\nb")
    refused = client.post(address, {"name": " ", "note": "đã gõ"})
    assert refused.status_code == 400
    assert "đã gõ" in refused.content.decode()
    contact.refresh_from_db()
    assert (contact.name, contact.note) == ("Diệp", "a\nb")


def test_a_foreign_contact_is_not_there(client, people):
    conversation = ConversationFactory(
        department=people["staff"].department, assignee=people["staff"]
    )
    address = f"/conversations/{conversation.public_id}/contact"
    client.force_login(people["colleague"])
    assert client.get(address).status_code == 404
    assert client.post(address, {"name": "X", "note": ""}).status_code == 404
    before = conversation.contact.name
    conversation.contact.refresh_from_db()
    assert conversation.contact.name == before
