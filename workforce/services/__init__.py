"""What happens to working time. Import the verbs from here."""

from workforce.services.attendance import (
    check_in,
    check_out,
    end_time_of_deactivated,
    follow_people,
)
from workforce.services.corrections import correct_entry
from workforce.services.holidays import copy_holidays
from workforce.services.months import (
    approve_months,
    lock_months_of,
    may_settle,
    refuse_locked_for_all,
    refuse_locked_months,
    unlock_months_of,
)

__all__ = [
    "approve_months",
    "check_in",
    "check_out",
    "copy_holidays",
    "correct_entry",
    "end_time_of_deactivated",
    "follow_people",
    "lock_months_of",
    "may_settle",
    "refuse_locked_for_all",
    "refuse_locked_months",
    "unlock_months_of",
]
