"""The back office's pages of working time: what counts as what, shifts, and the record of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import admin
from django.db import models
from django.forms import ModelForm, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from accounts.services import record
from omnichat.lib.admin import ReadOnlyAdmin, ServiceAdmin, ServiceForm, changed
from workforce import services
from workforce.day_symbols import HOLIDAY, UNFINISHED_DAY, UNRESOLVED_DAY, WORKED
from workforce.leave_admin import RECORDS
from workforce.models import (
    Holiday,
    LeaveBlackout,
    LeaveType,
    OfficeNetwork,
    RosterRule,
    Shift,
    TimeEntry,
    TimeRules,
    TimesheetMonth,
)

# A holiday on a weekly rest day gives the next working day, at worst after all of Tết.
DAYS_IN_LIEU = timedelta(days=7)
MAX_CARRY_MONTHS = 11
# What the sheet says of days that are no leave; in lieu is one, whoever grants it.
RESERVED_SYMBOLS = {WORKED, HOLIDAY, UNRESOLVED_DAY, UNFINISHED_DAY}


class TimeEntryAdmin(ReadOnlyAdmin):
    """What was recorded, and what counts instead; corrected on the page of the timesheet."""

    list_display = [
        "user",
        "checked_in_at",
        "checked_out_at",
        "is_auto_closed",
        "is_off_site",
        "corrected_in_at",
        "corrected_out_at",
    ]
    list_filter = ["is_auto_closed", "is_off_site"]
    list_select_related = ["user"]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "checked_in_at"
    ordering = ["-checked_in_at", "-pk"]
    fields = [*list_display, "correction_note", "corrected_by"]


class TimesheetMonthAdmin(ReadOnlyAdmin):
    """Approved and locked on the page of the team."""

    list_display = ["user", "month", "approved_at", "approved_by", "locked_at", "locked_by"]
    list_select_related = ["user", "approved_by", "locked_by"]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "month"
    ordering = ["-month", "-pk"]
    fields = list_display


class TableForm(ServiceForm):
    """A row that the model itself may check; a refusal is shown like a service's."""

    def clean(self) -> dict:
        ModelForm.clean(self)
        return super().clean()


class TableAdmin(ServiceAdmin):
    """A table of rules; what a locked month was counted by does not change."""

    form = TableForm
    audit = ""  # the beginning of the audit's codes
    many_fields: tuple[str, ...] = ()  # those that name rows of another table

    def span(self, row: models.Model) -> tuple[date, date | None] | None:
        """From when until when timesheets are counted by a row; None: no timesheet is."""
        return None

    def told_of_many(self, form: ModelForm, before: models.Model | None) -> dict:
        """Name the rows there were and those there will be; they are saved after this one."""
        return {
            name: [
                ", ".join(sorted(map(str, getattr(before, name).all()))) if before else None,
                ", ".join(sorted(map(str, rows))),
            ]
            for name, rows in changed(form, self.many_fields).items()
        }

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool
    ) -> None:
        before = type(obj).objects.get(pk=obj.pk) if change else None
        for row in (before, obj):
            self._refuse_locked(row)
        super().save_model(request, obj, form, change)
        told = {
            name: [_plain(getattr(before, name, None)), _plain(getattr(obj, name))]
            for name in changed(form, form.fields)
            if name not in self.many_fields
        }
        told |= self.told_of_many(form, before)
        told = {name: [was, now] for name, (was, now) in told.items() if was != now}
        self._tell(request, "changed" if change else "created", obj, told)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self._refuse_locked(obj)
        self._tell(request, "deleted", obj, {})
        super().delete_model(request, obj)

    def _refuse_locked(self, row: models.Model | None) -> None:
        if row is not None and (span := self.span(row)):
            services.refuse_locked_for_all(since=span[0], until=span[1])

    def _tell(self, request: HttpRequest, what: str, row: models.Model, changes: dict) -> None:
        record(
            f"{self.audit}_{what}",
            actor=request.user,
            target=row,
            changes=changes,
            ip=client_ip(request),
        )


class HolidayAdmin(TableAdmin):
    """Confirmed ones count. `manage.py copy_holidays` adds those of the law."""

    audit = "holiday"
    list_display = ["date", "name", "is_confirmed"]
    list_filter = ["is_confirmed"]
    search_fields = ["name"]
    date_hierarchy = "date"
    fields = list_display

    def has_delete_permission(self, request: HttpRequest, obj: Holiday | None = None) -> bool:
        return True

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for holiday in queryset:
            self.delete_model(request, holiday)

    def span(self, row: Holiday) -> tuple[date, date]:
        """On a weekly rest day it moves on by a few days."""
        return row.date, row.date + DAYS_IN_LIEU


class TimeRulesAdmin(TableAdmin):
    """Another rule begins with a new row; the old one goes on to count what was before."""

    audit = "time_rules"
    list_display = ["effective_from", "normal_minutes", "night_from", "night_until"]
    fields = [
        "effective_from",
        "normal_minutes",
        "full_day_minutes",
        "half_day_minutes",
        "night_from",
        "night_until",
        "rest_weekdays",
        "percents",
        "auto_close_minutes",
        "is_grace_deducted",
        "overtime_needs_approval",
    ]

    def span(self, row: TimeRules) -> tuple[date, None]:
        return row.effective_from, None


