"""Deadlines in the back office: what is promised, and the hours that count."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from omnichat.lib.admin import ServiceAdmin, ServiceForm, changed
from routing.models import BusinessCalendar, BusinessException, BusinessInterval, SlaPolicy
from routing.opening_rules import Hours, fault_of
from routing.services.calendars import Interval, OtherHours, delete_calendar, save_calendar
from routing.services.sla_policies import SLA_FIELDS, delete_sla_policy, save_sla_policy

DEADLINES_FOLLOW = _("Deadlines of open conversations follow within a few seconds.")


class SlaPolicyAdmin(ServiceAdmin):
    list_display = [
        "__str__",
        "first_response_minutes",
        "next_response_minutes",
        "resolution_minutes",
        "breach_action",
    ]
    list_filter = ["department", "priority"]
    list_select_related = ["department"]
    fieldsets = [
        (
            None,
            {
                "fields": ["department", "priority"],
                "description": _(
                    "The closest policy counts: department and priority, department, priority, "
                    "all. A few seconds after saving, the deadlines of open conversations are "
                    "worked out anew. What has been answered keeps its result, and a deadline "
                    "that the new times would put into the past counts from the moment of saving."
                ),
            },
        ),
        (_("Until the first response"), {"fields": SLA_FIELDS[2:4]}),
        (_("Until each next response"), {"fields": SLA_FIELDS[4:6]}),
        (_("Until it is done"), {"fields": SLA_FIELDS[6:8]}),
        (None, {"fields": ["breach_action"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: SlaPolicy | None = None) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: SlaPolicy, form: ServiceForm, change: bool
    ) -> None:
        changes = {name: form.cleaned_data[name] for name in SLA_FIELDS}
        if change:
            changes = changed(form, SLA_FIELDS)
        who = {"actor": request.user, "ip": client_ip(request)}
        policy = SlaPolicy.objects.get(pk=obj.pk) if change else None
        obj.pk = save_sla_policy(policy=policy, changes=changes, **who).pk
        if changes:
            messages.info(request, DEADLINES_FOLLOW)

    def delete_model(self, request: HttpRequest, obj: SlaPolicy) -> None:
        delete_sla_policy(policy=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for row in queryset.select_related("department"):
            self.delete_model(request, row)


class HoursFormSet(BaseInlineFormSet):
    """Rows of hours, looked at together; the service looks again."""

    day = "weekday"

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if self._is_kept(form)]
        if any(form.errors for form in rows):
            return
        hours = [
            Hours(
                form.cleaned_data[self.day],
                form.cleaned_data["opens_at"],
                form.cleaned_data["closes_at"],
            )
            for form in rows
        ]
        if fault := fault_of(hours):
            rows[fault.index].add_error(fault.field, fault.reason)

    def kept(self) -> list[dict]:
        """What the rows say that stay."""
        return [form.cleaned_data for form in self.forms if self._is_kept(form)]

    def _is_kept(self, form: forms.ModelForm) -> bool:
        is_empty = not form.instance.pk and not form.has_changed()
        return not is_empty and not self._should_delete_form(form)


class OtherHoursFormSet(HoursFormSet):
    day = "date"


class HoursForm(forms.ModelForm):
    """One row; what must hold between its columns is said by the formset, in its own words."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.validate_constraints = lambda exclude=None: None


class IntervalInline(admin.TabularInline):
    model = BusinessInterval
    form = HoursForm
    formset = HoursFormSet
    fields = ["weekday", "opens_at", "closes_at"]
    extra = 1
    max_num = 70


class ExceptionInline(admin.TabularInline):
    model = BusinessException
    form = HoursForm
    formset = OtherHoursFormSet
    fields = ["date", "opens_at", "closes_at", "name"]
    extra = 1
    max_num = 400


class BusinessCalendarAdmin(ServiceAdmin):
    list_display = ["__str__", "keeps_holidays"]
    list_select_related = ["department"]
    fieldsets = [
        (
            None,
            {
                "fields": ["department", "keeps_holidays"],
                "description": _(
                    "A few seconds after saving, the deadlines of open conversations are worked "
                    "out anew by these hours. Longer hours can put a deadline into the past: it "
                    "then counts as missed. What has been answered keeps its result."
                ),
            },
        )
    ]
    inlines = [IntervalInline, ExceptionInline]

    def has_delete_permission(
        self, request: HttpRequest, obj: BusinessCalendar | None = None
    ) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: BusinessCalendar, form: ServiceForm, change: bool
    ) -> None:
        """Nothing yet: the calendar is written as a whole, with its rows."""

    def save_related(
        self, request: HttpRequest, form: ServiceForm, formsets: list, change: bool
    ) -> None:
        intervals, others = (formset.kept() for formset in formsets)
        saved = save_calendar(
            calendar=BusinessCalendar.objects.get(pk=form.instance.pk) if change else None,
            department=form.cleaned_data["department"],
            keeps_holidays=form.cleaned_data["keeps_holidays"],
            intervals=[Interval(*_values(row, Interval)) for row in intervals],
            exceptions=[OtherHours(*_values(row, OtherHours)) for row in others],
            actor=request.user,
            ip=client_ip(request),
        )
        form.instance.pk = saved.pk
        messages.info(request, DEADLINES_FOLLOW)
        for formset in formsets:  # what the page's own log asks for; the audit has it
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def delete_model(self, request: HttpRequest, obj: BusinessCalendar) -> None:
        delete_calendar(calendar=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for row in queryset.select_related("department"):
            self.delete_model(request, row)


def _values(row: dict, kind: type) -> list:
    return [row[name] for name in kind._fields]
