"""The lines of a thread."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Department
from inbox.models import Conversation, Mention
from inbox.thread import PAGE_SIZE, load_thread
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def mine(people):
    return ConversationFactory(department=people["staff"].department, assignee=people["staff"])


def test_lines_stand_in_the_platforms_order(mine):
    late = MessageFactory(conversation=mine, text="late", sent_at=NOW)
    early = MessageFactory(conversation=mine, text="early", sent_at=NOW - timedelta(hours=1))
    assert load_thread(mine).lines == [early, late]


def test_pages_of_earlier_lines_meet_without_overlap(mine):
    lines = [
        MessageFactory(conversation=mine, sent_at=NOW + timedelta(seconds=n // 3))
        for n in range(PAGE_SIZE + 7)
    ]
    newest = load_thread(mine)
    assert (newest.lines, newest.has_earlier) == (lines[7:], True)
    earlier = load_thread(mine, before_id=newest.lines[0].pk)
    assert (earlier.lines, earlier.has_earlier) == (lines[:7], False)


def test_an_unknown_anchor_shows_the_newest(mine):
    line = MessageFactory(conversation=mine)
    other = MessageFactory()
    assert load_thread(mine, before_id=other.pk).lines == [line]


def test_a_foreign_thread_is_not_there(client, mine, people):
    client.force_login(people["colleague"])
    assert client.get(f"/conversations/{mine.public_id}/thread").status_code == 404


@pytest.mark.parametrize("before", ["", "abc", "-1", "9" * 30, "½"])
def test_a_strange_anchor_is_ignored(client, mine, people, before):
    MessageFactory(conversation=mine, text="newest line")
    client.force_login(people["staff"])
    answer = client.get(f"/conversations/{mine.public_id}", {"before": before})
    assert answer.status_code == 200
    assert "newest line" in answer.content.decode()


# --- The head -----------------------------------------------------------------------------------
def head_of(client, conversation, person) -> str:
    client.force_login(person)
    page = client.get(f"/conversations/{conversation.public_id}").text
    return page.partition('id="thread-head"')[2].partition("</header>")[0]


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_leads_hand_over_from_the_head(client, mine, people, who):
    head = head_of(client, mine, people[who])
    assert f'href="/conversations/{mine.public_id}/why"' in head
    assert 'aria-label="Hand over to somebody else"' in head
    Conversation.objects.update(assignee=None)
    assert 'aria-label="Take it, or give it to somebody"' in head_of(client, mine, people[who])
    Conversation.objects.update(status="resolved")
    assert "/why" not in head_of(client, mine, people[who])


def test_staff_take_in_the_head_what_they_may_take(client, mine, people):
    take = f'action="/conversations/{mine.public_id}/take"'
    head = head_of(client, mine, people["staff"])
    assert ("/why" in head, take in head) == (True, False)  # who has it may hand it on
    Department.objects.update(staff_can_claim=True)
    Conversation.objects.update(assignee=None)
    head = head_of(client, mine, people["colleague"])
    assert ("/why" in head, take in head, "/resolve" in head) == (False, True, False)


def test_who_is_only_mentioned_is_not_offered_to_take_it(client, mine, people):
    """They may read it; it waits in a department that is not theirs."""
    Department.objects.update(staff_can_claim=True)
    Conversation.objects.update(assignee=None)
    note = MessageFactory(conversation=mine, direction="note", author=people["manager"])
    Mention.objects.create(conversation=mine, message=note, user=people["other_staff"])
    head = head_of(client, mine, people["other_staff"])
    assert ("thread-name" in head, "/take" in head) == (True, False)
