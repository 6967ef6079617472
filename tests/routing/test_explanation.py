"""Reading the record of an assignment back, and showing it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from routing.explanation import Explanation, Other, explain
from routing.models import Agent
from routing.services import assign_conversation
from tests.factories import AgentFactory, KeywordFactory, UserFactory
from workforce.models import Break
from workforce.services import check_out, start_break

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def words(sales, billing) -> None:
    KeywordFactory(word="mua", department=sales, weight=Decimal(2))
    KeywordFactory(word="báo giá", folded="bao gia", department=sales, weight=Decimal(3))
    KeywordFactory(word="hoá đơn", folded="hoa don", department=billing, weight=Decimal(4))


def test_a_choice_by_words(write, people, words, load, sales):
    load(people["colleague"], 2)
    full = UserFactory(username="full", department=sales, presence="available")
    AgentFactory(user=full, capacity=1)
    load(full, 1)
    conversation = write("mua theo báo giá, mua có hoá đơn")
    assert explain(conversation.assignments.get()) == Explanation(
        words=["mua", "báo giá"],
        department="Sales",
        department_by="keyword",
        own_sum=Decimal("5.00"),
        next_name="Billing",
        next_sum=Decimal("4.00"),
        open_count=0,
        capacity=8,
        with_room=2,
        is_former=False,
        others=[
            Other(name="Colleague", open_count=2, capacity=8, left_out=""),
            Other(name="Full", open_count=1, capacity=1, left_out="at capacity"),
        ],
    )


def test_a_choice_by_the_channel(write, channel, people, sales):
    channel.default_department = sales
    channel.save(update_fields=["default_department"])
    check_out(user=people["colleague"])
    found = explain(write("alo").assignments.get())
    assert (found.words, found.department, found.department_by) == ([], "Sales", "default")
    assert (found.own_sum, found.next_name, found.next_sum) == (None, "", None)
    assert found.others == [Other("Colleague", 0, 8, "checked out")]


def test_two_colleagues_who_are_alike_are_both_shown(write, people, words, sales):
    """Same name, same load: the one who was not chosen is still another person."""
    twin = UserFactory(department=sales, display_name="Staff", presence="available")
    AgentFactory(user=twin)
    found = explain(write("mua").assignments.get())
    assert sorted(other.name for other in found.others) == ["Colleague", "Staff"]


def test_a_persons_decision_has_no_reasons_of_ours(write, people, words):
    conversation = write("mua")
    assign_conversation(
        conversation=conversation, assignee=people["colleague"], by=people["manager"]
    )
    assert explain(conversation.assignments.get(ended_at=None)) is None


# --- The panel ---------------------------------------------------------------------------------
def why(person, conversation, **headers) -> str:
    client = Client(headers={"Accept": "text/html"} | headers)
    client.force_login(person)
    path = reverse("routing:conversation_why", args=[conversation.public_id])
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_panel_tells_who_and_why(write, people, words):
    html = why(people["staff"], write("mua theo báo giá, có hoá đơn"))
    for text in ("Staff", "Sales", "Billing", "báo giá", "mua", "Colleague"):
        assert text in html
    assert "<html" in html


def test_the_panel_tells_how_the_assignee_stands_now(write, people, words):
    conversation = write("mua")
    start_break(user=people["staff"], reason="meal", minutes=30)
    back = timezone.localtime(Break.objects.get().expected_back_at)
    html = why(people["manager"], conversation)
    assert f"back at {back:%H:%M}" in html
    assert "On a break" in html
    assert ">1/8<" in html


def test_htmx_gets_the_panel_alone(write, people, words):
    html = why(people["staff"], write("mua"), **{"HX-Request": "true"})
    assert "<html" not in html
    assert "mua" in html


def test_the_panel_tells_why_it_waits(write, people, words):
    Agent.objects.update(capacity=0)
    html = why(people["manager"], write("mua"))
    assert "Nobody in Sales is taking work now" in html


def test_the_panel_tells_who_decided(write, people, words):
    conversation = write("mua")
    assign_conversation(
        conversation=conversation, assignee=people["colleague"], by=people["manager"]
    )
    html = why(people["manager"], conversation)
    assert "Manager" in html
    assert "Colleague" in html


def test_names_and_words_in_the_panel_are_text(write, people, sales):
    people["staff"].display_name = "<b>Lan</b>"
    people["staff"].save(update_fields=["display_name"])
    KeywordFactory(word="<i>mua</i>", folded="i mua i", department=sales)
    html = why(people["staff"], write("<i>mua</i>"))
    assert "&lt;b&gt;Lan&lt;/b&gt;" in html
    assert "<b>Lan</b>" not in html
    assert "<i>mua</i>" not in html


def test_who_sees_the_conversation_sees_the_panel(write, people, words):
    conversation = write("mua")
    path = reverse("routing:conversation_why", args=[conversation.public_id])
    for name, status in {"colleague": 404, "other_manager": 404, "admin": 200}.items():
        client = Client(headers={"Accept": "text/html"})
        client.force_login(people[name])
        assert client.get(path).status_code == status, name
