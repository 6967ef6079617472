"""The back office's pages of people, departments and the audit, and what every such page shares.

The other apps build theirs on the classes here; omnichat.admin_site registers them all.
"""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Callable, Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import display_for_value
from django.contrib.auth import password_validation, update_session_auth_hash
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services
from accounts.client_ip import client_ip
from accounts.models import AuditEntry, Department, Organisation, User
from accounts.names import normalize_username
from accounts.tokens import end_all_tokens
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


# --- People -----------------------------------------------------------------------------------
class PersonState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [
            ("pending", _("waiting for approval")),
            ("active", _("active")),
            ("deactivated", _("deactivated")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() == "pending":
            return queryset.filter(is_active=False, approved_at=None)
        if self.value() == "active":
            return queryset.filter(is_active=True)
        if self.value() == "deactivated":
            return queryset.filter(is_active=False).exclude(approved_at=None)
        return queryset


class PersonActionForm(ActionForm):
    department = forms.ModelChoiceField(
        label=_("Department when approving:"),
        queryset=Department.objects.active(),
        required=False,
        empty_label=_("the one in the list"),
    )


class PersonForm(ServiceForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty keeps the current one. A new one signs the person out everywhere."),
    )

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            password_validation.validate_password(password, self.instance)
        return password


class NewPersonForm(PersonForm):
    # Without the model's check: the name is put into its one form before it is looked at.
    username = forms.CharField(label=_("Sign-in name"), max_length=60)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, nothing that is easy to guess."),
    )

    def clean_username(self) -> str:
        return normalize_username(self.cleaned_data["username"])


class NotPending(DomainError):
    code = "not_pending"


class UserAdmin(ServiceAdmin):
    """People. Registrations are approved here, leavers deactivated; nobody is deleted."""

    list_display = ["display_name", "username", "role", "department", "state", "presence"]
    list_filter = [PersonState, "role", "department"]
    list_select_related = ["department"]
    search_fields = ["display_name", "username", "email"]
    actions = ["approve", "deactivate"]
    action_form = PersonActionForm
    identity_fields = ["username", "display_name", "email", "role", "department", "language"]
    state_fields = ["presence", "presence_since", "created_at", "approved_at", "deactivated_at"]

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return [*self.identity_fields, "password"]
        return [*self.identity_fields, "is_active", "password", *self.state_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [] if obj is None else ["username", *self.state_fields]

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs):
        kwargs["form"] = NewPersonForm if obj is None else PersonForm
        return super().get_form(request, obj, **kwargs)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse to filter by the beginning of a password's hash."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        given = form.cleaned_data
        by = {"actor": request.user, "ip": client_ip(request)}
        if not change:
            names = [*self.identity_fields, "password"]
            obj.pk = services.create_user(**{name: given[name] for name in names}, **by).pk
            return
        names = ["display_name", "email", "role", "department", "is_active"]
        if changes := changed(form, names):
            services.update_user(user=obj, changes=changes, **by)
        if preferences := changed(form, ["language"]):
            services.set_preferences(user=obj, **preferences)
        if given["password"]:
            person = set_password(user=obj, password=given["password"], **by)
            if person == request.user:
                update_session_auth_hash(request, person)

    @admin.display(description=_("state"))
    def state(self, user: User) -> str:
        if user.is_active:
            return gettext("active")
        return gettext("waiting for approval") if user.is_pending else gettext("deactivated")

    @admin.action(description=_("Approve the selected registrations"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Let people in, into the department chosen beside the action or the one they have."""
        chosen = PersonActionForm.base_fields["department"].clean(request.POST.get("department"))
        changes = {"is_active": True} | ({"department": chosen} if chosen else {})

        def act(user: User) -> None:
            if not user.is_pending:
                raise NotPending(gettext("This account is not waiting for approval."))
            services.update_user(
                user=user, actor=request.user, changes=changes, ip=client_ip(request)
            )

        def done(count: int) -> str:
            sentence = ngettext("%(count)d person approved.", "%(count)d people approved.", count)
            return sentence % {"count": count}

        self.act_on_each(request, queryset, act, done)

    @admin.action(description=_("Deactivate the selected people"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Close accounts: sessions and tokens end, conversations go back to the queue."""

        def act(user: User) -> None:
            services.update_user(
                user=user,
                actor=request.user,
                changes={"is_active": False},
                ip=client_ip(request),
            )

        def done(count: int) -> str:
            sentence = ngettext(
                "%(count)d person deactivated.", "%(count)d people deactivated.", count
            )
            return sentence % {"count": count}

        self.act_on_each(request, queryset, act, done)


@transaction.atomic
def set_password(*, user: User, password: str, actor: User, ip: str | None) -> User:
    """Replace somebody's checked password; their sessions and tokens end at once."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.set_password(password)
    user.credentials_epoch += 1
    user.save(update_fields=["password", "credentials_epoch"])
    end_all_tokens(user)
    services.record("password_set", actor=actor, target=user, ip=ip)
    return user


# --- Departments and the organisation ---------------------------------------------------------
class DepartmentAdmin(ServiceAdmin):
    """Departments are switched off, not deleted: what happened in them stays theirs."""

    list_display = ["name", "priority", "staff_can_claim", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    base_fields = ["name", "priority", "staff_can_claim"]

    def get_fields(self, request: HttpRequest, obj: Department | None = None) -> list[str]:
        return self.base_fields if obj is None else [*self.base_fields, "is_active"]

    def save_model(
        self, request: HttpRequest, obj: Department, form: ServiceForm, change: bool
    ) -> None:
        by = {"actor": request.user, "ip": client_ip(request)}
        if change:
            changes = changed(form, form.fields)
            services.update_department(department=obj, changes=changes, **by)
        else:
            given = {name: form.cleaned_data[name] for name in self.base_fields}
            obj.pk = services.create_department(**given, **by).pk


class OrganisationForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=User.Language.choices,
        help_text=_("Of the sign-in page."),
    )

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        if name not in zoneinfo.available_timezones():
            raise forms.ValidationError(
                _("There is no such time zone. Write it like Asia/Ho_Chi_Minh.")
            )
        return name


class OrganisationAdmin(ScopedAdmin):
    """The one row."""

    form = OrganisationForm
    list_display = ["name", "time_zone", "language"]
    fields = ["name", "time_zone", "language", "sign_in_help"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Organisation.objects.exists()

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: OrganisationForm, change: bool
    ) -> None:
        told = {name: [form.initial.get(name), form.cleaned_data[name]] for name in self.fields}
        told = {name: values for name, values in told.items() if values[0] != values[1]}
        if change:
            obj.save(update_fields=list(told))
        else:
            obj.pk = 1
            obj.save(force_insert=True)
        if told:
            services.record(
                "organisation_changed",
                actor=request.user,
                target=obj,
                changes=told,
                ip=client_ip(request),
            )


# --- Audit ------------------------------------------------------------------------------------
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what; nobody changes it."""

    list_display = ["at", "actor_name", "action", "target_type", "target_label", "told", "ip"]
    list_filter = ["action", "target_type"]
    search_fields = ["actor_name", "action", "target_label", "target_id", "ip"]
    date_hierarchy = "at"
    fields = [
        "at",
        "actor",
        "actor_name",
        "action",
        "target_type",
        "target_label",
        "target_id",
        "told",
        "ip",
    ]

    @admin.display(description=_("changes"))
    def told(self, entry: AuditEntry):
        """One line per field: from → to."""
        lines = [(name, *_from_to(value)) for name, value in sorted(entry.changes.items())]
        written = format_html_join("\n", "<div>{}: <bdi>{}</bdi>{}<bdi>{}</bdi></div>", lines)
        return written or EMPTY


def _from_to(value: object) -> tuple[str, str, str]:
    """A change as (from, arrow, to); a plain fact has neither arrow nor from."""
    if isinstance(value, list) and len(value) == 2:
        return _plain(value[0]), " → ", _plain(value[1])
    return "", "", _plain(value)


def _plain(value: object) -> str:
    if value in (None, ""):
        return EMPTY
    return gettext("yes") if value is True else gettext("no") if value is False else str(value)


ADMINS = (
    (AuditEntry, AuditEntryAdmin),
    (Department, DepartmentAdmin),
    (Organisation, OrganisationAdmin),
    (User, UserAdmin),
)
