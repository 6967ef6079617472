from django.urls import path

from workforce.views import presence, timesheet

app_name = "workforce"

TIMESHEET = "shifts/timesheet"

urlpatterns = [
    path("presence", presence.presence, name="presence"),
    path(TIMESHEET, timesheet.timesheet, name="timesheet"),
    path(f"{TIMESHEET}/team", timesheet.timesheet_team, name="timesheet_team"),
    path(f"{TIMESHEET}/team/export", timesheet.timesheet_export, name="timesheet_export"),
    path(f"{TIMESHEET}/team/approve", timesheet.timesheet_approve, name="timesheet_approve"),
    path(f"{TIMESHEET}/team/lock", timesheet.timesheet_lock, name="timesheet_lock"),
    path(f"{TIMESHEET}/team/unlock", timesheet.timesheet_unlock, name="timesheet_unlock"),
    path(f"{TIMESHEET}/entries/<int:pk>", timesheet.timesheet_correct, name="timesheet_correct"),
    path(f"{TIMESHEET}/<uuid:public_id>", timesheet.timesheet_person, name="timesheet_person"),
]
