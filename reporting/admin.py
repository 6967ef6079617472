"""The back office's pages of reporting: what people are measured by."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from omnichat.lib.admin import ServiceAdmin, ServiceForm, changed
from reporting.kpi_words import kpi_label
from reporting.metrics import CATALOGUE, Better
from reporting.models import KpiDefinition, KpiTarget
from reporting.services import delete_kpi_target, save_kpi_definition, save_kpi_target
from reporting.services.kpi_definitions import DEFINITION_FIELDS, TARGET_FIELDS

SCORES_FOLLOW = _("The scores of this month and the last follow within the hour.")


def code_help() -> str:
    """The codes there are, with their names."""
    known = [one for one in CATALOGUE.values() if one.better != Better.NEITHER]
    return ", ".join(f"{one.code} ({one.name})" for one in known)


class KpiDefinitionForm(ServiceForm):
    """The code is chosen once; its list stands below the field."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            text = _("A code of the list of figures, or manual: and a short name. The list: %s")
            self.fields["code"].help_text = text % code_help()


class KpiDefinitionAdmin(ServiceAdmin):
    """A figure of the score. It is switched off, not deleted: months that were keep it."""

    form = KpiDefinitionForm
    list_display = ["code", "title", "weight", "direction", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]
    ordering = ["-weight", "pk"]
    fields = list(DEFINITION_FIELDS)

    def get_readonly_fields(self, request: HttpRequest, obj: KpiDefinition | None = None):
        if obj is None:
            return []
        return ["code"] if obj.is_manual else ["code", "name", "direction"]

    def title(self, definition: KpiDefinition) -> str:
        return kpi_label(definition)

    title.short_description = _("name")

    def save_model(
        self, request: HttpRequest, obj: KpiDefinition, form: ServiceForm, change: bool
    ) -> None:
        names = [name for name in DEFINITION_FIELDS if name in form.cleaned_data]
        changes = {name: form.cleaned_data[name] for name in names}
        who = {"actor": request.user, "ip": client_ip(request)}
        if change:
            changes = changed(form, names)
        row = KpiDefinition.objects.get(pk=obj.pk) if change else None
        obj.pk = save_kpi_definition(definition=row, changes=changes, **who).pk
        if changes:
            messages.info(request, SCORES_FOLLOW)


class KpiTargetForm(ServiceForm):
    """Figures by their names."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields.get("definition")
        if isinstance(chosen, forms.ModelChoiceField):
            chosen.label_from_instance = kpi_label


class KpiTargetAdmin(ServiceAdmin):
    """What a figure should be; the closest counts: department, role, everybody."""

    form = KpiTargetForm
    list_display = ["figure", "department", "role", "value", "zero_value"]
    list_filter = ["definition", "department", "role"]
    list_select_related = ["definition", "department"]
    ordering = ["definition", "pk"]
    fields = list(TARGET_FIELDS)

    def get_readonly_fields(self, request: HttpRequest, obj: KpiTarget | None = None):
        return [] if obj is None else ["definition", "department", "role"]

    def has_delete_permission(self, request: HttpRequest, obj: KpiTarget | None = None) -> bool:
        return True

    def figure(self, target: KpiTarget) -> str:
        return kpi_label(target.definition)

    figure.short_description = _("KPI figure")

    def save_model(
        self, request: HttpRequest, obj: KpiTarget, form: ServiceForm, change: bool
    ) -> None:
        names = [name for name in TARGET_FIELDS if name in form.cleaned_data]
        changes = {name: form.cleaned_data[name] for name in names}
        who = {"actor": request.user, "ip": client_ip(request)}
        if change:
            changes = changed(form, names)
        row = KpiTarget.objects.get(pk=obj.pk) if change else None
        obj.pk = save_kpi_target(target=row, changes=changes, **who).pk
        if changes:
            messages.info(request, SCORES_FOLLOW)

    def delete_model(self, request: HttpRequest, obj: KpiTarget) -> None:
        delete_kpi_target(target=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for row in queryset.select_related("definition", "department"):
            self.delete_model(request, row)


ADMINS = ((KpiDefinition, KpiDefinitionAdmin), (KpiTarget, KpiTargetAdmin))
