"""The address at which somebody's own calendar program reads their shifts, and its page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, role_required
from workforce import services
from workforce.calendar_file import calendar_of, feed_of, token_of
from workforce.models import CalendarFeed


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Show the own address; make one, replace it, end it."""
    if request.method == "POST":
        return _change(request)
    feed = CalendarFeed.objects.visible_to(request.user).first()
    context = {"feed": feed}
    if feed is not None:
        path = reverse("workforce:calendar_ics", args=[token_of(feed)])
        context["address"] = request.build_absolute_uri(path)
    return render(request, "workforce/calendar.html", context)


@require_safe
@login_not_required
def calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the calendar of whoever was given this address; nobody signs in here."""
    feed = feed_of(token)
    if feed is None:
        raise Http404
    with translation.override(feed.user.language):
        body = calendar_of(feed.user, zone=timezone.get_current_timezone())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private"
    response.headers["Content-Language"] = feed.user.language
    response.headers["Content-Disposition"] = 'inline; filename="shifts.ics"'
    return response


def _change(request: HttpRequest) -> HttpResponse:
    by = {"user": request.user, "ip": client_ip(request)}
    match request.POST.get("choice"):
        case "make":
            services.make_calendar_feed(**by)
        case "renew":
            services.renew_calendar_feed(**by)
            messages.success(request, _("You have a new address; the old one has ended."))
        case "end":
            services.end_calendar_feed(**by)
            messages.success(request, _("The address has ended; calendars no longer read it."))
        case _other:
            raise BadRequest
    return redirect("workforce:calendar_feed")
