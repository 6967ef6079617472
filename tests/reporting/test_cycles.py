"""The rules by which records become facts, one by one. The golden set has them all together."""

from datetime import UTC, datetime, timedelta

import pytest

from reporting.clockwork import Clockwork
from reporting.cycles import facts_of, without
from reporting.records import (
    EVENT,
    INBOUND,
    OUTBOUND,
    ConversationRecord,
    CycleRecord,
    Given,
    Line,
    Promise,
)

NINE = datetime(2026, 2, 2, 9, tzinfo=UTC)
LAN, MINH, BOSS = 1, 2, 3
SALES, CARE = 10, 20
DAY = 24 * 60


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def line(direction: str, minutes: float, author: int | None = None, *, waits=None, **more) -> Line:
    waits_from = at(minutes if waits is None else waits)
    pk = more.pop("pk", int(minutes * 10) + 1000)
    return Line(pk, direction, author, at(minutes), waits_from, **more)


def inbound(minutes: float, **more) -> Line:
    return line(INBOUND, minutes, **more)


def reply(minutes: float, author: int | None = LAN, **more) -> Line:
    return line(OUTBOUND, minutes, author, **more)


def event(code: str, minutes: float, **more) -> Line:
    return line(EVENT, minutes, code=code, **more)


def given(who: int, start: float, end: float | None = None, why: str = "", **more) -> Given:
    columns = {"department_id": SALES, "is_auto": True, "policy": "round_robin", "keyword": ""}
    columns |= more
    return Given(
        pk=int(start * 10) + 1,
        assignee_id=who,
        assigned_at=at(start),
        ended_at=None if end is None else at(end),
        end_reason=why,
        **columns,
    )


def cycle(*lines: Line, number: int = 1, done: float | None = None, by=LAN, **more) -> CycleRecord:
    start = more.pop("start", 0)
    resolved_at = None if done is None else at(done)
    resolved_by = None if done is None else by
    return CycleRecord(
        number, number, at(start), resolved_at, resolved_by, lines=list(lines), **more
    )


def facts(*cycles: CycleRecord, department: int | None = SALES, presence=None) -> list:
    clockwork = Clockwork(UTC, {}, presence or {})
    return facts_of(ConversationRecord(5, 6, department, list(cycles)), clockwork)


def of(kind: str, *cycles: CycleRecord, **more) -> list:
    return [fact for fact in facts(*cycles, **more) if fact.kind == kind]


def minutes(kind: str, *cycles: CycleRecord, **more) -> list:
    """Who is credited with how many minutes."""
    found = of(kind, *cycles, **more)
    return [(f.actor_id, None if f.seconds is None else f.seconds / 60) for f in found]


# --- Replies ----------------------------------------------------------------------------------
def test_a_program_does_not_answer():
    told = cycle(inbound(0), reply(1, None, is_auto=True), reply(5))
    assert minutes("first_response", told) == [(LAN, 5)]
    assert minutes("reply", told) == [(LAN, 5)]
    assert [(f.label, f.count) for f in of("message_out", told)] == [("auto", 1), ("", 1)]


def test_a_program_that_speaks_first_has_not_begun_it():
    told = cycle(reply(0, None, is_auto=True, pk=1), inbound(0, pk=2), reply(5))
    assert [f.label for f in of("cycle_started", told)] == ["inbound"]
    assert minutes("first_response", told) == [(LAN, 5)]


def test_begun_by_us_there_is_no_first_response():
    told = cycle(reply(0), inbound(10), reply(15), done=20)
    assert [f.label for f in of("cycle_started", told)] == ["outbound"]
    assert of("first_response", told) == of("missed", told) == []
    assert minutes("reply", told) == [(LAN, None), (LAN, 5)]


def test_a_wait_begins_with_the_first_unanswered_and_ends_with_a_reply():
    told = cycle(inbound(0), inbound(4), reply(10), reply(11, MINH), inbound(20), reply(21))
    assert minutes("reply", told) == [(LAN, 10), (MINH, None), (LAN, 1)]


def test_a_wait_ends_with_done():
    told = cycle(inbound(0), done=10), cycle(inbound(20), reply(23), number=2, start=20)
    assert minutes("reply", *told) == [(LAN, 3)]


def test_a_backdated_message_waits_since_the_cycle_began_at_most():
    assert minutes("reply", cycle(inbound(-30, waits=-30), reply(5), start=-10)) == [(LAN, 15)]


