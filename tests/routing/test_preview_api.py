"""POST /api/v1/routing/preview: the exact answer, nothing written, names for whom they are."""

import pytest
from django.apps import apps

from routing.models import Agent, AgentSkill
from tests.factories import ChannelFactory
from tests.routing.helpers import set_policy

pytestmark = pytest.mark.django_db

PATH = "/api/v1/routing/preview"


def row_counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def test_the_exact_answer(api, people, words, load, sales, billing):
    load(people["colleague"], 1)
    answer = api(people["staff"]).post(PATH, {"text": "mua bao gia"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["tokens"] == [
        {"text": "mua", "fold": "mua", "start": 0, "end": 3},
        {"text": "bao", "fold": "bao", "start": 4, "end": 7},
        {"text": "gia", "fold": "gia", "start": 8, "end": 11},
    ]
    found = [(k["word"], k["weight"], k["factor"], k["start"], k["end"]) for k in body["keywords"]]
    assert found == [("mua", 2.0, 1.0, 0, 3), ("báo giá", 2.7, 0.9, 4, 11)]
    assert body["sums"] == [{"department_id": sales.pk, "department": "Sales", "sum": 4.7}]
    told = {
        name: body[name]
        for name in (
            *("department_id", "department", "department_by", "waiting_reason"),
            *("method", "decided_by", "with_room", "person"),
        )
    }
    assert told == {
        "department_id": sales.pk,
        "department": "Sales",
        "department_by": "keyword",
        "waiting_reason": "",
        "method": "balanced_speed",
        "decided_by": "method",
        "with_room": 2,
        "person": "Staff",
    }
    first = {"name": "Staff", "open": 0, "capacity": 8, "cost": 2.5, "kpi": None}
    second = {"name": "Colleague", "open": 1, "capacity": 8, "cost": 5.0, "kpi": None}
    assert body["candidates"] == [first, second]
    assert body["left_out"] == []
    # Who leads the department sees each term of the cost.
    terms = {"turns": 0, "answering": 0.0, "minutes": 2.5, "factor": 1.0}
    body = api(people["manager"]).post(PATH, {"text": "mua bao gia"}).json()
    assert body["candidates"] == [first | terms, second | terms | {"turns": 1}]


def test_who_is_left_out_and_why(api, people, words, load):
    load(people["colleague"], 8)
    body = api(people["manager"]).post(PATH, {"text": "mua"}).json()
    assert [one["name"] for one in body["candidates"]] == ["Staff"]
    (left,) = body["left_out"]
    assert (left["name"], left["reason"], left["open"]) == ("Colleague", "at_capacity", 8)


@pytest.mark.parametrize(("who", "is_told"), [("manager", False), ("admin", True)])
def test_pace_and_kpi_are_for_who_leads_the_persons_own_department(
    api, people, words, sales, who, is_told
):
    agent = Agent.objects.get(user=people["other_staff"])
    AgentSkill.objects.create(agent=agent, department=sales, level=2)
    Agent.objects.update(kpi_score=77)
    body = api(people[who]).post(PATH, {"text": "mua"}).json()
    by_name = {one["name"]: one for one in body["candidates"]}
    own, foreign = by_name["Staff"], by_name["Other_Staff"]
    assert (own["kpi"], own["minutes"]) == (77, 2.5)
    assert {"open", "capacity", "cost"} < set(foreign)
    assert (foreign.get("kpi") == 77) is is_told
    assert ({"turns", "answering", "minutes", "factor"} <= set(foreign)) is is_told


def test_who_has_too_few_places_for_a_heavy_channel_is_left_out_as_full(
    api, people, words, load, sales
):
    channel = ChannelFactory(default_department=sales, load_percent=200)
    load(people["colleague"], 7)
    body = api(people["manager"]).post(PATH, {"text": "mua", "channel": channel.pk}).json()
    assert [(one["name"], one["reason"]) for one in body["left_out"]] == [("Colleague", "full")]


@pytest.mark.parametrize("text", ["mua", "hoá đơn", "chào", ""])
def test_it_writes_nothing_at_all(api, people, words, text):
    client = api(people["staff"])
    before = row_counts()
    assert client.post(PATH, {"text": text}).status_code == (200 if text else 400)
    assert row_counts() == before


@pytest.mark.parametrize(
    ("who", "are_named"),
    [
        ("staff", False),
        ("manager", False),
        ("other_staff", True),
        ("other_manager", True),
        ("admin", True),
    ],
)
def test_people_are_named_to_their_department_and_who_leads_it(api, people, words, who, are_named):
    body = api(people[who]).post(PATH, {"text": "hoá đơn"}).json()
    assert (body["department"], body["with_room"]) == ("Billing", 1)
    assert body["person"] == ("Other_Staff" if are_named else None)
    assert len(body["candidates"]) == are_named
    assert ("Other_Staff" in str(body)) is are_named


def test_a_channel_has_its_default_and_its_weight(api, people, words, sales, load):
    channel = ChannelFactory(default_department=sales, load_percent=200)
    load(people["staff"], 7)
    load(people["colleague"], 8)
    body = api(people["staff"]).post(PATH, {"text": "chào", "channel": channel.pk}).json()
    assert (body["department"], body["department_by"]) == ("Sales", "default")
    assert (body["with_room"], body["waiting_reason"], body["person"]) == (0, "all_full", None)
    # Without a channel: as through the first.
    assert api(people["staff"]).post(PATH, {"text": "chào"}).json() == body


def test_without_a_match_or_a_default_it_waits_in_the_common_queue(api, people, words):
    body = api(people["staff"]).post(PATH, {"text": "chào"}).json()
    assert (body["department_id"], body["waiting_reason"]) == (None, "no_department")


def test_where_people_take_nobody_would_get_it(api, people, words, sales):
    set_policy(sales, method="claim")
    body = api(people["staff"]).post(PATH, {"text": "mua"}).json()
    assert (body["method"], body["waiting_reason"], body["person"]) == ("claim", "claim", None)
    assert body["candidates"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": None},
        {"text": ["mua"]},
        {"text": "x" * 10_001},
        {"text": "mua", "channel": 999_999},
        {"text": "mua", "channel": "zalo"},
        {"text": "mua", "channel": 2**63},
        [],
        b"{",
    ],
)
def test_bad_input_is_refused(api, people, words, body):
    client = api(people["staff"])
    before = row_counts()
    assert client.post(PATH, body).status_code == 400
    assert row_counts() == before


def test_nobody_is_not_told(api, people, words):
    assert api(None).post(PATH, {"text": "mua"}).status_code == 401
