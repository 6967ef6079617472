from django.urls import path

from workforce.views import (
    availability,
    balances,
    calendar,
    deputies,
    leave,
    leave_calendar,
    presence,
    roster,
    roster_month,
    roster_print,
    roster_rotation,
    shifts,
    timesheet,
)
from workforce.views import timesheet_entries as entries

app_name = "workforce"

TIMESHEET = "shifts/timesheet"

urlpatterns = [
    path("presence", presence.presence, name="presence"),
    path("shifts", roster.roster, name="roster"),
    path("shifts/month", roster_month.roster_month, name="roster_month"),
    path("shifts/print", roster_print.roster_print, name="roster_print"),
    path("shifts/assign", roster.roster_assign, name="roster_assign"),
    path("shifts/planned/<int:pk>", roster.roster_planned, name="roster_planned"),
    path("shifts/copy", roster.roster_copy, name="roster_copy"),
    path("shifts/publish", roster.roster_publish, name="roster_publish"),
    path("shifts/rotation", roster_rotation.roster_rotation, name="roster_rotation"),
    path("shifts/availability", availability.availability_day, name="availability_day"),
    path("shifts/calendar", calendar.calendar_feed, name="calendar_feed"),
    path("shifts/calendar/<str:token>.ics", calendar.calendar_ics, name="calendar_ics"),
    path("shifts/leave/new", leave.leave_new, name="leave_new"),
    path("shifts/leave/<int:pk>", leave.leave, name="leave"),
    path("requests/balance", balances.leave_balance, name="leave_balance"),
    path(
        "requests/balance/<uuid:public_id>",
        balances.leave_balance_person,
        name="leave_balance_person",
    ),
    path("requests/balances", balances.leave_balance_team, name="leave_balance_team"),
    path("requests/balances/import", balances.leave_balance_import, name="leave_balance_import"),
    path("requests/calendar", leave_calendar.leave_calendar, name="leave_calendar"),
    path("requests/deputies", deputies.deputy_list, name="deputy_list"),
    path("requests/deputies/<int:pk>/end", deputies.deputy_end, name="deputy_end"),
    path("shifts/templates", shifts.shift_list, name="shift_list"),
    path("shifts/templates/new", shifts.shift_new, name="shift_new"),
    path("shifts/templates/<int:pk>", shifts.shift_edit, name="shift_edit"),
    path(TIMESHEET, timesheet.timesheet, name="timesheet"),
    path(f"{TIMESHEET}/team", timesheet.timesheet_team, name="timesheet_team"),
    path(f"{TIMESHEET}/team/export", timesheet.timesheet_export, name="timesheet_export"),
    path(f"{TIMESHEET}/team/approve", timesheet.timesheet_approve, name="timesheet_approve"),
    path(f"{TIMESHEET}/team/lock", timesheet.timesheet_lock, name="timesheet_lock"),
    path(f"{TIMESHEET}/team/unlock", timesheet.timesheet_unlock, name="timesheet_unlock"),
    path(f"{TIMESHEET}/entries/<int:pk>", entries.timesheet_correct, name="timesheet_correct"),
    path(f"{TIMESHEET}/entries/<int:pk>/remove", entries.timesheet_remove, name="timesheet_remove"),
    path(f"{TIMESHEET}/breaks/<int:pk>", entries.timesheet_break, name="timesheet_break"),
    path(f"{TIMESHEET}/<uuid:public_id>/new", entries.timesheet_add, name="timesheet_add"),
    path(f"{TIMESHEET}/<uuid:public_id>", timesheet.timesheet_person, name="timesheet_person"),
]
