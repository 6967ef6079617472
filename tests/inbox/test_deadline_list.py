"""What is open: by priority and deadline, page by page, under headings that are true."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox import lists
from inbox.lists import DuePosition, load_page
from inbox.models import Conversation
from inbox.waiting import group_by_deadline
from tests.factories import ConversationFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=123)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(lists, "PAGE_SIZE", 3)


def at(minutes: float | None):
    return None if minutes is None else NOW + timedelta(minutes=minutes)


def row(priority=3, due=None, waited=1, **fields) -> Conversation:
    kind = "first_response" if due is not None else ""
    given = {"priority": priority, "due_at": at(due), "due_kind": kind}
    return ConversationFactory(**given | fields, waiting_since=at(-waited))


def page(where: str = "") -> lists.Page:
    query = dict(part.split("=") for part in where.split("&") if part)
    return load_page(Conversation.objects.all(), "open", query)


@pytest.fixture
def ten() -> list[int]:
    """In their order."""
    urgent = [row(1, 50), row(1, None, 2)]
    high = [row(2, 5)]
    normal = [row(3, -4), row(3, 2, 9), row(3, 2, 1), row(3, 70), row(3, None, 20), row(3)]
    return [one.pk for one in [*urgent, *high, *normal, row(4, 1)]]


def test_every_row_once_by_priority_deadline_and_wait(ten):
    found, here = [], page()
    while True:
        found += [one.pk for one in here.rows]
        if not here.next:
            break
        here = page(here.next)

    assert found == ten


def test_back_shows_the_page_before_and_here_the_same(ten):
    second = page(page().next)
    third = page(second.next)

    assert [one.pk for one in page(third.previous).rows] == ten[3:6]
    assert [one.pk for one in page(third.here).rows] == ten[6:9]
    assert [one.pk for one in page(second.previous).rows] == ten[:3]


@pytest.mark.parametrize("index", range(10))
def test_from_each_row_the_rest_is_behind_and_the_others_before(ten, index, monkeypatch):
    monkeypatch.setattr(lists, "PAGE_SIZE", 20)
    one = Conversation.objects.get(pk=ten[index])
    position = DuePosition(one.priority, one.due_at, one.waiting_since, one.pk)
    order = lists.DueOrder()
    rows = Conversation.objects.filter(status="open")

    behind = order.beyond(rows, position, is_rising=True)
    before = order.beyond(rows, position, is_rising=False)

    assert (
        list(behind.order_by(*order.columns(is_rising=True)).values_list("pk", flat=True))
        == (ten[index + 1 :])
    )
    assert (
        list(before.order_by(*order.columns(is_rising=False)).values_list("pk", flat=True))
        == (ten[:index][::-1])
    )


def test_a_position_is_written_and_read():
    for one in (DuePosition(1, at(3), at(-2), 7), DuePosition(4, None, None, 2**31)):
        assert DuePosition.read(str(one)) == one


@pytest.mark.parametrize(
    "text", ["", "1-2", "1-x-x", "a-x-x-1", "1-y-x-1", "99999-x-x-1", "1-x-x-1\n", "x" * 5000]
)
def test_what_is_no_position_is_the_first_page(ten, text):
    assert [one.pk for one in page(f"after={text}").rows] == ten[:3]


def test_headings_are_stretches_of_the_order(ten):
    rows = Conversation.objects.filter(pk__in=ten).order_by(
        *lists.DueOrder().columns(is_rising=True)
    )
    groups = group_by_deadline(rows, now=NOW)

    assert [(group.key, [one.pk for one in group.rows]) for group in groups] == [
        ("urgent", ten[:2]),
        ("high", ten[2:3]),
        ("overdue", ten[3:4]),
        ("soon", ten[4:6]),
        ("later", ten[6:7]),
        ("late", ten[7:8]),
        ("fresh", ten[8:9]),
        ("low", ten[9:]),
    ]


def test_each_view_of_the_list_is_by_deadline(client, people, sales):
    mine = {"department": sales, "assignee": people["staff"]}
    waits_longest = row(3, None, 60, **mine)
    soon = timezone.now() + timedelta(minutes=2)  # of the pages' clock, not of this file's
    is_due = row(3, 2, 1, **mine | {"due_at": soon})

    for who, scope in (("staff", "mine"), ("manager", "department"), ("admin", "all")):
        client.force_login(people[who])
        address = f"{reverse('inbox:conversation_list')}?scope={scope}"
        answer = client.get(address, headers={"accept": "text/html"})
        assert [one.pk for one in answer.context["rows"]] == [is_due.pk, waits_longest.pk]
        assert [group.key for group in answer.context["groups"]] == ["soon", "late"]
        assert "data-due=" in answer.content.decode()


def test_the_list_is_the_same_until_a_deadline_comes_near(client, people, sales):
    one = row(3, 50, 1, department=sales, assignee=people["staff"])
    Conversation.objects.update(due_from=at(-10), due_risk_at=at(40))
    client.force_login(people["staff"])
    address = reverse("inbox:conversation_list")

    def ask(version: str):
        return client.get(f"{address}?version={version}", headers={"HX-Request": "true"})

    version = ask("").context["list_version"]
    assert ask(version).status_code == 204
    Conversation.objects.filter(pk=one.pk).update(due_risk_at=at(-1))
    assert ask(version).status_code == 200
