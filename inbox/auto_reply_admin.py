"""What channels say by themselves, in the back office."""

from __future__ import annotations

from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from inbox import services
from inbox.models import AutoReply
from omnichat.lib.admin import LIST_CHARS, ServiceAdmin, changed, column


class AutoReplyAdmin(ServiceAdmin):
    """One text for each channel and occasion, in both languages of customers."""

    list_display = [
        "__str__",
        column("text_vi", _("in Vietnamese"), max_chars=LIST_CHARS),
        column("text_en", _("in English"), max_chars=LIST_CHARS),
        "is_active",
    ]
    list_filter = ["trigger", "is_active", "channel"]
    list_select_related = ["channel"]
    search_fields = ["text_vi", "text_en", "channel__name"]
    fields = ["channel", "trigger", "text_vi", "text_en", "is_active"]

    def get_form(self, request: HttpRequest, obj=None, change: bool = False, **kwargs):
        kwargs["help_texts"] = {
            "text_vi": _("In the text about the waiting time, {minutes} is filled in."),
        }
        return super().get_form(request, obj, change=change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: AutoReply | None = None) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: AutoReply, form: ModelForm, change: bool
    ) -> None:
        by = {"actor": request.user, "ip": client_ip(request)}
        if change:
            changes = changed(form, self.fields)
            services.update_auto_reply(auto_reply=obj, **by, **changes)
        else:
            given = {name: form.cleaned_data[name] for name in self.fields}
            obj.pk = services.create_auto_reply(**by, **given).pk

    def delete_model(self, request: HttpRequest, obj: AutoReply) -> None:
        services.delete_auto_reply(auto_reply=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset) -> None:
        for row in queryset.select_related("channel"):
            self.delete_model(request, row)
