"""Which people, departments, keywords and canned replies each person sees, and may choose."""

from __future__ import annotations

import pytest

from accounts.models import Department, User
from accounts.services import register
from inbox.models import Conversation
from tests.factories import (
    PASSWORD,
    CannedReplyFactory,
    ConversationFactory,
    KeywordFactory,
    UserFactory,
)
from tests.rows_seen.lists import each_person, pages_of

PEOPLE_OF = {
    "sales": {"manager", "staff", "colleague"},
    "billing": {"other_manager", "other_staff"},
}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"admin"} | PEOPLE_OF["sales"] | PEOPLE_OF["billing"]),
        ("manager", PEOPLE_OF["sales"]),
        ("other_manager", PEOPLE_OF["billing"]),
    ],
)
def test_people_of_the_api(api, people, who, sees):
    results = pages_of(api(people[who]), "/users?page_size=2")
    assert sorted(row["username"] for row in results) == sorted(sees)


@pytest.mark.parametrize(
    ("who", "sees", "waiting", "departments"),
    [
        (
            "admin",
            {"admin", "gone"} | PEOPLE_OF["sales"] | PEOPLE_OF["billing"],
            {"applicant"},
            {"Sales", "Billing"},
        ),
        ("manager", PEOPLE_OF["sales"] | {"gone"}, set(), set()),
        ("other_manager", PEOPLE_OF["billing"], set(), set()),
    ],
)
def test_people_of_the_page(client, people, sales, who, sees, waiting, departments):
    """Rows, registrations, tabs and the sum of the head; who left is a row and not counted."""
    register(username="applicant", password=PASSWORD)
    UserFactory(username="gone", department=sales, is_active=False)
    client.force_login(people[who])
    page = client.get("/users", headers={"accept": "text/html"})
    pane = client.get("/users", headers={"hx-request": "true"})
    for context in (page.context, pane.context):
        assert {member.person.username for member in context["members"]} == sees
        assert len(context["members"]) == len(sees)
        assert {person.username for person in context["pending"]} == waiting
        assert {department.name for department in context["departments"]} == departments
        assert context["summary"]["count"] == len(sees - {"gone"})
    for foreign in {"admin", "applicant", "gone", *people} - sees - waiting:
        public_id = User.objects.get(username=foreign).public_id
        assert str(public_id) not in page.text + pane.text
    known = [*people.values(), User.objects.get(username="gone")]
    for person in known:
        status = client.get(f"/users/{person.public_id}", headers={"accept": "text/html"})
        assert status.status_code == (200 if person.username in sees else 404)


@pytest.mark.parametrize("who", ["staff", "colleague", "other_staff"])
def test_the_page_of_people_is_not_for_staff(client, people, who):
    client.force_login(people[who])
    for path in ("/users", f"/users/{people[who].public_id}"):
        page = client.get(path, headers={"accept": "text/html"})
        assert page.status_code == 403
        assert str(people["manager"].public_id) not in page.text


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"admin"} | PEOPLE_OF["sales"] | PEOPLE_OF["billing"]),
        ("manager", PEOPLE_OF["sales"]),
        ("staff", PEOPLE_OF["sales"]),
        ("other_staff", PEOPLE_OF["billing"]),
        ("other_manager", PEOPLE_OF["billing"]),
    ],
)
def test_people_one_may_hand_work_to(api, client, people, rows, who, sees):
    """The API's list and the choices of the page's form are the same people."""
    results = pages_of(api(people[who]), "/people/options?page_size=2")
    by_id = {str(person.public_id): name for name, person in people.items()}
    assert sorted(by_id[row["id"]] for row in results) == sorted(sees)
    client.force_login(people[who])
    name = {"other_staff": "billings", "other_manager": "billings"}.get(who, "mine")
    page = client.get(f"/conversations/{rows[name].public_id}/why")
    offered = page.context["form"].fields["assignee"].queryset
    assert {person.username for person in offered} == sees


@each_person
def test_departments(api, people, sales, billing, who):
    Department.objects.create(name="Closed", is_active=False)
    results = pages_of(api(people[who]), "/departments?page_size=1")
    assert results == [{"id": sales.pk, "name": "Sales"}, {"id": billing.pk, "name": "Billing"}]


@pytest.mark.parametrize(
    ("who", "edits"),
    [
        ("admin", {"mua", "hoá đơn", "cũ"}),
        ("manager", {"mua", "cũ"}),
        ("other_manager", {"hoá đơn"}),
        ("staff", set()),
        ("other_staff", set()),
    ],
)
def test_keywords_are_read_by_all_and_edited_by_their_managers(
    api, client, people, sales, billing, who, edits
):
    rows = {
        "mua": KeywordFactory(word="mua", department=sales),
        "hoá đơn": KeywordFactory(word="hoá đơn", folded="hoa don", department=billing),
        "cũ": KeywordFactory(word="cũ", folded="cu", department=sales, is_active=False),
    }
    results = pages_of(api(people[who]), "/keywords?page_size=2")
    assert [(row["word"], row["department"]) for row in results] == [
        ("cũ", "Sales"),
        ("hoá đơn", "Billing"),
        ("mua", "Sales"),
    ]
    client.force_login(people[who])
    page = client.get("/keywords", headers={"accept": "text/html"})
    assert [keyword.word for keyword in page.context["keywords"]] == ["cũ", "hoá đơn", "mua"]
    assert {k.word for k in page.context["keywords"] if k.is_editable} == edits
    assert page.context["may_edit"] is bool(edits)
    linked = {word for word, row in rows.items() if f'"/keywords/{row.pk}"' in page.text}
    assert linked == edits


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("admin", {"Sales", "Billing"}),
        ("manager", {"Sales"}),
        ("other_manager", {"Billing"}),
        ("staff", set()),
    ],
)
def test_departments_a_keyword_can_be_given_to(client, people, who, offered):
    Department.objects.create(name="Closed", is_active=False)
    client.force_login(people[who])
    page = client.get("/keywords", headers={"accept": "text/html"})
    choices = page.context["form"].fields["department"].queryset
    assert {department.name for department in choices} == offered


# --- Canned replies -----------------------------------------------------------------------------
CANNED = {
    "admin": {"sales", "billing", "all"},
    "manager": {"sales", "all"},
    "other_manager": {"billing", "all"},
    "staff": {"sales", "all"},
    "other_staff": {"billing", "all"},
}


@pytest.mark.parametrize("who", CANNED)
def test_canned_replies_of_the_page_and_of_the_picker(client, people, sales, billing, who):
    for name, department in (("sales", sales), ("billing", billing), ("all", None)):
        CannedReplyFactory(shortcut=name, department=department)
    person = people[who]
    client.force_login(person)
    if not person.is_admin and not person.is_manager:
        assert client.get("/settings/canned").status_code == 403
    else:
        rows = client.get("/settings/canned").context["rows"]
        assert {row.shortcut for row in rows} == CANNED[who]
    talk = ConversationFactory(department=None if person.is_admin else person.department)
    Conversation.objects.filter(pk=talk.pk).update(assignee=person)
    options = client.get(f"/conversations/{talk.public_id}/canned").context["options"]
    assert {row.shortcut for row in options} == CANNED[who]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("staff", {"colleague", "manager"}),
        ("manager", {"staff", "colleague"}),
        ("admin", {"staff", "colleague", "other_staff", "manager"}),
    ],
)
def test_people_a_note_may_call(client, people, rows, who, names):
    client.force_login(people[who])
    path = f"/conversations/{rows['mine'].public_id}/people"
    assert {person.username for person in client.get(path).context["options"]} == names
