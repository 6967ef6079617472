"""The back office: administrators only; others are told so instead of being asked to sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

import accounts.admin
import inbox.admin
import reporting.admin
import routing.admin
import workforce.admin


class OmniChatAdminSite(AdminSite):
    """Django's admin with the product's own doors: sign-in, sign-out, password."""

    site_header = "OmniChat"
    site_title = "OmniChat"
    index_title = _("Administration")
    site_url = "/messages"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_authenticated and request.user.is_admin

    def get_urls(self) -> list:
        """Let the middleware send guests straight to the product's sign-in page."""
        urls = super().get_urls()
        for pattern in urls:
            if pattern.callback is not None:
                vars(pattern.callback).pop("login_url", None)
        return urls

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        """Guests have been sent to sign in by the middleware; another role is refused here."""
        shown = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not self.has_permission(request):
                raise PermissionDenied
            return shown(request, *args, **kwargs)

        return update_wrapper(guarded, shown)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Guests go to the product's own sign-in page; people of another role get 403."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return LogoutView.as_view(next_page="accounts:login")(request)

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The product's page asks for the current one, ends sessions and writes the audit."""
        return redirect("accounts:password_change")


admin_site = OmniChatAdminSite(name="admin")
for app in (accounts.admin, inbox.admin, workforce.admin, routing.admin, reporting.admin):
    for model, model_admin in app.ADMINS:
        admin_site.register(model, model_admin)
