"""What the rules find in one person's planned week, to the minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce.roster_rules import Kind, Rule, Severity, Stretch, find_conflicts
from workforce.shift_times import ShiftBreak, ShiftHours, shift_times

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
KOLKATA = ZoneInfo("Asia/Kolkata")

ARTICLE = "Bộ luật Lao động 45/2019, Điều {}".format
OVERLAP = Rule(Kind.OVERLAP, 0, Severity.REFUSAL, "")
SHORT_REST = Rule(Kind.SHORT_REST, 12 * 60, Severity.WARNING, ARTICLE(110))
WEEKLY_HOURS = Rule(Kind.WEEKLY_HOURS, 48 * 60, Severity.WARNING, ARTICLE(105))
WEEKLY_REST = Rule(Kind.WEEKLY_REST, 24 * 60, Severity.REFUSAL, ARTICLE(111))
RULES = (OVERLAP, SHORT_REST, WEEKLY_HOURS, WEEKLY_REST)

MONDAY = date(2026, 11, 23)
DAY_SHIFT = ("08:00", "17:00", 60)
LATE = ("13:00", "21:00", 0)
NIGHT = ("22:00", "06:00", 0)


def stretch(number: int, on: date, shift: tuple[str, str, int], zone=SAIGON) -> Stretch:
    """`shift`: start, end, minutes of unpaid break."""
    start, end = (time.fromisoformat(text) for text in shift[:2])
    hours = ShiftHours(start, end, (ShiftBreak(shift[2], is_paid=False),))
    times = shift_times(hours, on, zone)
    return Stretch(times.starts_at, times.ends_at, number, on, times.planned_minutes)


def week(*shifts: tuple[str, str, int] | None, monday: date = MONDAY, zone=SAIGON) -> list[Stretch]:
    """One shift a day, None for rest; the ids are the days' numbers from 1."""
    return [
        stretch(number, monday + timedelta(days=number - 1), shift, zone)
        for number, shift in enumerate(shifts, 1)
        if shift
    ]


def found(stretches, *rules, zone=SAIGON, **options) -> list[tuple]:
    conflicts = find_conflicts(stretches, rules or RULES, zone, **options)
    return [(c.kind, c.ids, c.date.isoformat(), c.minutes, c.amount_minutes) for c in conflicts]


def test_a_normal_week_breaks_nothing():
    assert found(week(*[DAY_SHIFT] * 6)) == []
    assert found([]) == []


# --- Overlap ------------------------------------------------------------------------------------
def test_the_clash_of_a_day_and_a_late_shift():
    stretches = [stretch(7, MONDAY, DAY_SHIFT), stretch(4, MONDAY, LATE)]
    expected = [("overlap", (7, 4), "2026-11-23", 240, 240)]
    assert found(stretches) == found(stretches[::-1]) == expected


def test_shifts_that_touch_share_nothing():
    touching = [
        stretch(1, MONDAY, ("08:00", "12:00", 0)),
        stretch(2, MONDAY, ("12:00", "17:00", 0)),
    ]
    assert found(touching, OVERLAP) == []


def test_a_hand_over_may_be_allowed():
    stretches = [stretch(1, MONDAY, ("08:00", "13:15", 0)), stretch(2, MONDAY, LATE)]
    assert found(stretches, OVERLAP) == [("overlap", (1, 2), "2026-11-23", 15, 15)]
    assert found(stretches, replace(OVERLAP, minutes=15)) == []
    assert found(stretches, replace(OVERLAP, minutes=14)) == [
        ("overlap", (1, 2), "2026-11-23", 15, 1)
    ]


def test_every_pair_of_three_is_found():
    inside = stretch(3, MONDAY, ("09:00", "10:00", 0))
    stretches = [stretch(1, MONDAY, DAY_SHIFT), stretch(2, MONDAY, LATE), inside]
    assert found(stretches, OVERLAP) == [
        ("overlap", (1, 3), "2026-11-23", 60, 60),
        ("overlap", (1, 2), "2026-11-23", 240, 240),
    ]


def test_a_night_reaches_into_the_next_date():
    stretches = [
        stretch(1, MONDAY, NIGHT),
        stretch(2, MONDAY + timedelta(1), ("05:00", "09:00", 0)),
    ]
    assert found(stretches, OVERLAP) == [("overlap", (1, 2), "2026-11-24", 60, 60)]


def test_the_same_shift_twice_is_its_whole_length():
    twice = [stretch(2, MONDAY, LATE), stretch(1, MONDAY, LATE)]
    assert found(twice, OVERLAP) == [("overlap", (1, 2), "2026-11-23", 480, 480)]


