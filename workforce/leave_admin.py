"""The back office's lists of leave and requests: to look at, each changed on pages of its own."""

from __future__ import annotations

from omnichat.lib.admin import ReadOnlyAdmin
from workforce.models import DayAgreement, Delegation, Leave, LeaveLedgerEntry, Request


class LeaveAdmin(ReadOnlyAdmin):
    """Granted and taken back on the pages of leave."""

    list_display = ["user", "type", "first", "last", "part", "granted_by", "withdrawn_at"]
    list_filter = ["type"]
    list_select_related = ["user", "type", "granted_by"]
    search_fields = ["user__display_name", "user__username"]
    # Not `first`: the bar asks the database for the first and the last under these very names.
    date_hierarchy = "starts_at"
    ordering = ["-first", "-pk"]
    fields = [
        *list_display[:5],
        "starts_at",
        "ends_at",
        "note",
        "granted_by",
        "granted_at",
        "withdrawn_by",
        "withdrawn_at",
    ]


class LeaveLedgerEntryAdmin(ReadOnlyAdmin):
    """Lines are written by what happens; an adjustment is made on the page of the account."""

    list_display = ["user", "type", "kind", "days", "on", "actor", "created_at"]
    list_filter = ["kind", "type"]
    list_select_related = ["user", "type", "actor"]
    search_fields = ["user__display_name", "user__username", "note"]
    date_hierarchy = "created_at"
    ordering = ["-on", "-pk"]
    fields = [*list_display, "leave", "note"]


class RequestAdmin(ReadOnlyAdmin):
    """Decided on the page of the request; papers and the conversation stay there."""

    list_display = ["pk", "kind", "user", "status", "created_at", "decided_by", "decided_at"]
    list_filter = ["kind", "status"]
    list_select_related = ["user", "decided_by"]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    fields = [
        *list_display[1:5],
        "description",
        "first",
        "last",
        "part",
        "leave_type",
        "starts_at",
        "ends_at",
        "side",
        "minutes",
        "amount",
        "amount_before",
        "amount_granted",
        "decided_by",
        "decided_at",
        "decision_note",
        "cancelled_by",
        "cancelled_at",
        "applied_at",
    ]


class DelegationAdmin(ReadOnlyAdmin):
    """Named by the managers themselves."""

    list_display = ["user", "deputy", "first", "last", "created_at"]
    list_select_related = ["user", "deputy"]
    search_fields = ["user__display_name", "deputy__display_name"]
    date_hierarchy = "created_at"
    ordering = ["-first", "-pk"]
    fields = list_display


class DayAgreementAdmin(ReadOnlyAdmin):
    """What was agreed for a day; withdrawn with the request it came from."""

    list_display = ["user", "kind", "date", "minutes", "granted_by", "withdrawn_at"]
    list_filter = ["kind"]
    list_select_related = ["user", "granted_by"]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "granted_at"
    ordering = ["-date", "-pk"]
    fields = [
        *list_display[:4],
        "starts_at",
        "ends_at",
        "request",
        "granted_by",
        "granted_at",
        "withdrawn_at",
    ]


RECORDS = (
    (DayAgreement, DayAgreementAdmin),
    (Delegation, DelegationAdmin),
    (Leave, LeaveAdmin),
    (LeaveLedgerEntry, LeaveLedgerEntryAdmin),
    (Request, RequestAdmin),
)
