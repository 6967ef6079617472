"""The test box: what real routing would do, and nothing written."""

import pytest
from django.urls import reverse

from inbox.models import Conversation
from routing.models import Agent, BusinessCalendar, RoutingPolicy
from routing.services import preview_message
from tests.factories import ChannelFactory, KeywordFactory
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(sales, billing):
    KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight=2)
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing, weight=3)


@pytest.mark.parametrize("text", ["báo giá", "bao gia", "hoá đơn, bao gia", "chào", "HOÁ ĐƠN"])
def test_it_says_what_routing_then_does(write, channel, people, words, load, text):
    load(people["colleague"], 2)
    before = snapshot()
    told = preview_message(text=text, reader=people["admin"], channel=channel)
    assert snapshot() == before
    done = write(text)
    assert told.department == (done.department.name if done.department else "")
    assert (told.person.name if told.person else None) == (
        done.assignee.display_name if done.assignee else None
    )
    assert told.keywords == done.messages.inbound().get().keywords


def test_the_channels_department_and_the_common_queue(people, sales, words):
    channel = ChannelFactory(default_department=sales)
    told = preview_message(text="chào", reader=people["manager"], channel=channel)
    assert (told.department, told.department_by, told.person.name) == ("Sales", "default", "Staff")
    told = preview_message(text="chào", reader=people["manager"])
    assert (told.department, told.with_room, told.person) == ("", 0, None)


def test_why_nobody_would_get_it(people, sales, words):
    Agent.objects.filter(user__department=sales).update(open_count=8)
    told = preview_message(text="báo giá", reader=people["manager"])
    assert (told.person, told.with_room, told.waiting_reason) == (None, 0, "all_full")
    Agent.objects.filter(user__department=sales).update(is_routable=False)
    told = preview_message(text="báo giá", reader=people["manager"])
    assert told.waiting_reason == "nobody_at_work"


def test_names_of_other_departments_stay_there(client, people, words):
    client.force_login(people["manager"])
    told = preview_message(text="hoá đơn", reader=people["manager"])
    assert (told.department, told.with_room, told.person) == ("Billing", 1, None)
    page = client.post(reverse("routing:keyword_try"), {"text": "hoá đơn"})
    assert "Other_Staff" not in page.text
    assert "1 person there has room." in page.text


def test_the_page_marks_and_sums_and_writes_nothing(client, people, words):
    client.force_login(people["manager"])
    before = snapshot()
    typed = {"text": "<b>bao gia</b>, hoá đơn"}
    for headers in ({}, {"HX-Request": "true"}):
        page = client.post(reverse("routing:keyword_try"), typed, headers=headers)
        assert page.status_code == 200
        assert "&lt;b&gt;<mark>bao gia</mark>&lt;/b&gt;, <mark>hoá đơn</mark>" in page.text
        assert "<b>Billing</b>" in page.text
        assert ("<h1>" in page.text) is not bool(headers)
        sums = page.context["preview"].sums
        assert [(s.name, str(s.total), s.percent) for s in sums] == [
            ("Billing", "3.00", 100),
            ("Sales", "1.80", 60),
        ]
        assert "counts 2.0 × 0.9" in page.text
    assert snapshot() == before
    assert not Conversation.objects.exists()


# --- The reason --------------------------------------------------------------------------------
def shown(client, reader, text: str = "báo giá") -> str:
    client.force_login(reader)
    page = client.post(reverse("routing:keyword_try"), {"text": text}, headers={"HX-Request": "1"})
    assert page.status_code == 200
    return page.text


def stand(person, **columns) -> None:
    Agent.objects.filter(user=person).update(**{"open_count": 0} | columns)


SLOW, QUICK = {"reply_seconds": 600.0}, {"reply_seconds": 60.0}
# Balanced speed, half own and half the team's: (60 + 330) / 2 / 60 = 3.25 minutes.
FIRST = "expected to answer first of the 2 with room, in 3.3 minutes."


@pytest.mark.parametrize(
    ("method", "staff", "colleague", "told"),
    [
        ("balanced_speed", SLOW, QUICK, FIRST),
        ("least_open", {"open_count": 2}, {}, "fewest open conversations of the 2 with room."),
        (
            "round_robin",
            {"last_assigned_at": "2026-01-02T00:00Z"},
            {"last_assigned_at": "2026-01-01T00:00Z"},
            "next in turn of the 2 with room.",
        ),
        (
            "kpi_first",
            {"kpi_score": 5.0, "open_count": 0},
            {"kpi_score": 9.0, "open_count": 3},
            "highest KPI of the 2 with room.",
        ),
        (
            "kpi_first",
            {"open_count": 1},
            {},
            "highest KPI of the 2 with room. Between equals, fewer open conversations decided.",
        ),
        (
            "least_open",
            {"last_assigned_at": "2026-01-01T00:00Z"},
            {},
            "fewest open conversations of the 2 with room."
            " Between equals, the longest time without new work decided.",
        ),
        (
            "least_open",
            {"kpi_score": 5.0},
            {"kpi_score": 9.0},
            "fewest open conversations of the 2 with room. Between equals, KPI decided.",
        ),
        ("balanced_speed", {"is_routable": False}, {}, "the only one with room."),
    ],
)
def test_the_reason_is_the_one_that_decided(
    client, people, sales, words, method, staff, colleague, told
):
    RoutingPolicy.objects.create(department=sales, method=method)
    Agent.objects.update(last_assigned_at=None, kpi_score=None, reply_seconds=None)
    stand(people["staff"], **staff)
    stand(people["colleague"], **colleague)
    page = shown(client, people["manager"])
    agent = Agent.objects.get(user=people["colleague"])
    load = f"<b>Colleague</b> ({agent.open_count}/{agent.capacity}), "
    assert f"Who would get it now: {load}{told}" in page
    assert page.count(" decided.") == told.count(" decided.")


def test_between_those_equal_in_everything_the_oldest_account(client, people, sales, words):
    Agent.objects.update(last_assigned_at=None, kpi_score=None, reply_seconds=None)
    page = shown(client, people["manager"])
    assert "Several are equal in everything, so the oldest account decided." in page


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda sales: Agent.objects.update(open_count=8),
            "Everybody in Sales is at capacity.",
        ),
        (
            lambda sales: Agent.objects.update(is_routable=False),
            "Nobody in Sales is taking work now.",
        ),
        (
            lambda sales: (
                Agent.objects.update(is_routable=False),
                BusinessCalendar.objects.create(department=sales),
            ),
            "Outside business hours.",
        ),
        (
            lambda sales: RoutingPolicy.objects.create(department=sales, method="claim"),
            "The department takes its own: nobody has pressed Take yet.",
        ),
    ],
)
def test_why_it_would_wait_is_told_in_its_own_words(client, people, sales, words, make, told):
    make(sales)
    page = shown(client, people["manager"])
    assert f"It would wait. {told}" in page
    assert "Who would get it now" not in page


def test_10_000_characters_at_most(client, people, words):
    client.force_login(people["manager"])
    path = reverse("routing:keyword_try")
    assert client.post(path, {"text": "x" * 10_000}).status_code == 200
    page = client.post(path, {"text": "x" * 10_001})
    assert page.status_code == 400
    assert "Messages of up to 10000 characters can be tried." in page.text
    assert page.context["preview"] is None
