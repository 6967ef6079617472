"""GET /messages and POST /messages/{id}/complete."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.models import Conversation, Message
from tests.factories import (
    ChannelFactory,
    ContactIdentityFactory,
    ConversationFactory,
    MessageFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)  # 12:00 where the organisation is


@pytest.fixture
def conversation(people, sales) -> Conversation:
    identity = ContactIdentityFactory(platform="zalo", external_id="+84901234567")
    return ConversationFactory(identity=identity, department=sales, assignee=people["staff"])


def ids(response) -> list[int]:
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


# --- What a row says ---------------------------------------------------------------------------
def test_a_row_has_the_briefs_fields(api, people, conversation):
    match = {"word": "mua", "start": 4, "end": 7}
    message = MessageFactory(
        conversation=conversation, text="Tôi mua", keywords=[match], received_at=NOON
    )
    assert api(people["staff"]).get("/messages").json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": message.pk,
                "platform": "zalo",
                "sender": "+84901234567",
                "content": "Tôi mua",
                "keywords": ["mua"],
                "assigned_to": "staff",
                "status": "assigned",
                "department": "Sales",
                "conversation": str(conversation.public_id),
                "received_at": "2026-05-04T12:00:00+07:00",
            }
        ],
    }


def test_what_nobody_has_is_pending(api, people):
    MessageFactory(keywords=None)
    (row,) = api(people["admin"]).get("/messages").json()["results"]
    assert (row["status"], row["assigned_to"], row["department"]) == ("pending", None, None)
    assert row["keywords"] == []


def test_only_what_customers_wrote_is_shown_newest_first(api, people, conversation):
    messages = MessageFactory.create_batch(3, conversation=conversation)
    for direction in ("outbound", "event", "note"):
        MessageFactory(conversation=conversation, direction=direction)
    response = api(people["staff"]).get("/messages")
    assert ids(response) == [message.pk for message in reversed(messages)]


def test_the_short_and_the_long_address_say_the_same(api, people, conversation):
    MessageFactory(conversation=conversation)
    staff = api(people["staff"])
    assert staff.get("/messages").json() == staff.get("/api/v1/messages").json()


# --- Filters -----------------------------------------------------------------------------------
@pytest.fixture
def many(people, sales, billing) -> dict[str, Message]:
    def message(name: str, **fields) -> Message:
        department = fields.pop("department", None)
        identity = ContactIdentityFactory(
            platform=fields.pop("platform", "zalo"), channel=fields.pop("channel")
        )
        row = ConversationFactory(
            identity=identity, department=department, assignee=fields.pop("assignee", None)
        )
        return MessageFactory(conversation=row, text=name, **fields)

    channel = ChannelFactory()
    done = {"completed_at": NOON, "assignee": people["staff"], "department": sales}
    return {
        "common": message("common", channel=channel, received_at=NOON),
        "queued": message(
            "queued", channel=channel, department=sales, received_at=NOON + timedelta(hours=1)
        ),
        "mine": message(
            "mine",
            channel=channel,
            department=sales,
            assignee=people["staff"],
            received_at=NOON + timedelta(hours=2),
        ),
        "done": message("done", channel=channel, received_at=NOON + timedelta(hours=3), **done),
        "theirs": message(
            "theirs",
            channel=channel,
            platform="messenger",
            department=billing,
            assignee=people["other_staff"],
            received_at=NOON + timedelta(hours=4),
        ),
    }


ALL = {"common", "queued", "mine", "done", "theirs"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("status=pending", {"common", "queued"}),
        ("status=assigned", {"mine", "theirs"}),
        ("status=completed", {"done"}),
        ("department=SALES", {"queued", "mine", "done"}),
        ("department=999999", set()),
        ("assigned_to=staff", {"mine", "done"}),
        ("assigned_to=Staff", set()),
        ("assigned_to=nobody", set()),
        ("platform=messenger", {"theirs"}),
        ("platform=zalo", ALL - {"theirs"}),
        ("conversation=MINE", {"mine"}),
        ("received_after=2026-05-04T14:00:00%2B07:00", {"mine", "done", "theirs"}),
        ("received_after=2026-05-04T07:00:00Z", {"mine", "done", "theirs"}),
        ("received_before=2026-05-04T14:00:00%2B07:00", {"common", "queued"}),
        # Without a zone it is the organisation's.
        ("received_after=2026-05-04T15:30:00", {"theirs"}),
        (
            "received_after=2026-05-04T13:00:00%2B07:00&received_before=2026-05-04T15:00:00%2B07:00",
            {"queued", "mine"},
        ),
        ("status=assigned&department=SALES", {"mine"}),
        ("status=&platform=", ALL),
    ],
)
def test_filters_narrow_what_one_sees(api, people, many, sales, query, found):
    query = query.replace("SALES", str(sales.pk))
    query = query.replace("MINE", str(many["mine"].conversation.public_id))
    rows = api(people["admin"]).get(f"/messages?{query}").json()["results"]
    assert {row["content"] for row in rows} == found


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", ALL),
        ("manager", {"common", "queued", "mine", "done"}),
        ("staff", {"mine", "done"}),
        ("colleague", set()),
        ("other_manager", {"common", "theirs"}),
    ],
)
def test_no_filter_shows_more_than_one_may_see(api, people, many, sales, billing, who, sees):
    client = api(people[who])
    for query in (
        "",
        f"department={sales.pk}",
        f"department={billing.pk}",
        "assigned_to=staff",
        "assigned_to=other_staff",
        "status=pending",
        "status=completed",
    ):
        rows = client.get(f"/messages?{query}").json()["results"]
        assert {row["content"] for row in rows} <= sees, query
    rows = client.get("/messages").json()["results"]
    assert {row["content"] for row in rows} == sees


# --- Pages -------------------------------------------------------------------------------------
def test_pages_follow_each_other_without_gaps_while_new_ones_come(api, people, conversation):
    first_ids = [m.pk for m in MessageFactory.create_batch(5, conversation=conversation)]
    staff = api(people["staff"])
    page = staff.get("/messages?page_size=2")
    seen = ids(page)
    MessageFactory(conversation=conversation)
    while following := page.json()["next"]:
        assert following.startswith("http://testserver/messages?")
        page = staff.get(following.removeprefix("http://testserver"))
        seen += ids(page)
    assert seen == first_ids[::-1]
    back = staff.get(page.json()["previous"].removeprefix("http://testserver"))
    assert ids(back) == first_ids[1:3][::-1]


def test_a_page_keeps_the_filter(api, people, conversation, many):
    MessageFactory.create_batch(3, conversation=conversation)
    page = api(people["admin"]).get("/messages?page_size=2&assigned_to=staff").json()
    assert "assigned_to=staff" in page["next"]
    assert "page_size=2" in page["next"]


@pytest.mark.parametrize(("size", "rows"), [("", 50), ("?page_size=7", 7), ("?page_size=999", 200)])
def test_a_page_has_50_rows_and_200_at_most(api, people, conversation, size, rows):
    cycle = conversation.cycles.get()
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            cycle=cycle,
            channel=conversation.channel,
            direction="inbound",
            text=str(number),
            sent_at=NOON,
        )
        for number in range(201)
    )
    assert len(ids(api(people["staff"]).get(f"/messages{size}"))) == rows


# --- Completing --------------------------------------------------------------------------------
def test_completing_answers_with_the_message(api, people, conversation, commits):
    first, last = MessageFactory.create_batch(2, conversation=conversation)
    staff = api(people["staff"])
    answer = staff.post(f"/messages/{first.pk}/complete")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["status"]) == (first.pk, "completed")
    assert answer.json()["conversation"] == str(conversation.public_id)
    conversation.refresh_from_db()
    assert conversation.status == "open"
    assert staff.post(f"/messages/{last.pk}/complete").json()["status"] == "completed"
    conversation.refresh_from_db()
    assert conversation.status == "resolved"


def test_completing_twice_is_409(api, people, conversation):
    message = MessageFactory(conversation=conversation)
    staff = api(people["staff"])
    staff.post(f"/messages/{message.pk}/complete")
    before = list(Message.objects.values())
    again = staff.post(f"/messages/{message.pk}/complete")
    assert (again.status_code, again.json()["code"]) == (409, "message_completed")
    assert list(Message.objects.values()) == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("admin", 200), ("colleague", 404), ("other_manager", 404)],
)
def test_who_completes(api, people, conversation, who, status):
    message = MessageFactory(conversation=conversation)
    assert api(people[who]).post(f"/messages/{message.pk}/complete").status_code == status
    message.refresh_from_db()
    assert (message.completed_at is not None) == (status == 200)


def test_what_one_sees_but_has_not_got_is_403(api, people, sales):
    """A department that lets its staff take shows them what waits; completing needs taking."""
    sales.staff_can_claim = True
    sales.save(update_fields=["staff_can_claim"])
    message = MessageFactory(conversation=ConversationFactory(department=sales))
    answer = api(people["colleague"]).post(f"/messages/{message.pk}/complete")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
    message.refresh_from_db()
    assert (message.completed_at, message.conversation.status) == (None, "open")


@pytest.mark.parametrize("direction", ["outbound", "event", "note"])
def test_only_a_customers_message_can_be_named(api, people, conversation, direction):
    message = MessageFactory(conversation=conversation, direction=direction)
    answer = api(people["staff"]).post(f"/messages/{message.pk}/complete")
    assert answer.status_code == 404
    message.refresh_from_db()
    assert message.completed_at is None