def test_a_shift_in_the_hour_that_is_left_out_disturbs_nobody():
    on = date(2026, 3, 29)
    lost = stretch(1, on, ("02:10", "02:50", 0), BERLIN)
    stretches = [lost, stretch(2, on, ("01:00", "06:00", 0), BERLIN)]
    assert found(stretches, zone=BERLIN) == []


# --- Rest between shifts ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("next_start", "expected"),
    [
        ("09:00", []),
        ("08:59", [("short_rest", (1, 2), "2026-11-24", 719, 1)]),
        ("06:00", [("short_rest", (1, 2), "2026-11-24", 540, 180)]),
    ],
)
def test_rest_after_a_late_shift(next_start, expected):
    early = stretch(2, MONDAY + timedelta(1), (next_start, "14:00", 0))
    assert found([early, stretch(1, MONDAY, LATE)]) == expected


@pytest.mark.parametrize(
    ("zone", "saturday", "minutes"),
    [
        (SAIGON, "2026-03-28", 720),
        (KOLKATA, "2026-10-24", 720),
        (BERLIN, "2026-03-28", 660),  # 20:00-08:00 over the night that loses an hour
        (BERLIN, "2026-10-24", 780),
        (SAO_PAULO, "2018-11-03", 660),
        (SAO_PAULO, "2018-02-17", 780),
    ],
)
def test_rest_is_time_that_passes(zone, saturday, minutes):
    on = date.fromisoformat(saturday)
    evening = stretch(1, on, ("14:00", "20:00", 0), zone)
    morning = stretch(2, on + timedelta(1), ("08:00", "12:00", 0), zone)
    expected = [] if minutes >= 720 else [("short_rest", (1, 2), str(morning.date), 660, 60)]
    assert found([evening, morning], SHORT_REST, zone=zone) == expected
    exact = replace(SHORT_REST, minutes=minutes + 1)
    assert found([evening, morning], exact, zone=zone)[0][3:] == (minutes, 1)


def test_rest_is_counted_from_the_last_end():
    """The late shift clashes with the day shift and ends after it."""
    early = stretch(3, MONDAY + timedelta(1), ("06:00", "14:00", 0))
    stretches = [stretch(1, MONDAY, DAY_SHIFT), stretch(2, MONDAY, LATE), early]
    assert found(stretches, SHORT_REST) == [("short_rest", (2, 3), "2026-11-24", 540, 180)]
    inside = stretch(4, MONDAY, ("09:00", "10:00", 0))
    assert found([stretches[1], inside, early], SHORT_REST)[-1][1] == (2, 3)


MORNING, AFTERNOON = ("08:00", "12:00", 0), ("13:00", "17:00", 0)


@pytest.mark.parametrize(
    ("one", "other", "rest"),
    [
        pytest.param(MORNING, AFTERNOON, None, id="a split day of 8 hours"),
        pytest.param(MORNING, ("12:00", "16:00", 0), None, id="touching"),
        pytest.param(MORNING, ("13:00", "17:01", 0), 60, id="a minute more"),
        pytest.param(("14:00", "22:00", 0), NIGHT, 0, id="two whole shifts of one date"),
    ],
)
def test_a_split_day_needs_no_rest_inside(one, other, rest):
    stretches = [stretch(1, MONDAY, one), stretch(2, MONDAY, other)]
    allowed = replace(SHORT_REST, split_day_minutes=480)
    expected = [] if rest is None else [("short_rest", (1, 2), "2026-11-23", rest, 720 - rest)]
    assert found(stretches, allowed) == expected
    assert len(found(stretches, SHORT_REST)) == 1


def test_a_split_day_still_needs_rest_before_the_next():
    split = [stretch(1, MONDAY, MORNING), stretch(2, MONDAY, ("17:00", "21:00", 0))]
    early = stretch(3, MONDAY + timedelta(1), ("06:00", "10:00", 0))
    allowed = replace(SHORT_REST, split_day_minutes=480)
    assert found([*split, early], allowed) == [("short_rest", (2, 3), "2026-11-24", 540, 180)]


# --- Hours of a week ----------------------------------------------------------------------------
def test_forty_eight_hours_are_allowed_and_a_minute_more_is_not():
    assert found(week(*[DAY_SHIFT] * 6), WEEKLY_HOURS) == []
    longer = week(*[DAY_SHIFT] * 5, ("08:00", "17:01", 60))
    expected = ("weekly_hours", (1, 2, 3, 4, 5, 6), "2026-11-23", 2881, 1)
    assert found(longer, WEEKLY_HOURS) == [expected]


def test_a_night_belongs_to_the_week_it_starts_in():
    sunday = stretch(7, MONDAY + timedelta(6), NIGHT)
    stretches = [*week(*[DAY_SHIFT] * 6), sunday]
    assert found(stretches, WEEKLY_HOURS)[0][3:] == (3360, 480)