@pytest.mark.parametrize(("before", "worked"), [(1, 1), (9.5, 9.5), (10, 10), (11, 10), (900, 10)])
def test_work_on_a_reply_is_ten_minutes_at_most(before, worked):
    assert minutes("handled", cycle(inbound(0), reply(before))) == [(LAN, worked)]


def test_work_begins_with_the_last_thing_that_happened():
    told = cycle(inbound(0), event("assigned", 6), reply(9))
    assert minutes("handled", told) == [(LAN, 3)]
    assert of("handled", cycle(reply(0))) == []


# --- Ends -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("replies", "count"), [(0, 0), (1, 1), (2, 0)])
def test_one_touch_is_exactly_one_reply(replies, count):
    told = cycle(inbound(0), *(reply(n + 1) for n in range(replies)), done=9)
    assert len(of("one_touch", told)) == count


def test_missed_is_done_without_a_person_answering():
    told = [inbound(0), reply(1, None, is_auto=True)]
    assert minutes("missed", cycle(*told, done=9)) == [(LAN, 9)]
    assert of("missed", cycle(*told)) == []
    assert of("missed", cycle(*told, reply(2, None), done=9)) == []


def again(*gaps: tuple[float, str]) -> list[CycleRecord]:
    """Cycles that end after a minute and begin so long after the end of the one before."""
    found, start = [], 0
    for number, (gap, word) in enumerate([(0, "giá"), *gaps], 1):
        start += gap
        had = [given(LAN, start, start + 1, "resolved", keyword=word)]
        found.append(cycle(inbound(start), number=number, start=start, done=start + 1, given=had))
        start += 1
    return found


SECOND = 1 / 60


@pytest.mark.parametrize(("gap", "count"), [(0, 1), (7 * DAY, 1), (7 * DAY + SECOND, 0)])
def test_within_seven_days_it_is_opened_again(gap, count):
    assert len(of("reopened", *again((gap, "giá")))) == count
    assert len(of("recontacted", *again((gap, "giá")))) == count


def test_about_another_thing_is_another_thing():
    assert len(of("reopened", *again((5, "lỗi")))) == 1
    assert of("recontacted", *again((5, "lỗi"))) == []


def test_the_third_time_counts_for_the_first_while_seven_days_last():
    three = again((DAY, "lỗi"), (DAY, "giá"))
    assert [f.cycle_number for f in of("recontacted", *three)] == [1]
    assert [f.cycle_number for f in of("reopened", *three)] == [1, 2]
    assert of("recontacted", *again((6 * DAY, "lỗi"), (DAY, "giá"))) == []


def test_opened_again_counts_when_they_wrote_asked_again_when_it_was_done():
    one, two = of("reopened", *again((60, "giá"))), of("recontacted", *again((60, "giá")))
    assert [(f.at, f.seconds, f.cycle_number) for f in one] == [(at(61), 3600, 1)]
    assert [(f.at, f.seconds, f.cycle_number) for f in two] == [(at(1), None, 1)]


# --- Time that lay with us --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "active"),
    [
        ([inbound(0), reply(10), inbound(50), reply(55)], 15),
        ([inbound(0), reply(10), inbound(50)], 60),
        ([reply(0)], 0),
        # put off with the question open, until its time, the customer, Done
        ([inbound(0), event("snoozed", 5), event("woken", 40), reply(50)], 15),
        ([inbound(0), event("snoozed", 5), inbound(40), reply(50)], 15),
        ([inbound(0), event("snoozed", 5)], 5),
        # once more before it is over
        ([inbound(0), event("snoozed", 5), event("snoozed", 20), event("woken", 40)], 65),
        # the customer has the turn: back by itself it is ours, fetched back it is theirs
        ([inbound(0), reply(10), event("snoozed", 15), event("woken", 40)], 70),
        ([inbound(0), reply(10), event("snoozed", 15), event("woken", 40, by_person=True)], 10),
        ([inbound(0), event("snoozed", 5), event("woken", 40, by_person=True)], 65),
    ],
)
def test_time_that_lay_with_us(lines, active):
    assert minutes("resolved_active", cycle(*lines, done=100)) == [(LAN, active)]


def test_without_holes():
    a, b, c, d, e = (at(n) for n in range(5))
    assert without([(a, e)], [(b, c), (c, d)]) == [(a, b), (d, e)]
    assert without([(a, b), (c, e)], [(a, d)]) == [(d, e)]
    assert without([(b, c)], [(a, e)]) == []
    assert without([(b, c)], [(a, b), (c, d)]) == [(b, c)]


