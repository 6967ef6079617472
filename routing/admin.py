"""The back office's pages of routing: keywords, agents, the record of assignments."""

from __future__ import annotations

from functools import partial

from django.contrib import admin
from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from omnichat.lib.admin import (
    ReadOnlyAdmin,
    ServiceAdmin,
    ServiceForm,
    changed,
    column,
    json_block,
    titled,
)
from routing import services
from routing.keyword_admin import KeywordAdmin, ListedWordAdmin
from routing.models import (
    Agent,
    Assignment,
    BusinessCalendar,
    Keyword,
    ListedWord,
    RoutingPolicy,
    SlaPolicy,
)
from routing.policy_admin import RoutingPolicyAdmin
from routing.sla_admin import BusinessCalendarAdmin, SlaPolicyAdmin

DEPARTMENT = column("user.department", _("department"), sort="user__department")


class AgentAdmin(ServiceAdmin):
    """Who can be given how much. Rows come with people; only the capacity is set here."""

    list_display = ["user", DEPARTMENT, "why", "since", "load", "last_assigned_at"]
    list_filter = ["is_routable", "user__department"]
    list_select_related = ["user__department"]
    search_fields = ["user__display_name", "user__username"]
    ordering = ["user__display_name", "pk"]
    readonly_fields = [
        "user",
        DEPARTMENT,
        "why",
        "since",
        "open_count",
        "is_routable",
        "last_assigned_at",
    ]
    fields = ["user", DEPARTMENT, "capacity", *readonly_fields[2:]]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Agent, form: ServiceForm, change: bool) -> None:
        for capacity in changed(form, ["capacity"]).values():
            # After this transaction: filling places locks conversations, which come before agents.
            transaction.on_commit(
                partial(
                    services.set_capacity,
                    agent=obj,
                    capacity=capacity,
                    actor=request.user,
                    ip=client_ip(request),
                )
            )

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, agent: Agent) -> str:
        return str(agent.shown_reason.label)

    @admin.display(description=_("open / capacity"), ordering="open_count")
    def load(self, agent: Agent) -> str:
        return f"{agent.open_count}/{agent.capacity}"


CONVERSATION = column("conversation", _("conversation"))
ASSIGNEE = column("assignee", _("assignee"))
DEPARTMENT_THEN = column("department", _("department"))
POLICY = column("get_policy_display", _("rule"))
ASSIGNED_BY = column("assigned_by", _("assigned by"))
ASSIGNED_AT = column("assigned_at", _("assigned at"), sort="assigned_at")
ENDED_AT = column("ended_at", _("ended at"), sort="ended_at")
END_REASON = column("get_end_reason_display", _("why it ended"))


class AssignmentAdmin(ReadOnlyAdmin):
    """Who got what and why; the record is never changed."""

    list_display = [
        "id",
        CONVERSATION,
        ASSIGNEE,
        DEPARTMENT_THEN,
        POLICY,
        ASSIGNED_BY,
        ASSIGNED_AT,
        ENDED_AT,
        END_REASON,
    ]
    list_filter = [
        ("policy", titled(_("rule"), ChoicesFieldListFilter)),
        ("end_reason", titled(_("why it ended"), ChoicesFieldListFilter)),
        ("department", titled(_("department"), RelatedFieldListFilter)),
    ]
    list_select_related = ["conversation", "assignee", "department", "assigned_by"]
    search_fields = ["assignee__display_name", "assignee__username"]
    ordering = ["-pk"]
    fields = [
        *list_display[1:],
        column("duration_us", _("microseconds the choice took")),
        "told",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("explanation")

    @admin.display(description=_("what was looked at"))
    def told(self, assignment: Assignment):
        return json_block(assignment.explanation)


ADMINS = (
    (Agent, AgentAdmin),
    (Assignment, AssignmentAdmin),
    (Keyword, KeywordAdmin),
    (ListedWord, ListedWordAdmin),
    (RoutingPolicy, RoutingPolicyAdmin),
    (SlaPolicy, SlaPolicyAdmin),
    (BusinessCalendar, BusinessCalendarAdmin),
)
