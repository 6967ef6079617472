"""Rows of the database as counted days: which date, which plan, which breaks, in how many asks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from tests.factories import UserFactory
from tests.workforce.timesheet_rows import NOVEMBER, OCTOBER, moment, plan, shift, worked
from workforce.models import Break, Holiday, TimeRules
from workforce.timesheet_days import dates_of, dates_of_work, read_month, read_months

pytestmark = pytest.mark.django_db


@pytest.fixture
def lan(organisation, sales):
    return UserFactory(username="lan", department=sales)


def days_of(person, month=OCTOBER, at: str = "2026-12-02 10:00") -> dict:
    return {row.day.date: row.day for row in read_month(person, month, at=moment(at)).rows}


def on(day: int, month: int = 10) -> date:
    return date(2026, month, day)


# --- Sums -----------------------------------------------------------------------------------------
def test_a_month_of_a_person(lan, sales):
    day_shift = shift(sales)
    plan(lan, day_shift, "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08")
    worked(lan, "2026-10-05 07:58", "17:02")
    worked(lan, "2026-10-06 08:12", "17:00")
    worked(lan, "2026-10-07 08:00", "19:00")
    worked(lan, "2026-10-11 09:00", "12:00")  # a Sunday, unplanned
    month = read_month(lan, OCTOBER, at=moment("2026-12-02 10:00"))
    days = {row.day.date: row.day for row in month.rows}
    assert len(month.rows) == 31
    assert [days[on(n)].worked_minutes for n in (5, 6, 7, 8, 11)] == [480, 468, 600, 0, 180]
    assert [days[on(n)].late_minutes for n in (5, 6, 7)] == [0, 12, 0]
    assert [days[on(n)].symbol for n in (4, 5, 6, 7, 8, 11)] == ["", "X", "X", "X", "", ""]
    assert {str(name): n for name, n in month.totals.minutes.items()} == {
        "normal_day": 480 + 468 + 480,
        "overtime_day": 120,
        "rest_day": 180,
    }
    assert month.totals.planned_minutes == 4 * 480
    assert month.totals.worked_minutes == 480 + 468 + 600 + 180
    assert month.totals.overtime_minutes == 300
    assert month.totals.half_days == {"X": 6}
    assert month.totals.absent == (on(8),)
    assert (month.state, month.totals.can_be_locked) == ("open", True)


def test_a_draft_is_nobodys_duty(lan, sales):
    plan(lan, shift(sales), "2026-10-05", is_published=False)
    assert days_of(lan)[on(5)].planned_minutes == 0
    assert not days_of(lan)[on(5)].flags


def test_the_plan_stays_when_its_template_changes(lan, sales):
    day_shift = shift(sales)
    plan(lan, day_shift, "2026-10-05")
    day_shift.unpaid_break_minutes = 0
    day_shift.save()
    assert days_of(lan)[on(5)].planned_minutes == 480


# --- Which date an entry belongs to -------------------------------------------------------------
def test_a_night_belongs_to_the_date_it_starts_and_crosses_the_month(lan, sales):
    night = shift(sales, "22:00", "06:00", unpaid=0)
    plan(lan, night, "2026-10-30", "2026-10-31")
    worked(lan, "2026-10-30 21:55", "2026-10-31 06:00")
    worked(lan, "2026-10-31 22:00", "2026-11-01 02:00")
    worked(lan, "2026-11-01 02:30", "2026-11-01 06:00")  # after midnight, of the same night
    october, november = days_of(lan), days_of(lan, NOVEMBER)
    assert (october[on(30)].worked_minutes, october[on(31)].worked_minutes) == (480, 450)
    assert {str(k): n for k, n in october[on(30)].minutes.items()} == {"normal_night": 480}
    assert sum(day.worked_minutes for day in november.values()) == 0


def test_who_comes_before_midnight_for_a_shift_after_it(lan, sales):
    plan(lan, shift(sales, "00:00", "08:00", unpaid=0), "2026-11-02")
    worked(lan, "2026-11-01 23:40", "2026-11-02 08:00")
    days = days_of(lan, NOVEMBER)
    assert (days[on(1, 11)].worked_minutes, days[on(2, 11)].worked_minutes) == (0, 500)


def test_a_corrected_check_in_decides_the_date(lan):
    entry = worked(lan, "2026-11-01 00:10", "2026-11-01 01:00")
    entry.corrected_in_at = moment("2026-10-31 17:00")
    entry.save()
    assert days_of(lan)[on(31)].worked_minutes == 480
    assert dates_of_work(lan.pk, [entry.checked_in_at, entry.corrected_in_at]) == [
        on(1, 11),
        on(31),
    ]


def test_two_shifts_of_a_day_are_one_plan_with_the_time_between_them_free(lan, sales):
    plan(lan, shift(sales, "08:00", "12:00", unpaid=0), "2026-10-05")
    plan(lan, shift(sales, "17:00", "21:00", unpaid=0), "2026-10-05")
    worked(lan, "2026-10-05 08:00", "12:00")
    worked(lan, "2026-10-05 17:09", "21:00")
    day = days_of(lan)[on(5)]
    assert (day.planned_minutes, day.worked_minutes, day.overtime_minutes) == (480, 471, 0)
    assert (day.late_minutes, day.symbol) == (0, "X")


# --- Breaks ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reason", "paid", "minutes"),
    [("rest", 0, 450), ("rest", 15, 465), ("rest", 60, 480), ("meeting", 0, 480)],
)
def test_a_break_is_unpaid_but_for_meetings_and_what_the_shift_pays(
    lan, sales, reason, paid, minutes
):
    plan(lan, shift(sales, "08:00", "16:00", unpaid=0, paid_break_minutes=paid), "2026-10-05")
    entry = worked(lan, "2026-10-05 08:00", "16:00")
    Break.objects.create(
        entry=entry,
        reason=reason,
        started_at=moment("2026-10-05 10:00"),
        ended_at=moment("2026-10-05 10:30"),
    )
    assert days_of(lan)[on(5)].worked_minutes == minutes


def test_what_a_shift_pays_of_breaks_is_paid_once_a_day(lan, sales):
    plan(lan, shift(sales, "08:00", "16:00", unpaid=0, paid_break_minutes=30), "2026-10-05")
    for start, end, begun in (("08:00", "12:00", "09:00"), ("12:00", "16:00", "14:00")):
        entry = worked(lan, f"2026-10-05 {start}", end)
        started = moment(f"2026-10-05 {begun}")
        Break.objects.create(
            entry=entry, reason="rest", started_at=started, ended_at=started.replace(minute=20)
        )
    assert days_of(lan)[on(5)].worked_minutes == 480 - 10


# --- Holidays and rules ---------------------------------------------------------------------------
def test_a_holiday_counts_when_it_is_confirmed(lan):
    Holiday.objects.create(date=on(24, 11), name="Ngày Văn hóa Việt Nam", is_confirmed=False)
    worked(lan, "2026-11-24 08:00", "12:00")
    assert {str(k) for k in days_of(lan, NOVEMBER)[on(24, 11)].minutes} == {"normal_day"}
    Holiday.objects.update(is_confirmed=True)
    row = read_month(lan, NOVEMBER, at=moment("2026-12-02 10:00")).rows[23]
    assert {str(k): n for k, n in row.day.minutes.items()} == {"holiday_day": 240}
    assert (row.holiday, row.day.symbol) == ("Ngày Văn hóa Việt Nam", "L")


def test_a_holiday_on_the_last_sunday_gives_the_first_monday_of_the_next_month(lan):
    Holiday.objects.create(date=date(2026, 5, 31), name="…")  # a Sunday
    assert days_of(lan, date(2026, 6, 1))[date(2026, 6, 1)].symbol == "NB"


def test_rules_change_within_a_month_on_their_date(lan):
    TimeRules.objects.create(effective_from=on(15), normal_minutes=420)
    for day in (14, 15):
        worked(lan, f"2026-10-{day} 08:00", "16:00")
    days = days_of(lan)
    assert (days[on(14)].overtime_minutes, days[on(15)].overtime_minutes) == (0, 60)


def test_dates_before_the_first_rules_are_not_counted(lan):
    TimeRules.objects.update(effective_from=on(15))
    assert [row.day.date for row in read_month(lan, OCTOBER).rows] == dates_of(OCTOBER)[14:]


# --- Days that are not over ----------------------------------------------------------------------
def test_today_goes_on_and_tomorrow_is_not_missed(lan, sales):
    plan(lan, shift(sales), "2026-11-23", "2026-11-24")
    worked(lan, "2026-11-23 08:00", None)
    days = days_of(lan, NOVEMBER, at="2026-11-23 09:52")
    assert (days[on(23, 11)].symbol, days[on(23, 11)].worked_minutes) == ("…", 112)
    assert not days[on(24, 11)].flags


def test_a_forgotten_check_out_counts_nothing(lan, sales):
    plan(lan, shift(sales), "2026-11-18")
    worked(lan, "2026-11-18 07:55", "21:00", is_auto_closed=True)
    month = read_month(lan, NOVEMBER, at=moment("2026-11-23 10:00"))
    assert month.totals.unresolved == (on(18, 11),)
    assert (month.totals.worked_minutes, month.rows[17].day.symbol) == (0, "!")


# --- Zones ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "evening", "morning", "minutes"),
    [
        ("Asia/Ho_Chi_Minh", "2026-03-28", "2026-03-29", 480),
        ("Europe/Berlin", "2026-03-28", "2026-03-29", 420),
        ("Europe/Berlin", "2026-10-24", "2026-10-25", 540),
        ("America/Sao_Paulo", "2026-10-24", "2026-10-25", 480),
        ("Asia/Kolkata", "2026-10-24", "2026-10-25", 480),
    ],
)
def test_a_night_has_the_minutes_that_really_pass(lan, sales, zone, evening, morning, minutes):
    Organisation.objects.update(time_zone=zone)
    plan(lan, shift(sales, "22:00", "06:00", unpaid=0), evening)
    worked(lan, f"{evening} 22:00", f"{morning} 06:00")
    day = date.fromisoformat(evening)
    found = days_of(lan, day.replace(day=1))[day]
    assert (found.planned_minutes, found.worked_minutes) == (minutes, minutes)
    normal = min(minutes, 480)
    assert found.overtime_minutes == minutes - normal


# --- Costs ----------------------------------------------------------------------------------------
def test_a_month_costs_the_same_for_two_people_and_for_thirty(organisation, sales):
    def cost(people) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(read_months(people, OCTOBER)) == len(people)
        return len(queries)

    day_shift = shift(sales)
    people = UserFactory.create_batch(30, department=sales)
    for person in people:
        plan(person, day_shift, "2026-10-05", "2026-10-06")
        entry = worked(person, "2026-10-05 08:00", "17:00")
        Break.objects.create(entry=entry, reason="meal", started_at=entry.checked_in_at)
    assert cost(people[:2]) == cost(people) == 9
