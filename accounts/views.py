"""Pages of signing in and out, preferences and the own password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.client_ip import client_ip
from accounts.cookies import LANGUAGE_COOKIE
from accounts.forms import PasswordForm, PreferencesForm, SignInForm
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
                login(request, user, backend="accounts.backends.NameOrEmailBackend")
                return redirect(_next_address(request))
    target = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": target, "refusal": refusal}
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


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.change_password(
                user=request.user, password=form.cleaned_data["new"], ip=client_ip(request)
            )
        except DomainError as error:
            form.add_error("new", str(error))
        else:
            update_session_auth_hash(request, user)
            messages.success(
                request, _("Your password is changed. Other devices have been signed out.")
            )
            return redirect("home")
    status = 400 if form.errors else 200
    return render(request, "accounts/password_change.html", {"form": form}, status=status)


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
