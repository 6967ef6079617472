"""Which rows each person sees in each list: page and API show the same, and nothing foreign.

A status cannot tell that a list shows too much, so here every list is read row by row.
"""

from __future__ import annotations

from itertools import product
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, User
from accounts.services import notify, register
from inbox.models import Conversation, Message
from inbox.services import resolve_conversation, undo_resolve
from tests.factories import (
    PASSWORD,
    CannedReplyFactory,
    ContactFactory,
    ContactIdentityFactory,
    ConversationFactory,
    KeywordFactory,
    MessageFactory,
    UserFactory,
)

STATUSES = ("open", "waiting", "resolved")
SALES = {"mine", "mine_waits", "mine_done", "colleagues", "queue", "queue_done"}
BILLING = {"billings", "billing_queue"}
COMMON = {"common"}
EVERYTHING = SALES | BILLING | COMMON

SEES = {
    "admin": EVERYTHING,
    "manager": SALES | COMMON,
    "other_manager": BILLING | COMMON,
    "staff": {"mine", "mine_waits", "mine_done"},
    "colleague": {"colleagues"},
    "other_staff": {"billings"},
}
# With Department.staff_can_claim of Sales: also what waits there, open and nobody's.
SEES_CLAIMABLE = SEES | {
    "staff": SEES["staff"] | {"queue"},
    "colleague": SEES["colleague"] | {"queue"},
}
each_person = pytest.mark.parametrize("who", SEES)
both_rules = pytest.mark.parametrize("may_claim", [False, True])


@pytest.fixture
def rows(people, sales, billing) -> dict[str, Conversation]:
    """One conversation for each case, each with one message of the customer."""

    def make(name: str, department=None, assignee: str = "", status: str = "open"):
        conversation = ConversationFactory(
            identity=ContactIdentityFactory(contact=ContactFactory(name=name)),
            department=department,
            assignee=people.get(assignee),
            status=status,
            preview=name,
        )
        MessageFactory(conversation=conversation, text=f"text of {name}")
        return conversation

    return {
        "mine": make("mine", sales, "staff"),
        "mine_waits": make("mine_waits", sales, "staff", "waiting"),
        "mine_done": make("mine_done", sales, "staff", "resolved"),
        "colleagues": make("colleagues", sales, "colleague"),
        "queue": make("queue", sales),
        "queue_done": make("queue_done", sales, status="resolved"),
        "billings": make("billings", billing, "other_staff"),
        "billing_queue": make("billing_queue", billing),
        "common": make("common"),
    }


@pytest.fixture
def sees(may_claim, rows, sales) -> dict[str, set[str]]:
    Department.objects.filter(pk=sales.pk).update(staff_can_claim=may_claim)
    return SEES_CLAIMABLE if may_claim else SEES


def pages_of(caller, address: str) -> list[dict]:
    """All results of a list, over as many pages as it has."""
    found, number = [], 0
    while address:
        response = caller.get(address)
        assert response.status_code == 200
        body = response.json()
        found += body["results"]
        parts = urlsplit(body["next"] or "")
        address = f"{parts.path}?{parts.query}" if body["next"] else ""
        number += 1
        assert number < 50
    return found


def names_of(rows, results, key: str = "id") -> set[str]:
    by_id = {str(row.public_id): name for name, row in rows.items()}
    names = [by_id[result[key]] for result in results]
    assert len(names) == len(set(names))
    return set(names)


# --- Conversations ------------------------------------------------------------------------------
@both_rules
@pytest.mark.parametrize("query", ["", "?page_size=1"])
def test_conversations_of_the_api(api, people, rows, sees, query):
    found = {
        who: names_of(rows, pages_of(api(people[who]), f"/api/v1/conversations{query}"))
        for who in sees
    }
    assert found == sees


@both_rules
@pytest.mark.parametrize("status", STATUSES)
def test_conversations_of_the_api_by_status(api, people, rows, sees, status):
    found = {
        who: names_of(rows, pages_of(api(people[who]), f"/api/v1/conversations?status={status}"))
        for who in sees
    }
    assert found == {
        who: {n for n in names if rows[n].status == status} for who, names in sees.items()
    }


