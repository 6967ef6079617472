"""Addresses: pages, the API, webhooks, health. No trailing slashes, except in the admin."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from inbox.webhooks import generic_webhook
from omnichat import frame, health
from omnichat.admin_site import admin_site
from omnichat.bell import bell
from omnichat.demo.receiver import receive_reply
from omnichat.setup.views import setup


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that are not ours to draw, such as the admin's."""
    return redirect(static("favicon.svg"))


urlpatterns = [
    # First: it is called more often than everything else, and each pattern before it costs.
    path("webhook", generic_webhook, name="webhook"),
    path("", frame.home, name="home"),
    path("setup", setup, name="setup"),
    path("", include("accounts.urls")),
    path("", include("inbox.urls")),
    path("", include("workforce.urls")),
    path("", include("routing.urls")),
    path("", include("reporting.urls")),
    path("", include("routing.people.urls")),
    path("api/v1/", include("omnichat.api")),
    path("me/presence", frame.presence, name="me_presence"),
    path("me/bell", bell, name="me_bell"),
    path("healthz/live", health.live, name="health_live"),
    path("healthz/ready", health.ready, name="health_ready"),
    path("favicon.ico", favicon, name="favicon"),
    path("admin", RedirectView.as_view(pattern_name="admin:index"), name="admin_without_slash"),
    path("admin/", admin_site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/replies", receive_reply, name="demo_replies"))

handler400 = "omnichat.error_pages.bad_request"
handler403 = "omnichat.error_pages.permission_denied"
handler404 = "omnichat.error_pages.page_not_found"
handler500 = "omnichat.error_pages.server_error"
