"""/users: who is in the team, takes work, and waits to be let in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import register
from routing.models import Agent
from tests.factories import PASSWORD, AgentFactory, UserFactory

EVERYBODY = {"admin", "manager", "staff", "colleague", "other_staff", "other_manager"}


@pytest.fixture
def page(people):
    """`page(who, query)` is the list as that person sees it."""

    def get(who: str, query: str = "", **headers):
        client = Client(headers={"accept": "text/html"} | headers)
        client.force_login(people[who])
        return client.get(f"/users{query}")

    return get


def names(response) -> list[str]:
    return [member.person.username for member in response.context["members"]]


def applicant(name: str = "applicant", **fields) -> User:
    return register(username=name, password=PASSWORD, **fields)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (
            "admin",
            {"admin", "manager", "staff", "colleague", "other_staff", "other_manager"},
        ),
        ("manager", {"manager", "staff", "colleague"}),
        ("other_manager", {"other_manager", "other_staff"}),
    ],
)
def test_rows_seen(page, who, sees):
    applicant()
    response = page(who)
    assert set(names(response)) == sees
    assert len(response.context["pending"]) == (who == "admin")
    assert "INVALID" not in response.text.partition('id="main"')[2]


def test_the_head_states_the_situation(page, people):
    Agent.objects.filter(user=people["staff"]).update(open_count=8)
    Agent.objects.filter(user=people["colleague"]).update(open_count=3)
    Agent.objects.filter(user=people["other_staff"]).update(reason="busy", is_routable=False)
    text = page("admin").text
    assert "6 people, 1 taking work, 1 at capacity. The whole team has 11/24 open." in text
    text = page("manager").text
    assert "3 people, 1 taking work, 1 at capacity. The whole team has 11/16 open." in text


def test_the_head_counts_nobody_who_left(page, people):
    User.objects.filter(pk=people["colleague"].pk).update(is_active=False)
    response = page("manager")
    assert "2 people, 1 taking work, 0 at capacity. The whole team has 0/8 open." in response.text
    assert names(response)[-1] == "colleague"


def test_each_row_says_why_and_since_when(page, people):
    at = timezone.now() - timedelta(days=3)
    Agent.objects.filter(user=people["staff"]).update(open_count=8, since=at)
    Agent.objects.filter(user=people["colleague"]).update(reason="busy", since=at)
    User.objects.filter(pk=people["other_staff"].pk).update(is_active=False, deactivated_at=at)
    members = {m.person.username: m for m in page("admin").context["members"]}
    told = {
        name: (member.reason and member.reason.value, member.dot, member.since)
        for name, member in members.items()
    }
    assert told == {
        "staff": ("at_capacity", "busy", None),  # since then at work, not since then full
        "colleague": ("busy", "busy", at),
        "other_staff": ("deactivated", "off", at),
        "admin": (None, "off", None),
        "manager": (None, "off", None),
        "other_manager": (None, "off", None),
    }
    assert list(members)[-1] == "other_staff"  # who left comes last
    assert members["staff"].load_percent == 100
    text = page("admin").text
    day = timezone.localtime(at).strftime("%d/%m")
    assert "At capacity</span>" in text
    assert f'Busy <span class="muted">since {day}</span>' in text
    assert "8/8" in text


def test_an_overfull_person_is_full(people):
    agent = Agent.objects.get(user=people["staff"])
    Agent.objects.filter(pk=agent.pk).update(open_count=9)
    client = Client(headers={"accept": "text/html"})
    client.force_login(people["admin"])
    member = client.get("/users?q=staff").context["members"][-1]
    assert (member.person.username, member.is_full, member.load_percent) == ("staff", True, 100)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lan", {"staff"}),
        ("?q=nguyen+thi", {"staff"}),
        ("?q=NGUYỄN", {"staff"}),
        ("?q=other_", {"other_staff", "other_manager"}),
        ("?q=lan@sao", {"staff"}),
        ("?q=nobody", set()),
        ("?at_work=on", {"staff", "colleague", "other_staff"}),
        ("?department=BILLING", {"other_staff", "other_manager"}),
        ("?department=BILLING&at_work=on", {"other_staff"}),
        ("?department=99999", EVERYBODY),
    ],
)
def test_the_list_can_be_narrowed(page, people, billing, query, found):
    User.objects.filter(pk=people["staff"].pk).update(
        display_name="Nguyễn Thị Lan", email="lan@saomai.example"
    )
    query = query.replace("BILLING", str(billing.pk))
    assert set(names(page("admin", query))) == found


def test_a_manager_cannot_narrow_to_another_department(page, billing):
    response = page("manager", f"?department={billing.pk}")
    assert set(names(response)) == {"manager", "staff", "colleague"}
    assert "Billing" not in response.text


def test_fifty_on_a_page(page, sales):
    for number in range(53):
        UserFactory(username=f"extra{number:02}", department=sales)
    assert len(names(page("manager"))) == 50
    second = page("manager", "?page=2")
    assert len(names(second)) == 6
    assert "51–56 of 56" in second.text
    both = names(page("manager")) + names(second)
    assert len(set(both)) == 56


def test_the_cost_is_the_same_for_50_rows(page, people, sales, django_assert_num_queries):
    def cost() -> int:
        client = Client(headers={"accept": "text/html", "hx-request": "true"})
        client.force_login(people["admin"])
        # Session, person, organisation; count, rows, skills, until when, departments, counts,
        # sums, pending.
        with django_assert_num_queries(11):
            return len(client.get("/users").context["members"])

    assert cost() == 6
    for number in range(44):
        AgentFactory(user=UserFactory(username=f"extra{number}", department=sales))
    for number in range(10):
        applicant(f"applicant{number}")
    assert cost() == 50


def test_htmx_gets_the_fragment(page):
    assert "<html" not in page("admin", **{"hx-request": "true"}).text
    assert "<html" in page("admin").text


# --- Registrations ------------------------------------------------------------------------------
@pytest.fixture
def decide(people):
    def post(person: User, **data):
        client = Client(headers={"accept": "text/html"})
        client.force_login(people["admin"])
        return client.post(f"/users/{person.public_id}/decision", data)

    return post


def test_approving_lets_a_person_in(decide, page, sales, people):
    person = applicant()
    assert decide(person, decision="approve", department=sales.pk)["Location"] == "/users"
    person.refresh_from_db()
    assert (person.is_active, person.department, person.role) == (True, sales, "staff")
    assert person.approved_at is not None
    response = page("admin")
    assert response.context["pending"] == []
    assert "applicant" in names(response)


def test_refusing_takes_it_off_the_list_and_lets_nobody_in(decide, page, people, client):
    person = applicant()
    assert decide(person, decision="refuse").status_code == 302
    person.refresh_from_db()
    assert (person.is_active, person.approved_at, person.is_pending) == (False, None, False)
    response = page("admin")
    assert response.context["pending"] == []
    assert "applicant" not in names(response)
    entry = AuditEntry.objects.get(action="registration_refused")
    assert (entry.actor, entry.target_id) == (people["admin"], str(person.public_id))
    assert client.post("/login", {"username": "applicant", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"decision": "approve"}, "Managers and staff belong to a department."),
        ({"decision": "approve", "department": "999999"}, "Select a valid choice."),
        ({"decision": "maybe"}, "Select a valid choice."),
        ({}, "This field is required."),
    ],
)
def test_a_refused_decision_says_why_and_changes_nothing(decide, data, sentence):
    person = applicant()
    before = User.objects.filter(pk=person.pk).values().get()
    response = decide(person, **data)
    assert response.status_code == 400
    assert sentence in response.text
    assert User.objects.filter(pk=person.pk).values().get() == before
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["person_registered"]


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_decision_is_made_once(decide, sales, people, decision):
    person = applicant()
    decide(person, decision="refuse")
    before = User.objects.filter(pk=person.pk).values().get()
    response = decide(person, decision=decision, department=sales.pk)
    assert (response.status_code, "not waiting for approval" in response.text) == (400, True)
    decide(people["staff"], decision="refuse")
    assert User.objects.get(pk=people["staff"].pk).is_active
    assert User.objects.filter(pk=person.pk).values().get() == before


# --- Adding -------------------------------------------------------------------------------------
NEW = {
    "display_name": "Võ Ngọc Ánh",
    "username": "Anh.Vo",
    "email": "anh@x.example",
    "role": "staff",
    "language": "vi",
    "password": "kéo gỗ lim về sáng",
}


def test_an_administrator_adds_a_person(people, sales, client):
    client.force_login(people["admin"])
    page = client.get("/users/new", headers={"accept": "text/html"})
    assert 'value="vi" selected' in page.text  # the organisation's language
    response = client.post("/users/new", NEW | {"department": sales.pk})
    person = User.objects.get(username="anh.vo")
    assert response["Location"] == f"/users/{person.public_id}"
    assert (person.display_name, person.department, person.is_active) == (
        "Võ Ngọc Ánh",
        sales,
        True,
    )
    assert person.check_password(NEW["password"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "staff"}, "This sign-in name is taken."),
        ({"username": "a b"}, "Use letters a-z"),
        ({"department": ""}, "Managers and staff belong to a department."),
        ({"password": "123"}, "at least 10 characters"),
        ({"display_name": ""}, "Type the name colleagues know."),
        ({"role": "root"}, "Select a valid choice."),
        ({"email": "x"}, "valid email"),
    ],
)
def test_a_refusal_adds_nobody(people, sales, client, changes, sentence):
    client.force_login(people["admin"])
    before = User.objects.count()
    response = client.post("/users/new", NEW | {"department": sales.pk} | changes)
    assert response.status_code == 400
    assert sentence in response.text
    assert NEW["password"] not in response.text
    assert User.objects.count() == before
