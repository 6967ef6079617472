"""What the box below a thread asks for while somebody writes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import EVERYONE, role_required
from inbox import services
from inbox.canned import fill, search
from inbox.composer import blank_values, others_in
from inbox.forms import MAX_DRAFT_CHARS, DraftForm, InsertForm
from inbox.mentions import search_people
from inbox.models import Conversation

SHOWN_OPTIONS = 20
NO_CONTENT, RESET_CONTENT, BAD_REQUEST = 204, 205, 400


@require_POST
@role_required(*EVERYONE)
def conversation_draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what was written so far; the script sends it while one writes and on leaving.

    205 when the customer has it already: the answer to the page's own send was lost.
    """
    conversation = _visible(request, public_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=BAD_REQUEST)
    text = form.cleaned_data["text"]
    draft = services.save_draft(
        conversation=conversation,
        author=request.user,
        text=text,
        is_note=form.is_note,
        submission=form.cleaned_data["submission"],
    )
    is_sent = draft is None and bool(text.strip())
    return HttpResponse(status=RESET_CONTENT if is_sent else NO_CONTENT)


@require_POST
@role_required(*EVERYONE)
def conversation_typing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Still here (`typing` empty), or writing."""
    services.note_viewer(
        conversation=_visible(request, public_id),
        user=request.user,
        is_typing=bool(request.POST.get("typing")),
    )
    return HttpResponse(status=NO_CONTENT)


@require_GET
@role_required(*EVERYONE)
def conversation_viewers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who else is here."""
    viewers = others_in(_visible(request, public_id), request.user)
    return render(request, "inbox/_viewers.html", {"viewers": viewers})


@require_GET
@role_required(*EVERYONE)
def canned_options(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Canned replies that fit what was typed, with their blanks filled for this conversation."""
    conversation = _visible(request, public_id)
    values = _values(request, conversation)
    rows = search(services.canned_for(conversation, request.user), request.GET.get("q", ""))
    options = rows[:SHOWN_OPTIONS]
    for row in options:
        row.filled = fill(row.text, values)
    return render(request, "inbox/_canned_options.html", {"options": options})


@require_POST
@role_required(*EVERYONE)
def canned_insert(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a canned reply behind what was written, without a script: it becomes the draft."""
    conversation = _visible(request, public_id)
    choices = services.canned_for(conversation, request.user)
    form = InsertForm(request.POST, choices=choices)
    address = reverse("inbox:conversation_detail", args=[public_id])
    if not form.is_valid():
        return HttpResponse(status=BAD_REQUEST)
    row, text = form.cleaned_data["insert"], form.cleaned_data["text"]
    filled = fill(row.text, _values(request, conversation))
    whole = f"{text.rstrip()}\n{filled}" if text.strip() else filled
    services.save_draft(
        conversation=conversation,
        author=request.user,
        text=whole[:MAX_DRAFT_CHARS],
        is_note=form.is_note,
        submission=form.cleaned_data["submission"],
    )
    return redirect(f"{address}?canned={row.pk}#reply")


@require_GET
@role_required(*EVERYONE)
def mention_options(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Colleagues whom a note may call and whose name fits what was typed."""
    conversation = _visible(request, public_id)
    people = services.mentionable_in(conversation, by=request.user).order_by("display_name", "pk")
    fitting = search_people(people, request.GET.get("q", ""))
    context = {"options": fitting[:SHOWN_OPTIONS]}
    return render(request, "inbox/_mention_options.html", context)


def _visible(request: HttpRequest, public_id: UUID) -> Conversation:
    rows = Conversation.objects.visible_to(request.user)
    rows = rows.select_related("contact", "channel", "department", "assignee")
    return get_object_or_404(rows, public_id=public_id)


def _values(request: HttpRequest, conversation: Conversation) -> dict[str, str]:
    """Customers are addressed in the organisation's language, whatever the page is in."""
    return blank_values(request.user, conversation, request.organisation.language)
