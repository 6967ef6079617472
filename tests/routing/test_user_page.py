"""/users/<uuid>: one person, as leads and administrators see and change them."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from inbox.models import Conversation, Message
from routing.models import Agent, Assignment
from routing.services import assign_conversation
from tests.factories import PASSWORD, ConversationFactory

NEW = "another horse battery"


@pytest.fixture
def visit(people):
    """`visit(who, person, part, data)`: look at a person's page, or send one of its forms."""

    def send(who: str, person: User, part: str = "", data: dict | None = None):
        client = Client(headers={"accept": "text/html"})
        client.force_login(people[who])
        path = f"/users/{person.public_id}"
        return client.post(f"{path}/{part}", data or {}) if part else client.get(path)

    return send


def row(person: User) -> dict:
    """The account as it is stored; signing in for the test is no change."""
    return User.objects.filter(pk=person.pk).values().get() | {"last_login": None}


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# --- What is shown ------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["admin", "manager"])
def test_the_page_shows_the_person(visit, people, sales, who):
    staff = people["staff"]
    mine = ConversationFactory(department=sales, assignee=staff, preview="Máy kêu to")
    ConversationFactory(department=sales, assignee=staff, status="waiting", preview="đã trả lời")
    ConversationFactory(department=sales, assignee=people["colleague"], preview="của người khác")
    response = visit(who, staff)
    assert response.status_code == 200
    assert [c.pk for c in response.context["conversations"]] == [mine.pk]
    assert "1 open conversation" in response.text
    assert "Máy kêu to" in response.text
    assert "INVALID" not in response.text.partition('id="main"')[2]
    # An administrator changes the account, a manager how much work it gets.
    for form, roles in (
        ("capacity", {"admin", "manager"}),
        ("edit", {"admin"}),
        ("password", {"admin"}),
    ):
        assert (form, f'/{form}"' in response.text) == (form, who in roles)


def test_a_manager_sees_no_conversation_of_another_department(visit, people, billing):
    ConversationFactory(department=billing, assignee=people["staff"], preview="bí mật")
    response = visit("manager", people["staff"])
    assert (response.context["open_count"], "bí mật" in response.text) == (0, False)
    assert "bí mật" in visit("admin", people["staff"]).text


@pytest.mark.parametrize("person", ["other_staff", "other_manager", "admin"])
def test_who_is_not_of_the_department_is_not_there(visit, people, person):
    assert visit("manager", people[person]).status_code == 404


def test_a_person_without_agent_has_no_capacity(visit, people):
    response = visit("admin", people["admin"])
    assert (response.status_code, "Takes no work" in response.text) == (200, True)
    assert visit("admin", people["admin"], "capacity", {"capacity": "3"}).status_code == 404


def test_the_log_tells_administrators_in_words(visit, people):
    visit("admin", people["staff"], "capacity", {"capacity": "5"})
    text = visit("admin", people["staff"]).text
    assert "Changed the capacity of<br>Capacity: <bdi>8</bdi> → <bdi>5</bdi>" in text
    assert "Changed the capacity of" not in visit("manager", people["staff"]).text


# --- Capacity and presence ----------------------------------------------------------------------
@pytest.mark.parametrize("who", ["admin", "manager"])
def test_the_capacity_changes(visit, people, who):
    assert visit(who, people["staff"], "capacity", {"capacity": "5"}).status_code == 302
    assert Agent.objects.get(user=people["staff"]).capacity == 5
    entry = AuditEntry.objects.get(action="capacity_changed")
    assert (entry.actor, entry.changes) == (people[who], {"capacity": [8, 5]})


@pytest.mark.parametrize("value", ["", "-1", "51", "x", "1.5", "99999999999999999999"])
def test_what_is_no_capacity_is_refused(visit, people, value):
    response = visit("manager", people["staff"], "capacity", {"capacity": value})
    assert (response.status_code, 'aria-invalid="true"' in response.text) == (400, True)
    assert Agent.objects.get(user=people["staff"]).capacity == 8
    assert actions() == []


@pytest.mark.parametrize(
    ("part", "data"), [("capacity", {"capacity": "3"}), ("presence", {"presence": "busy"})]
)
def test_a_manager_decides_for_staff_only(visit, people, part, data):
    manager = people["manager"]
    Agent.objects.create(user=manager, capacity=2)
    before = row(manager)
    assert visit("manager", manager, part, data).status_code == 403
    assert visit("manager", manager, "give-back").status_code == 403
    assert (row(manager), Agent.objects.get(user=manager).capacity, actions()) == (before, 2, [])


def test_a_lead_sets_the_presence(visit, people):
    assert visit("manager", people["staff"], "presence", {"presence": "busy"}).status_code == 302
    assert row(people["staff"])["presence"] == "busy"
    assert actions() == ["presence_set"]
    assert visit("manager", people["staff"], "presence", {"presence": "offline"}).status_code == 400
    assert row(people["staff"])["presence"] == "busy"


