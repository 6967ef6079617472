"""Which messages, lines of a thread and notifications each person sees."""

from __future__ import annotations

import pytest

from accounts.services import notify
from tests.factories import MessageFactory
from tests.rows_seen.lists import both_rules, each_person, names_of, pages_of


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
