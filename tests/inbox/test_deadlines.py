"""What a place of a page says about a deadline."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from inbox.deadlines import Deadline, Kind, deadline_facts, deadline_of
from inbox.models import Contact, Conversation

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def row(**fields) -> Conversation:
    """Promised ten minutes from five minutes ago, unless `fields` say otherwise."""
    promise = {"due_from": at(-5), "due_risk_at": at(3), "due_at": at(5)}
    given = {"due_kind": "first_response", "contact": Contact(name="Lan")} | promise | fields
    return Conversation(**given)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, Deadline(Kind.LEFT, "", 300, 50)),
        ({"due_risk_at": at(0)}, Deadline(Kind.LEFT, "warn", 300, 50)),
        ({"due_at": at(0.01)}, Deadline(Kind.LEFT, "", 0.6, 1)),
        ({"due_at": at(0)}, Deadline(Kind.LATE, "bad", 0)),
        ({"due_at": at(-4)}, Deadline(Kind.LATE, "bad", 240)),
        ({"due_paused_until": at(60)}, Deadline(Kind.PAUSED, until=at(60))),
        ({"due_paused_until": at(-1)}, Deadline(Kind.LEFT, "", 300, 50)),
        ({"due_paused_until": at(60), "due_at": at(-4)}, Deadline(Kind.LATE, "bad", 240)),
        ({"due_at": None, "status": "waiting"}, Deadline(Kind.CUSTOMER)),
        (
            {"due_at": None, "status": "snoozed", "due_paused_until": at(9)},
            Deadline(Kind.PAUSED, until=at(9)),
        ),
        ({"due_at": None, "status": "snoozed"}, Deadline(Kind.PAUSED)),
        ({"due_kind": ""}, None),
        ({"status": "resolved"}, None),
        ({"status": "spam"}, None),
    ],
)
def test_what_is_said(fields, shown):
    assert deadline_of(row(**fields), now=NOW) == shown


def test_the_facts_differ_when_it_becomes_risky_and_when_it_is_late_and_not_between():
    moments = [at(0), at(2.9), at(3), at(4.9), at(5), at(50)]
    facts = [deadline_facts(row(), now=moment) for moment in moments]

    assert facts[0] == facts[1] != facts[2]
    assert facts[2] == facts[3] != facts[4]
    assert facts[4] == facts[5]
    assert deadline_facts(row(priority=1), now=NOW) != deadline_facts(row(), now=NOW)


def drawn(**fields) -> str:
    context = {"c": row(**fields), "now": NOW}
    with translation.override("vi"):
        return render_to_string("includes/_sla.html", context)


def test_a_deadline_ahead_is_a_ring_with_its_share_and_moments_for_the_pages_clock():
    html = drawn(due_risk_at=at(0))

    assert 'data-s="warn"' in html
    assert 'stroke-dasharray="50 100"' in html
    assert 'data-due="2026-11-24T09:05:00' in html
    assert 'data-risk="2026-11-24T09:00:00' in html


@pytest.mark.parametrize(
    ("fields", "icon"),
    [
        ({"due_at": at(-4)}, "#alert"),
        ({"due_at": None, "status": "snoozed"}, "#snooze"),
        ({"due_at": None, "status": "waiting"}, "#check"),
    ],
)
def test_the_others_have_an_icon_and_no_ring(fields, icon):
    html = drawn(**fields)

    assert icon in html
    assert "stroke-dasharray" not in html


def test_a_snooze_and_closed_hours_are_told_apart():
    with translation.override("en"):
        stopped = {"due_at": None, "status": "snoozed", "due_paused_until": at(60)}
        snoozed = render_to_string("includes/_sla.html", {"c": row(**stopped), "now": NOW})
        closed = {"due_at": at(90), "due_paused_until": at(60)}
        closed = render_to_string("includes/_sla.html", {"c": row(**closed), "now": NOW})
    assert "snoozed until" in snoozed
    assert "closed, goes on at" in closed


def test_without_a_promise_the_wait_is_shown_and_nothing_where_nobody_waits():
    assert "data-since" in drawn(due_kind="", waiting_since=at(-9))
    assert drawn(due_kind="", status="waiting").strip() == ""
