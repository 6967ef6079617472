"""Which rules are in force, and what kind of day a date is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.workforce.timesheet_text import RULES
from workforce.attendance_records import PlannedShift
from workforce.attended_time import open_until
from workforce.intervals import minute_of
from workforce.labour_rules import DayKind, Holiday, PayClass, days_in_lieu, kind_of_day, rules_on

SUNDAY = frozenset({6})
WEEKEND = frozenset({5, 6})


def test_the_rules_that_began_last_are_in_force():
    old = replace(RULES, effective_from=date(2021, 1, 1), normal_minutes=480)
    new = replace(RULES, effective_from=date(2027, 1, 1), normal_minutes=420)
    for table in ([old, new], [new, old]):
        assert rules_on(date(2026, 12, 31), table) is old
        assert rules_on(date(2027, 1, 1), table) is new


def test_rules_end_on_their_last_date():
    ended = replace(RULES, effective_from=date(2021, 1, 1), effective_until=date(2021, 6, 30))
    assert rules_on(date(2021, 6, 30), [ended]) is ended
    with pytest.raises(LookupError, match="no rules in force on 2021-07-01"):
        rules_on(date(2021, 7, 1), [ended])
    with pytest.raises(LookupError):
        rules_on(date(2020, 12, 31), [ended])


def test_a_class_without_a_percent_is_refused():
    percents = {name: 100 for name in PayClass if name != PayClass.REST_NIGHT}
    with pytest.raises(ValueError, match="no percent for rest_night"):
        replace(RULES, percents=percents)


@pytest.mark.parametrize(
    "wrong",
    [
        {"half_day_minutes": 0},
        {"half_day_minutes": 400},
        {"normal_minutes": -1},
        {"auto_close_minutes": -1},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="half a day|not negative"):
        replace(RULES, **wrong)


@pytest.mark.parametrize(
    ("rest", "holidays", "in_lieu"),
    [
        (SUNDAY, ["2026-09-02"], []),  # a Wednesday
        (SUNDAY, ["2026-04-26"], ["2026-04-27"]),
        # Both days of a weekend: Monday and Tuesday.
        (WEEKEND, ["2026-05-02", "2026-05-03"], ["2026-05-04", "2026-05-05"]),
        # The Monday is a holiday itself, so it is the Tuesday.
        (SUNDAY, ["2026-04-26", "2026-04-27"], ["2026-04-28"]),
        # Tết 2027, Friday to Tuesday: the Sunday is given back on Wednesday.
        (
            SUNDAY,
            ["2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-02-09"],
            ["2027-02-10"],
        ),
        (frozenset(range(7)), ["2026-04-26"], []),
    ],
)
def test_days_in_lieu(rest, holidays, in_lieu):
    days = {date.fromisoformat(text) for text in holidays}
    assert days_in_lieu(days, rest) == {date.fromisoformat(text) for text in in_lieu}


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        ("2026-04-25", DayKind.ORDINARY),
        ("2026-04-26", DayKind.HOLIDAY),  # also a Sunday
        ("2026-04-27", DayKind.IN_LIEU),
        ("2026-04-28", DayKind.ORDINARY),
        ("2026-05-03", DayKind.REST),
        ("2026-11-22", DayKind.REST),  # not confirmed
        ("2026-11-23", DayKind.ORDINARY),  # nothing is given back for it
    ],
)
def test_kind_of_day(on, kind):
    holidays = [Holiday(date(2026, 4, 26)), Holiday(date(2026, 11, 22), is_confirmed=False)]
    assert kind_of_day(date.fromisoformat(on), RULES, holidays) == kind


def test_an_entry_stays_open_until_four_hours_after_its_shift():
    at = datetime(2026, 11, 19, 1, tzinfo=UTC)
    hours = timedelta(hours=1)
    shift = PlannedShift(starts_at=at, ends_at=at + 9 * hours)
    assert open_until(at, shift, RULES) == at + 13 * hours
    # After the shift, or without one: a normal day and four hours.
    assert open_until(at + 9 * hours, shift, RULES) == at + 21 * hours
    assert open_until(at, None, RULES) == at + 12 * hours


def test_a_minute_is_the_same_in_every_zone_and_begins_with_its_first_second():
    berlin = datetime(2026, 10, 25, 2, 30, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    assert minute_of(berlin) == minute_of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert minute_of(berlin.replace(fold=1)) - minute_of(berlin) == 60
    with pytest.raises(ValueError, match="zone"):
        minute_of(datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001
