"""The dashboards: how things stand now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.htmx import render_page
from reporting.board import Span, load_board, load_wall
from reporting.board_page import page_of
from reporting.own_day import load_own_day
from reporting.own_day_page import own_day_page


@require_GET
@role_required(*EVERYONE)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Leads see their departments, staff their own day."""
    now = timezone.now()
    if request.user.role not in LEADS:
        context = {"page": own_day_page(load_own_day(request.user, at=now)), "now": now}
        return render_page(
            request, "reporting/dashboard_me.html", "reporting/_own_day.html", context
        )
    span = _span_of(request)
    context = {"page": page_of(load_board(request.user, span, at=now)), "now": now}
    context |= {"span": span, "spans": list(Span)}
    return render_page(request, "reporting/dashboard.html", "reporting/_board.html", context)


@require_GET
@role_required(*LEADS)
def dashboard_wall(request: HttpRequest) -> HttpResponse:
    """The same moment for a screen on the wall; it needs nobody to touch it."""
    now = timezone.now()
    context = {"page": page_of(load_wall(request.user, at=now)), "now": now}
    return render_page(request, "reporting/wall.html", "reporting/_wall.html", context)


def _span_of(request: HttpRequest) -> Span:
    """Whatever is no span is today."""
    asked = request.GET.get("span", "")
    return Span(asked) if asked in Span.values else Span.TODAY
