"""Whose rows stand on the queue board, in the hand-over and among the conflicts of keywords."""

from __future__ import annotations

import pytest

from tests.factories import KeywordFactory
from tests.rows_seen.lists import EVERYTHING, both_rules, each_person

WAITS = {"queue", "billing_queue", "common"}
LEADS_SEE = {
    "admin": WAITS,
    "manager": {"queue", "common"},
    "other_manager": {"billing_queue", "common"},
}
TAKES_WORK = {
    "admin": {"staff", "colleague", "other_staff"},
    "manager": {"staff", "colleague"},
    "other_manager": {"other_staff"},
    "staff": {"staff"},  # of colleagues only how many places are free
    "colleague": {"colleague"},
}
HOLDS = {"staff": {"mine", "mine_waits"}, "colleague": {"colleagues"}, "other_staff": {"billings"}}


@both_rules
@each_person
def test_what_waits_and_who_could_take_it(client, people, rows, sees, may_claim, who):
    """Leads what they give out; staff their own department's, where they may take from it."""
    takers = {"staff", "colleague"} if may_claim else set()
    expected = LEADS_SEE.get(who) or ({"queue"} if who in takers else None)
    client.force_login(people[who])
    page = client.get("/queue")
    if expected is None:
        assert page.status_code == 403
        return
    board = page.context["board"]
    shown = [row.conversation.contact.name for group in board.groups for row in group.rows]
    assert (set(shown), len(shown)) == (expected, len(expected))
    assert board.total == sum(group.count for group in board.tabs) == len(expected)
    assert {member.person.username for member in board.members} == TAKES_WORK[who]
    for name in EVERYTHING - expected:
        assert f">{name}<" not in page.text


@each_person
def test_whom_a_waiting_one_can_be_given_to(client, people, rows, who):
    client.force_login(people[who])
    for name in WAITS:
        page = client.get(f"/queue/{rows[name].public_id}/people")
        if who not in LEADS_SEE:
            assert page.status_code == 403
        elif name not in LEADS_SEE[who]:
            assert page.status_code == 404
        else:
            given = {agent.user.username for agent in page.context["agents"]}
            assert given == TAKES_WORK[who]


@each_person
def test_one_hands_over_what_one_has_oneself(client, people, rows, who):
    client.force_login(people[who])
    page = client.get("/shifts/handover")
    expected = HOLDS.get(who, set())
    assert page.context["handover"].keys == {str(rows[name].public_id) for name in expected}
    for name in EVERYTHING - expected:
        assert str(rows[name].public_id) not in page.text


@pytest.mark.parametrize(
    ("who", "edits"),
    [
        ("admin", {"Sales", "Billing"}),
        ("manager", {"Sales"}),
        ("other_manager", {"Billing"}),
        ("staff", set()),
        ("other_staff", set()),
    ],
)
def test_conflicts_are_read_by_all_and_settled_by_their_managers(
    client, people, sales, billing, who, edits
):
    for department in (sales, billing):
        KeywordFactory(word="hoá đơn", department=department)
    client.force_login(people[who])
    (double,) = client.get("/keywords/conflicts").context["doubles"]
    assert {claim.department for claim in double["claims"]} == {"Sales", "Billing"}
    assert {claim.department for claim in double["claims"] if claim.is_editable} == edits
    # What has to be switched off so that one stays is the other's.
    offered = {claim.department for claim in double["claims"] if claim.others}
    assert offered == {"Sales", "Billing"} - edits if len(edits) == 1 else offered == edits
