"""A promise judges nothing that was before it was made."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.models import Conversation, Priority
from inbox.services import raise_priority, receive, send_reply, set_priority
from routing.models import SlaChange, SlaClock
from routing.services import follow_clocks, sla_policies, warn_deadlines
from routing.services.sla_policies import save_sla_policy
from routing.sla_clocks import (
    FIRST_RESPONSE,
    RESOLUTION,
    Happening,
    Story,
    promises_of,
    standing_since,
)
from routing.sla_time import ALWAYS_OPEN
from tests.deliveries import event
from tests.factories import ChannelFactory

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def first(*happened, **rest):
    lines = [Happening(kind, at(minutes)) for kind, minutes in happened]
    answered = next((line.at for line in lines if line.kind == "out"), None)
    told = promises_of(Story(NINE, lines, first_response_at=answered, **rest))
    return next(one for one in told if one.metric == FIRST_RESPONSE)


@pytest.mark.parametrize(
    ("since", "broken", "due"),
    [
        (None, None, 10),
        (9.9, None, 10),  # there is time left
        (10, None, 20),
        (500, None, 510),
        (500, 8, 10),  # broken by what was promised before
        (500, 510, 510),  # broken by this one since
    ],
)
def test_a_deadline_before_the_promise_counts_from_the_promise(since, broken, due):
    moments = [value if value is None else at(value) for value in (since, broken)]
    standing = standing_since(first(("in", 0), status="open"), 10, ALWAYS_OPEN, *moments)

    assert standing.due_at == at(due)
    assert standing.half_at == at(due - 5)


def test_what_stands_still_has_all_its_time_when_it_goes_on():
    paused = first(("in", 0), ("snoozed", 15), status="snoozed")
    goes_on = first(("in", 0), ("snoozed", 15), ("woken", 600), status="open")

    one = standing_since(paused, 10, ALWAYS_OPEN, at(500), None)
    two = standing_since(goes_on, 10, ALWAYS_OPEN, at(500), None)
    assert (one.paused_at, one.used_seconds, one.breached_at) == (at(15), 0, None)
    assert (two.resumed_at, two.due_at, two.breached_at) == (at(600), at(610), None)


@pytest.fixture
def old(people, sales) -> Conversation:
    """Written twenty days ago, answered after an hour, written again, unanswered since."""
    channel = ChannelFactory(default_department=sales)

    def write(minutes: float) -> Conversation:
        one = event("Hỏi", sender="kh-1", sent_at=at(minutes))
        receive(channel=channel, events=[one], at=at(minutes))
        return Conversation.objects.get()

    row = write(0)
    Conversation.objects.update(assignee=people["staff"], department=sales)
    send_reply(conversation=row, author=people["staff"], text="Chào", at=at(60))
    return write(120)


@pytest.fixture
def promise(monkeypatch):
    """`promise(minutes, …)`: saved that many minutes after the first message."""

    def call(minutes: float, policy=None, **changes):
        moment = at(minutes)
        with monkeypatch.context() as then:
            then.setattr(sla_policies.timezone, "now", lambda: moment)
            return save_sla_policy(policy=policy, changes=changes, actor=None)

    return call


def clocks() -> list[tuple]:
    columns = ("metric", "started_at", "due_at", "breached_at", "stopped_at", "is_met")
    return list(SlaClock.objects.order_by("pk").values_list(*columns))


ALWAYS = {f"{name}_in_hours": False for name in ("first_response", "next_response", "resolution")}
DAYS = 20 * 24 * 60


@pytest.mark.django_db
def test_a_new_policy_judges_nothing_that_was_before(old, promise):
    saved = promise(
        DAYS, first_response_minutes=10, next_response_minutes=30, resolution_minutes=50, **ALWAYS
    )
    assert saved.effective_from == at(DAYS)
    for _pass in range(2):
        Conversation.objects.update(is_clock_stale=True)
        follow_clocks(at=at(DAYS + 1))

    assert clocks() == [
        ("next_response", at(120), at(DAYS + 30), None, None, None),
        (RESOLUTION, at(0), at(DAYS + 50), None, None, None),
    ]
    warn_deadlines(at=at(DAYS + 30))
    follow_clocks(at=at(DAYS + 31))
    assert clocks()[0] == ("next_response", at(120), at(DAYS + 30), at(DAYS + 30), None, None)


@pytest.mark.django_db
def test_a_tighter_policy_breaks_nothing_at_once_and_what_was_kept_stays_kept(old, promise, people):
    saved = promise(0, first_response_minutes=90, next_response_minutes=600, **ALWAYS)
    follow_clocks(at=at(121))
    assert clocks() == [
        (FIRST_RESPONSE, at(0), at(90), None, at(60), True),
        ("next_response", at(120), at(720), None, None, None),
    ]

    promise(300, saved, first_response_minutes=5, next_response_minutes=5)
    Conversation.objects.update(is_clock_stale=True)
    follow_clocks(at=at(301))
    assert clocks()[1] == ("next_response", at(120), at(305), None, None, None)

    send_reply(conversation=old, author=people["staff"], text="Dạ", at=at(302))
    follow_clocks(at=at(302))
    assert [(row[0], row[3], row[5]) for row in clocks()] == [
        (FIRST_RESPONSE, None, True),
        ("next_response", None, True),
    ]


@pytest.mark.django_db
def test_what_ended_before_the_change_and_was_not_looked_at_is_judged_as_it_ran(
    old, promise, people
):
    saved = promise(0, next_response_minutes=600, **ALWAYS)
    follow_clocks(at=at(121))
    send_reply(conversation=old, author=people["staff"], text="Dạ", at=at(200))

    promise(300, saved, next_response_minutes=5)
    follow_clocks(at=at(301))

    assert clocks() == [("next_response", at(120), at(720), None, at(200), True)]


@pytest.mark.django_db
def test_another_action_alone_is_no_new_promise(promise):
    saved = promise(0, next_response_minutes=600)
    again = promise(300, saved, breach_action="reassign")
    assert again.effective_from == at(0)


@pytest.mark.django_db
@pytest.mark.parametrize(("chosen", "due"), [(125, 150), (200, 230)])
def test_another_priority_puts_no_deadline_into_the_past(old, promise, people, chosen, due):
    """It counts from the choice, so it does not take the conversation from who made it."""
    promise(0, next_response_minutes=600, **ALWAYS)
    promise(0, priority=1, next_response_minutes=30, breach_action="reassign", **ALWAYS)
    follow_clocks(at=at(121))
    urgent = {"priority": Priority.URGENT, "by": people["staff"], "at": at(chosen)}
    set_priority(conversation=old, **urgent)
    for minutes in (1, 2):
        Conversation.objects.update(is_clock_stale=True)
        follow_clocks(at=at(chosen + minutes))
    assert SlaClock.objects.get(stopped_at=None).due_at == at(due)
    change = SlaChange.objects.get()
    assert (change.why, change.before_due_at, change.after_due_at) == (
        "priority",
        at(720),
        at(due),
    )
    warn_deadlines(at=at(due - 1))
    assert Conversation.objects.get().assignee == people["staff"]
    warn_deadlines(at=at(due))
    assert SlaClock.objects.get(stopped_at=None).breached_at == at(due)


@pytest.mark.django_db
def test_a_raise_for_a_missed_deadline_breaks_no_other_promise(old, promise):
    promise(0, next_response_minutes=30, resolution_minutes=6000, **ALWAYS)
    promise(0, priority=2, next_response_minutes=10, resolution_minutes=60, **ALWAYS)
    follow_clocks(at=at(121))
    warn_deadlines(at=at(150))
    assert raise_priority(conversation=old, at=at(150))
    follow_clocks(at=at(151))
    running = SlaClock.objects.filter(stopped_at=None)
    # An hour's promise, of which nothing counts before the raise; the reply stays late.
    assert dict(running.values_list("metric", "due_at")) == {
        "next_response": at(150),
        RESOLUTION: at(210),
    }


@pytest.mark.django_db
def test_what_was_answered_before_the_choice_is_judged_as_it_ran(old, promise, people):
    promise(0, next_response_minutes=600, **ALWAYS)
    promise(0, priority=1, next_response_minutes=30, **ALWAYS)
    follow_clocks(at=at(121))
    send_reply(conversation=old, author=people["staff"], text="Dạ", at=at(200))
    set_priority(conversation=old, priority=Priority.URGENT, by=people["staff"], at=at(201))
    follow_clocks(at=at(202))
    assert clocks() == [("next_response", at(120), at(720), None, at(200), True)]