# --- From one to another ----------------------------------------------------------------------
MOMENT = 1 / 60_000  # a millisecond: what lies between two statements


def queue_times(*had: Given, lines=()) -> list:
    return minutes("assigned", cycle(inbound(0), *lines, given=list(had)))


def test_from_hand_to_hand_is_no_time_in_the_queue():
    first = given(LAN, 0, 10, "reassigned")
    assert queue_times(first, given(MINH, 10, is_auto=False)) == [(LAN, 0), (MINH, None)]
    assert queue_times(first, given(MINH, 10 + MOMENT, is_auto=False)) == [(LAN, 0), (MINH, None)]


def test_through_the_queue_it_is():
    released = given(LAN, 0, 10, "no_reply")
    assert queue_times(released, given(MINH, 12)) == [(LAN, 0), (MINH, 2)]
    assert queue_times(released, given(MINH, 12, is_auto=False)) == [(LAN, 0), (MINH, 2)]
    moved = given(LAN, 0, 10, "reassigned")
    told = event("moved", 10 + MOMENT)
    assert queue_times(moved, given(MINH, 12), lines=[told]) == [(LAN, 0), (MINH, 2)]
    taken = given(MINH, 12, is_auto=False)
    assert queue_times(moved, taken, lines=[told]) == [(LAN, 0), (MINH, 2)]


def test_the_first_wait_begins_with_the_cycle():
    assert minutes("first_assigned", cycle(inbound(0), given=[given(LAN, 7)])) == [(LAN, 7)]
    assert minutes("first_assigned", cycle(inbound(0), given=[given(LAN, -7)])) == [(LAN, 0)]


def test_a_change_of_person_is_credited_to_who_had_it_with_the_reason():
    told = cycle(inbound(0), given=[given(LAN, 0, 5, "no_reply"), given(MINH, 6)])
    assert [(f.actor_id, f.label, f.at) for f in of("transferred", told)] == [
        (LAN, "no_reply", at(6))
    ]
    same = cycle(inbound(0), given=[given(LAN, 0, 5, "no_reply"), given(LAN, 6)])
    assert of("transferred", same) == []


def moves(*had: Given, lines=()) -> list[tuple]:
    told = cycle(inbound(0), *lines, given=list(had))
    return [(f.actor_id, f.department_id, f.label) for f in of("moved", told)]


def test_a_move_is_credited_to_who_had_it_though_their_part_ended_a_moment_before():
    had = given(LAN, 0, 10, "reassigned")
    for gap in (0, MOMENT):
        told = event("moved", 10 + gap)
        got = given(MINH, 11, department_id=CARE)
        assert moves(had, got, lines=[told]) == [(LAN, SALES, "by_person")]
        assert moves(had, lines=[told]) == [(LAN, SALES, "by_person")]


def test_a_move_out_of_the_queue_is_nobodys():
    released = given(LAN, 0, 5, "no_reply")
    assert moves(released, lines=[event("moved", 10)]) == [(None, SALES, "by_person")]
    twice = [event("moved", 10 + MOMENT), event("moved", 20)]
    had = given(LAN, 0, 10, "reassigned")
    assert [who for who, *_rest in moves(had, lines=twice)] == [LAN, None]


def test_across_departments_without_a_line():
    had = given(LAN, 0, 5, "reassigned")
    by_hand = given(MINH, 5, department_id=CARE, is_auto=False)
    assert moves(had, by_hand) == [(LAN, SALES, "by_person")]
    assert moves(had, given(MINH, 6, department_id=CARE)) == [(LAN, SALES, "automatic")]
    assert moves(had, given(MINH, 6)) == []


@pytest.mark.parametrize(
    ("had", "lines", "wrong"),
    [
        ([given(LAN, 0)], [], 0),
        ([given(LAN, 0, 5, "reassigned")], [event("moved", 5)], 1),
        ([given(LAN, 0, 5), given(MINH, 5, department_id=CARE, is_auto=False)], [], 1),
        ([given(LAN, 0, 5), given(MINH, 5, is_auto=False)], [], 0),
        ([given(LAN, 0, 5), given(MINH, 5, department_id=CARE)], [], 0),
        # moved before it was routed
        ([given(LAN, 6)], [event("moved", 5)], 0),
    ],
)
def test_routed_to_the_wrong_department_is_what_a_person_moves(had, lines, wrong):
    told = cycle(inbound(0), *lines, given=had)
    assert len(of("auto_routed", told)) == 1
    assert len(of("misrouted", told)) == wrong


