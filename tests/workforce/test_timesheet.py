"""A table of days: what one person's records of a date come to, worked out by hand.

How to write times is said in `timesheet_text`. November 2026: the 16th is a Monday.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.workforce import timesheet_text as text
from tests.workforce.timesheet_text import RULES
from workforce.attendance_records import DayPart, Leave, LeaveKind, planned_shift
from workforce.labour_rules import DayKind, Holiday, PayClass
from workforce.shift_times import ShiftTimes
from workforce.timesheet import classify_day

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
KOLKATA = ZoneInfo("Asia/Kolkata")

D, N = PayClass.NORMAL_DAY, PayClass.NORMAL_NIGHT
OD, ON, ON_AFTER = (
    PayClass.OVERTIME_DAY,
    PayClass.OVERTIME_NIGHT,
    PayClass.OVERTIME_NIGHT_AFTER_DAY,
)
RD, RN = PayClass.REST_DAY, PayClass.REST_NIGHT
HD, HN = PayClass.HOLIDAY_DAY, PayClass.HOLIDAY_NIGHT

DAY = "08:00-17:00 unpaid 12:00-13:00"
SATURDAY = "08:00-12:00"
EVENING = "14:00-22:00 paid 18:00-18:30"
NIGHT = "22:00-06:00+ paid 02:00+-02:45+"
FROM_MIDNIGHT = "00:00-08:00"
TWELVE_HOURS = "06:00-18:00 unpaid 12:00-13:00"
PLANNED = {None: 0, SATURDAY: 240, TWELVE_HOURS: 660}  # all others: 480

HOLIDAYS = [
    *(Holiday(date(2026, 2, day)) for day in (16, 17, 18, 19, 20)),  # Tết, Monday to Friday
    Holiday(date(2026, 4, 26)),  # Hùng Kings, on a Sunday
    Holiday(date(2026, 9, 2)),
    Holiday(date(2026, 11, 24), is_confirmed=False),
    Holiday(date(2027, 1, 1)),
]

P, KL, SICK, TS, NB = (Leave(symbol) for symbol in ("P", "KL", "Ô", "TS", "NB"))
P_MORNING, P_AFTERNOON = Leave("P", DayPart.FIRST_HALF), Leave("P", DayPart.SECOND_HALF)
CT, REMOTE = Leave("CT", kind=LeaveKind.TRIP), Leave("R", kind=LeaveKind.REMOTE)
CT_MORNING = Leave("CT", DayPart.FIRST_HALF, LeaveKind.TRIP)
REMOTE_MORNING = Leave("R", DayPart.FIRST_HALF, LeaveKind.REMOTE)


@dataclass(frozen=True, kw_only=True)
class Case:
    what: str
    on: date
    shift: str | None
    entries: str
    minutes: dict
    symbol: str
    brk: int = 0
    late: int = 0
    early: int = 0
    leave: Leave | None = None
    leave_minutes: int = 0
    flags: str = ""
    planned: int | None = None
    pay: int | None = None  # minutes x percent
    now: str = "?"
    zone: ZoneInfo = field(default=SAIGON)


def day(what, on, shift, entries, minutes, symbol, **others) -> Case:
    return Case(
        what=what,
        on=date.fromisoformat(on if len(on) > 5 else f"2026-{on}"),
        shift=shift,
        entries=entries,
        minutes=minutes,
        symbol=symbol,
        **others,
    )


COMING_AND_GOING = [
    day("to the minute", "11-19", DAY, "08:00-17:00", {D: 480}, "X", brk=60, pay=48000),
    day("within the grace", "11-19", DAY, "07:57-17:02", {D: 480}, "X", brk=60),
    day("at the edge of the grace", "11-19", DAY, "07:55-17:05", {D: 480}, "X", brk=60),
    # One minute beyond it, all six count, on both sides.
    day("beyond the grace", "11-19", DAY, "07:54-17:06", {D: 480, OD: 12}, "X", brk=60),
    # 17:00-18:02; the two minutes before eight are grace.
    day("stays an hour", "11-20", DAY, "07:58-18:02", {D: 480, OD: 62}, "X", brk=60, pay=57300),
    day("comes at 06:30", "11-19", DAY, "06:30-17:00", {D: 480, OD: 90}, "X", brk=60),
    day("late", "11-19", DAY, "08:12-17:03", {D: 468}, "X", brk=60, late=12),
    day("late within the grace", "11-19", DAY, "08:05-17:00", {D: 475}, "X", brk=60),
    day("late by a minute more", "11-19", DAY, "08:06-17:00", {D: 474}, "X", brk=60, late=6),
    # Seconds are dropped: 08:05 is still within the grace, and 475 minutes before 17:00.
    day("seconds", "11-19", DAY, "08:05:59-17:00:59", {D: 475}, "X", brk=60),
    # 13:00-13:20 only: the lunch that lies before is no lateness.
    day("comes after lunch", "11-19", DAY, "13:20-17:00", {D: 220}, "X/2", late=260),
    day("comes in the lunch", "11-19", DAY, "12:30-17:00", {D: 240}, "X/2", brk=30, late=240),
    day("leaves early", "11-19", DAY, "08:00-16:30", {D: 450}, "X", brk=60, early=30),
    day("early within the grace", "11-19", DAY, "08:00-16:55", {D: 475}, "X", brk=60),
    day("late, makes it up", "11-19", DAY, "08:30-17:30", {D: 480}, "X", brk=60, late=30),
    # 19:00 is 120 after the shift: 30 make up, 90 are overtime.
    day("late, stays", "11-19", DAY, "08:30-19:00", {D: 480, OD: 90}, "X", brk=60, late=30),
    # 06:20 of the first hour makes up for being late, 06:20-07:00 is overtime.
    day("an hour before", "11-19", DAY, "06:00-07:00; 08:20-17:00",
        {D: 480, OD: 40}, "X", brk=60, late=20),
    day("only after the shift", "11-19", DAY, "18:00-21:00", {D: 180}, "X/2", late=480),
    day("only the grace before it", "11-19", DAY, "07:56-07:59", {}, "", late=480,
        flags="too_short"),
    day("an hour", "11-19", DAY, "08:00-09:00", {D: 60}, "", early=420, flags="too_short"),
    day("almost half", "11-19", DAY, "08:00-09:59", {D: 119}, "", early=361, flags="too_short"),
    day("half", "11-19", DAY, "08:00-10:00", {D: 120}, "X/2", early=360),
    day("almost whole", "11-19", DAY, "08:00-14:59", {D: 359}, "X/2", brk=60, early=121),
    day("whole", "11-19", DAY, "08:00-15:00", {D: 360}, "X", brk=60, early=120),
    day("Saturday", "11-21", SATURDAY, "08:01-12:04", {D: 239}, "X/2"),
    # The shift is all that is normal on it: 12:00-14:00 is overtime.
    day("Saturday, stays", "11-21", SATURDAY, "08:00-14:00", {D: 240, OD: 120}, "X/2"),
    # 06-12 and 13-15 are eight hours.
    day("twelve hours", "11-16", TWELVE_HOURS, "06:00-18:00", {D: 480, OD: 180}, "X", brk=60),
    day("not planned", "11-19", None, "09:00-18:00", {D: 480, OD: 60}, "X"),
    day("nothing planned", "11-19", None, "", {}, ""),
]  # fmt: skip

BREAKS = [
    day("lunch later", "11-19", DAY, "08:00-17:00 unpaid 12:05-13:05", {D: 480}, "X", brk=60),
    day("lunch longer", "11-19", DAY, "08:00-17:00 unpaid 12:00-13:20", {D: 460}, "X", brk=80),
    # What is planned is taken off at least.
    day("lunch shorter", "11-19", DAY, "08:00-17:00 unpaid 12:00-12:30", {D: 480}, "X", brk=60),
    day("a coffee", "11-19", DAY, "08:00-17:00 unpaid 10:00-10:15", {D: 480}, "X", brk=60),
    day("a paid coffee", "11-19", DAY, "08:00-17:00 paid 10:00-10:15", {D: 480}, "X", brk=75),
    # 12:00-13:10 once, not 40 and 50.
    day("overlapping breaks", "11-19", DAY,
        "08:00-17:00 unpaid 12:00-12:40 unpaid 12:20-13:10", {D: 470}, "X", brk=70),
    # Unpaid until 13:00, paid until 13:15.
    day("paid over unpaid", "11-19", DAY,
        "08:00-17:00 unpaid 12:00-13:00 paid 12:45-13:15", {D: 480}, "X", brk=75),
    day("out for lunch", "11-19", DAY, "08:00-12:00; 13:00-17:00", {D: 480}, "X"),
    day("out for lunch at one", "11-19", DAY, "08:00-13:00; 14:00-17:00", {D: 480}, "X"),
    # Away for 40 of the 60: 20 more are taken off, 12:00-12:10 and 12:50-13:00.
    day("out for 40 minutes", "11-19", DAY, "08:00-12:10; 12:50-17:00", {D: 480}, "X", brk=20),
    day("out for two hours", "11-19", DAY, "08:00-12:00; 14:00-17:00", {D: 420}, "X"),
    day("break left open", "11-21", SATURDAY, "08:00-12:00 unpaid 11:30-?", {D: 210}, "X/2",
        brk=30),
    day("break before the entry", "11-19", DAY, "08:00-17:00 unpaid 06:00-07:30", {D: 480}, "X",
        brk=60),
    # 30 minutes of the overtime; lunch is still owed in full.
    day("break in overtime", "11-19", DAY, "08:00-20:00 unpaid 18:00-18:30", {D: 480, OD: 150},
        "X", brk=90),
]  # fmt: skip

ENTRIES = [
    day("overlap", "11-19", DAY, "08:00-12:30; 12:00-17:00", {D: 480}, "X", brk=60),
    day("one in the other", "11-19", DAY, "08:00-17:00; 09:00-10:00", {D: 480}, "X", brk=60),
    day("twice the same", "11-19", DAY, "08:00-17:00; 08:00-17:00", {D: 480}, "X", brk=60),
    day("forgot to check out", "11-18", DAY, "07:55-?", {}, "!", flags="missing_check_out"),
    day("late and forgot", "11-18", DAY, "08:12-?", {}, "!", late=12, flags="missing_check_out"),
    # 21:00 is the machine's time, four hours after the shift: no overtime, no work at all.
    day("closed by the machine", "11-18", DAY, "07:55-21:00 auto", {}, "!",
        flags="missing_check_out auto_closed"),
    day("closed by the machine just now", "11-18", DAY, "07:55-20:00 auto", {}, "!", now="20:01",
        flags="missing_check_out auto_closed"),
    day("closed, then corrected", "11-18", DAY, "07:55-21:00 auto out=17:05", {D: 480}, "X",
        brk=60, flags="corrected"),
    day("forgot, then corrected", "11-18", DAY, "07:55-? out=17:40", {D: 480, OD: 40}, "X",
        brk=60, flags="corrected"),
    day("check-in corrected", "11-12", DAY, "08:47-17:00 in=07:59", {D: 480}, "X", brk=60,
        flags="corrected"),
    day("corrected downwards", "11-12", DAY, "08:00-17:00 out=15:00", {D: 360}, "X", brk=60,
        early=120, flags="corrected"),
    day("no check-in", "11-18", DAY, "?-17:00", {}, "!", flags="missing_check_in"),
    day("no check-in, left early", "11-18", DAY, "?-16:00", {}, "!", early=60,
        flags="missing_check_in"),
    day("morning known", "11-18", DAY, "08:00-12:00; 13:00-?", {D: 240}, "!",
        flags="missing_check_out"),
    day("backwards", "11-18", DAY, "17:00-08:00", {}, "!", flags="backwards"),
    day("at work now", "11-23", DAY, "07:56-?", {D: 112}, "…", now="09:52", flags="in_progress"),
    day("late, at work now", "11-23", DAY, "08:20-?", {D: 92}, "…", now="09:52", late=20,
        flags="in_progress"),
    # 17:00-20:59; a minute later the entry is taken for forgotten.
    day("still at work", "11-23", DAY, "08:00-?", {D: 480, OD: 239}, "…", now="20:59", brk=60,
        flags="in_progress"),
    day("forgotten by now", "11-23", DAY, "08:00-?", {}, "!", now="21:00",
        flags="missing_check_out"),
    day("absent", "11-18", DAY, "", {}, "", flags="absent"),
    day("absent by now", "11-18", DAY, "", {}, "", now="17:00", flags="absent"),
    day("may still come", "11-18", DAY, "", {}, "", now="16:59"),
]  # fmt: skip

LEAVE = [
    day("annual", "11-16", DAY, "", {}, "P", leave=P, leave_minutes=480),
    day("annual, no plan", "11-16", None, "", {}, "P", leave=P, leave_minutes=480),
    day("annual on Saturday", "11-21", SATURDAY, "", {}, "P", leave=P, leave_minutes=240),
    day("unpaid", "11-16", DAY, "", {}, "KL", leave=KL, leave_minutes=480),
    day("sick", "11-16", DAY, "", {}, "Ô", leave=SICK, leave_minutes=480),
    day("maternity", "11-16", DAY, "", {}, "TS", leave=TS, leave_minutes=480),
    day("time off", "11-16", DAY, "", {}, "NB", leave=NB, leave_minutes=480),
    # The grace is before 13:00 here, where the half that is left begins.
    day("morning off", "11-16", DAY, "12:57-17:00", {D: 240}, "P/2", leave=P_MORNING,
        leave_minutes=240),
    day("morning off, late", "11-16", DAY, "13:10-17:00", {D: 230}, "P/2", leave=P_MORNING,
        leave_minutes=240, late=10),
    # The leave has used up the other half: 17:00-19:00 is overtime.
    day("morning off, stays", "11-16", DAY, "13:00-19:00", {D: 240, OD: 120}, "P/2",
        leave=P_MORNING, leave_minutes=240),
    day("morning off, no plan", "11-16", None, "09:00-16:00", {D: 240, OD: 180}, "P/2",
        leave=P_MORNING, leave_minutes=240),
    day("afternoon off", "11-16", DAY, "08:00-12:03", {D: 240}, "P/2", leave=P_AFTERNOON,
        leave_minutes=240),
    day("afternoon off, early", "11-16", DAY, "08:00-11:30", {D: 210}, "P/2", leave=P_AFTERNOON,
        leave_minutes=240, early=30),
    day("half off, absent", "11-16", DAY, "", {}, "P/2", leave=P_AFTERNOON, leave_minutes=240,
        flags="absent"),
    day("worked on leave", "11-16", DAY, "09:00-11:00", {D: 120}, "P", leave=P,
        leave_minutes=480, flags="worked_on_leave"),
    day("trip", "11-16", DAY, "", {}, "CT", leave=CT, leave_minutes=480),
    day("trip, checked in", "11-16", DAY, "09:00-11:00", {D: 120}, "CT", leave=CT,
        leave_minutes=480),
    day("trip in the morning", "11-16", DAY, "13:00-17:00", {D: 240}, "CT/2", leave=CT_MORNING,
        leave_minutes=240),
    day("remote", "11-16", DAY, "08:00-17:00", {D: 480}, "R", leave=REMOTE, brk=60),
    day("remote, half", "11-16", DAY, "08:00-12:00", {D: 240}, "R/2", leave=REMOTE, early=240),
    day("remote, absent", "11-16", DAY, "", {}, "", leave=REMOTE, flags="absent"),
    day("remote in the morning", "11-16", DAY, "08:00-17:00", {D: 480}, "R/2",
        leave=REMOTE_MORNING, brk=60),
    day("leave on Sunday", "11-22", None, "", {}, "", leave=P),
    day("leave on a holiday", "09-02", DAY, "", {}, "L", leave=P, planned=0),
]  # fmt: skip

NIGHTS = [
    day("night", "11-19", NIGHT, "22:00-06:00+", {N: 480}, "X", pay=62400),
    day("night, grace", "11-19", NIGHT, "21:58-06:03+", {N: 480}, "X"),
    day("night, unpaid break", "11-19", NIGHT, "22:00-06:00+ unpaid 02:00+-02:45+", {N: 435}, "X",
        brk=45),
    day("night, comes after midnight", "11-19", NIGHT, "00:30+-06:00+", {N: 330}, "X/2",
        late=150),
    day("night, stays", "11-19", NIGHT, "22:00-07:00+", {N: 480, OD: 60}, "X"),
    day("night, comes at eight", "11-19", NIGHT, "20:00-06:00+", {OD: 120, N: 480}, "X"),
    day("night, leave in its first half", "11-19", NIGHT, "02:00+-06:00+", {N: 240}, "P/2",
        leave=P_MORNING, leave_minutes=240),
    # Comes in on the date before; 00-06 is night, 06-08 day.
    day("from midnight", "11-19", FROM_MIDNIGHT, "23:55<-08:00", {N: 360, D: 120}, "X"),
    day("until midnight", "11-19", "16:00-00:00+", "16:00-00:00+", {D: 360, N: 120}, "X"),
    # No overtime by day before it: 200. 480 x 100 + 120 x 200.
    day("night overtime", "11-19", EVENING, "14:00-00:00+", {D: 480, ON: 120}, "X", pay=72000),
    # 12:00-14:00 by day comes first: 210. 480 x 100 + 120 x 150 + 120 x 210.
    day("night overtime after day", "11-19", EVENING, "12:00-00:00+",
        {D: 480, OD: 120, ON_AFTER: 120}, "X", pay=91200),
    # 17-22 and 22:00-23:30.
    day("day shift into the night", "11-19", DAY, "08:00-23:30",
        {D: 480, OD: 300, ON_AFTER: 90}, "X", brk=60),
    # 04-06 by night comes before 06-08 by day: 200.
    day("night overtime before day", "11-19", DAY, "04:00-17:00", {D: 480, ON: 120, OD: 120},
        "X", brk=60),
    # 04-06 comes before, 22-23 after the overtime by day (06-08, 17-22).
    day("both", "11-19", DAY, "04:00-23:00", {D: 480, ON: 120, OD: 420, ON_AFTER: 60}, "X",
        brk=60),
    day("night into Sunday", "11-21", NIGHT, "22:00-06:00+", {N: 480}, "X"),
    day("night out of Sunday", "11-22", NIGHT, "22:00-06:00+", {RN: 480}, ""),
    day("night into a holiday", "12-31", NIGHT, "22:00-06:00+", {N: 480}, "X"),
    day("night of a holiday", "2027-01-01", NIGHT, "22:00-06:00+", {HN: 480}, "L"),
]  # fmt: skip

DAYS_OFF = [
    day("Sunday", "11-22", None, "", {}, ""),
    day("Sunday worked", "11-22", None, "08:00-12:00", {RD: 240}, "", pay=48000),
    # 20-22 x 200 + 22-23 x 270.
    day("Sunday late", "11-22", None, "20:00-23:00", {RD: 120, RN: 60}, "", pay=40200),
    day("Sunday planned", "11-22", DAY, "08:10-17:00", {RD: 470}, "", brk=60, late=10),
    day("Sunday absent", "11-22", DAY, "", {}, "", flags="absent"),
    day("holiday", "09-02", None, "", {}, "L"),
    # Planned by a roster that was copied: nobody is absent on a holiday.
    day("holiday planned", "09-02", DAY, "", {}, "L", planned=0),
    day("holiday worked", "09-02", DAY, "08:00-17:00", {HD: 480}, "L", brk=60, pay=144000),
    day("holiday forgotten", "09-02", DAY, "08:00-?", {}, "!", flags="missing_check_out"),
    day("Tết", "02-17", None, "", {}, "L"),
    # 20-22 x 300 + 22-23 x 390.
    day("Tết worked", "02-17", None, "20:00-23:00", {HD: 120, HN: 60}, "L", pay=59400),
    # From the last day before Tết into it: it belongs to Sunday the 15th, a weekly rest day.
    day("into Tết", "02-15", None, "23:00-01:00+", {RN: 120}, ""),
    day("holiday on a Sunday", "04-26", None, "", {}, "L"),
    day("holiday on a Sunday worked", "04-26", None, "08:00-12:00", {HD: 240}, "L"),
    day("Monday in lieu", "04-27", DAY, "", {}, "NB", planned=0),
    day("Monday in lieu worked", "04-27", DAY, "08:00-17:00", {RD: 480}, "NB", brk=60),
    day("Tuesday after it", "04-28", DAY, "08:00-17:00", {D: 480}, "X", brk=60),
    day("not confirmed", "11-24", DAY, "08:00-17:00", {D: 480}, "X", brk=60),
    day("not confirmed, absent", "11-24", DAY, "", {}, "", flags="absent"),
]  # fmt: skip

# The clocks jump on the night from Saturday to Sunday: from 02:00 to 03:00 and back in Berlin,
# from 00:00 to 01:00 and back to 23:00 in São Paulo.
ZONES = [
    day("Berlin, 7 hours", "03-28", NIGHT, "22:00-06:00+", {N: 420}, "X", zone=BERLIN, planned=420),
    # 480 are normal, the ninth hour is overtime: 480 x 130 + 60 x 200.
    day("Berlin, 9 hours", "10-24", NIGHT, "22:00-06:00+", {N: 480, ON: 60}, "X", zone=BERLIN,
        planned=540, pay=74400),
    # 02:30 comes twice; 01:30 UTC is the second. 20:00-01:30 UTC late, 01:30-05:00 worked.
    day("Berlin, the second 02:30", "10-24", NIGHT, "01:30+Z-06:00+", {N: 210}, "X/2",
        zone=BERLIN, planned=540, late=330),
    day("Berlin, the first 02:30", "10-24", NIGHT, "00:30+Z-06:00+", {N: 270}, "X/2",
        zone=BERLIN, planned=540, late=270),
    # 00-06 is 5 hours of night in spring and 7 in autumn.
    day("Berlin, Sunday in spring", "03-29", None, "00:00-08:00", {RN: 300, RD: 120}, "",
        zone=BERLIN),
    day("Berlin, Sunday in autumn", "10-25", None, "00:00-08:00", {RN: 420, RD: 120}, "",
        zone=BERLIN),
    day("Berlin in winter", "11-19", DAY, "07:00Z-16:00Z", {D: 480}, "X", zone=BERLIN, brk=60),
    day("São Paulo, 7 hours", "2018-11-03", NIGHT, "22:00-06:00+", {N: 420}, "X",
        zone=SAO_PAULO, planned=420),
    day("São Paulo, 9 hours", "2019-02-16", NIGHT, "22:00-06:00+", {N: 480, ON: 60}, "X",
        zone=SAO_PAULO, planned=540),
    # 18-22 by day, 22-24 by night with an hour that comes twice: 240 + 180 minutes.
    day("São Paulo, an evening of 7 hours", "2019-02-16", "18:00-00:00+", "18:00-00:00+",
        {D: 240, N: 180}, "X", zone=SAO_PAULO, planned=420),
    # 22:00 in India is 16:30 UTC.
    day("Kolkata", "11-19", NIGHT, "16:30Z-00:30+Z", {N: 480}, "X", zone=KOLKATA),
    day("Kolkata, evening", "11-19", "16:00-00:00+", "16:00-00:00+", {D: 360, N: 120}, "X",
        zone=KOLKATA),
]  # fmt: skip

CASES = [*COMING_AND_GOING, *BREAKS, *ENTRIES, *LEAVE, *NIGHTS, *DAYS_OFF, *ZONES]


def classify(case: Case, rules=RULES, holidays=HOLIDAYS):
    return classify_day(
        case.on,
        rules=rules,
        holidays=holidays,
        zone=case.zone,
        shift=text.shift(case.shift, case.on, case.zone),
        entries=text.entries(case.entries, case.on, case.zone),
        leave=case.leave,
        as_of=text.instant(case.now, case.on, case.zone),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_day(case):
    found = classify(case)
    planned = PLANNED.get(case.shift, 480) if case.planned is None else case.planned
    assert {str(name): count for name, count in found.minutes.items()} == case.minutes
    assert found.symbol == case.symbol
    assert found.flags == set(case.flags.split())
    assert (found.planned_minutes, found.worked_minutes) == (planned, sum(case.minutes.values()))
    assert (found.break_minutes, found.leave_minutes) == (case.brk, case.leave_minutes)
    assert (found.late_minutes, found.early_minutes) == (case.late, case.early)
    if case.pay is not None:
        assert found.percent_minutes == case.pay


def test_the_table_has_each_day_once():
    assert len({case.what for case in CASES}) == len(CASES) > 100


def case_of(what: str) -> Case:
    return next(case for case in CASES if case.what == what)


@pytest.mark.parametrize(
    ("what", "half_days"),
    [
        ("to the minute", {"X": 2}),
        ("Saturday", {"X": 1}),
        ("an hour", {}),
        ("annual", {"P": 2}),
        ("morning off", {"P": 1, "X": 1}),
        ("half off, absent", {"P": 1}),
        ("worked on leave", {"P": 2}),
        ("trip in the morning", {"CT": 1, "X": 1}),
        ("remote", {"R": 2}),
        ("remote, half", {"R": 1}),
        ("remote in the morning", {"R": 1, "X": 1}),
        ("morning known", {}),
        ("at work now", {}),
        ("Sunday worked", {}),
        ("holiday worked", {"L": 2}),
        ("holiday forgotten", {"L": 2}),
        ("Monday in lieu worked", {"NB": 2}),
    ],
)
def test_what_a_day_counts_for(what, half_days):
    assert classify(case_of(what)).half_days == half_days


def test_a_grace_may_be_taken_off_what_is_late():
    rules = replace(RULES, is_grace_deducted=True)
    assert classify(case_of("late"), rules).late_minutes == 12 - 5
    assert classify(case_of("leaves early"), rules).early_minutes == 30 - 5
    assert classify(case_of("late within the grace"), rules).late_minutes == 0


def test_a_day_of_ten_hours_has_no_overtime_where_the_week_is_counted():
    rules = replace(RULES, normal_minutes=600)
    found = classify(day("ten hours", "11-19", "07:00-17:00", "07:00-17:30", {}, ""), rules)
    assert found.minutes == {D: 600, OD: 30}


def test_a_confirmed_holiday_changes_the_day():
    confirmed = [Holiday(date(2026, 11, 24))]
    found = classify(case_of("not confirmed"), holidays=confirmed)
    assert (found.kind, found.minutes, found.symbol) == (DayKind.HOLIDAY, {HD: 480}, "L")


def test_someone_who_rests_on_tuesdays():
    rules = replace(RULES, rest_weekdays=frozenset({1}))
    tuesday = day("tuesday", "11-17", None, "08:00-12:00", {}, "")
    sunday = day("sunday", "11-22", DAY, "08:00-17:00", {}, "")
    assert classify(tuesday, rules).minutes == {RD: 240}
    assert classify(sunday, rules).minutes == {D: 480}


def test_a_break_planned_without_a_time_lies_in_the_middle():
    on = date(2026, 11, 19)
    starts_at, ends_at = text.pair("08:00-17:00", on, SAIGON)
    times = ShiftTimes(starts_at, ends_at, date=on, unpaid_break_minutes=60)
    placed = planned_shift(times, grace_in_minutes=5, grace_out_minutes=5)
    # Half of nine hours is 12:30.
    assert placed.unpaid_breaks == text.shift(DAY, on, SAIGON).unpaid_breaks
    assert placed.grace_in_minutes == placed.grace_out_minutes == 5


def test_rules_of_another_time_are_refused():
    rules = replace(RULES, effective_from=date(2026, 12, 1))
    with pytest.raises(ValueError, match="not in force on 2026-11-19"):
        classify(case_of("late"), rules)
