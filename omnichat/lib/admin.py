"""What every page of the back office shares: what it shows, and saving through services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.debug import sensitive_post_parameters

from omnichat.lib.errors import DomainError

EMPTY = "-"
LIST_CHARS = 80  # of a text in a row
PAGE_CHARS = 50_000  # of a text on its own page
NAMED_ROWS = 5  # in a message about many


# --- What a page shows ------------------------------------------------------------------------
def column(path: str, label, *, sort: str = "", max_chars: int = PAGE_CHARS) -> Callable:
    """A read-only value of a row, such as `contact.name`, under a label of ours.

    For what has no label of its own. Rows of other tables become links, moments are in the
    reader's zone and language, texts are isolated from their neighbours' writing direction.
    """

    @admin.display(description=label, ordering=sort or None)
    def show(row: models.Model):
        value = row
        for name in path.split("."):
            value = getattr(value, name, None)
        if callable(value):
            value = value()
        if isinstance(value, models.Model):
            return link(value)
        if isinstance(value, str) and value:
            return text(value, max_chars=max_chars)
        return display_for_value(value, EMPTY)

    show.__name__ = path.replace(".", "_")
    return show


def link(row: models.Model):
    """A row's name, leading to its page when it has one."""
    meta = row._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return text(str(row), max_chars=LIST_CHARS)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, str(row))


def text(value: str, *, max_chars: int):
    """A text somebody typed, escaped and cut."""
    return format_html("<bdi>{}</bdi>", linebreaksbr(_cut(value, max_chars)))


def json_block(value: object):
    """Data as indented JSON, escaped and cut."""
    if value in (None, "", {}, []):
        return EMPTY
    return block(json.dumps(value, indent=2, ensure_ascii=False))


def block(written: str):
    """A text whose spaces count, escaped and cut."""
    return format_html('<pre dir="auto">{}</pre>', _cut(written, PAGE_CHARS))


def _cut(value: str, max_chars: int) -> str:
    return value if len(value) <= max_chars else f"{value[:max_chars]}…"


def titled(title, base: type[admin.FieldListFilter]) -> type[admin.FieldListFilter]:
    """A list filter under a title of ours, for a field that has no label of its own."""

    class Titled(base):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


# --- What every page does ---------------------------------------------------------------------
class ScopedAdmin(admin.ModelAdmin):
    """A page of rows this person may see."""

    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        # Tables that nobody but an administrator sees have no scope.
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def act_on_each(
        self,
        request: HttpRequest,
        rows: Iterable[models.Model],
        act: Callable[[models.Model], object],
        done: Callable[[int], str],
    ) -> None:
        """Call `act` on every row; say how many it was done to, and why not to the others."""
        count = 0
        refusals: dict[str, list[str]] = {}
        for row in rows:
            try:
                act(row)
            except DomainError as error:
                refusals.setdefault(str(error), []).append(str(row))
            else:
                count += 1
        if count:
            self.message_user(request, done(count), messages.SUCCESS)
        for reason, names in refusals.items():
            named = ", ".join(names[:NAMED_ROWS]) + (", …" if names[NAMED_ROWS:] else "")
            self.message_user(request, f"{named}: {reason}", messages.ERROR)


class ReadOnlyAdmin(ScopedAdmin):
    """A page to look at. `fields` are all that is shown of a row."""

    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None):
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ServiceForm(forms.ModelForm):
    """A form whose rules live in a service; its refusal is shown at the field it names."""

    refusal: DomainError | None = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # What must hold between rows and columns is the service's to say, in its own words.
        self.instance.validate_constraints = lambda exclude=None: None

    def clean(self) -> dict:
        # Not super().clean(), which would look for unique columns: see above.
        if self.refusal is not None:
            name = (self.refusal.field or "").removesuffix("_id")
            self.add_error(name if name in self.fields else None, str(self.refusal))
        return self.cleaned_data


class ServiceAdmin(ScopedAdmin):
    """A page that saves through services; `save_model` calls them."""

    form = ServiceForm

    def get_form(self, request: HttpRequest, obj=None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    @method_decorator(sensitive_post_parameters())
    def changeform_view(
        self, request: HttpRequest, object_id=None, form_url: str = "", extra_context=None
    ) -> HttpResponse:
        """When a service refuses, nothing is saved and the form comes back with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)


def changed(form: forms.ModelForm, names: Iterable[str]) -> dict:
    """What the person changed of these fields."""
    return {name: form.cleaned_data[name] for name in names if name in form.changed_data}