class RosterRuleAdmin(TableAdmin):
    audit = "roster_rule"
    list_display = ["kind", "minutes", "severity", "source", "effective_from", "effective_until"]
    list_filter = ["kind", "severity"]
    fields = [
        "kind",
        "minutes",
        "severity",
        "source",
        "split_day_minutes",
        "effective_from",
        "effective_until",
    ]


class LeaveTypeForm(TableForm):
    def clean_symbol(self) -> str:
        """Another kind of day has the symbol: the sheet could not tell them apart."""
        symbol = self.cleaned_data["symbol"]
        if symbol.upper() in RESERVED_SYMBOLS:
            raise ValidationError(gettext("The timesheet uses this symbol for something else."))
        return symbol

    def clean(self) -> dict:
        """Refuse what the table refuses, at the field it is about."""
        data = super().clean()
        for name in ("days_per_year", "carry_over_days", "overdraft_days"):
            if (data.get(name) or 0) < 0:
                self.add_error(name, gettext("Less than 0 days cannot be."))
        if (data.get("carry_over_months") or 0) > MAX_CARRY_MONTHS:
            self.add_error("carry_over_months", gettext("At most 11 months: before the next year."))
        return data


class LeaveTypeAdmin(TableAdmin):
    """Kinds are switched off, not deleted; what was granted keeps what it meant."""

    audit = "leave_type"
    form = LeaveTypeForm
    list_display = [
        "label",
        "symbol",
        "kind",
        "is_paid",
        "is_counted",
        "days_per_year",
        "is_active",
    ]
    list_filter = ["is_active", "is_counted"]
    search_fields = ["name", "symbol"]
    fieldsets = [
        (None, {"fields": ["name", "symbol", "kind", "is_paid", "is_active"]}),
        (
            _("What can be asked for"),
            {"fields": ["allows_half_days", "needs_attachment", "is_restricted"]},
        ),
        (
            _("Account of days"),
            {"fields": ["is_counted", "days_per_year", "seniority_years", "accrues_since"]},
        ),
        (
            _("At the end of the year"),
            {"fields": ["carry_over_days", "carry_over_months", "overdraft_days"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: LeaveType | None = None) -> list[str]:
        return ["symbol", "kind"] if obj is not None and obj.leaves.exists() else []

    @admin.display(description=LeaveType._meta.get_field("name").verbose_name, ordering="name")
    def label(self, row: LeaveType) -> str:
        return row.label


class LeaveBlackoutForm(TableForm):
    def clean(self) -> dict:
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("The last day is before the first."))
        return data


class LeaveBlackoutAdmin(TableAdmin):
    """Days on which leave is not to be asked for; who decides may still grant it."""

    audit = "leave_blackout"
    form = LeaveBlackoutForm
    many_fields = ("departments",)
    list_display = ["name", "first", "last", "of_departments"]
    search_fields = ["name"]
    fields = ["name", "first", "last", "departments"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).prefetch_related("departments")

    def has_delete_permission(self, request: HttpRequest, obj: LeaveBlackout | None = None) -> bool:
        return True

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for blackout in queryset:
            self.delete_model(request, blackout)

    @admin.display(description=_("departments"))
    def of_departments(self, row: LeaveBlackout) -> str:
        return ", ".join(map(str, row.departments.all())) or gettext("all of them")


class OfficeNetworkAdmin(TableAdmin):
    """Where a check-in is one in the office; what is outside, the organisation decides."""

    audit = "office_network"
    list_display = ["name", "network", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "network"]
    fields = list_display

    def get_form(self, request: HttpRequest, obj=None, change: bool = False, **kwargs):
        """Say from where the administrator comes: often that is what they mean to enter."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if address := client_ip(request):
            text = gettext("Such as 203.0.113.0/24. You are at %(address)s now.")
            form.base_fields["network"].help_text = text % {"address": address}
        return form


class ShiftAdmin(ReadOnlyAdmin):
    """Those of every department at one look; the page of shifts changes them."""

    list_display = ["name", "department", "starts_at", "ends_at", "minimum_staff", "is_active"]
    list_filter = ["is_active", "department"]
    list_select_related = ["department"]
    search_fields = ["name"]
    fields = [
        *list_display,
        "paid_break_minutes",
        "unpaid_break_minutes",
        "grace_in_minutes",
        "grace_out_minutes",
        "color",
    ]


def _plain(value: object) -> object:
    """A value as the audit keeps it."""
    return value if value is None or isinstance(value, bool | int) else str(value)


ADMINS = (
    *RECORDS,
    (Holiday, HolidayAdmin),
    (LeaveBlackout, LeaveBlackoutAdmin),
    (LeaveType, LeaveTypeAdmin),
    (OfficeNetwork, OfficeNetworkAdmin),
    (RosterRule, RosterRuleAdmin),
    (Shift, ShiftAdmin),
    (TimeEntry, TimeEntryAdmin),
    (TimeRules, TimeRulesAdmin),
    (TimesheetMonth, TimesheetMonthAdmin),
)
