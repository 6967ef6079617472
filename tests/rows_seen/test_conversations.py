"""Which conversations each person sees: page and API show the same, and nothing foreign."""

from __future__ import annotations

from itertools import product

import pytest

from inbox.services import resolve_conversation, undo_resolve
from tests.factories import ContactFactory, ContactIdentityFactory, ConversationFactory
from tests.rows_seen.lists import EVERYTHING, STATUSES, both_rules, each_person, names_of, pages_of


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
