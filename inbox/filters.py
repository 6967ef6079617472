"""Filters of messages and conversations; every parameter is checked before it meets a query."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.models import Conversation, Message


class IdFilter(django_filters.NumberFilter):
    """A whole number; NumberFilter itself would take 1.5 for 1."""

    field_class = forms.IntegerField


class MessageFilter(django_filters.FilterSet):
    """Parameters of GET /messages."""

    status = django_filters.ChoiceFilter(choices=Message.Status.choices, method="by_status")
    department = IdFilter(field_name="conversation__department", min_value=1, max_value=2**31 - 1)
    conversation = django_filters.UUIDFilter(field_name="conversation__public_id")
    assigned_to = django_filters.CharFilter(
        field_name="conversation__assignee__username", lookup_expr="exact", max_length=60
    )
    platform = django_filters.CharFilter(
        field_name="conversation__identity__platform", lookup_expr="exact", max_length=40
    )
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Message
        fields = []

    def by_status(self, queryset, name: str, value: str):
        return queryset.with_status(value)


class ConversationFilter(django_filters.FilterSet):
    """Parameters of the conversation list, on the page and in the API."""

    STATUSES = (
        ("open", _("To answer")),
        ("waiting", pgettext_lazy("tab", "Waiting")),
        ("snoozed", pgettext_lazy("tab", "Snoozed")),
        ("resolved", pgettext_lazy("tab", "Done")),
    )
    SCOPES = (("mine", _("Mine")), ("department", _("Department")), ("all", _("All")))

    status = django_filters.ChoiceFilter(choices=STATUSES)
    scope = django_filters.ChoiceFilter(choices=SCOPES, method="by_scope")

    class Meta:
        model = Conversation
        fields = []

    def by_scope(self, queryset, name: str, value: str):
        return queryset.in_scope(value, self.request.user)
