"""The bell in the top bar: what a person is told, and whether it rings now."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import Notification, User
from accounts.notifications import WORKING_TIME
from accounts.permissions import EVERYONE, role_required
from omnichat.lib.htmx import wants_fragment
from workforce.availability import OFF_WORK, Availability, availability

SHOWN = 20
VERSION = re.compile(r"([0-9]{1,18})\.[0-9]{1,9}\.[01]")  # newest id, unread ones, is it quiet
STATUS_NO_CHANGE = 204  # htmx leaves the page as it is


@dataclass
class Bell:
    """The latest notifications, and how many to speak of.

    Quiet for who is off work and wants it so: what comes meanwhile is kept and rings at the next
    check-in. Only what concerns the own working time is counted then, without a toast. Who never
    checked in and has no shift ahead, as an administrator may not, is not off.
    """

    user: User
    now: Availability
    rows: list[Notification] = field(init=False)

    def __post_init__(self) -> None:
        rows = Notification.objects.visible_to(self.user)
        rows = rows.with_unread_count(self.user, WORKING_TIME)
        self.rows = list(rows.order_by("-pk")[:SHOWN])

    @property
    def is_quiet(self) -> bool:
        return self.user.is_quiet_off_work and self.now.reason in OFF_WORK

    @property
    def unread_count(self) -> int:
        return self.rows[0].unread_count if self.rows else 0

    @property
    def count(self) -> int:
        """The number on the bell; somebody at home needs to know when they work next."""
        if not self.is_quiet:
            return self.unread_count
        return self.rows[0].unread_time_count if self.rows else 0

    @cached_property
    def version(self) -> str:
        """What a page knows; another version is another look."""
        newest = self.rows[0].pk if self.rows else 0
        return f"{newest}.{self.unread_count}.{int(self.is_quiet)}"

    def news_since(self, version: str) -> list[Notification]:
        """Unread ones that came after a page with this version was made; none while quiet."""
        known = VERSION.fullmatch(version)
        if known is None or self.is_quiet:
            return []
        return [row for row in self.rows if row.pk > int(known[1]) and row.read_at is None]


@require_GET
@role_required(*EVERYONE)
def bell(request: HttpRequest) -> HttpResponse:
    """The bell's parts that change; 204 while they are as the asking page's `version` says."""
    if not wants_fragment(request):
        return redirect("accounts:notification_list")
    from_page = request.GET.get("version", "")
    shown = Bell(request.user, availability(request.user))
    if from_page == shown.version:
        return HttpResponse(status=STATUS_NO_CHANGE)
    context = {"bell": shown, "news": shown.news_since(from_page)}
    return render(request, "includes/_bell_refresh.html", context)
