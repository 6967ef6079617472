"""The test box: what real routing would do, and nothing written."""

import pytest
from django.urls import reverse

from inbox.models import Conversation
from routing.models import Agent
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


def test_10_000_characters_at_most(client, people, words):
    client.force_login(people["manager"])
    path = reverse("routing:keyword_try")
    assert client.post(path, {"text": "x" * 10_000}).status_code == 200
    page = client.post(path, {"text": "x" * 10_001})
    assert page.status_code == 400
    assert "Messages of up to 10000 characters can be tried." in page.text
    assert page.context["preview"] is None
