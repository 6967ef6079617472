"""A reply written beside a colleague's answer is held back; one form is one reply."""

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from inbox.models import Draft, Message, OutboundPart
from inbox.services import SomebodyAnswered, newest_reply_id, send_reply
from inbox.services.submissions import SubmissionUsed
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(people, sales):
    conversation = ConversationFactory(department=sales, assignee=people["staff"])
    MessageFactory(conversation=conversation)
    return conversation


@pytest.fixture
def path(talk) -> str:
    return reverse("inbox:conversation_reply", args=[talk.public_id])


def replies() -> list[str]:
    return list(
        Message.objects.filter(direction="outbound").order_by("pk").values_list("text", flat=True)
    )


def test_an_answer_that_came_meanwhile_holds_it_back(talk, people):
    seen = newest_reply_id(talk)
    send_reply(conversation=talk, author=people["manager"], text="Chị trả lời rồi")
    with translation.override("en"), pytest.raises(SomebodyAnswered) as refused:
        send_reply(conversation=talk, author=people["staff"], text="Dạ", seen_id=seen)
    assert (refused.value.code, refused.value.status) == ("somebody_answered", 409)
    assert str(refused.value).startswith("Manager answered at ")
    assert replies() == ["Chị trả lời rồi"]
    assert OutboundPart.objects.count() == 1


def test_who_saw_it_may_answer(talk, people):
    send_reply(conversation=talk, author=people["manager"], text="1")
    seen = newest_reply_id(talk)
    send_reply(conversation=talk, author=people["staff"], text="2", seen_id=seen)
    assert replies() == ["1", "2"]


def test_own_answers_customers_and_notes_hold_nothing_back(talk, people):
    seen = newest_reply_id(talk)
    send_reply(conversation=talk, author=people["staff"], text="1")
    MessageFactory(conversation=talk)
    MessageFactory(conversation=talk, direction="note", author=people["manager"])
    send_reply(conversation=talk, author=people["staff"], text="2", seen_id=seen)
    assert replies() == ["1", "2"]


def test_the_page_keeps_the_text_and_offers_both_ways(client, talk, people, path):
    client.force_login(people["staff"])
    detail = reverse("inbox:conversation_detail", args=[talk.public_id])
    form = client.get(detail).context["form"]
    data = {name: str(form[name].value()) for name in ("submission", "seen")}
    data |= {"text": "Dạ <còn>", "kind": "reply", "canned": ""}
    send_reply(conversation=talk, author=people["manager"], text="1")
    held = client.post(path, data)
    assert held.status_code == 409
    page = held.content.decode()
    assert "Dạ &lt;còn&gt;</textarea>" in page
    assert 'name="anyway" value="1"' in page
    assert f'name="seen" value="{data["seen"]}"' in page
    assert replies() == ["1"]
    # Plainly sent again it is held again; without a script the page is looked at anew.
    assert client.post(path, data).status_code == 409
    anew = client.get(detail).context["form"]
    assert anew["text"].value() == "Dạ <còn>"
    assert anew["seen"].value() == newest_reply_id(talk)
    assert client.post(path, data | {"anyway": "1"}).status_code == 302
    assert replies() == ["1", "Dạ <còn>"]
    assert Draft.objects.count() == 0


def test_with_a_script_only_the_box_comes_back(client, talk, people, path):
    client.force_login(people["staff"])
    seen = newest_reply_id(talk)
    send_reply(conversation=talk, author=people["manager"], text="1")
    htmx = {"HX-Request": "true"}
    held = client.post(path, {"text": "Dạ", "seen": seen}, headers=htmx)
    assert held.status_code == 409
    assert held.content.decode().startswith('<div id="composer"')
    data = {"text": "Dạ", "seen": seen, "anyway": "1", "submission": str(uuid.uuid4())}
    sent = client.post(path, data, headers=htmx)
    assert sent.status_code == 200
    assert sent.content.decode().startswith('<div id="composer"')
    assert sent.context["form"]["text"].value() is None
    assert str(sent.context["form"]["submission"].value()) != data["submission"]
    assert replies() == ["1", "Dạ"]


