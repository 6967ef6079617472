"""The queue board."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import EVERYONE, LEADS, role_required
from inbox.deadlines import deadline_facts
from inbox.models import Conversation
from inbox.versions import stamp
from omnichat.lib.htmx import render_page, wants_fragment
from routing.forms import AssignForm
from routing.queue_page import Board, load_board, may_see_queue, read_department

STATUS_NO_CHANGE = 204  # htmx leaves the page as it is


@require_GET
@role_required(*EVERYONE)
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits, in which order, why, and who could take it; staff only where they may take."""
    if not may_see_queue(request.user):
        return render(request, "routing/queue_not_taken.html", status=403)
    now, chosen = timezone.now(), read_department(request.GET.get("department", ""))
    board = load_board(request.user, chosen=chosen, at=now)
    version = _stamp(board, now)
    if wants_fragment(request) and request.GET.get("version") == version:
        return HttpResponse(status=STATUS_NO_CHANGE)
    context = {
        "board": board,
        "version": version,
        "may_assign": request.user.role in LEADS,
        "is_full": any(m.is_full for m in board.members if m.person.pk == request.user.pk),
        "now": now,
    }
    return render_page(request, "routing/queue.html", "routing/_queue_refresh.html", context)


@require_GET
@role_required(*LEADS)
def queue_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whom one waiting conversation can be given to now; a page without scripts, else a part."""
    rows = Conversation.objects.visible_to(request.user).for_list()
    conversation = get_object_or_404(rows, public_id=public_id)
    context = {
        "conversation": conversation,
        "agents": AssignForm(user=request.user, conversation=conversation).agents,
        "chosen": read_department(request.GET.get("department", "")),
    }
    return render_page(request, "routing/queue_people.html", "routing/_queue_people.html", context)


def is_from_queue(request: HttpRequest) -> bool:
    return request.POST.get("next", "").split(":")[0] == "queue"


def after_handing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on where it was handed over: back to the queue, else to the conversation.

    The form names the place (`queue`, `queue:<department>`); no address is taken from it.
    """
    if not is_from_queue(request):
        return redirect("inbox:conversation_detail", public_id=public_id)
    chosen = read_department(request.POST["next"].partition(":")[2])
    address = reverse("routing:queue")
    return redirect(f"{address}?department={chosen}" if chosen else address)


def _stamp(board: Board, now: datetime) -> str:
    """Of everything the page shows, but for the waits, which its own clock tells."""
    groups = [
        (group.key, group.count, group.late, group.places, group.is_claim, group.is_guarded)
        for group in board.tabs
    ]
    hours = [
        (group.key, group.is_closed, group.opens_at, group.next_place, group.answer)
        for group in board.groups
    ]
    rows = [
        (row.conversation.pk, _facts(row.conversation, now), row.because, row.more, row.words)
        for group in board.groups
        for row in group.rows
    ]
    members = [
        (
            (member.person.display_name, member.reason, member.since, member.until),
            member.agent and (member.agent.open_count, member.agent.capacity),
        )
        for member in board.members
    ]
    return stamp(board.chosen, groups, hours, rows, members, board.hidden_members)


def _facts(conversation: Conversation, now: datetime) -> tuple:
    c = conversation
    return c.contact.name, c.preview, c.waiting_since, deadline_facts(c, now=now)
