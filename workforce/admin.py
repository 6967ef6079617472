"""The back office's page of working time."""

from omnichat.lib.admin import ReadOnlyAdmin
from workforce.models import TimeEntry


class TimeEntryAdmin(ReadOnlyAdmin):
    list_display = ["user", "checked_in_at", "checked_out_at"]
    list_select_related = ["user"]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "checked_in_at"
    ordering = ["-checked_in_at", "-pk"]
    fields = list_display


ADMINS = ((TimeEntry, TimeEntryAdmin),)
