"""The back office's pages of the words: keywords, phrases to ignore, abbreviations."""

from __future__ import annotations

from django import forms
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client_ip import client_ip
from omnichat.lib.admin import ServiceAdmin, ServiceForm, changed
from omnichat.lib.text import fold
from routing import services
from routing.keyword_rules import tidy_synonyms
from routing.models import Keyword, ListedWord


class SynonymsField(forms.CharField):
    """A list of texts, written with commas between them."""

    widget = forms.Textarea(attrs={"rows": 2, "cols": 60})

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        return tidy_synonyms([super().to_python(value)])

    def has_changed(self, initial, data) -> bool:
        return (initial or []) != self.to_python(data)


class KeywordModelForm(ServiceForm):
    synonyms = SynonymsField(
        label=_("synonyms"),
        required=False,
        help_text=_("Each counts as the word itself. Put a comma between them."),
    )


class KeywordAdmin(ServiceAdmin):
    form = KeywordModelForm
    list_display = [
        "word",
        "department",
        "weight",
        "is_active",
        "valid_from",
        "valid_to",
        "channel",
    ]
    list_filter = ["is_active", "department", "channel", "sets_priority"]
    list_select_related = ["department", "channel"]
    search_fields = ["word"]
    fields = [
        "word",
        "synonyms",
        "department",
        "weight",
        "is_active",
        "valid_from",
        "valid_to",
        "channel",
        "sets_priority",
        "note",
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Keyword | None = None) -> bool:
        return True

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Find a word with or without its marks, as customers may write it."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if folded := fold(search_term):
            found |= queryset.filter(folded__contains=folded)
        return found, may_repeat

    def save_model(self, request: HttpRequest, obj: Keyword, form: ModelForm, change: bool) -> None:
        by = {"actor": request.user, "ip": client_ip(request)}
        if change:
            services.update_keyword(keyword=obj, changes=changed(form, self.fields), **by)
        else:
            given = {name: form.cleaned_data[name] for name in self.fields}
            obj.pk = services.create_keyword(**given, **by).pk

    def delete_model(self, request: HttpRequest, obj: Keyword) -> None:
        services.delete_keyword(keyword=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for keyword in queryset.select_related("department"):
            self.delete_model(request, keyword)


class ListedWordAdmin(ServiceAdmin):
    """The word lists; a change is in force with the next message."""

    list_display = ["word", "kind", "meaning", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["word", "meaning", "key"]
    fields = ["kind", "word", "meaning", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: ListedWord | None = None) -> bool:
        return True

    def save_model(
        self, request: HttpRequest, obj: ListedWord, form: ModelForm, change: bool
    ) -> None:
        by = {"actor": request.user, "ip": client_ip(request)}
        if change:
            services.update_listed_word(listed=obj, changes=changed(form, self.fields), **by)
        else:
            given = {name: form.cleaned_data[name] for name in self.fields}
            obj.pk = services.create_listed_word(**given, **by).pk

    def delete_model(self, request: HttpRequest, obj: ListedWord) -> None:
        services.delete_listed_word(listed=obj, actor=request.user, ip=client_ip(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for listed in queryset:
            self.delete_model(request, listed)