@both_rules
@each_person
def test_page_and_api_show_the_same_rows(client, api, people, rows, sees, who):
    """Each tab of each view, with its count; a view one has not got shows no more than the own."""
    person = people[who]
    client.force_login(person)
    in_scope = {
        "mine": {n for n in sees[who] if rows[n].assignee == person},
        "department": {n for n in sees[who] if rows[n].department == person.department is not None},
        "all": sees[who],
    }
    for status, scope in product(STATUSES, in_scope):
        query = f"?status={status}&scope={scope}"
        page = client.get(f"/messages{query}", headers={"accept": "text/html"})
        assert page.status_code == 200
        shown = {row.contact.name for row in page.context["rows"]}
        chosen = page.context["scope"]
        if scope in page.context["scopes"]:
            assert chosen == scope
        results = pages_of(api(person), f"/api/v1/conversations{query}")
        assert names_of(rows, results) == {n for n in in_scope[scope] if rows[n].status == status}
        assert shown == {n for n in in_scope[chosen] if rows[n].status == status}
        for name in EVERYTHING - sees[who]:
            assert f'"{name}"' not in page.text
            assert f">{name}<" not in page.text
            assert str(rows[name].public_id) not in page.text
        assert page.context["counts"] == {
            "open": sum(rows[n].status == "open" for n in in_scope[chosen]),
            "waiting": sum(rows[n].status == "waiting" for n in in_scope[chosen]),
        }


@both_rules
def test_what_is_taken_back_is_seen_by_the_same_people_as_before(client, api, people, rows, sees):
    """The queue's too: who may claim finds it there again."""

    def shown() -> dict:
        found = {}
        for who, status in product(sees, STATUSES):
            client.force_login(people[who])
            query = f"?status={status}&scope={'department' if who == 'staff' else 'all'}"
            page = client.get(f"/messages{query}", headers={"accept": "text/html"})
            api_rows = pages_of(api(people[who]), f"/api/v1/conversations?status={status}")
            found[who, status] = (
                {row.contact.name for row in page.context["rows"]},
                names_of(rows, api_rows),
            )
        return found

    before = shown()
    for name, who in (("mine", "staff"), ("queue", "manager")):
        resolve_conversation(conversation=rows[name], by=people[who])
    assert shown() != before
    for name, who in (("mine", "staff"), ("queue", "manager")):
        undo_resolve(conversation=rows[name], by=people[who])
    assert shown() == before


@pytest.mark.parametrize(
    ("who", "may_claim", "scopes", "first"),
    [
        ("admin", False, ["mine", "all"], "all"),
        ("manager", False, ["mine", "department", "all"], "all"),
        ("staff", False, ["mine"], "mine"),
        ("staff", True, ["mine", "department"], "mine"),
        ("other_staff", True, ["mine"], "mine"),
    ],
)
def test_the_views_of_the_list(client, people, rows, sees, who, scopes, first):
    client.force_login(people[who])
    context = client.get("/messages", headers={"accept": "text/html"}).context
    assert (context["scopes"], context["scope"]) == (scopes, first)


@both_rules
def test_the_pane_alone_shows_the_same_rows(client, people, rows, sees):
    for who in sees:
        client.force_login(people[who])
        for status in STATUSES:
            page = client.get(f"/messages?status={status}", headers={"accept": "text/html"})
            pane = client.get(f"/messages?status={status}", headers={"hx-request": "true"})
            assert "<html" not in pane.text
            assert [r.pk for r in pane.context["rows"]] == [r.pk for r in page.context["rows"]]
            assert pane.context["counts"] == page.context["counts"]
            for name in EVERYTHING - sees[who]:
                assert str(rows[name].public_id) not in pane.text


