"""Who works when: plans, attendance, and the tables of the rules that count both."""

from workforce.models.holiday import Holiday
from workforce.models.roster_rule import RosterRule
from workforce.models.shift import Shift, ShiftAssignment
from workforce.models.time_entry import Break, TimeEntry
from workforce.models.time_rules import TimeRules
from workforce.models.timesheet_month import TimesheetMonth

__all__ = [
    "Break",
    "Holiday",
    "RosterRule",
    "Shift",
    "ShiftAssignment",
    "TimeEntry",
    "TimeRules",
    "TimesheetMonth",
]
