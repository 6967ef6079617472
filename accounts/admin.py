"""The back office's pages of people, departments and the audit.

omnichat.admin_site registers the ADMINS of every app.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth import password_validation, update_session_auth_hash
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import audit_words, services
from accounts.client_ip import client_ip
from accounts.models import AuditEntry, Department, Organisation, User
from accounts.names import normalize_username
from omnichat.lib.admin import (
    EMPTY,
    ReadOnlyAdmin,
    ScopedAdmin,
    ServiceAdmin,
    ServiceForm,
    changed,
)


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
            return queryset.pending()
        if self.value() == "active":
            return queryset.filter(is_active=True)
        if self.value() == "deactivated":
            return queryset.filter(is_active=False).exclude(pk__in=User.objects.pending())
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
        shown = [*self.identity_fields, "employed_since", "is_active", "password"]
        return [*shown, *self.state_fields]

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
        names = ["display_name", "email", "role", "department", "employed_since", "is_active"]
        if changes := changed(form, names):
            services.update_user(user=obj, changes=changes, **by)
        if preferences := changed(form, ["language"]):
            services.set_preferences(user=obj, **preferences)
        if given["password"]:
            person = services.change_password(user=obj, password=given["password"], **by)
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

        def act(user: User) -> None:
            services.approve_registration(
                user=user, department=chosen, actor=request.user, ip=client_ip(request)
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
        help_text=_("Shown on the sign-in page."),
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
    fields = ["name", "time_zone", "language", "sign_in_help", "off_site_check_in"]

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
class Worded(admin.AllValuesFieldListFilter):
    """A filter by a code, shown in words."""

    words = staticmethod(str)

    def choices(self, changelist) -> Iterator[dict]:
        everything, *codes = super().choices(changelist)
        for choice in codes:
            choice["display"] = self.words(str(choice["display"]))
        yield everything
        yield from sorted(codes, key=lambda choice: choice["display"])


class ByAction(Worded):
    words = staticmethod(audit_words.action_words)


class ByTarget(Worded):
    words = staticmethod(audit_words.target_words)


class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what; nobody changes it."""

    list_display = ["at", "actor_name", "done", "kind", "target_label", "told", "ip"]
    list_filter = [("action", ByAction), ("target_type", ByTarget)]
    search_fields = ["actor_name", "action", "target_label", "target_id", "ip"]
    date_hierarchy = "at"
    fields = [
        "at",
        "actor",
        "actor_name",
        "done",
        "kind",
        "target_label",
        "target_id",
        "told",
        "ip",
    ]

    @admin.display(description=_("action"), ordering="action")
    def done(self, entry: AuditEntry) -> str:
        return audit_words.action_words(entry.action)

    @admin.display(description=_("kind of target"), ordering="target_type")
    def kind(self, entry: AuditEntry) -> str:
        return audit_words.target_words(entry.target_type)

    @admin.display(description=_("changes"))
    def told(self, entry: AuditEntry):
        """One line per field: from → to."""
        lines = audit_words.change_words(entry)
        written = format_html_join("\n", "<div>{}: <bdi>{}</bdi>{}<bdi>{}</bdi></div>", lines)
        return written or EMPTY


ADMINS = (
    (AuditEntry, AuditEntryAdmin),
    (Department, DepartmentAdmin),
    (Organisation, OrganisationAdmin),
    (User, UserAdmin),
)