@both_rules
def test_the_list_beside_a_thread_shows_the_same_rows(client, people, rows, sees):
    for who in sees:
        client.force_login(people[who])
        for name in sees[who]:
            page = client.get(f"/conversations/{rows[name].public_id}?scope=all")
            assert page.status_code == 200
            shown = {row.contact.name for row in page.context["rows"]}
            assert shown <= sees[who]
            for foreign in EVERYTHING - sees[who]:
                assert str(rows[foreign].public_id) not in page.text
                assert f"text of {foreign}<" not in page.text


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"second", "third", "unassigned"}),
        ("manager", {"second", "unassigned"}),
        ("staff", {"second"}),
    ],
)
def test_earlier_conversations_of_a_contact(client, people, sales, billing, who, sees):
    """The same customer may be known to departments that do not see each other."""
    contact = ContactFactory()

    def make(name, department, assignee, status="resolved"):
        identity = ContactIdentityFactory(contact=contact)
        return ConversationFactory(
            identity=identity,
            department=department,
            assignee=assignee,
            status=status,
            preview=name,
        )

    first = make("first", sales, people["staff"], "open")
    make("second", sales, people["staff"])
    make("third", billing, people["other_staff"])
    make("unassigned", sales, None, "open")
    client.force_login(people[who])
    page = client.get(f"/conversations/{first.public_id}/contact")
    assert {row.preview for row in page.context["earlier"]} == sees


# --- Messages -----------------------------------------------------------------------------------
@both_rules
def test_messages_of_the_api(api, people, rows, sees):
    for who in sees:
        results = pages_of(api(people[who]), "/messages")
        assert names_of(rows, results, "conversation") == sees[who]
        assert {row["content"] for row in results} == {f"text of {name}" for name in sees[who]}


@pytest.mark.parametrize("may_claim", [False])
@each_person
def test_filters_of_messages_never_widen(api, people, rows, sees, billing, sales, who):
    caller = api(people[who])
    queries = [f"conversation={rows[name].public_id}" for name in rows]
    queries += [f"department={sales.pk}", f"department={billing.pk}"]
    queries += [f"assigned_to={name}" for name in people]
    queries += [f"status={status}" for status in ("pending", "assigned", "completed")]
    queries += ["platform=zalo", "received_after=2000-01-01T00:00:00Z"]
    seen_by_filter = set()
    for query in queries:
        found = names_of(rows, pages_of(caller, f"/messages?{query}"), "conversation")
        assert found <= sees[who], query
        if query.startswith("conversation="):
            seen_by_filter |= found
    assert seen_by_filter == sees[who]


@pytest.mark.parametrize("may_claim", [False])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=pending", {"queue", "queue_done", "common"}),
        ("status=assigned", {"mine", "mine_waits", "mine_done", "colleagues"}),
        ("status=completed", set()),
        ("assigned_to=staff", {"mine", "mine_waits", "mine_done"}),
        ("assigned_to=other_staff", set()),
        ("platform=telegram", set()),
    ],
)
def test_filters_of_messages_narrow(api, people, rows, sees, query, expected):
    results = pages_of(api(people["manager"]), f"/messages?{query}")
    assert names_of(rows, results, "conversation") == expected


def test_only_what_customers_wrote_is_a_message(api, people, rows):
    """Replies, notes and events are lines of the thread."""
    for direction in ("outbound", "note", "event"):
        MessageFactory(conversation=rows["mine"], direction=direction, text=direction)
    results = pages_of(api(people["staff"]), f"/messages?conversation={rows['mine'].public_id}")
    assert [row["content"] for row in results] == ["text of mine"]
    thread = pages_of(
        api(people["staff"]), f"/api/v1/conversations/{rows['mine'].public_id}/messages"
    )
    assert [(row["direction"], row["text"]) for row in thread] == [
        ("event", "event"),
        ("note", "note"),
        ("outbound", "outbound"),
        ("inbound", "text of mine"),
    ]


