"""Pages of the list: nothing lost, nothing twice, whatever the address says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from inbox import lists
from inbox.lists import Position, load_page
from inbox.models import Conversation
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 11, 2, 3, 4, 5, 678_901, tzinfo=UTC)
FIRST = {}


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(lists, "PAGE_SIZE", 3)


def at(minute: int, status: str = "open", **fields) -> Conversation:
    moment = T0 + timedelta(minutes=minute)
    return ConversationFactory(
        status=status,
        waiting_since=moment if status == "open" else None,
        last_message_at=moment,
        **fields,
    )


def query(text: str) -> dict[str, str]:
    return dict(part.split("=") for part in text.split("&") if part)


def page(where: str = "", status: str = "open") -> lists.Page:
    return load_page(Conversation.objects.all(), status, query(where))


def walk(status: str = "open") -> list[list[int]]:
    """Every page's ids, following `next` from the first page."""
    found, here = [], page(status=status)
    while True:
        found.append([row.pk for row in here.rows])
        if not here.next:
            return found
        here = page(here.next, status)


# --- Positions ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "pk", "text"),
    [
        (T0, 12, "1793588645678901-12"),
        (datetime(1970, 1, 1, tzinfo=UTC), 1, "0-1"),
        (datetime(2000, 1, 1, 0, 0, 0, 1, tzinfo=UTC), 2**31, "946684800000001-2147483648"),
    ],
)
def test_a_position_is_written_and_read(moment, pk, text):
    assert str(Position(moment, pk)) == text
    assert Position.read(text) == (moment, pk)


HOSTILE = [
    "",
    "1",
    "1-",
    "-1",
    "1-1-1",
    "a-b",
    "1.5-2",
    "²-³",
    "１-２",
    "9" * 18 + "-1",
    "0-" + "9" * 19,
]
HOSTILE += [" 1-1", "1-1\n", "-5-1", "1--1", "x" * 5000, "9" * 5000 + "-1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_position_is_the_first_page(text):
    rows = [at(n, "waiting").pk for n in range(4)][::-1]
    for name in ("before", "after"):
        here = load_page(Conversation.objects.all(), "waiting", {name: text})
        assert [row.pk for row in here.rows] == rows[:3]
        assert (here.here, here.previous) == ("", "")


ENDS = ["99999999999999999-999999999999999999", "0-0", "0-1"]
ENDS += ["9999-99999999999999999-x-999999999999999999", "0-0-0-0"]


@pytest.mark.parametrize("text", ENDS)
@pytest.mark.parametrize("name", ["before", "after"])
def test_a_position_at_the_end_of_the_world_answers(client, people, sales, name, text):
    at(0, department=sales)
    client.force_login(people["manager"])
    for status in ("open", "waiting", "resolved"):
        address = f"{reverse('inbox:conversation_list')}?status={status}&{name}={text}"
        response = client.get(address, headers={"accept": "text/html"})
        assert response.status_code == 200
        assert len(response.context["rows"]) == (status == "open")


def test_an_old_numbered_address_is_the_first_page(client, people, sales):
    rows = [at(n, department=sales).pk for n in range(4)]
    client.force_login(people["manager"])
    response = client.get("/messages?page=2", headers={"accept": "text/html"})
    assert [row.pk for row in response.context["rows"]] == rows[:3]


# --- Walking -----------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["open", "waiting", "resolved"])
def test_every_row_once_also_of_equal_moments(status):
    rows = [at(n // 4, status).pk for n in range(10)]
    expected = rows if status == "open" else rows[::-1]
    assert sum(walk(status), []) == expected
    assert [len(ids) for ids in walk(status)] == [3, 3, 3, 1]


@pytest.mark.parametrize("status", ["open", "waiting"])
def test_back_shows_the_page_before(status):
    for n in range(10):
        at(n // 4, status)
    first, second, third, _last = walk(status)
    here = page(page(page(status=status).next, status).next, status)
    assert [row.pk for row in here.rows] == third
    here = page(here.previous, status)
    assert [row.pk for row in here.rows] == second
    assert [row.pk for row in page(here.here, status).rows] == second
    assert [row.pk for row in page(here.next, status).rows] == third
    here = page(here.previous, status)
    assert [row.pk for row in here.rows] == first
    assert (here.here, here.previous) == ("", "")


def test_what_leaves_the_page_before_moves_nothing_on_the_next():
    rows = [at(n).pk for n in range(7)]
    behind = page().next
    Conversation.objects.filter(pk__in=rows[:2]).update(status="waiting", waiting_since=None)
    assert [row.pk for row in page(behind).rows] == rows[3:6]


def test_what_arrives_on_top_doubles_nothing():
    rows = [at(n, "resolved").pk for n in range(6)][::-1]
    behind = page(status="resolved").next
    at(60, "resolved")
    assert [row.pk for row in page(behind, "resolved").rows] == rows[3:]


def test_the_row_the_page_begins_behind_may_be_gone():
    rows = [at(n).pk for n in range(5)]
    behind = page().next
    Conversation.objects.filter(pk=rows[2]).update(status="waiting", waiting_since=None)
    assert [row.pk for row in page(behind).rows] == rows[3:]


def test_when_all_behind_is_gone_the_first_page_shows():
    rows = [at(n).pk for n in range(4)]
    behind = page().next
    Conversation.objects.filter(pk=rows[3]).update(status="waiting", waiting_since=None)
    here = page(behind)
    assert [row.pk for row in here.rows] == rows[:3]
    assert (here.here, here.previous, here.next) == ("", "", "")


def test_links_of_the_page_keep_scope_and_tab(client, people, sales):
    for n in range(4):
        at(n, department=sales)
    client.force_login(people["manager"])
    response = client.get("/messages?scope=department", headers={"accept": "text/html"})
    link = f"?scope=department&amp;status=open&amp;{response.context['page'].next}"
    assert link in response.content.decode()
    response = client.get("/messages" + link.replace("&amp;", "&"), headers={"accept": "text/html"})
    assert len(response.context["rows"]) == 1
    assert f"&amp;{response.context['page'].previous}" in response.content.decode()
