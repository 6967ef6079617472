"""Reading the record of an assignment back, and showing it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from inbox.models import Mention
from inbox.services import add_note, send_reply
from routing.explanation import Explanation, Other, Sum, Term, explain
from routing.models import Agent, AgentSkill, KeywordVersion
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
    found = explain(conversation.assignments.get())
    assert found == Explanation(
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
            Other("Colleague", open_count=2, capacity=8, left_out="", cost=Decimal("7.5")),
            Other("Full", open_count=1, capacity=1, left_out="at capacity"),
        ],
        method="balanced_speed",
        decided_by="method",
        cost=Decimal("2.5"),
        team_minutes=Decimal("2.5"),
        own_speed=Decimal("0.5"),
        answering_weight=Decimal("0.6"),
        terms=[
            term("Staff", 0, turns=0, cost="2.5", department_id=sales.pk),
            term("Colleague", 2, turns=2, cost="7.5", department_id=sales.pk),
        ],
        sums=[
            Sum("Sales", [("mua", Decimal(2)), ("báo giá", Decimal(3))], Decimal(5), 100, True),
            Sum("Billing", [("hoá đơn", Decimal(4))], Decimal(4), 80, False),
        ],
        keyword_version=KeywordVersion.objects.get().version,
        extract_ms=found.extract_ms,
        attempt=1,
        is_guarded=False,
        arrived_at=conversation.waiting_since,
    )
    assert 0 < found.extract_ms < 1000
    assert [other.name for other in found.left_out] == ["Full"]


def term(name: str, open_count: int, *, turns: int, cost: str, department_id: int) -> Term:
    return Term(
        name,
        open_count,
        8,
        turns=turns,
        answering=Decimal("0.0"),
        minutes=Decimal("2.5"),
        factor=Decimal("1.0"),
        cost=Decimal(cost),
        department_id=department_id,
    )


def test_a_record_of_before_there_were_costs(write, people, words):
    """What was noted then is told; the rest is unknown and not made up."""
    record = write("mua").assignments.get()
    new = {"turns", "answering", "own_minutes", "minutes", "factor", "cost", "kpi", "id"}
    new |= {"department"}
    for one in (record.explanation["chosen"], *record.explanation["candidates"]):
        for name in new:
            one.pop(name)
    for name in ("team_minutes", "decided_by", "own_speed", "attempt", "arrived_at", "extract_us"):
        record.explanation.pop(name)
    record.policy = "least_open"
    found = explain(record)
    assert (found.method, found.cost, found.has_costs) == ("least_open", None, False)
    assert found.terms[0] == Term("Staff", 0, 8)
    assert (found.attempt, found.arrived_at, found.extract_ms) == (None, None, None)


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
    send_reply(conversation=conversation, author=people["staff"], text="Dạ")
    write("vâng")
    start_break(user=people["staff"], reason="meal", minutes=30)
    back = timezone.localtime(Break.objects.get().expected_back_at)
    html = why(people["manager"], conversation)
    assert f"back at {back:%H:%M}" in html
    assert "On a break" in html
    assert ">· 1/8<" in html


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


# --- What of the others is shown ---------------------------------------------------------------
def test_colleagues_read_loads_and_costs_but_neither_pace_nor_kpi(write, people, words):
    conversation = write("mua")
    Agent.objects.update(kpi_score=77)
    path = reverse("routing:conversation_why", args=[conversation.public_id])
    seen = {}
    for name in ("staff", "manager"):
        client = Client(headers={"Accept": "text/html"})
        client.force_login(people[name])
        seen[name] = client.get(path).content.decode()
    for html in seen.values():
        assert "Cost (minutes)" in html
        assert "Colleague" in html
    assert "KPI</th>" in seen["manager"]
    assert "Minutes a reply" in seen["manager"]
    assert "KPI</th>" not in seen["staff"]
    assert "Minutes a reply" not in seen["staff"]


@pytest.fixture
def skilled(people, sales) -> Agent:
    """Somebody of Billing who helps Sales, and is slower than its own people."""
    agent = Agent.objects.get(user=people["other_staff"])
    AgentSkill.objects.create(agent=agent, department=sales, level=2)
    Agent.objects.update(kpi_score=77, reply_seconds=120.0)
    Agent.objects.filter(pk=agent.pk).update(kpi_score=61, reply_seconds=540.0)
    return agent


@pytest.mark.parametrize(("who", "is_told"), [("manager", False), ("admin", True)])
def test_pace_and_kpi_are_for_who_leads_the_persons_own_department(
    write, people, words, skilled, who, is_told
):
    conversation = write("mua")
    html = why(people[who], conversation)
    for seen in ("Other_Staff", '<td class="num">7.2</td>', "77</td>"):
        assert seen in html, seen
    for secret in (">9.0</td>", ">61</td>", ">×1.30</td>"):
        assert (secret in html) is is_told, secret


@pytest.mark.parametrize(("who", "is_told"), [("manager", False), ("admin", True)])
def test_of_a_record_without_departments_only_administrators_read_the_pace(
    write, people, words, skilled, who, is_told
):
    conversation = write("mua")
    record = conversation.assignments.get()
    for one in (record.explanation["chosen"], *record.explanation["candidates"]):
        one.pop("department")
    record.save(update_fields=["explanation"])
    html = why(people[who], conversation)
    assert "Other_Staff" in html
    assert (">61</td>" in html) is (">77</td>" in html) is is_told
    assert ("of the own pace" in html) is is_told


def test_the_sum_of_a_foreigners_cost_is_not_worked_out(write, people, words, skilled):
    for name in ("staff", "colleague"):
        check_out(user=people[name])
    conversation = write("mua")
    assert conversation.assignee == people["other_staff"]
    for who, is_told in {"manager": False, "admin": True}.items():
        html = why(people[who], conversation)
        assert "Other_Staff" in html
        assert ("of the own pace" in html) is is_told
        assert ("Minutes a reply" in html) is is_told


def test_who_is_only_mentioned_reads_why_and_nothing_of_the_others(write, people, words):
    conversation = write("mua")
    add_note(
        conversation=conversation,
        author=people["manager"],
        text="@Other_Staff xem giúp",
        mentioned=[people["other_staff"].public_id],
    )
    Mention.objects.get_or_create(
        message=conversation.messages.filter(direction="note").get(),
        conversation=conversation,
        user=people["other_staff"],
    )
    html = why(people["other_staff"], conversation).split("<main", 1)[1]
    assert "Staff" in html  # the sentence of the thread
    assert "Colleague" not in html
    assert "Cost (minutes)" not in html
    assert "Expected to answer first of those with room" in html
    assert "/8" not in html