@both_rules
def test_the_thread_holds_its_own_lines_only(api, client, people, rows, sees):
    for who in sees:
        client.force_login(people[who])
        caller = api(people[who])
        for name, row in rows.items():
            answer = caller.get(f"/api/v1/conversations/{row.public_id}/messages")
            page = client.get(f"/conversations/{row.public_id}/thread")
            if name not in sees[who]:
                assert (answer.status_code, page.status_code) == (404, 404)
                assert "text of" not in answer.text + page.text
                continue
            assert [line["text"] for line in answer.json()["results"]] == [f"text of {name}"]
            assert [line.text for line in page.context["thread"].lines] == [f"text of {name}"]


# --- Notifications ------------------------------------------------------------------------------
@each_person
def test_notifications_are_seen_by_whom_they_were_told(client, api, people, who):
    """Page, bell and API show the same: one's own, administrators too."""
    for name, person in people.items():
        for number in (1, 2):
            notify(
                user_ids=[person.pk],
                kind="assigned",
                path="/messages",
                dedup_key=str(number),
                params={"contact": f"{name}-{number}"},
            )
    sees = {f"{who}-1", f"{who}-2"}
    results = pages_of(api(people[who]), "/api/v1/notifications?page_size=1")
    assert sorted(row["text"].split()[3] for row in results) == sorted(sees)
    client.force_login(people[who])
    page = client.get("/notifications", headers={"accept": "text/html"})
    assert {row.params["contact"] for row in page.context["rows"]} == sees
    assert {row.params["contact"] for row in page.context["me"].bell.rows} == sees
    bell = client.get("/me/bell", headers={"hx-request": "true"})
    assert {row.params["contact"] for row in bell.context["bell"].rows} == sees


# --- People, departments, keywords --------------------------------------------------------------
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


# --- The same cost however many rows ------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/api/v1/conversations", 2),  # the person, the rows
        ("/api/v1/messages", 2),  # the person, the rows
        ("/api/v1/keywords", 3),  # the person, the count, the rows
    ],
)
def test_lists_of_the_api_cost_the_same_for_twenty_rows(
    api, people, sales, django_assert_num_queries, address, queries
):
    for conversation in ConversationFactory.create_batch(
        20, department=sales, assignee=people["staff"]
    ):
        MessageFactory(conversation=conversation)
    KeywordFactory.create_batch(20, department=sales)
    manager = api(people["manager"])
    with django_assert_num_queries(queries):
        assert len(manager.get(address).json()["results"]) == 20


@pytest.mark.parametrize(
    ("address", "at_most"),
    [
        ("/messages", 9),  # the last is the bell's
        ("/keywords", 17),
        # The first look: one is here (4, two of them begin and end it) and who else is; own
        # draft, last reply, canned replies, bell.
        ("/conversations/{}", 22),
    ],
)
def test_pages_cost_the_same_for_twenty_rows_as_for_two(client, people, sales, address, at_most):
    def add(count: int) -> Conversation:
        first = ConversationFactory.create_batch(count, department=sales, assignee=people["staff"])[
            0
        ]
        for _ in range(count):
            line = MessageFactory(conversation=first, author=people["colleague"])
            line.parts.create(conversation=first, channel=first.channel)
        KeywordFactory.create_batch(count, department=sales)
        return first

    def cost(conversation: Conversation) -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(
                address.format(conversation.public_id), headers={"accept": "text/html"}
            )
            assert page.status_code == 200
        return len(queries)

    client.force_login(people["manager"])
    few = cost(add(2))
    assert cost(add(20)) == few <= at_most


def test_fifty_rows_a_page_and_the_rest_on_the_next(client, people, sales):
    ConversationFactory.create_batch(51, department=sales, assignee=people["staff"])
    client.force_login(people["staff"])
    first = client.get("/messages", headers={"accept": "text/html"}).context
    behind = f"/messages?{first['page'].next}"
    second = client.get(behind, headers={"accept": "text/html"}).context
    assert (len(first["rows"]), first["page"].previous) == (50, "")
    assert (len(second["rows"]), second["page"].next) == (1, "")
    assert not {row.pk for row in first["rows"]} & {row.pk for row in second["rows"]}
    assert Message.objects.count() == 0


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
