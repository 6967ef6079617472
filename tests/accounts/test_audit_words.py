"""The audit in words: every act and field the product writes down has one."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from accounts.audit_words import ACTIONS, FIELDS, VALUES, action_words, change_words
from accounts.models import AuditEntry
from inbox.models import AutoReply
from routing.models import SlaPolicy
from workforce.models import Leave
from workforce.models.leave import KNOWN_NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "inbox", "workforce", "routing", "omnichat")


def recorded() -> set[str]:
    """The first argument of every `record(…)` in the source."""
    found = set()
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(node, "func", None), "id", "") or getattr(
                getattr(node, "func", None), "attr", ""
            )
            if name == "record" and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_recorded_act_has_words():
    assert recorded() - set(ACTIONS) == set()
    assert len(recorded()) > 15


@pytest.mark.parametrize("language", ["vi", "en"])
def test_words_are_not_codes(language):
    with translation.override(language):
        for words in (ACTIONS, FIELDS):
            assert [code for code, word in words.items() if "_" in str(word)] == []
        vietnamese = action_words("capacity_changed")
    assert vietnamese == {"vi": "đổi sức chứa của", "en": "changed the capacity of"}[language]


def test_changes_are_told_in_the_readers_language():
    changes = {
        "role": ["staff", "admin"],
        "is_active": [True, False],
        "x_y": 3,
        "email": ["", "a@b"],
    }
    with translation.override("vi"):
        told = list(change_words(AuditEntry(action="person_changed", changes=changes)))
    assert told == [
        ("email", "-", " → ", "a@b"),
        ("đang dùng", "có", " → ", "không"),
        ("vai trò", "Nhân viên", " → ", "Quản trị"),
        ("x_y", "", "", "3"),
    ]


def test_a_code_without_words_is_shown_as_it_is():
    assert action_words("something_new") == "something_new"


def told(**changes) -> list[tuple]:
    with translation.override("en"):
        return list(change_words(AuditEntry(action="x", changes=changes)))


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        (
            {"breach_action": ["notify", "reassign"]},
            *("tell the assignee and the lead", "give it to somebody else too"),
        ),
        ({"trigger": [None, "out_of_hours"]}, "-", "outside business hours"),
        ({"department": ["*", "Sales"]}, "all departments", "Sales"),
        ({"priority": ["*", "high"]}, "all priorities", "high"),
        (
            {"opening_hours": [None, ["0 08:00-12:00", "0 13:00-17:30", "5 08:00-12:00"]]},
            *("-", "Monday 08:00–12:00, 13:00–17:30; Saturday 08:00–12:00"),
        ),
        (
            {"other_hours": [[], ["2026-12-24 08:00-11:00", "2026-12-31"]]},
            *("-", "24/12/2026 08:00–11:00; 31/12/2026 closed"),
        ),
        ({"part": ["whole", "first_half"]}, "whole days", "first half of the day"),
        ({"leave": [None, "Business trip"]}, "-", "Business trip"),
        ({"synonyms": [["bh"], ["bh", "hậu mãi"]]}, "bh", "bh, hậu mãi"),
    ],
)
def test_codes_and_lists_are_told_in_words(changes, before, after):
    assert [line[1:] for line in told(**changes)] == [(before, " → ", after)]


def test_every_code_of_deadlines_and_automatic_replies_has_words():
    """Their classes stand above the audit: this holds the copy of their codes."""
    assert set(VALUES["breach_action"]) == set(SlaPolicy.BreachAction.values)
    assert set(VALUES["trigger"]) == set(AutoReply.Trigger.values)
    assert set(VALUES["part"]) == set(Leave.Part.values)
    assert set(VALUES["leave"]) == set(KNOWN_NAMES)
