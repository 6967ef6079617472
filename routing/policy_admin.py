"""The back office's page of how each department gives its conversations out."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from accounts.models import Department
from omnichat.lib.admin import ServiceAdmin, ServiceForm, changed, column
from routing.models import RoutingPolicy
from routing.services.policies import POLICY_FIELDS, save_policy

FORMULA = _(
    "Balanced speed gives a conversation to the person with the lowest cost: (turns waiting + an "
    "answer being written + 1) × (own minutes a reply × own share + the department’s minutes × the "
    "rest) × skill factor. The factor is 1 in the own department and 1.3 for a good secondary "
    "skill. When costs are equal the fewer open conversations decide, then who had none for "
    "longest, then the KPI score."
)

VERSION = column("version", _("version"))


def helper_label(department: Department) -> str:
    """The name, with a mark when it is switched off: then it helps nobody."""
    if department.is_active:
        return str(department)
    return _("%(department)s (switched off, helps nobody)") % {"department": department}


class HelperField(forms.ModelChoiceField):
    """Who helps out; one that was switched off since says so."""

    def label_from_instance(self, obj: Department) -> str:
        return helper_label(obj)


class PolicyForm(ServiceForm):
    """Help has two halves: who, and after how long. Without the first the second is empty."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["overflow_minutes"].required = False
        if self.instance.overflow_department_id is None:
            self.initial["overflow_minutes"] = None


class RoutingPolicyAdmin(ServiceAdmin):
    """A department without a row has the defaults; its row is made when something is changed."""

    form = PolicyForm
    list_display = [
        "department",
        "method",
        "own_speed_percent",
        "answering_percent",
        "sticky_turns",
        "no_reply_minutes",
        "helper",
    ]
    list_select_related = ["department", "overflow_department"]
    list_filter = ["method"]
    search_fields = ["department__name"]
    ordering = ["department__name", "pk"]
    fieldsets = [
        (None, {"fields": ["department", "method"]}),
        (
            _("Weights of balanced speed"),
            {
                "fields": ["own_speed_percent", "answering_percent", "sticky_turns"],
                "description": FORMULA,
            },
        ),
        (_("When nobody answers"), {"fields": ["no_reply_minutes", "max_hops"]}),
        (_("When much waits"), {"fields": ["is_guarded", "tells_wait"]}),
        (
            _("When everybody is full"),
            {
                "fields": ["overflow_department", "overflow_minutes", VERSION],
                "description": _("Fill in both, the department and the minutes, or neither."),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: RoutingPolicy | None = None):
        return [VERSION] if obj is None else ["department", VERSION]

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs):
        """Only departments that work, and who helps already; a new row is for one without."""
        departments = Department.objects.visible_to(request.user)
        if db_field.name == "department":
            kwargs["queryset"] = departments.active().filter(routing_policy=None)
        else:
            pk = request.resolver_match.kwargs.get("object_id")
            named = RoutingPolicy.objects.filter(pk=pk or 0).values("overflow_department")
            kwargs["queryset"] = departments.filter(Q(is_active=True) | Q(pk__in=named))
            kwargs["form_class"] = HelperField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(
        description=_("who helps out when everybody is full"),
        ordering="overflow_department__name",
    )
    def helper(self, policy: RoutingPolicy) -> str | None:
        helper = policy.overflow_department
        return None if helper is None else helper_label(helper)

    def save_model(
        self, request: HttpRequest, obj: RoutingPolicy, form: ServiceForm, change: bool
    ) -> None:
        changes = changed(form, POLICY_FIELDS)
        if not change:
            changes = {name: form.cleaned_data[name] for name in POLICY_FIELDS}
        if form.cleaned_data["overflow_minutes"] is None:
            changes["overflow_minutes"] = None  # the service says if somebody is to help
        policy = save_policy(
            department=obj.department,
            changes=changes,
            actor=request.user,
            ip=client_ip(request),
        )
        obj.pk = policy.pk