def test_a_week_may_begin_on_sunday():
    stretches = [*week(*[DAY_SHIFT] * 6), stretch(7, MONDAY - timedelta(1), DAY_SHIFT)]
    assert found(stretches, WEEKLY_HOURS) == []
    assert found(stretches, WEEKLY_HOURS, first_weekday=6) == [
        ("weekly_hours", (7, 1, 2, 3, 4, 5, 6), "2026-11-22", 3360, 480)
    ]


@pytest.mark.parametrize(
    ("monday", "planned"), [("2026-03-23", 2820), ("2026-10-19", 2940), ("2026-11-23", 2880)]
)
def test_six_nights_in_berlin(monday, planned):
    nights = week(*[NIGHT] * 6, monday=date.fromisoformat(monday), zone=BERLIN)
    tight = replace(WEEKLY_HOURS, minutes=0)
    assert found(nights, tight, zone=BERLIN)[0][3] == planned


# --- Rest in a week -----------------------------------------------------------------------------
def test_seven_days_have_no_rest():
    assert found([*week(*[DAY_SHIFT] * 7), stretch(8, MONDAY + timedelta(7), DAY_SHIFT)]) == [
        ("weekly_hours", (1, 2, 3, 4, 5, 6, 7), "2026-11-23", 3360, 480),
        ("weekly_rest", (1, 2, 3, 4, 5, 6, 7), "2026-11-23", 900, 540),
    ]


def test_what_is_not_planned_is_free():
    assert found(week(*[DAY_SHIFT] * 7), WEEKLY_REST) == []


@pytest.mark.parametrize(
    ("monday_start", "expected"),
    [("06:00", []), ("05:59", [("weekly_rest", (1, 2, 3, 4, 5, 6), "2026-11-23", 1439, 1)])],
)
def test_the_sunday_after_six_nights_runs_on_into_monday(monday_start, expected):
    """Out on Sunday at 06:00: the 18 hours left of the week are not all of the rest."""
    nights = week(*[NIGHT] * 6)
    after = stretch(8, MONDAY + timedelta(7), (monday_start, "14:00", 0))
    assert found([*nights, after], WEEKLY_REST) == expected


def nights_then_days(start: str) -> list[Stretch]:
    """Six nights, then a shift from `start` and days until Monday after the second week."""
    nights = week(*[NIGHT] * 6)
    first = datetime.fromisoformat(start)
    later = [stretch(20 + n, date(2026, 12, 1) + timedelta(n), DAY_SHIFT) for n in range(1, 7)]
    return [*nights, stretch(20, first.date(), (first.strftime("%H:%M"), "23:30", 0)), *later]


@pytest.mark.parametrize(
    ("start", "longest"),
    [
        # The first week used Sunday 06:00 to Monday 06:00; what follows is the second week's.
        ("2026-12-01T05:00", 1380),
        ("2026-12-01T06:00", None),
    ],
)
def test_no_minute_of_rest_counts_for_two_weeks(start, longest):
    conflicts = found(nights_then_days(start), WEEKLY_REST)
    assert [(c[0], c[2], c[3]) for c in conflicts] == (
        [("weekly_rest", "2026-11-30", longest)] if longest else []
    )


def test_a_week_uses_no_more_rest_than_it_needs():
    """Wednesday is the first week's, so all of Monday is left for the second one."""
    first = week(DAY_SHIFT, DAY_SHIFT, None, *[DAY_SHIFT] * 4)
    second = [stretch(10 + n, MONDAY + timedelta(7 + n), DAY_SHIFT) for n in range(1, 8)]
    assert found([*first, *second], WEEKLY_REST) == []
    no_wednesday = [*first, stretch(3, MONDAY + timedelta(2), DAY_SHIFT)]
    # Sunday 17:00 to Tuesday 08:00 are 39 hours: one week's 24, and 15 more.
    assert [c[2:4] for c in found([*no_wednesday, *second], WEEKLY_REST)] == [("2026-11-30", 900)]


def test_a_shift_within_a_longer_one_gives_no_rest():
    longer, inside = ("06:00", "22:00", 0), stretch(9, MONDAY + timedelta(5), ("07:00", "08:00", 0))
    days = week(*[DAY_SHIFT] * 5, longer, ("21:00", "23:00", 0))
    monday = stretch(8, MONDAY + timedelta(7), DAY_SHIFT)
    assert [c[3] for c in found([*days, inside, monday], WEEKLY_REST)] == [23 * 60]


