"""The facts of `expected.py` as rows, and the facts of the database as the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from reporting.models import Fact
from tests.reporting.golden import conversations, expected
from tests.reporting.golden.load import World

ITEM = re.compile(r"([a-z]+)(?:=(\S+))?(?: x(\d+))?(?: ([\d-]\S*))?")
LENGTH = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
BY_ITSELF = "balanced_speed"
# What an item says, as kinds of facts.
KINDS = {
    "start": ["cycle_started"],
    "queued": ["first_assigned", "assigned"],
    "given": ["assigned"],
    "agent": ["agent_response"],
    "routed": ["auto_routed"],
    "wrong": ["misrouted"],
    "lost": ["transferred"],
    "first": ["first_response"],
    "handle": ["handled"],
    "done": ["resolved"],
    "active": ["resolved_active"],
    "onetouch": ["one_touch"],
    "again": ["recontacted"],
    "met": ["sla_met"],
    "broke": ["sla_breached"],
    "in": ["message_in"],
    "out": ["message_out"],
    "early": ["left_early"],
}
LABELS = {
    "cycle_started": {None: "inbound", "out": "outbound"},
    "assigned": {None: BY_ITSELF, "hand": "by_hand"},
    "first_assigned": {None: "", "hand": ""},
}


class Row(NamedTuple):
    """A fact by names."""

    conversation: str
    cycle: int
    kind: str
    label: str
    actor: str
    department: str
    channel: str
    keyword: str
    day: date
    hour: int
    count: int
    seconds: int | None
    business_seconds: int | None


def expected_rows() -> list[Row]:
    """Everything the golden set comes to."""
    found = []
    for name, text in expected.FACTS.items():
        channel = conversations.STORIES[name].split(";")[0]
        found += _rows(name, channel, text)
    return found + [row._replace(cycle=0) for row in _rows("-", "-", expected.OTHERS)]


def expected_of(name: str) -> list[Row]:
    return [row for row in expected_rows() if row.conversation == name]


def _rows(name: str, channel: str, text: str) -> Iterator[Row]:
    cycle, word = 1, ""
    who = None
    # A line that goes on begins with an item, one of a new person with three names of where.
    for line in text.splitlines():
        line = line.strip()
        if begins := re.fullmatch(r"c(\d) ?(.*)", line):
            cycle, word = int(begins[1]), begins[2]
            continue
        if found := re.match(r"(\w+|-) (\w+|-) (\d+)/(\d\d) (.*)", line):
            *who, line = found.groups()
        actor, department, day, hour = who
        where = (actor, department, channel, word, date(2026, 2, int(day)), int(hour))
        for item in filter(None, (part.strip() for part in line.split(","))):
            yield from _of_item(name, cycle, where, item)


def _of_item(name: str, cycle: int, where: tuple, item: str) -> Iterator[Row]:
    said, label, count, length = ITEM.fullmatch(item).groups()
    seconds = _lengths(length)
    for kind in KINDS.get(said, [said]):
        named = LABELS.get(kind, {}).get(label, label or "")
        yield Row(name, cycle, kind, named, *where, int(count or 1), *seconds)


def _lengths(text: str | None) -> tuple[int | None, int | None]:
    if text in (None, "-"):
        return None, None
    wall, _both, business = text.partition("|")
    return _seconds(wall), _seconds(business or wall)


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part or 0) for part in LENGTH.fullmatch(text).groups())
    return hours * 3600 + minutes * 60 + seconds


def stored_rows(world: World, facts=None) -> list[Row]:
    """The facts of the database."""
    names = {row.pk: name for name, row in world.conversations.items()}
    facts = Fact.objects.all() if facts is None else facts
    return [
        Row(
            names.get(fact.conversation_id, "-"),
            fact.cycle_number,
            fact.kind,
            fact.label,
            world.name_of("people", fact.actor_id),
            world.name_of("departments", fact.department_id),
            world.name_of("channels", fact.channel_id),
            fact.keyword,
            fact.day,
            fact.hour,
            fact.count,
            fact.seconds,
            fact.business_seconds,
        )
        for fact in facts
    ]
