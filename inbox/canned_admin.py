"""Canned replies in the back office; the page /settings/canned is where teams keep theirs."""

from __future__ import annotations

from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbox import services
from inbox.models import CannedReply
from omnichat.lib.admin import LIST_CHARS, ServiceAdmin, changed, column

TEXT_IN_LIST = column("text", _("text"), max_chars=LIST_CHARS)


class CannedReplyAdmin(ServiceAdmin):
    list_display = ["shortcut", "title", TEXT_IN_LIST, "department", "is_active"]
    list_filter = ["is_active", "department"]
    list_select_related = ["department"]
    search_fields = ["shortcut", "title", "text"]
    fields = ["department", "shortcut", "title", "text", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: CannedReply | None = None) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: CannedReply, form: ModelForm, change: bool
    ) -> None:
        if change:
            changes = changed(form, self.fields)
            services.update_canned_reply(canned_reply=obj, actor=request.user, **changes)
        else:
            given = {name: form.cleaned_data[name] for name in self.fields}
            obj.pk = services.create_canned_reply(actor=request.user, **given).pk

    def delete_model(self, request: HttpRequest, obj: CannedReply) -> None:
        services.delete_canned_reply(canned_reply=obj, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for row in queryset.select_related("department"):
            self.delete_model(request, row)