@pytest.mark.parametrize(
    ("zone", "sunday", "longest"),
    [
        (BERLIN, "2026-03-29", 1380),  # Saturday 20:00 to Sunday 20:00 in a day of 23 hours
        (BERLIN, "2026-10-25", 1500),
        (SAO_PAULO, "2018-11-04", 1380),
        (KOLKATA, "2026-03-29", 1440),
    ],
)
def test_a_week_of_a_jump(zone, sunday, longest):
    monday = date.fromisoformat(sunday) - timedelta(6)
    days = week(*[("08:00", "20:00", 0)] * 6, ("20:00", "23:00", 0), monday=monday, zone=zone)
    after = stretch(8, monday + timedelta(7), DAY_SHIFT, zone)
    conflicts = found([*days, after], WEEKLY_REST, zone=zone)
    assert [c[3] for c in conflicts] == ([longest] if longest < 1440 else [])


# --- Rules as data ------------------------------------------------------------------------------
def test_a_conflict_carries_its_rule():
    (conflict,) = find_conflicts(week(*[DAY_SHIFT] * 7), [WEEKLY_HOURS], SAIGON)
    assert conflict.source == "Bộ luật Lao động 45/2019, Điều 105"
    assert (conflict.limit_minutes, conflict.is_refusal) == (2880, False)
    strict = replace(WEEKLY_HOURS, severity=Severity.REFUSAL)
    assert find_conflicts(week(*[DAY_SHIFT] * 7), [strict], SAIGON)[0].is_refusal


def test_a_kind_may_warn_first_and_refuse_later():
    rules = [replace(WEEKLY_HOURS, minutes=44 * 60), replace(WEEKLY_HOURS, severity="refusal")]
    assert [c.is_refusal for c in find_conflicts(week(*[DAY_SHIFT] * 6), rules, SAIGON)] == [False]
    both = find_conflicts(week(*[DAY_SHIFT] * 7), rules, SAIGON)
    assert [(c.is_refusal, c.amount_minutes) for c in both] == [(False, 720), (True, 480)]


def test_without_rules_nothing_is_wrong():
    assert find_conflicts(week(*[DAY_SHIFT] * 7), [], SAIGON) == []


# --- Whatever is planned ------------------------------------------------------------------------
@st.composite
def rosters(draw) -> list[Stretch]:
    numbers = range(draw(st.integers(0, 12)))
    start = datetime(2026, 3, 23, tzinfo=UTC)
    stretches = []
    for number in numbers:
        begins = start + timedelta(minutes=draw(st.integers(0, 21 * 24 * 60)))
        minutes = draw(st.integers(0, 960))
        on = begins.astimezone(BERLIN).date()
        stretches.append(Stretch(begins, begins + timedelta(minutes=minutes), number, on, minutes))
    return stretches


@settings(deadline=None, max_examples=150)
@given(roster=rosters(), data=st.data())
def test_the_order_does_not_matter_and_no_amount_is_negative(roster, data):
    conflicts = find_conflicts(roster, RULES, BERLIN)
    assert find_conflicts(data.draw(st.permutations(roster)), RULES[::-1], BERLIN) == conflicts
    assert all(c.minutes >= 0 and c.amount_minutes > 0 for c in conflicts)
    assert all(len(set(c.ids)) == len(c.ids) > 0 for c in conflicts)


@settings(deadline=None, max_examples=150)
@given(roster=rosters())
def test_overlaps_are_those_of_every_pair(roster):
    expected = set()
    for one in roster:
        for other in roster:
            shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)
            if one.id < other.id and shared > timedelta(0):
                expected.add((frozenset((one.id, other.id)), shared // timedelta(minutes=1)))
    conflicts = find_conflicts(roster, [OVERLAP], BERLIN)
    assert {(frozenset(c.ids), c.minutes) for c in conflicts} == expected
    assert len(conflicts) == len(expected)


@settings(deadline=None, max_examples=150)
@given(roster=rosters())
def test_short_rests_are_those_after_the_last_end_before(roster):
    real = [s for s in roster if s.ends_at > s.starts_at]
    real.sort(key=lambda s: (s.starts_at, s.ends_at, s.id))
    expected = []
    for place, one in enumerate(real[1:], 1):
        rest = one.starts_at - max(s.ends_at for s in real[:place])
        if timedelta(0) <= rest < timedelta(hours=12):
            expected.append((one.id, rest // timedelta(minutes=1)))
    conflicts = find_conflicts(roster, [SHORT_REST], BERLIN)
    assert [(c.ids[1], c.minutes) for c in conflicts] == expected


@settings(deadline=None, max_examples=150)
@given(roster=rosters())
def test_less_work_is_never_less_rest(roster):
    """Taking a shift away makes no week restless that was not."""
    before = {c.date for c in find_conflicts(roster, [WEEKLY_REST], BERLIN)}
    if not before:
        for left_out in roster:
            fewer = [s for s in roster if s is not left_out]
            assert find_conflicts(fewer, [WEEKLY_REST], BERLIN) == []
