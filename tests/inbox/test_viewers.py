"""Who else looks at a conversation, and who is writing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LiveEvent
from inbox.composer import others_in
from inbox.live import audience_of
from inbox.models import Viewer
from inbox.services import note_viewer, prune_viewers, stop_typing
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def talk(people, sales):
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    LiveEvent.objects.all().delete()
    return conversation


def seen_by(talk, user, seconds: float = 0) -> list[tuple[str, bool]]:
    rows = others_in(talk, user, at=NOW + timedelta(seconds=seconds)).people
    return [(row.user.username, row.is_typing) for row in rows]


def test_others_see_it_for_ten_seconds(talk, people):
    note_viewer(conversation=talk, user=people["manager"], is_typing=True, at=NOW)
    assert seen_by(talk, people["staff"], 9.9) == [("manager", True)]
    assert seen_by(talk, people["staff"], 10) == []
    assert seen_by(talk, people["manager"]) == []


def test_who_stops_writing_still_looks(talk, people):
    note_viewer(conversation=talk, user=people["manager"], is_typing=True, at=NOW)
    later = NOW + timedelta(seconds=8)
    note_viewer(conversation=talk, user=people["manager"], at=later)
    assert seen_by(talk, people["staff"], 9) == [("manager", True)]
    assert seen_by(talk, people["staff"], 12) == [("manager", False)]
    assert Viewer.objects.count() == 1


def test_the_writing_ones_come_first_and_the_page_asks_again_in_time(talk, people):
    note_viewer(conversation=talk, user=people["admin"], at=NOW - timedelta(seconds=3))
    note_viewer(conversation=talk, user=people["manager"], is_typing=True, at=NOW)
    found = others_in(talk, people["staff"], at=NOW)
    assert [row.user.username for row in found.people] == ["manager", "admin"]
    assert found.expires == 8


def test_pages_are_told_when_it_begins_and_not_while_it_goes_on(talk, people):
    told = [
        note_viewer(conversation=talk, user=people["manager"], is_typing=is_typing, at=at)
        for is_typing, at in (
            (False, NOW),
            (False, NOW + timedelta(seconds=5)),
            (True, NOW + timedelta(seconds=6)),
            (True, NOW + timedelta(seconds=10)),
            (True, NOW + timedelta(seconds=21)),
        )
    ]
    assert told == [True, False, True, False, True]
    events = LiveEvent.objects.values_list("kind", "audience", "object_id")
    expected = ("conversation.viewers", " ".join(audience_of(talk)), talk.public_id)
    assert list(events) == [expected] * 3


def test_sending_ends_it(client, talk, people):
    note_viewer(conversation=talk, user=people["staff"], is_typing=True)
    client.force_login(people["staff"])
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    assert client.post(path, {"text": "Dạ"}).status_code == 302
    assert Viewer.objects.get().typing_at is None
    assert LiveEvent.objects.filter(kind="conversation.viewers").count() == 2


def test_an_answer_to_what_waits_names_it_to_nobody_who_loses_sight_of_it(client, people, sales):
    """Colleagues may claim what waits; once answered it is not theirs to see."""
    sales.staff_can_claim = True
    sales.save()
    talk = ConversationFactory(department=sales)
    MessageFactory(conversation=talk)
    note_viewer(conversation=talk, user=people["manager"], is_typing=True)
    LiveEvent.objects.all().delete()
    client.force_login(people["manager"])
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    assert client.post(path, {"text": "Dạ"}).status_code == 302
    assert not type(talk).objects.visible_to(people["staff"]).exists()
    named = LiveEvent.objects.filter(object_id=talk.public_id)
    kinds = {event.kind: event.audience.split() for event in named}
    assert sorted(kinds) == ["conversation.viewers", "message.created"]
    claimers = f"queue:{sales.pk}"
    assert [claimers in audience for audience in kinds.values()] == [False, False]


def test_stopping_what_never_began_tells_nobody(talk, people):
    stop_typing(conversation=talk, user=people["staff"])
    assert LiveEvent.objects.count() == 0


def test_the_page_says_who_in_words(client, talk, people):
    client.force_login(people["manager"])
    typing = reverse("inbox:conversation_typing", args=[talk.public_id])
    assert client.post(typing, {"typing": "1"}).status_code == 204
    client.force_login(people["staff"])
    answer = client.get(reverse("inbox:conversation_viewers", args=[talk.public_id]))
    assert "<b>Manager</b> is writing an answer…" in answer.content.decode()
    page = client.get(reverse("inbox:conversation_detail", args=[talk.public_id]))
    assert "<b>Manager</b> is writing an answer…" in page.content.decode()
    # Opening it was looking at it.
    client.force_login(people["manager"])
    answer = client.get(reverse("inbox:conversation_viewers", args=[talk.public_id]))
    assert "<b>Staff</b> is looking at this too" in answer.content.decode()


def test_nobody_is_named_to_those_who_do_not_see_it(client, talk, people):
    note_viewer(conversation=talk, user=people["manager"])
    client.force_login(people["other_staff"])
    assert (
        client.get(reverse("inbox:conversation_viewers", args=[talk.public_id])).status_code == 404
    )
    typing = reverse("inbox:conversation_typing", args=[talk.public_id])
    assert client.post(typing, {"typing": "1"}).status_code == 404
    assert Viewer.objects.count() == 1


def test_old_ones_are_forgotten(talk, people):
    note_viewer(conversation=talk, user=people["manager"], at=NOW - timedelta(minutes=11))
    note_viewer(conversation=talk, user=people["admin"], at=NOW)
    assert prune_viewers(at=NOW) == 1
    assert [row.user for row in Viewer.objects.all()] == [people["admin"]]
