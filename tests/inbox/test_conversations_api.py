"""Conversations in the API: the list, one, its thread, replying and resolving."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.models import Contact, Conversation, Message, OutboundPart
from tests.factories import ContactIdentityFactory, ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)
LIST = "/api/v1/conversations"


@pytest.fixture
def conversation(people, sales) -> Conversation:
    identity = ContactIdentityFactory(platform="zalo", external_id="+84901234567")
    Contact.objects.filter(pk=identity.contact_id).update(name="Đặng Mai")
    row = ConversationFactory(
        identity=ContactIdentityFactory._meta.model.objects.get(pk=identity.pk),
        department=sales,
        assignee=people["staff"],
        waiting_since=NOON,
    )
    Conversation.objects.update(
        last_message_at=NOON + timedelta(minutes=1), preview="Còn hàng không?", created_at=NOON
    )
    row.refresh_from_db()
    return row


def address(conversation: Conversation, verb: str = "") -> str:
    return f"{LIST}/{conversation.public_id}" + (f"/{verb}" if verb else "")


# --- Reading -----------------------------------------------------------------------------------
def test_a_row_and_the_one_say_the_same(api, people, conversation):
    expected = {
        "id": str(conversation.public_id),
        "contact": "Đặng Mai",
        "platform": "zalo",
        "sender": "+84901234567",
        "channel": conversation.channel.name,
        "status": "open",
        "department": "Sales",
        "assigned_to": "staff",
        "waiting_reason": "",
        "waiting_since": "2026-05-04T12:00:00+07:00",
        "last_message_at": "2026-05-04T12:01:00+07:00",
        "preview": "Còn hàng không?",
        "created_at": "2026-05-04T12:00:00+07:00",
    }
    staff = api(people["staff"])
    assert staff.get(LIST).json() == {"next": None, "previous": None, "results": [expected]}
    assert staff.get(address(conversation)).json() == expected


def test_what_nobody_has_says_why(api, people):
    ConversationFactory(waiting_reason="no_department")
    (row,) = api(people["manager"]).get(LIST).json()["results"]
    assert (row["assigned_to"], row["department"]) == (None, None)
    assert row["waiting_reason"] == "no_department"


@pytest.fixture
def several(people, sales, billing) -> None:
    for name, fields in {
        "open": {"department": sales, "assignee": people["staff"]},
        "waiting": {"department": sales, "assignee": people["staff"], "status": "waiting"},
        "resolved": {"department": sales, "assignee": people["staff"], "status": "resolved"},
        "queued": {"department": sales},
        "common": {},
        "boss": {"department": sales, "assignee": people["manager"]},
        "billing": {"department": billing, "assignee": people["other_staff"]},
    }.items():
        row = ConversationFactory(**fields)
        Conversation.objects.filter(pk=row.pk).update(preview=name)


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("admin", "", "open waiting resolved queued common boss billing"),
        ("admin", "status=open", "open queued common boss billing"),
        ("admin", "scope=mine", ""),
        ("admin", "scope=department", ""),
        ("admin", "scope=all", "open waiting resolved queued common boss billing"),
        ("manager", "", "open waiting resolved queued common boss"),
        ("manager", "scope=mine", "boss"),
        ("manager", "scope=department", "open waiting resolved queued boss"),
        ("manager", "scope=department&status=open", "open queued boss"),
        ("staff", "", "open waiting resolved"),
        ("staff", "scope=department", "open waiting resolved"),
        ("staff", "status=waiting", "waiting"),
        ("staff", "status=resolved", "resolved"),
        ("colleague", "scope=all", ""),
        ("other_manager", "", "common billing"),
        ("other_manager", "scope=department", "billing"),
    ],
)
def test_filters_narrow_what_one_sees(api, people, several, who, query, found):
    rows = api(people[who]).get(f"{LIST}?{query}").json()["results"]
    assert {row["preview"] for row in rows} == set(found.split())


def test_the_newest_come_first_in_pages(api, people, sales):
    rows = ConversationFactory.create_batch(5, department=sales)
    manager = api(people["manager"])
    page, seen = manager.get(f"{LIST}?page_size=2").json(), []
    while page:
        seen += [row["id"] for row in page["results"]]
        following = page["next"]
        page = following and manager.get(following.removeprefix("http://testserver")).json()
    assert seen == [str(row.public_id) for row in reversed(rows)]


@pytest.mark.parametrize("verb", ["", "messages", "reply", "resolve", "take"])
@pytest.mark.parametrize("who", ["colleague", "other_staff", "other_manager"])
def test_out_of_sight_is_404_and_stays_as_it_is(api, people, conversation, who, verb):
    before = list(Conversation.objects.values())
    method = "GET" if verb in ("", "messages") else "POST"
    response = api(people[who]).call(method, address(conversation, verb), {"text": "Dạ"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert list(Conversation.objects.values()) == before
    assert Message.objects.count() == 0


# --- The thread --------------------------------------------------------------------------------
def test_a_thread_has_every_kind_of_line_newest_first(api, people, conversation):
    keywords = [{"word": "mua", "start": 0, "end": 3}]
    asked = MessageFactory(
        conversation=conversation, text="mua", keywords=keywords, sent_at=NOON, received_at=NOON
    )
    told = MessageFactory(
        conversation=conversation,
        direction="event",
        text="",
        keywords=None,
        data={"code": "taken", "params": {"person": "Staff"}},
    )
    answer = MessageFactory(
        conversation=conversation,
        direction="outbound",
        author=people["staff"],
        text="Dạ còn",
        keywords=None,
    )
    part = OutboundPart.objects.create(
        message=answer,
        conversation=conversation,
        channel=conversation.channel,
        state="failed",
        failure="refused",
    )
    body = api(people["staff"]).get(address(conversation, "messages")).json()
    assert (body["next"], body["previous"]) == (None, None)
    lines = body["results"]
    assert [line["id"] for line in lines] == [answer.pk, told.pk, asked.pk]
    assert lines[2] == {
        "id": asked.pk,
        "direction": "inbound",
        "author": None,
        "text": "mua",
        "keywords": keywords,
        "data": {},
        "delivery": [],
        "sent_at": "2026-05-04T12:00:00+07:00",
        "received_at": "2026-05-04T12:00:00+07:00",
        "completed_at": None,
    }
    assert (lines[1]["direction"], lines[1]["data"]) == (
        "event",
        {"code": "taken", "params": {"person": "Staff"}},
    )
    assert (lines[0]["direction"], lines[0]["author"], lines[0]["text"]) == (
        "outbound",
        "Staff",
        "Dạ còn",
    )
    assert lines[0]["delivery"] == [
        {"id": str(part.public_id), "state": "failed", "failure": "refused"}
    ]


def test_a_thread_has_only_its_own_lines(api, people, conversation, sales):
    mine = MessageFactory(conversation=conversation)
    MessageFactory(conversation=ConversationFactory(assignee=people["staff"]))
    lines = api(people["staff"]).get(address(conversation, "messages")).json()["results"]
    assert [line["id"] for line in lines] == [mine.pk]


# --- Replying ----------------------------------------------------------------------------------
def test_a_reply_is_stored_and_queued(api, people, conversation, commits):
    response = api(people["staff"]).post(address(conversation, "reply"), {"text": "Dạ còn ạ"})
    message, part = Message.objects.get(direction="outbound"), OutboundPart.objects.get()
    assert response.status_code == 201
    body = response.json()
    assert (body["id"], body["direction"], body["author"]) == (message.pk, "outbound", "Staff")
    assert body["text"] == "Dạ còn ạ"
    assert body["delivery"] == [{"id": str(part.public_id), "state": "queued", "failure": ""}]
    assert (part.message, part.conversation) == (message, conversation)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == ("waiting", None)


def test_a_manager_answers_for_the_department(api, people, conversation, commits):
    response = api(people["manager"]).post(address(conversation, "reply"), {"text": "Dạ"})
    assert (response.status_code, response.json()["author"]) == (201, "Manager")
    conversation.refresh_from_db()
    assert conversation.assignee == people["staff"]


@pytest.mark.parametrize("text", ["", "   ", "\n", None, "x" * 8001])
def test_a_reply_that_is_none_is_named(api, people, conversation, text):
    response = api(people["staff"]).post(address(conversation, "reply"), {"text": text})
    assert (response.status_code, set(response.json())) == (400, {"text"})
    assert (Message.objects.count(), OutboundPart.objects.count()) == (0, 0)


def test_the_longest_reply_is_taken(api, people, conversation):
    response = api(people["staff"]).post(address(conversation, "reply"), {"text": "ạ" * 8000})
    assert response.status_code == 201


def test_what_one_sees_but_has_not_got_is_403(api, people, sales):
    sales.staff_can_claim = True
    sales.save(update_fields=["staff_can_claim"])
    waiting = ConversationFactory(department=sales)
    staff = api(people["staff"])
    for verb in ("reply", "resolve"):
        response = staff.post(address(waiting, verb), {"text": "Dạ"})
        assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    waiting.refresh_from_db()
    assert (waiting.status, Message.objects.count()) == ("open", 0)


# --- Resolving ---------------------------------------------------------------------------------
def test_resolving_answers_with_the_conversation(api, people, conversation, commits):
    MessageFactory.create_batch(2, conversation=conversation)
    response = api(people["staff"]).post(address(conversation, "resolve"))
    assert response.status_code == 200
    assert (response.json()["id"], response.json()["status"]) == (
        str(conversation.public_id),
        "resolved",
    )
    assert not Message.objects.inbound().filter(completed_at=None).exists()


def test_what_is_done_takes_no_reply_and_no_second_end(api, people, conversation, commits):
    staff = api(people["staff"])
    staff.post(address(conversation, "resolve"))
    before = list(Message.objects.values()), list(Conversation.objects.values())
    for verb in ("resolve", "reply"):
        response = staff.post(address(conversation, verb), {"text": "Dạ"})
        assert (response.status_code, response.json()["code"]) == (409, "conversation_resolved")
        assert response.json()["detail"]
    assert (list(Message.objects.values()), list(Conversation.objects.values())) == before
    assert not OutboundPart.objects.exists()
