"""Pages of the inbox: the list, the thread, the contact."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import EVERYONE, role_required
from inbox import services
from inbox.filters import ConversationFilter
from inbox.forms import ContactForm, ReplyForm
from inbox.lists import load_page
from inbox.models import Conversation
from inbox.thread import is_sendable, load_thread
from inbox.waiting import group_by_wait
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page

STATUS_NO_CHANGE = 204  # htmx leaves the page as it is


@require_GET
@role_required(*EVERYONE)
def conversation_list(request: HttpRequest) -> HttpResponse:
    """The list; with HX-Request only its pane, which refreshes itself."""
    context = {"view": "list"} | _list_context(request)
    return render_page(
        request, "inbox/conversation_list.html", "inbox/_conversation_refresh.html", context
    )


@require_GET
@role_required(*EVERYONE)
def conversation_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One conversation beside the list; the assignee's look marks it as read."""
    conversation = _visible(request, public_id)
    services.mark_seen(conversation=conversation, user=request.user)
    return _thread_page(request, conversation, ReplyForm(), view="thread")


@require_GET
@role_required(*EVERYONE)
def conversation_thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lines alone; 204 while they look as the asking page's `version` says."""
    conversation = _visible(request, public_id)
    thread = load_thread(conversation)
    if request.GET.get("version") == thread.version:
        return HttpResponse(status=STATUS_NO_CHANGE)
    services.mark_seen(conversation=conversation, user=request.user)
    context = {
        "conversation": conversation,
        "thread": thread,
        "is_workable": conversation.is_workable_by(request.user),
    }
    return render_page(request, "inbox/thread_page.html", "inbox/_thread.html", context)


@require_POST
@role_required(*EVERYONE)
def conversation_reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Out of sight answers 404; refused by a rule shows the reason. Both keep the text."""
    form, status = ReplyForm(request.POST), 400
    try:
        conversation = _visible(request, public_id)
    except Http404:
        return render(request, "inbox/conversation_gone.html", {"form": form}, status=404)
    if form.is_valid():
        try:
            services.send_reply(conversation=conversation, author=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
            status = error.status
        else:
            return redirect("inbox:conversation_detail", public_id=public_id)
    return _thread_page(request, conversation, form, view="thread", status=status)


@require_POST
@role_required(*EVERYONE)
def conversation_resolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Complete everything and go back to the list."""
    conversation = _visible(request, public_id)
    try:
        services.resolve_conversation(conversation=conversation, by=request.user)
    except DomainError as error:
        form = ReplyForm()
        refusal = {"refusal": str(error)}
        return _thread_page(
            request, conversation, form, view="thread", status=error.status, extra=refusal
        )
    contact = conversation.contact.name
    messages.success(request, _("Done: %(contact)s.") % {"contact": contact})
    return redirect("inbox:conversation_list")


@require_POST
@role_required(*EVERYONE)
def reply_retry(request: HttpRequest, public_id: UUID, message_id: int) -> HttpResponse:
    """Send a failed reply again."""
    conversation = _visible(request, public_id)
    message = get_object_or_404(conversation.messages, pk=message_id)
    parts = list(message.parts.all())
    try:
        services.retry_reply(conversation=conversation, parts=parts, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("inbox:conversation_detail", public_id=public_id)


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who the customer is; name and note can be changed."""
    conversation = _visible(request, public_id)
    person = conversation.contact
    form = ContactForm(request.POST or None, initial={"name": person.name, "note": person.note})
    if request.method == "POST":
        if form.is_valid():
            services.update_contact(contact=person, author=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("inbox:contact", public_id=public_id)
        extra = {"contact_form": form}
        return _thread_page(
            request, conversation, ReplyForm(), view="info", status=400, extra=extra
        )
    return _thread_page(request, conversation, ReplyForm(), view="info")


def _visible(request: HttpRequest, public_id: UUID) -> Conversation:
    visible = Conversation.objects.visible_to(request.user)
    rows = visible.select_related(
        "contact__note_author", "identity", "channel", "assignee", "department"
    )
    return get_object_or_404(rows, public_id=public_id)


def _thread_page(
    request: HttpRequest,
    conversation: Conversation,
    form: ReplyForm,
    *,
    view: str,
    status: int = 200,
    extra: dict | None = None,
) -> HttpResponse:
    before = request.GET.get("before", "")
    before_id = int(before) if before.isdecimal() and len(before) < 19 else None
    context = _list_context(request, selected=conversation) | {
        "view": view,
        "conversation": conversation,
        "thread": load_thread(conversation, before_id=before_id),
        "is_earlier_page": before_id is not None,
        "is_workable": conversation.is_workable_by(request.user),
        "form": form,
        "can_send": is_sendable(conversation),
        "contact_form": ContactForm(
            initial={"name": conversation.contact.name, "note": conversation.contact.note}
        ),
        "earlier": _earlier_conversations(request.user, conversation),
    }
    return render(request, "inbox/conversation_detail.html", context | (extra or {}), status=status)


def _earlier_conversations(user: User, conversation: Conversation) -> list[Conversation]:
    """Other conversations of the same contact this person may read."""
    theirs = Conversation.objects.visible_to(user).filter(contact=conversation.contact_id)
    others = theirs.exclude(pk=conversation.pk).select_related("identity")
    return list(others.order_by("-last_message_at", "-pk")[:5])


def _list_context(request: HttpRequest, selected: Conversation | None = None) -> dict:
    """The list pane: scope, tab, counts and one page of rows, in two queries."""
    user = request.user
    scopes = _scopes(user)
    scope = request.GET.get("scope", "")
    if scope not in scopes:
        scope = scopes[-1] if user.is_admin or user.is_manager else scopes[0]
    status = request.GET.get("status", "")
    if status not in dict(ConversationFilter.STATUSES):
        status = _status_of(selected)
    in_scope = Conversation.objects.visible_to(user).in_scope(scope, user)
    page = load_page(in_scope, status, request.GET)
    now = timezone.now()
    is_open = status == Conversation.Status.OPEN
    return {
        "scope": scope,
        "scopes": scopes,
        "status": status,
        "statuses": ConversationFilter.STATUSES,
        "counts": in_scope.counts(),
        "rows": page.rows,
        "groups": group_by_wait(page.rows, now=now) if is_open else None,
        "page": page,
        "now": now,
        "selected": selected,
        "selected_id": str(selected.public_id) if selected else request.GET.get("selected", ""),
    }


def _status_of(conversation: Conversation | None) -> str:
    """The tab in which a conversation stands."""
    if conversation is None or conversation.status not in dict(ConversationFilter.STATUSES):
        return Conversation.Status.OPEN
    return conversation.status


def _scopes(user: User) -> list[str]:
    """The views of the list this person has; leads start with the widest."""
    if user.is_admin:
        return ["mine", "all"]
    if user.is_manager:
        return ["mine", "department", "all"]
    return ["mine", "department"] if user.department.staff_can_claim else ["mine"]
