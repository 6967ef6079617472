"""What happens to working time. Import the verbs from here."""

from workforce.services.added_entries import add_entry, remove_added_entry
from workforce.services.attendance import (
    STAY_MINUTES,
    NotCheckedIn,
    check_in,
    check_out,
    end_time_of_deactivated,
    follow_people,
    stay_longer,
)
from workforce.services.auto_close import close_forgotten
from workforce.services.breaks import MAX_BREAK_MINUTES, end_break, start_break
from workforce.services.calendar_feeds import (
    end_calendar_feed,
    make_calendar_feed,
    renew_calendar_feed,
)
from workforce.services.corrections import correct_break, correct_entry
from workforce.services.delegations import end_delegation, may_end_delegation, name_deputy
from workforce.services.history import follow_time, record_availability, repair_history
from workforce.services.holidays import copy_holidays
from workforce.services.leave import grant_leave, withdraw_leave
from workforce.services.leave_accounts import adjust_balance, settle_leave_accounts
from workforce.services.months import (
    approve_months,
    lock_months_of,
    may_settle,
    refuse_locked_for_all,
    refuse_locked_months,
    unlock_months_of,
)
from workforce.services.opening_balances import (
    check_opening_balances,
    import_opening_balances,
)
from workforce.services.presence import choose_presence
from workforce.services.request_files import MAX_FILES, NewFile, comment_on, hand_in
from workforce.services.request_jobs import (
    carry_out_transfers,
    close_unanswered,
    remind_deciders,
)
from workforce.services.requests import (
    answer_swap,
    approve_request,
    cancel_request,
    may_cancel,
    reject_request,
    submit_request,
)
from workforce.services.roster import assign_shift, copy_week, publish_week, remove_shift
from workforce.services.rotations import (
    RotationDraft,
    RotationOrder,
    draft_rotation,
    plan_rotation,
)
from workforce.services.shifts import create_shift, update_shift

__all__ = [
    "MAX_BREAK_MINUTES",
    "MAX_FILES",
    "STAY_MINUTES",
    "NewFile",
    "NotCheckedIn",
    "RotationDraft",
    "RotationOrder",
    "add_entry",
    "adjust_balance",
    "answer_swap",
    "approve_months",
    "approve_request",
    "assign_shift",
    "cancel_request",
    "carry_out_transfers",
    "check_in",
    "check_opening_balances",
    "check_out",
    "choose_presence",
    "close_forgotten",
    "close_unanswered",
    "comment_on",
    "copy_holidays",
    "copy_week",
    "correct_break",
    "correct_entry",
    "create_shift",
    "draft_rotation",
    "end_break",
    "end_calendar_feed",
    "end_delegation",
    "end_time_of_deactivated",
    "follow_people",
    "follow_time",
    "grant_leave",
    "hand_in",
    "import_opening_balances",
    "lock_months_of",
    "make_calendar_feed",
    "may_cancel",
    "may_end_delegation",
    "may_settle",
    "name_deputy",
    "plan_rotation",
    "publish_week",
    "record_availability",
    "refuse_locked_for_all",
    "refuse_locked_months",
    "reject_request",
    "remind_deciders",
    "remove_added_entry",
    "remove_shift",
    "renew_calendar_feed",
    "repair_history",
    "settle_leave_accounts",
    "start_break",
    "stay_longer",
    "submit_request",
    "unlock_months_of",
    "update_shift",
    "withdraw_leave",
]
