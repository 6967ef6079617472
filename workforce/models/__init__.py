"""Who works when: plans, attendance, and the tables of the rules that count both."""

from workforce.models.availability_interval import AvailabilityInterval
from workforce.models.calendar_feed import CalendarFeed
from workforce.models.day_agreement import DayAgreement
from workforce.models.delegation import Delegation
from workforce.models.holiday import Holiday
from workforce.models.leave import Leave, LeaveType
from workforce.models.leave_ledger import LeaveBlackout, LeaveLedgerEntry
from workforce.models.office_network import OfficeNetwork
from workforce.models.request import Request, RequestComment, RequestFile
from workforce.models.roster_rule import RosterRule
from workforce.models.shift import Shift, ShiftAssignment
from workforce.models.time_entry import Break, TimeEntry
from workforce.models.time_rules import TimeRules
from workforce.models.timesheet_month import TimesheetMonth

__all__ = [
    "AvailabilityInterval",
    "Break",
    "CalendarFeed",
    "DayAgreement",
    "Delegation",
    "Holiday",
    "Leave",
    "LeaveBlackout",
    "LeaveLedgerEntry",
    "LeaveType",
    "OfficeNetwork",
    "Request",
    "RequestComment",
    "RequestFile",
    "RosterRule",
    "Shift",
    "ShiftAssignment",
    "TimeEntry",
    "TimeRules",
    "TimesheetMonth",
]
