"""A month of one person, added up by hand."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.workforce import timesheet_text as text
from tests.workforce.timesheet_text import RULES
from workforce.attendance_records import DayPart, Leave
from workforce.labour_rules import PayClass
from workforce.month_totals import month_totals
from workforce.timesheet import Day, classify_day

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
SHIFT = "08:00-17:00 unpaid 12:00-13:00"


def day(number: int, entries: str = "", *, shift=SHIFT, rules=RULES, **others) -> Day:
    on = date(2026, 11, number)
    return classify_day(
        on,
        rules=rules,
        holidays=(),
        zone=SAIGON,
        shift=text.shift(shift, on, SAIGON),
        entries=text.entries(entries, on, SAIGON),
        **others,
    )


def november() -> list[Day]:
    return [
        day(16, leave=Leave("P")),
        day(17, "08:00-17:31"),
        day(18, "07:55-?"),
        day(19, "08:12-17:03"),
        day(20, "07:58-18:02"),
        day(21, "08:00-11:30", shift="08:00-12:00"),
        day(22, "20:00-23:00", shift=None),
        day(23, "13:00-23:00", leave=Leave("P", DayPart.FIRST_HALF)),
        day(24),
    ]


def test_a_month():
    total = month_totals(november())
    assert total.minutes == {
        # 17th 480, 19th 468, 20th 480, 21st 210, 23rd 240
        PayClass.NORMAL_DAY: 1878,
        PayClass.OVERTIME_DAY: 31 + 62 + 300,  # the 23rd: 17:00-22:00
        PayClass.OVERTIME_NIGHT_AFTER_DAY: 60,  # the 23rd: 22:00-23:00
        PayClass.REST_DAY: 120,
        PayClass.REST_NIGHT: 60,
    }
    assert total.worked_minutes == 1878 + 393 + 60 + 180
    assert total.overtime_minutes == 393 + 60 + 180
    assert total.planned_minutes == 7 * 480 + 240
    assert total.leave_minutes == 480 + 240
    assert total.break_minutes == 3 * 60
    assert (total.late_minutes, total.late_times) == (12, 1)
    assert (total.early_minutes, total.early_times) == (30, 1)
    assert total.half_days == {"P": 3, "X": 2 + 2 + 2 + 1 + 1}
    assert total.percent_minutes == 187800 + 393 * 150 + 60 * 210 + 120 * 200 + 60 * 270
    assert total.unresolved == (date(2026, 11, 18),)
    assert total.absent == (date(2026, 11, 24),)


def test_a_month_is_locked_when_nothing_is_unclear():
    days = november()
    assert not month_totals(days).can_be_locked
    days[2] = day(18, "07:55-? out=17:05")
    assert month_totals(days).can_be_locked
    now = text.instant("09:52", date(2026, 11, 25), SAIGON)
    today = day(25, "07:56-?", as_of=now)
    total = month_totals([*days, today])
    assert not total.can_be_locked
    assert (total.unresolved, total.unfinished) == ((), (date(2026, 11, 25),))


def test_rules_that_change_within_the_month_are_kept_day_by_day():
    dearer = replace(RULES, percents=RULES.percents | {PayClass.NORMAL_DAY: 110})
    total = month_totals([day(17, "08:00-17:00"), day(19, "08:00-17:00", rules=dearer)])
    assert total.percent_minutes == 480 * 100 + 480 * 110


def test_a_date_counts_once():
    with pytest.raises(ValueError, match="counted twice"):
        month_totals([day(17), day(17)])


def test_no_days():
    total = month_totals([])
    assert (total.worked_minutes, total.minutes, total.half_days) == (0, {}, {})
    assert total.can_be_locked
