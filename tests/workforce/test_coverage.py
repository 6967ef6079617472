"""How many people are planned against how many are wanted, per shift and per half hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.coverage import (
    Coverage,
    Need,
    Presence,
    day_coverage,
    shift_coverage,
    short_stretches,
    window_coverage,
)
from workforce.shift_times import MINUTE, ShiftHours, day_bounds, instant_of, shift_times

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
KOLKATA = ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 22)
LAN, ANH, TUNG, CHI = 1, 2, 3, 4
DAY, LATE, NIGHT = (
    ("day", "08:00", "17:00"),
    ("late", "13:00", "21:00"),
    ("night", "22:00", "06:00"),
)


def times(shift: tuple[str, str, str], on: date, zone):
    start, end = (time.fromisoformat(text) for text in shift[1:])
    return shift_times(ShiftHours(start, end), on, zone)


def need(shift, minimum: int, on: date = MONDAY, zone=SAIGON) -> Need:
    span = times(shift, on, zone)
    return Need(span.starts_at, span.ends_at, shift[0], minimum)


def works(person_id: int, shift, on: date = MONDAY, zone=SAIGON) -> Presence:
    span = times(shift, on, zone)
    return Presence(span.starts_at, span.ends_at, shift[0], person_id)


def shown(pieces: list[Coverage], zone=SAIGON) -> list[tuple]:
    return [
        (f"{p.starts_at.astimezone(zone):%H:%M}-{p.ends_at.astimezone(zone):%H:%M}", p.planned)
        + (p.minimum,)
        for p in pieces
    ]


def runs(slots: list[Coverage], zone=SAIGON) -> list[tuple]:
    """Neighbouring slots with the same numbers as one, to be read."""
    joined: list[Coverage] = []
    for slot in slots:
        if joined and (joined[-1].planned, joined[-1].minimum) == (slot.planned, slot.minimum):
            last = joined.pop()
            slot = Coverage(last.starts_at, slot.ends_at, slot.planned, slot.minimum)
        joined.append(slot)
    return shown(joined, zone)


# --- Per shift ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("people", "missing", "surplus"), [(0, 2, 0), (1, 1, 0), (2, 0, 0), (3, 0, 1)]
)
def test_a_shift_has_its_people(people, missing, surplus):
    presences = [works(person, LATE) for person in range(people)]
    coverage = shift_coverage(need(LATE, 2), presences)
    assert (coverage.planned, coverage.minimum) == (people, 2)
    assert (coverage.missing, coverage.surplus) == (missing, surplus)
    assert coverage.is_short is (missing > 0)


def test_a_shift_counts_its_own_people_once():
    presences = [works(LAN, DAY), works(LAN, DAY), works(ANH, LATE), works(TUNG, DAY, SUNDAY)]
    assert shift_coverage(need(DAY, 2), presences).planned == 1


def test_the_night_of_yesterday_is_another_one():
    presences = [works(LAN, NIGHT, SUNDAY), works(ANH, NIGHT)]
    assert shift_coverage(need(NIGHT, 1), presences).planned == 1
    assert shift_coverage(need(NIGHT, 1, SUNDAY), presences).planned == 1


def test_a_window_counts_whoever_is_there_at_its_emptiest():
    window = need(("", "08:00", "17:00"), 2)
    presences = [works(LAN, DAY), works(ANH, LATE), works(TUNG, ("early", "06:00", "13:00"))]
    assert window_coverage(window, presences).planned == 2
    assert window_coverage(window, presences[:2]) == Coverage(
        window.starts_at, window.ends_at, 1, 2
    )
    assert window_coverage(window, presences[1:2]).planned == 0
    assert window_coverage(window, []).missing == 2


# --- Per half hour ------------------------------------------------------------------------------
def test_a_day_in_half_hours():
    needs = [need(DAY, 2), need(LATE, 1)]
    presences = [works(LAN, DAY), works(ANH, LATE), works(TUNG, NIGHT, SUNDAY)]
    slots = day_coverage(MONDAY, SAIGON, needs, presences)
    assert len(slots) == 48
    assert slots[0].starts_at == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert runs(slots) == [
        ("00:00-06:00", 1, 0),
        ("06:00-08:00", 0, 0),
        ("08:00-13:00", 1, 2),
        ("13:00-17:00", 2, 3),
        ("17:00-21:00", 1, 1),
        ("21:00-00:00", 0, 0),
    ]
    assert shown(short_stretches(MONDAY, SAIGON, needs, presences)) == [
        ("08:00-13:00", 1, 2),
        ("13:00-17:00", 2, 3),
    ]


def test_who_comes_ten_minutes_late_does_not_cover_the_half_hour():
    needs, presences = [need(DAY, 1)], [works(LAN, ("day", "08:10", "16:50"))]
    slots = day_coverage(MONDAY, SAIGON, needs, presences)
    assert [f"{s.starts_at.astimezone(SAIGON):%H:%M}" for s in slots if s.is_short] == [
        "08:00",
        "16:30",
    ]
    assert shown(short_stretches(MONDAY, SAIGON, needs, presences)) == [
        ("08:00-08:10", 0, 1),
        ("16:50-17:00", 0, 1),
    ]


def test_a_slot_shows_its_worst_moment():
    """Five of four from 08:00, then two of three from 08:15: the second is the trouble."""
    needs = [need(("a", "08:00", "08:15"), 4), need(("b", "08:15", "09:00"), 3)]
    presences = [works(n, ("a", "08:00", "08:15")) for n in range(5)]
    presences += [works(n, ("b", "08:15", "09:00")) for n in range(2)]
    slots = day_coverage(MONDAY, SAIGON, needs, presences)
    assert shown([s for s in slots if s.minimum]) == [("08:00-08:30", 2, 3), ("08:30-09:00", 2, 3)]


def test_a_slot_without_need_shows_the_fewest():
    (slot,) = day_coverage(MONDAY, SAIGON, [], [works(LAN, ("a", "08:00", "08:10"))])[16:17]
    assert shown([slot]) == [("08:00-08:30", 0, 0)]


def test_who_is_planned_twice_is_one_person():
    presences = [works(CHI, DAY), works(CHI, LATE)]
    assert shown(short_stretches(MONDAY, SAIGON, [need(DAY, 2)], presences)) == [
        ("08:00-17:00", 1, 2)
    ]


def test_a_hand_over_leaves_no_gap():
    shifts = ("a", "08:00", "12:10"), ("b", "12:10", "17:00")
    presences = [works(LAN, shifts[0]), works(ANH, shifts[1])]
    assert short_stretches(MONDAY, SAIGON, [need(DAY, 1)], presences) == []


def test_other_slots_and_other_days():
    slots = day_coverage(MONDAY, SAIGON, [], [works(LAN, DAY, SUNDAY)], slot_minutes=60)
    assert (len(slots), {s.planned for s in slots}) == (24, {0})
    assert len(day_coverage(MONDAY, SAIGON, [], [], slot_minutes=7)) == 206
    assert day_coverage(MONDAY, SAIGON, [], [], slot_minutes=7)[-1].minutes == 5


@pytest.mark.parametrize(
    ("zone", "sunday", "slots", "night_slots"),
    [
        (SAIGON, "2026-03-29", 48, 12),
        (KOLKATA, "2026-03-29", 48, 12),
        (BERLIN, "2026-03-29", 46, 10),
        (BERLIN, "2026-10-25", 50, 14),
        (SAO_PAULO, "2018-11-04", 46, 10),
        # The hour from 23:00 comes twice on the Saturday.
        (SAO_PAULO, "2018-02-18", 48, 12),
        (SAO_PAULO, "2018-02-17", 50, 12),
    ],
)
def test_the_day_after_a_night(zone, sunday, slots, night_slots):
    """The shift from 22:00 the evening before, as seen by the day it ends on."""
    on = date.fromisoformat(sunday)
    night = works(LAN, NIGHT, on - timedelta(1), zone)
    strip = day_coverage(on, zone, [], [night])
    assert (len(strip), sum(slot.planned for slot in strip)) == (slots, night_slots)
    assert (strip[0].starts_at, strip[-1].ends_at) == day_bounds(on, zone)


def test_the_hour_that_comes_twice_is_covered_twice():
    on = date(2018, 2, 17)
    need_of_night = need(NIGHT, 1, on, SAO_PAULO)
    assert shown(short_stretches(on, SAO_PAULO, [need_of_night], []), SAO_PAULO) == [
        ("22:00-00:00", 0, 1)
    ]
    assert short_stretches(on, SAO_PAULO, [need_of_night], [])[0].minutes == 180


# --- Whatever is planned ------------------------------------------------------------------------
DAWN = instant_of(MONDAY, time(0), SAIGON) - timedelta(hours=6)
starts = st.integers(0, 36 * 60).map(lambda minutes: DAWN + minutes * MINUTE)
lengths = st.integers(0, 12 * 60)


def spans(kind, *values):
    return st.builds(
        lambda start, length, *rest: kind(start, start + length * MINUTE, *rest),
        starts,
        lengths,
        st.sampled_from("ab"),
        *values,
    )


needs_drawn = st.lists(spans(Need, st.integers(0, 4)), max_size=4)
presences_drawn = st.lists(spans(Presence, st.integers(1, 4)), max_size=8)


@settings(deadline=None, max_examples=60)
@given(needs=needs_drawn, presences=presences_drawn)
def test_short_stretches_are_the_short_minutes(needs, presences):
    expected = {}
    start, end = day_bounds(MONDAY, SAIGON)
    for minute in (start + n * MINUTE for n in range((end - start) // MINUTE)):
        people = {p.person_id for p in presences if p.starts_at <= minute < p.ends_at}
        wanted = sum(n.minimum for n in needs if n.starts_at <= minute < n.ends_at)
        if len(people) < wanted:
            expected[minute] = (len(people), wanted)
    pieces = short_stretches(MONDAY, SAIGON, needs, presences)
    assert expected == {
        piece.starts_at + n * MINUTE: (piece.planned, piece.minimum)
        for piece in pieces
        for n in range(piece.minutes)
    }
    for one, other in zip(pieces, pieces[1:], strict=False):
        is_one = one.ends_at == other.starts_at
        assert not (is_one and (one.planned, one.minimum) == (other.planned, other.minimum))


@settings(deadline=None, max_examples=60)
@given(needs=needs_drawn, presences=presences_drawn, data=st.data())
def test_numbers_are_never_negative_and_know_no_order(needs, presences, data):
    slots = day_coverage(MONDAY, SAIGON, needs, presences)
    assert all(min(s.planned, s.minimum, s.missing, s.surplus) >= 0 for s in slots)
    assert all(s.planned - s.minimum == s.surplus - s.missing for s in slots)
    shuffled = data.draw(st.permutations(needs)), data.draw(st.permutations(presences))
    assert day_coverage(MONDAY, SAIGON, *shuffled) == slots
    short = [s for s in slots if s.is_short]
    pieces = short_stretches(MONDAY, SAIGON, needs, presences)
    assert short == [s for s in slots if any(piece.overlaps(s) for piece in pieces)]


@settings(deadline=None, max_examples=60)
@given(needs=needs_drawn, presences=presences_drawn, one=spans(Presence, st.integers(1, 6)))
def test_one_person_more_is_never_fewer(needs, presences, one):
    before = day_coverage(MONDAY, SAIGON, needs, presences)
    after = day_coverage(MONDAY, SAIGON, needs, [*presences, one])
    assert all(a.missing <= b.missing for a, b in zip(after, before, strict=True))
    for window in needs:
        fewer = window_coverage(window, presences).planned
        assert fewer <= window_coverage(window, [*presences, one]).planned <= fewer + 1


@settings(deadline=None, max_examples=60)
@given(minimums=st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_a_day_whose_shifts_are_filled_is_short_nowhere(minimums):
    shifts = [DAY, LATE, NIGHT]
    needs = [need(shift, least) for shift, least in zip(shifts, minimums, strict=True)]
    presences = [
        works(10 * number + person, shift)
        for number, shift in enumerate(shifts)
        for person in range(minimums[number])
    ]
    assert not any(shift_coverage(one, presences).is_short for one in needs)
    assert short_stretches(MONDAY, SAIGON, needs, presences) == []
