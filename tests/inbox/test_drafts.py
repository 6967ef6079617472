"""What somebody began to write is kept until it is sent."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import LiveEvent
from inbox.models import Conversation, Draft
from inbox.services import save_draft, send_reply
from inbox.services.conversations import ConversationResolved
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(people, sales):
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    return conversation


def detail(talk) -> str:
    return reverse("inbox:conversation_detail", args=[talk.public_id])


def draft_path(talk) -> str:
    return reverse("inbox:conversation_draft", args=[talk.public_id])


def test_a_draft_is_there_again_in_another_browser(talk, people):
    first, second = Client(), Client()
    for browser in (first, second):
        browser.force_login(people["staff"])
    answer = first.post(draft_path(talk), {"text": "Dạ còn\r\n<b>ạ", "kind": "note"})
    assert (answer.status_code, answer.content) == (204, b"")
    page = second.get(detail(talk))
    assert page.context["form"]["text"].value() == "Dạ còn\n<b>ạ"
    assert "Dạ còn\n&lt;b&gt;ạ</textarea>" in page.content.decode()
    assert 'value="note" aria-keyshortcuts="N" checked' in page.content.decode()


def test_everybody_has_their_own(talk, people):
    for who in ("staff", "manager"):
        save_draft(conversation=talk, author=people[who], text=who)
    save_draft(conversation=talk, author=people["staff"], text="staff again")
    found = dict(Draft.objects.values_list("author__username", "text"))
    assert found == {"staff": "staff again", "manager": "manager"}


def test_an_empty_text_forgets_it(client, talk, people):
    save_draft(conversation=talk, author=people["staff"], text="Dạ")
    client.force_login(people["staff"])
    assert client.post(draft_path(talk), {"text": " \n"}).status_code == 204
    assert Draft.objects.count() == 0


def test_sending_forgets_it_and_a_late_save_does_not_bring_it_back(client, talk, people):
    save_draft(conversation=talk, author=people["staff"], text="Dạ")
    form = str(uuid.uuid4())
    client.force_login(people["staff"])
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    assert client.post(path, {"text": "Dạ", "submission": form}).status_code == 302
    assert Draft.objects.count() == 0
    assert client.post(draft_path(talk), {"text": "Dạ", "submission": form}).status_code == 205
    assert Draft.objects.count() == 0
    # What is written next is another form.
    client.post(draft_path(talk), {"text": "Còn", "submission": str(uuid.uuid4())})
    assert Draft.objects.get().text == "Còn"


def test_a_refused_reply_is_kept(talk, people):
    save_draft(conversation=talk, author=people["staff"], text="Dạ")
    Conversation.objects.filter(pk=talk.pk).update(status="resolved")
    with pytest.raises(ConversationResolved):
        send_reply(conversation=talk, author=people["staff"], text="Dạ")
    assert Draft.objects.get().text == "Dạ"


def test_an_answer_for_a_finished_conversation_is_shown_to_be_copied(client, talk, people):
    client.force_login(people["staff"])
    Conversation.objects.filter(pk=talk.pk).update(status="resolved")
    path = reverse("inbox:conversation_reply", args=[talk.public_id])
    refused = client.post(path, {"text": "Dạ còn ạ"})
    assert refused.status_code == 409
    for page in (refused, client.get(detail(talk))):
        text = page.content.decode()
        assert 'id="kept" readonly>\nDạ còn ạ</textarea>' in text
        assert 'value="note" aria-keyshortcuts="N" checked' in text
        assert 'value="reply"' not in text


def test_the_list_marks_own_drafts_only(client, talk, people):
    save_draft(conversation=talk, author=people["manager"], text="Dạ")
    for who, has_draft in (("staff", False), ("manager", True)):
        client.force_login(people[who])
        page = client.get(
            reverse("inbox:conversation_list") + "?scope=all", headers={"accept": "text/html"}
        )
        rows = page.context["rows"]
        assert [row.has_draft for row in rows] == [has_draft]
        assert ("<b>Draft</b> Dạ" in page.content.decode()) is has_draft


def test_the_open_conversation_has_its_draft_in_the_box_and_not_in_the_row(client, talk, people):
    save_draft(conversation=talk, author=people["manager"], text="Dạ")
    client.force_login(people["manager"])
    page = client.get(detail(talk) + "?scope=all", headers={"accept": "text/html"})
    text = page.content.decode()
    assert f'id="row-{talk.public_id}"' in text
    assert "<b>Draft</b>" not in text
    assert ">\nDạ</textarea>" in text


def test_the_row_shows_only_the_beginning_of_a_draft(client, talk, people):
    save_draft(conversation=talk, author=people["manager"], text="ạ" * 121)
    client.force_login(people["manager"])
    page = client.get(
        reverse("inbox:conversation_list") + "?scope=all", headers={"accept": "text/html"}
    )
    assert [row.draft_text for row in page.context["rows"]] == ["ạ" * 120]


def test_only_the_author_hears_and_only_when_the_mark_changes(talk, people):
    LiveEvent.objects.all().delete()
    for text in ("D", "Dạ", "", ""):
        save_draft(conversation=talk, author=people["staff"], text=text)
    told = LiveEvent.objects.order_by("id").values_list("kind", "audience", "object_id")
    once = ("conversation.changed", f"user:{people['staff'].pk}", talk.public_id)
    assert list(told) == [once, once]


def test_too_long_a_text_is_refused_and_the_draft_stays(client, talk, people):
    save_draft(conversation=talk, author=people["staff"], text="Dạ")
    client.force_login(people["staff"])
    assert client.post(draft_path(talk), {"text": "x" * 20_001}).status_code == 400
    assert Draft.objects.get().text == "Dạ"


def test_nobody_keeps_a_draft_where_they_see_nothing(client, talk, people):
    client.force_login(people["other_staff"])
    assert client.post(draft_path(talk), {"text": "Dạ"}).status_code == 404
    assert Draft.objects.count() == 0
