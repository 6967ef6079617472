"""The back office's page of how each department gives its conversations out."""

from __future__ import annotations

from django.db import models
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


class RoutingPolicyAdmin(ServiceAdmin):
    """A department without a row has the defaults; its row is made when something is changed."""

    list_display = [
        "department",
        "method",
        "own_speed_percent",
        "answering_percent",
        "sticky_turns",
        "no_reply_minutes",
        "overflow_department",
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
            {"fields": ["overflow_department", "overflow_minutes", VERSION]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: RoutingPolicy | None = None):
        return [VERSION] if obj is None else ["department", VERSION]

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs):
        """Only departments that work; a new row is for one that has none."""
        departments = Department.objects.visible_to(request.user)
        if db_field.name == "department":
            departments = departments.filter(routing_policy=None)
        kwargs["queryset"] = departments
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: RoutingPolicy, form: ServiceForm, change: bool
    ) -> None:
        changes = changed(form, POLICY_FIELDS)
        if not change:
            changes = {name: form.cleaned_data[name] for name in POLICY_FIELDS}
        policy = save_policy(
            department=obj.department,
            changes=changes,
            actor=request.user,
            ip=client_ip(request),
        )
        obj.pk = policy.pk
