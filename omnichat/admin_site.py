"""The back office: administrators only; others are told so instead of being asked to sign in."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class OmniChatAdminSite(AdminSite):
    site_header = "OmniChat"
    site_title = "OmniChat"
    index_title = _("Administration")
    site_url = "/messages"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_authenticated and request.user.is_admin

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Guests go to the product's own sign-in page; people of another role get 403."""
        if request.user.is_authenticated and not request.user.is_admin:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))


admin_site = OmniChatAdminSite(name="admin")