# --- One form, one reply ------------------------------------------------------------------------
def test_the_same_form_twice_is_one_reply_and_looks_sent(client, talk, people, path):
    client.force_login(people["staff"])
    data = {"text": "Dạ", "submission": str(uuid.uuid4()), "seen": "0"}
    for _time in range(2):
        response = client.post(path, data)
        assert (response.status_code, response["Location"]) == (
            302,
            reverse("inbox:conversation_detail", args=[talk.public_id]),
        )
    assert replies() == ["Dạ"]
    assert OutboundPart.objects.count() == 1


def test_two_forms_with_one_text_are_two_replies(talk, people):
    for _time in range(2):
        send_reply(conversation=talk, author=people["staff"], text="Dạ", submission=uuid.uuid4())
    assert replies() == ["Dạ", "Dạ"]


def test_a_form_of_another_conversation_is_refused(talk, people, sales):
    other = ConversationFactory(department=sales, assignee=people["staff"])
    form = uuid.uuid4()
    send_reply(conversation=talk, author=people["staff"], text="1", submission=form)
    for conversation, author in ((other, "staff"), (talk, "manager")):
        with pytest.raises(SubmissionUsed):
            send_reply(conversation=conversation, author=people[author], text="2", submission=form)
    assert replies() == ["1"]


def test_the_api_takes_an_id_too(api, talk, people):
    path = f"/api/v1/conversations/{talk.public_id}/reply"
    body = {"text": "Dạ", "submission": str(uuid.uuid4())}
    ids = {api(people["staff"]).post(path, body).json()["id"] for _time in range(2)}
    assert len(ids) == 1
    assert replies() == ["Dạ"]
    assert api(people["staff"]).post(path, {"text": "Dạ", "submission": "x"}).status_code == 400


# --- The API's guard ----------------------------------------------------------------------------
def test_a_program_that_says_what_it_has_seen_is_held_back_too(api, talk, people):
    path = f"/api/v1/conversations/{talk.public_id}/reply"
    staff = api(people["staff"])
    send_reply(conversation=talk, author=people["manager"], text="1")
    held = staff.post(path, {"text": "Dạ", "seen": 0})
    assert (held.status_code, held.json()["code"]) == (409, "somebody_answered")
    assert (replies(), OutboundPart.objects.count()) == (["1"], 1)
    lines = staff.get(f"/api/v1/conversations/{talk.public_id}/messages").json()["results"]
    newest = next(line["id"] for line in lines if line["direction"] == "outbound")
    assert staff.post(path, {"text": "Dạ", "seen": newest}).status_code == 201
    assert staff.post(path, {"text": "Vâng"}).status_code == 201  # compares nothing, as before
    assert replies() == ["1", "Dạ", "Vâng"]


@pytest.mark.parametrize("seen", [-1, 2**63, "x", None, [1]])
def test_what_can_be_no_line_is_named(api, talk, people, seen):
    path = f"/api/v1/conversations/{talk.public_id}/reply"
    refused = api(people["staff"]).post(path, {"text": "Dạ", "seen": seen})
    assert (refused.status_code, set(refused.json())) == (400, {"seen"})
    assert replies() == []


def test_the_schema_tells_of_the_guard(api):
    schema = api(None).get("/api/v1/schema", accept="application/vnd.oai.openapi+json").json()
    seen = schema["components"]["schemas"]["ReplyInput"]["properties"]["seen"]
    assert (seen["type"], seen["minimum"]) == ("integer", 0)
    assert "somebody_answered" in seen["description"]
    reply = schema["paths"]["/api/v1/conversations/{public_id}/reply"]["post"]
    assert "somebody_answered" in reply["description"]
    assert "seen" not in schema["components"]["schemas"]["NoteInput"]["properties"]
