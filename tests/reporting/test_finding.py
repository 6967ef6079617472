"""What is worst now: one row for each thing that can be found, and for what goes before what."""

from __future__ import annotations

import pytest
from django.utils import translation

from reporting.board_words import advice, sentence
from reporting.finding import Code, TeamNow, finding_of

ROOM = {"people": 3, "at_work": 2, "taking": 2, "taken": 9, "capacity": 16, "free": 7}
FULL = {"people": 4, "at_work": 4, "taking": 4, "taken": 32, "capacity": 32}
GONE = {"people": 2}


def team(name: str, **columns) -> TeamNow:
    return TeamNow(name, **columns)


CASES = {
    "nothing at all": ([], 0, 0, Code.CALM, {"started": 0, "before": 0}),
    "calm": ([team("Sales", **ROOM)], 12, 10, Code.CALM, {"started": 12, "before": 10}),
    "a quarter more and ten": ([], 50, 40, Code.BUSY, {"started": 50, "before": 40}),
    "ten more, less than a quarter": ([], 51, 41, Code.CALM, {"started": 51, "before": 41}),
    "a quarter more, only nine": ([], 29, 20, Code.CALM, {"started": 29, "before": 20}),
    "full, and who has most room": (
        [team("Care", **FULL), team("Sales", **ROOM), team("Store", **ROOM | {"free": 8})],
        99,
        1,
        Code.FULL,
        {"department": "Care", "taken": 32, "capacity": 32, "helper": "Store", "free": 8},
    ),
    "full, nobody else has room": (
        [team("Care", **FULL), team("Sales", **FULL, waiting=1)],
        0,
        0,
        Code.FULL,
        {"department": "Sales", "taken": 32, "capacity": 32},
    ),
    "nobody before full": (
        [team("Care", **FULL, waiting=5), team("Sales", **GONE, waiting=2)],
        0,
        0,
        Code.NOBODY,
        {"department": "Sales", "taken": 0, "capacity": 0, "waiting": 2},
    ),
    "at night nobody is no news": (
        [team("Sales", **GONE, is_closed=True)],
        0,
        0,
        Code.CALM,
        {"started": 0, "before": 0},
    ),
    "a department without people is no news": (
        [team("Store", waiting=1)],
        0,
        0,
        Code.CALM,
        {"started": 0, "before": 0},
    ),
    "long waits before nobody": (
        [team("Care", **ROOM, long_waits=1), team("Sales", **GONE, long_waits=2)],
        0,
        0,
        Code.LONG_WAIT,
        {"department": "Sales", "taken": 0, "capacity": 0, "long_waits": 3},
    ),
    "late before long waits": (
        [team("Care", **ROOM, late=2), team("Sales", **ROOM, late=1, long_waits=9)],
        0,
        0,
        Code.LATE,
        {"department": "Care", "taken": 9, "capacity": 16, "late": 3},
    ),
    "full and late before more that are late elsewhere": (
        [team("Sales", **ROOM, late=9), team("Care", **FULL, late=1)],
        0,
        0,
        Code.FULL_AND_LATE,
        {
            "department": "Care",
            "taken": 32,
            "capacity": 32,
            "helper": "Sales",
            "free": 7,
            "late": 1,
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_worst_thing_is_found(case):
    teams, started, before, code, params = CASES[case]
    found = finding_of(teams, started=started, started_before=before)
    assert (found.code, found.params) == (code, params)


SAID = {
    "calm": ("Today is calm", None),
    "a quarter more and ten": ("Busier than a week ago: 50 new conversations, then 40", None),
    "full, and who has most room": (
        "Today is calm, but Care is full",
        ("Care: 32 of 32 places are taken.", "Store has 8 free places and can help."),
    ),
    "full, nobody else has room": (
        "Today is calm, but Sales is full",
        ("Sales: 32 of 32 places are taken.", "No other department has room now."),
    ),
    "nobody before full": (
        "Nobody of Sales is at work",
        ("Sales is open for customers.", "2 conversations wait there."),
    ),
    "long waits before nobody": (
        "3 customers have waited over 15 minutes for somebody",
        ("Most of them are in Sales.", ""),
    ),
    "late before long waits": (
        "3 conversations are past their deadlines",
        ("Most of them are in Care.", "9 of 16 places are taken there."),
    ),
    "full and late before more that are late elsewhere": (
        "Care is full, 1 conversation is late",
        ("Care: 32 of 32 places are taken.", "Sales has 7 free places and can help."),
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_it(case):
    teams, started, before, _code, _params = CASES[case]
    found = finding_of(teams, started=started, started_before=before)
    with translation.override("en"):
        assert (sentence(found), advice(found)) == SAID[case]


def test_every_finding_has_a_sentence_and_the_bad_ones_are_marked():
    found = {code: case for case, (*_facts, code, _params) in CASES.items()}
    assert set(found) == set(Code)
    assert {
        finding_of(CASES[found[code]][0], started=0, started_before=0).is_bad
        for code in found
        if code in (Code.FULL_AND_LATE, Code.LATE, Code.LONG_WAIT, Code.NOBODY)
    } == {True}
    for code in (Code.FULL, Code.BUSY, Code.CALM):
        teams, started, before, *_rest = CASES[found[code]]
        assert not finding_of(teams, started=started, started_before=before).is_bad