# --- Giving back --------------------------------------------------------------------------------
def test_giving_back_empties_and_keeps_it_so(visit, people, sales, commits):
    staff = people["staff"]
    for _number in range(3):
        assign_conversation(
            conversation=ConversationFactory(department=sales), assignee=staff, by=people["manager"]
        )
    answered = ConversationFactory(department=sales, assignee=staff, status="waiting")
    Agent.objects.filter(user=people["colleague"]).update(capacity=2)
    assert visit("manager", staff, "give-back").status_code == 302
    assert not Conversation.objects.open_of(staff.pk).exists()
    assert Conversation.objects.open_of(people["colleague"].pk).count() == 2
    assert Conversation.objects.waiting().count() == 1
    answered.refresh_from_db()
    assert answered.assignee == staff
    agent = Agent.objects.get(user=staff)
    assert (agent.open_count, agent.is_routable, agent.reason) == (0, False, "busy")
    ends = Assignment.objects.filter(assignee=staff).values_list("end_reason", flat=True)
    assert set(ends) == {"given_back"}
    told = [m.data for m in Message.objects.filter(data__code="released_given_back")]
    assert (
        told
        == [
            {
                "code": "released_given_back",
                "params": {"person": "Staff", "why": "given_back", "by": "Manager"},
            }
        ]
        * 3
    )
    entry = AuditEntry.objects.get(action="conversations_given_back")
    assert (entry.actor, entry.changes) == (people["manager"], {"conversations": 3})


def test_giving_nothing_back_writes_nothing(visit, people):
    Agent.objects.filter(user=people["staff"]).update(is_routable=False)
    visit("admin", people["staff"], "give-back")
    assert actions() == []


# --- The account --------------------------------------------------------------------------------
def test_an_administrator_changes_the_account(visit, people, billing):
    staff = people["staff"]
    data = {"display_name": "Chị Lan", "email": "lan@x.example", "role": "manager"}
    assert visit("admin", staff, "edit", data | {"department": billing.pk}).status_code == 302
    staff.refresh_from_db()
    assert (staff.display_name, staff.email, staff.role, staff.department) == (
        "Chị Lan",
        "lan@x.example",
        "manager",
        billing,
    )
    assert staff.credentials_epoch == 1


@pytest.mark.parametrize(
    ("person", "changes", "sentence"),
    [
        ("staff", {"display_name": ""}, "Type the name colleagues know."),
        ("staff", {"department": ""}, "Managers and staff belong to a department."),
        ("staff", {"email": "taken@x.example"}, "belongs to somebody else"),
        ("staff", {"role": "root"}, "Select a valid choice."),
        ("admin", {"role": "manager"}, "This is the last administrator."),
    ],
)
def test_a_refused_change_says_why(visit, people, sales, person, changes, sentence):
    User.objects.filter(pk=people["colleague"].pk).update(email="taken@x.example")
    before = row(people[person])
    data = {"display_name": "Lan", "role": before["role"], "department": sales.pk} | changes
    response = visit("admin", people[person], "edit", data)
    assert (response.status_code, sentence in response.text) == (400, True)
    assert (row(people[person]), actions()) == (before, [])


def test_deactivating_gives_the_work_back_and_activating_lets_in(visit, people, sales, commits):
    staff = people["staff"]
    talk = ConversationFactory(department=sales, assignee=staff)
    Agent.objects.filter(user=people["colleague"]).update(capacity=0)
    assert "1 open conversation goes back to the queue." in visit("admin", staff).text
    visit("admin", staff, "activity", {"active": "no"})
    talk.refresh_from_db()
    assert (row(staff)["is_active"], talk.assignee) == (False, None)
    visit("admin", staff, "activity", {"active": "yes"})
    assert row(staff)["is_active"] is True


@pytest.mark.parametrize("data", [{}, {"active": ""}, {"active": "true"}])
def test_a_damaged_form_closes_no_account(visit, people, data):
    assert visit("admin", people["staff"], "activity", data).status_code == 400
    assert row(people["staff"])["is_active"] is True


def test_the_last_administrator_stays(visit, people):
    before = row(people["admin"])
    response = visit("admin", people["admin"], "activity", {"active": "no"})
    assert (response.status_code, row(people["admin"])) == (302, before)


def test_a_new_password_ends_every_session(visit, people, client):
    staff = people["staff"]
    client.force_login(staff)
    assert visit("admin", staff, "password", {"password": NEW}).status_code == 302
    assert client.get("/messages", headers={"accept": "text/html"}).status_code == 302
    staff.refresh_from_db()
    assert staff.check_password(NEW)
    assert actions() == ["password_changed"]
    before = row(staff)
    response = visit("admin", staff, "password", {"password": "123"})
    assert (response.status_code, "at least 10 characters" in response.text) == (400, True)
    assert row(staff) == before


def test_the_own_password_keeps_the_own_session(people, client):
    admin = people["admin"]
    client.force_login(admin)
    client.post(f"/users/{admin.public_id}/password", {"password": NEW})
    assert client.get("/users", headers={"accept": "text/html"}).status_code == 200


def test_nobody_but_an_administrator_reaches_the_account(visit, people):
    before = row(people["staff"])
    for who in ("manager", "staff"):
        for part in ("edit", "activity", "password", "decision"):
            data = {"password": PASSWORD, "active": "no", "role": "admin", "decision": "refuse"}
            assert visit(who, people["staff"], part, data).status_code == 403
    assert (row(people["staff"]), actions()) == (before, [])
