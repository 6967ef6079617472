"""What an open page asks for again: the list, the thread with its head, own load."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.models import OutboundPart
from inbox.services import place_conversation, resolve_conversation, send_reply
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
NOW = timezone.now()
STAMP = re.compile(r'id="(m-\d+)" data-v="([\w-]{8})"')


@pytest.fixture
def mine(people):
    return ConversationFactory(
        department=people["staff"].department,
        assignee=people["staff"],
        waiting_since=NOW - timedelta(minutes=7),
    )


@pytest.fixture
def opened(client, people, mine):
    """A page of `staff` with the conversation open, as its script sees it."""
    client.force_login(people["staff"])
    return Page(client, mine)


class Page:
    def __init__(self, client, conversation) -> None:
        self.client = client
        self.address = f"/conversations/{conversation.public_id}"
        whole = client.get(self.address).text
        self.stamps = dict(STAMP.findall(whole))
        thread = re.search(r'id="thread".*?data-version="([\w-]{8})"', whole, re.DOTALL)
        self.version = thread[1]

    def ask(self, **more):
        have = {"have": ".".join(self.stamps.values()), "version": self.version}
        return self.client.get(f"{self.address}/thread", have | more, headers=HTMX)


# --- The thread ---------------------------------------------------------------------------------
def test_nothing_new_is_no_answer(opened):
    assert opened.ask().status_code == 204


def test_only_new_lines_come_and_stubs_for_the_others(client, mine, people):
    MessageFactory(conversation=mine, text="xin chào shop")
    client.force_login(people["staff"])
    page = Page(client, mine)
    assert page.ask().status_code == 204
    new = MessageFactory(conversation=mine, text="alo")
    answer = page.ask().text
    assert dict(STAMP.findall(answer)).keys() == {f"m-{new.pk}"}
    assert "alo" in answer
    assert "xin chào shop" not in answer
    assert [f'<p id="{name}" data-same></p>' in answer for name in page.stamps] == [True]
    assert "thread-head" not in answer
    assert "<html" not in answer


@pytest.mark.parametrize("state", ["sending", "sent", "delivered", "read", "failed", "unknown"])
def test_a_changed_delivery_comes_again(client, mine, people, state):
    MessageFactory(conversation=mine)
    reply = send_reply(conversation=mine, author=people["staff"], text="Dạ")
    client.force_login(people["staff"])
    page = Page(client, mine)
    OutboundPart.objects.update(state=state)
    answer = page.ask()
    assert dict(STAMP.findall(answer.text)).keys() == {f"m-{reply.pk}"}


def test_found_keywords_come_with_their_line(client, mine, people):
    line = MessageFactory(conversation=mine, text="mua hàng")
    client.force_login(people["staff"])
    page = Page(client, mine)
    line.keywords = [{"word": "mua", "start": 0, "end": 3}]
    line.save(update_fields=["keywords"])
    assert "<mark>mua</mark>" in page.ask().text


def test_head_and_panel_come_when_they_changed(client, opened, mine, people):
    place_conversation(mine, assignee=people["colleague"])
    client.force_login(people["manager"])
    seen_by_lead = Page(client, mine)
    assert seen_by_lead.ask().status_code == 204
    resolve_conversation(conversation=mine, by=people["manager"])
    answer = seen_by_lead.ask().text
    assert '<header class="pane-head" id="thread-head" data-composer="done">' in answer
    assert 'id="info"' in answer


def test_the_composer_is_never_sent_again(opened, mine, people):
    MessageFactory(conversation=mine)
    send_reply(conversation=mine, author=people["staff"], text="Dạ")
    answer = opened.ask().text
    assert 'id="thread-head" data-composer="write"' in answer
    assert "<textarea" not in answer.replace('<textarea class="input" id="id_note"', "")


def test_who_lost_it_is_told_by_404(opened, mine, people):
    MessageFactory(conversation=mine, text="a secret")
    place_conversation(mine, assignee=people["colleague"])
    answer = opened.ask()
    assert answer.status_code == 404
    assert "a secret" not in answer.text


def test_earlier_lines_come_as_a_part(client, mine, people):
    lines = [
        MessageFactory(conversation=mine, text=f"line {n}.", sent_at=NOW + timedelta(seconds=n))
        for n in range(53)
    ]
    client.force_login(people["staff"])
    page = Page(client, mine)
    assert len(page.stamps) == 50
    answer = page.ask(before=lines[3].pk).text
    assert [f"line {n}." in answer for n in range(5)] == [True, True, True, False, False]
    assert "data-same" not in answer
    assert "data-live" not in answer


@pytest.mark.parametrize("have", ["", "x", "." * 500, "AAAAAAAA." * 300, "½"])
def test_strange_stamps_are_no_stamps(opened, mine, have):
    line = MessageFactory(conversation=mine)
    answer = opened.ask(have=have)
    assert answer.status_code == 200
    assert f"m-{line.pk}" in dict(STAMP.findall(answer.text))


@pytest.mark.parametrize("query", [{"view": "<x>"}, {"scope": "all"}, {"status": "'\""}])
def test_what_the_page_says_of_itself_is_checked(opened, query):
    answer = opened.ask(version="", **query)
    assert answer.status_code == 200
    assert not any(value in answer.text for value in ("<x>", "scope=all", "'\"", "&lt;x"))


def test_a_refetch_marks_it_as_seen_by_the_assignee(opened, mine):
    MessageFactory(conversation=mine)
    mine.last_inbound_at = timezone.now()
    mine.save(update_fields=["last_inbound_at"])
    opened.ask()
    mine.refresh_from_db()
    assert mine.is_unread is False


# --- The list -----------------------------------------------------------------------------------
def list_version(text: str) -> str:
    return re.search(r'id="convo-list".*?data-version="([\w-]{8})"', text, re.DOTALL)[1]


def test_an_unchanged_list_is_no_answer(client, mine, people):
    client.force_login(people["staff"])
    page = client.get("/messages", headers={"accept": "text/html"}).text
    again = {"version": list_version(page)}
    assert client.get("/messages", again, headers=HTMX).status_code == 204
    ConversationFactory(department=mine.department, assignee=people["colleague"])
    assert client.get("/messages", again, headers=HTMX).status_code == 204
    second = ConversationFactory(department=mine.department, assignee=people["staff"])
    answer = client.get("/messages", again, headers=HTMX)
    assert f'id="row-{second.public_id}"' in answer.text
    assert '<span class="count" id="count-open">2</span>' in answer.text
    assert list_version(answer.text) != again["version"]


@pytest.mark.parametrize(
    "change",
    [
        {"preview": "khác"},
        {"waiting_since": NOW - timedelta(minutes=16)},
        {"seen_at": NOW + timedelta(hours=1)},
        {"status": "waiting"},
    ],
)
def test_whatever_a_row_shows_changes_the_list(client, mine, people, change):
    client.force_login(people["staff"])
    before = list_version(client.get("/messages", headers=HTMX).text)
    type(mine).objects.filter(pk=mine.pk).update(**change)
    assert client.get("/messages", {"version": before}, headers=HTMX).status_code == 200


def test_the_selected_row_stays_selected(client, mine, people):
    client.force_login(people["staff"])
    answer = client.get("/messages", {"selected": str(mine.public_id)}, headers=HTMX)
    assert answer.text.count('aria-current="true"') == 1


# --- Own load -----------------------------------------------------------------------------------
def test_own_load_is_a_part_of_its_own(client, mine, people):
    people["staff"].agent.open_count = 3
    people["staff"].agent.save(update_fields=["open_count"])
    client.force_login(people["staff"])
    address = f"http://testserver/conversations/{mine.public_id}"
    answer = client.get("/me/presence", headers=HTMX | {"hx-current-url": address}).text
    assert '<span class="num muted">3/8</span>' in answer
    assert f'name="next" value="/conversations/{mine.public_id}"' in answer
    assert '<span class="count" id="rail-open">3' in answer
    assert "<html" not in answer


def test_own_load_is_no_page(client, people):
    client.force_login(people["staff"])
    answer = client.get("/me/presence")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_who_asks_for_the_box_gets_no_more(client, people, mine):
    """htmx takes `#composer` out of the answer; list, thread and panel are not even read."""
    client.force_login(people["staff"])
    path = reverse("inbox:conversation_detail", args=[mine.public_id])
    parts = ("rows", "thread", "earlier")
    box = client.get(path, headers=HTMX)
    assert box.content.decode().startswith('<div id="composer"')
    assert [name for name in parts if name in box.context] == []
    whole = client.get(path)
    assert [name for name in parts if name in whole.context] == list(parts)
    assert ["HX-Request" in answer.headers["Vary"] for answer in (box, whole)] == [True, True]
