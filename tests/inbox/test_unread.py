"""Marking a conversation as unread, and what opening it tells the bell."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LiveEvent
from accounts.services import notify
from inbox.models import Conversation
from inbox.services import mark_seen, mark_unread
from inbox.services.conversations import ConversationResolved, NotYours
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(people, sales) -> Conversation:
    now = timezone.now()
    return ConversationFactory(
        department=sales,
        assignee=people["staff"],
        waiting_since=now - timedelta(minutes=1),
        seen_at=now,
    )


@pytest.mark.parametrize("who", ["manager", "admin", "colleague"])
def test_nobody_else_does(seen, people, who):
    with pytest.raises(NotYours):
        mark_unread(conversation=seen, by=people[who])
    before = seen.seen_at
    seen.refresh_from_db()
    assert seen.seen_at == before
    assert not LiveEvent.objects.exists()


def test_what_is_done_stays_read(seen, people):
    Conversation.objects.filter(pk=seen.pk).update(status="resolved")
    with pytest.raises(ConversationResolved):
        mark_unread(conversation=seen, by=people["staff"])
    seen.refresh_from_db()
    assert seen.seen_at is not None


def test_the_page_leads_back_to_the_list(client, seen, people):
    address = reverse("inbox:conversation_unread", args=[seen.public_id])
    client.force_login(people["staff"])
    assert client.post(address)["Location"] == "/messages"
    row = client.get("/messages", headers={"accept": "text/html"}).context["rows"][0]
    assert row.is_unread

    client.force_login(people["manager"])
    answer = client.post(address, follow=True)
    assert "Only whoever has the conversation can mark it as unread." in answer.text


def test_opening_it_answers_what_the_bell_said_about_it(seen, people):
    staff = people["staff"]
    for number, path in enumerate([seen.path, "/messages"]):
        notify(
            user_ids=[staff.pk],
            kind="assigned",
            path=path,
            dedup_key=str(number),
            params={"contact": "Chị Hoa"},
        )
    mark_unread(conversation=seen, by=staff)
    seen.refresh_from_db()
    mark_seen(conversation=seen, user=people["manager"])
    assert staff.notifications.unread().count() == 2
    mark_seen(conversation=seen, user=staff)
    assert staff.notifications.unread().get().path == "/messages"


def test_so_does_opening_it_again(seen, people):
    """The customer waits too long for somebody who has looked already."""
    for name in ("staff", "colleague"):
        notify(
            user_ids=[people[name].pk],
            kind="waiting",
            path=seen.path,
            dedup_key=name,
            params={"contact": "Chị Hoa"},
        )
    assert not seen.is_unread
    mark_seen(conversation=seen, user=people["staff"])
    assert people["staff"].notifications.unread().count() == 0
    assert people["colleague"].notifications.unread().count() == 1