def test_what_people_give_was_not_routed():
    assert of("auto_routed", cycle(inbound(0), given=[given(LAN, 0, is_auto=False)])) == []


# --- The first reply of who got it ------------------------------------------------------------
def test_only_the_own_reply_during_the_own_assignment():
    had = [given(LAN, 0, 10, "reassigned"), given(MINH, 10, is_auto=False)]
    told = cycle(inbound(0), reply(5, MINH), reply(12, LAN), reply(15, MINH), given=had)
    assert minutes("agent_response", told) == [(MINH, 5)]


def test_only_while_they_took_work():
    presence = {LAN: [(at(-9), at(2)), (at(6), at(7))]}
    told = cycle(inbound(0), reply(10), given=[given(LAN, 0)])
    assert minutes("agent_response", told, presence=presence) == [(LAN, 3)]


# --- Deadlines --------------------------------------------------------------------------------
def promise(metric="first_response", *, broke=None, stopped=None, met=None) -> Promise:
    moments = (None if one is None else at(one) for one in (0, broke, stopped))
    return Promise(9, metric, CARE, *moments, met)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (promise(stopped=5, met=True), [("sla_met", 5, MINH)]),
        (promise("resolution", stopped=20, met=True), [("sla_met", 20, BOSS)]),
        # at the deadline, whenever it was noticed, kept later or not
        (promise(broke=3, stopped=9, met=False), [("sla_breached", 3, LAN)]),
        (promise(broke=3), [("sla_breached", 3, LAN)]),
        (promise(broke=12), [("sla_breached", 12, None)]),
        (promise(), []),
        (promise(stopped=5), []),
    ],
)
def test_deadlines(one, found):
    had = [given(LAN, 0, 10, "no_reply")]
    told = cycle(inbound(0), reply(5, MINH), done=20, by=BOSS, given=had, promises=[one])
    kinds = ("sla_met", "sla_breached")
    rows = [f for f in facts(told) if f.kind in kinds]
    assert [(f.kind, (f.at - NINE).total_seconds() / 60, f.actor_id) for f in rows] == found
    assert all((f.department_id, f.label) == (CARE, one.metric) for f in rows)


# --- Messages, departments, words -------------------------------------------------------------
def test_messages_of_an_hour_are_one_fact_of_each_side_and_person():
    told = cycle(
        *(inbound(n) for n in (0, 10, 59, 60)), reply(20), reply(30, MINH), reply(40), reply(61)
    )
    found = [(f.kind, f.actor_id, f.hour, f.count) for f in facts(told) if "message" in f.kind]
    assert found == [
        ("message_in", None, 9, 3),
        ("message_in", None, 10, 1),
        ("message_out", LAN, 9, 2),
        ("message_out", MINH, 9, 1),
        ("message_out", LAN, 10, 1),
    ]


def test_the_department_is_the_one_that_had_it_then():
    had = [given(LAN, 5, 10, "reassigned"), given(MINH, 10, department_id=CARE, is_auto=False)]
    told = cycle(inbound(0), reply(7), reply(12, MINH), done=20, given=had)
    kinds = ("cycle_started", "reply", "resolved")
    found = [(f.kind, f.department_id) for f in facts(told, department=99) if f.kind in kinds]
    assert found == [
        ("cycle_started", SALES),
        ("reply", SALES),
        ("reply", CARE),
        ("resolved", CARE),
    ]


def test_of_what_nobody_had_it_is_that_of_the_deadline_or_where_it_waits():
    assert of("cycle_started", cycle(inbound(0), promises=[promise()]))[0].department_id == CARE
    assert of("cycle_started", cycle(inbound(0)))[0].department_id == SALES
    first, second = again((5, ""))
    first.given, second.given = [], []
    assert [f.department_id for f in of("cycle_started", first, second)] == [None, SALES]


def test_every_fact_of_a_cycle_has_its_deciding_word():
    had = [given(LAN, 0, 5, "no_reply"), given(MINH, 6, keyword="giá")]
    told = cycle(inbound(0), reply(7, MINH), done=9, given=had)
    assert {f.keyword for f in facts(told)} == {"giá"}


def test_no_fact_is_there_twice():
    found = facts(*again((5, "giá"), (5, "giá")))
    assert len({(f.kind, f.source_id) for f in found}) == len(found)
