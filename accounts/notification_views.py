"""Pages of what a person was told. The bell itself is `omnichat.bell`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.models import Notification
from accounts.permissions import EVERYONE, role_required
from omnichat.lib.addresses import own_path
from omnichat.lib.htmx import render_page, wants_fragment

PAGE_SIZE = 50
MAX_PAGE = 200


@require_GET
@role_required(*EVERYONE)
def notification_list(request: HttpRequest) -> HttpResponse:
    """All of the person's own, the latest first; with HX-Request only the rows."""
    page = request.GET.get("page", "")
    page = min(max(int(page), 1), MAX_PAGE) if page.isdecimal() and len(page) < 6 else 1
    rows = Notification.objects.visible_to(request.user).order_by("-pk")
    rows = list(rows[(page - 1) * PAGE_SIZE :][: PAGE_SIZE + 1])
    context = {
        "rows": rows[:PAGE_SIZE],
        "page": page,
        "has_more": len(rows) > PAGE_SIZE and page < MAX_PAGE,
    }
    return render_page(
        request, "accounts/notification_list.html", "accounts/_notification_rows.html", context
    )


@require_GET
@role_required(*EVERYONE)
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go on to what it is about."""
    row = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    services.mark_notifications_read(user=request.user, ids=[row.pk])
    return redirect(own_path(request, row.path) or "accounts:notification_list")


@require_POST
@role_required(*EVERYONE)
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read and go back to the page; with htmx the bell asks for itself again."""
    services.mark_notifications_read(user=request.user)
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Trigger": "bell"})
    target = own_path(request, request.POST.get("next", ""))
    return redirect(target or "accounts:notification_list")
