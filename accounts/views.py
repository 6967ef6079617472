"""Pages of signing in and out, preferences and the own profile."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.client_ip import client_ip
from accounts.cookies import LANGUAGE_COOKIE
from accounts.forms import (
    LookForm,
    NameForm,
    NotificationsForm,
    PasswordForm,
    PreferencesForm,
    SignInForm,
)
from accounts.models import User
from omnichat.lib.addresses import own_path
from omnichat.lib.errors import DomainError

COOKIE_SECONDS = 365 * 24 * 3600


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; a wrong try keeps the name and says how many are left."""
    if request.user.is_authenticated:
        return redirect(_next_address(request))
    language = request.GET.get("language", "")
    if language in User.Language.values:
        translation.activate(language)
        request.LANGUAGE_CODE = language
    form, status, refusal = SignInForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                user = services.sign_in(request, **form.cleaned_data)
            except DomainError as error:
                refusal, status = str(error), error.status
            else:
                services.begin_session(request, user)
                return redirect(_next_address(request))
    target = request.POST.get("next") or request.GET.get("next", "")
    context = {
        "form": form,
        "next": target,
        "refusal": refusal,
        "is_first_run": services.is_first_run(),
    }
    response = render(request, "accounts/login.html", context, status=status)
    if language in User.Language.values:
        _set_cookie(response, LANGUAGE_COOKIE, language)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("accounts:login")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Store language or theme of the account and go back to the page."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    services.set_preferences(user=request.user, **form.chosen())
    response = redirect(_next_address(request))
    for name, value in form.chosen().items():  # the sign-in page looks the same afterwards
        _set_cookie(response, name, value)
    return response


@require_GET
def password_change(request: HttpRequest) -> HttpResponse:
    """Where one's own password was changed once; it is a part of the profile."""
    return redirect(reverse("accounts:profile") + "#password")


@sensitive_post_parameters("current", "new", "repeat")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The own name, look, notifications and password; each part has a form and is saved alone."""
    forms = _profile_forms(request)
    if request.method == "GET":
        return render(request, "accounts/profile.html", forms)
    part = request.POST.get("part", "")
    if part not in forms:
        raise BadRequest
    form = forms[part]
    if form.is_valid():
        try:
            return _save_profile(request, part, form.cleaned_data)
        except DomainError as error:
            form.add_error("new", str(error))
    return render(request, "accounts/profile.html", forms, status=400)


def _profile_forms(request: HttpRequest) -> dict[str, Form]:
    """The parts by name; what was sent stands in its own part only."""
    user, part = request.user, request.POST.get("part")

    def made(form_class: type[Form], name: str) -> Form:
        sent = request.POST if part == name else None
        known = {field: getattr(user, field) for field in form_class.base_fields}
        return form_class(sent, initial=known)

    return {
        "name": made(NameForm, "name"),
        "look": made(LookForm, "look"),
        "notifications": made(NotificationsForm, "notifications"),
        "password": PasswordForm(request.POST if part == "password" else None, user=user),
    }


def _save_profile(request: HttpRequest, part: str, given: dict) -> HttpResponse:
    """Store one part and show the page anew. Raises WeakPassword."""
    response, text = redirect("accounts:profile"), ""
    if part == "name":
        services.rename_self(user=request.user, ip=client_ip(request), **given)
    elif part == "password":
        user = services.change_password(
            user=request.user, password=given["new"], ip=client_ip(request)
        )
        update_session_auth_hash(request, user)
        text = _("Your password is changed. Other devices have been signed out.")
    else:
        services.set_preferences(user=request.user, **given)
    if part == "look":
        translation.activate(given["language"])
        for name in ("language", "theme"):  # the sign-in page looks the same afterwards
            _set_cookie(response, name, given[name])
    messages.success(request, text or _("Saved."))
    return response


def _next_address(request: HttpRequest) -> str:
    """Where to go on: an address of ours from `next`, else the start page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return own_path(request, target) or settings.LOGIN_REDIRECT_URL


def _set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
