"""Pages of the inbox: the list, the thread, the contact."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import EVERYONE, role_required
from inbox import services
from inbox.composer import composer_context
from inbox.filters import ConversationFilter
from inbox.forms import ContactForm, ReplyForm
from inbox.lists import load_page
from inbox.models import Conversation
from inbox.thread import line_id, load_thread, newest_inbound_id
from inbox.versions import known_lines, stamp_head, stamp_lines, stamp_list
from inbox.waiting import group_by_deadline
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page, wants_fragment

VIEWS = ("list", "thread", "info")
STATUS_NO_CHANGE = 204  # htmx leaves the page as it is


@require_GET
@role_required(*EVERYONE)
def conversation_list(request: HttpRequest) -> HttpResponse:
    """The list; with HX-Request only its pane, which refreshes itself."""
    context = {"view": "list"} | _list_context(request)
    if wants_fragment(request) and request.GET.get("version") == context["list_version"]:
        return HttpResponse(status=STATUS_NO_CHANGE)
    return render_page(
        request, "inbox/conversation_list.html", "inbox/_conversation_refresh.html", context
    )


@require_GET
@role_required(*EVERYONE)
def conversation_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One conversation beside the list; the assignee's look marks it as read.

    With HX-Request only the box to write in, when the conversation allows something else by now.
    """
    conversation = _visible(request, public_id)
    services.mark_seen(conversation=conversation, user=request.user)
    services.note_viewer(conversation=conversation, user=request.user)
    if wants_fragment(request):
        return _composer_box(request, conversation)
    return _thread_page(request, conversation, ReplyForm(), view="thread")


@require_GET
@role_required(*EVERYONE)
def conversation_thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lines that the asking page does not have as they are (`have`), with stubs for the others.

    Head and panel come along when they differ from `version`; 204 while nothing differs.
    With `before` the lines above that one.
    """
    conversation = _visible(request, public_id)
    before_id = line_id(request.GET.get("before", ""))
    context = _thread_context(request, conversation, before_id=before_id)
    lines = context["thread"].lines
    known = known_lines(request.GET.get("have", "")) if before_id is None else set()
    for line in lines:
        line.is_known = line.version in known
    is_head_known = request.GET.get("version") == context["head_version"]
    is_same = is_head_known and all(line.is_known for line in lines)
    if wants_fragment(request) and is_same and before_id is None:
        return HttpResponse(status=STATUS_NO_CHANGE)
    services.mark_seen(conversation=conversation, user=request.user)
    if before_id is None and not is_head_known:
        context |= {"has_head": True} | _contact_context(request.user, conversation)
    return render_page(request, "inbox/thread_page.html", "inbox/_thread_refresh.html", context)


@require_POST
@role_required(*EVERYONE)
def conversation_reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Out of sight answers 404; refused by a rule shows the reason. Both keep the text."""
    form, status = ReplyForm(request.POST), 400
    try:
        conversation = _visible(request, public_id)
    except Http404:
        return render(request, "inbox/conversation_gone.html", {"form": form}, status=404)
    held = ""
    if form.is_valid():
        try:
            _send(request, conversation, form)
        except services.SomebodyAnswered as error:
            held, status = str(error), error.status
        except DomainError as error:
            form.add_error(None, str(error))
            status = error.status
        else:
            kind = ReplyForm.NOTE if form.is_note else ""
            if wants_fragment(request):
                return _composer_box(request, _visible(request, public_id), kind=kind)
            address = reverse("inbox:conversation_detail", args=[public_id])
            return redirect(f"{address}?kind={kind}" if kind else address)
        _keep(request, conversation, form)
    if wants_fragment(request):
        return _composer_box(request, conversation, form, held=held, status=status)
    extra = {"held": held}
    return _thread_page(request, conversation, form, view="thread", status=status, extra=extra)


@require_POST
@role_required(*EVERYONE)
def conversation_resolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Complete everything and go back to the list."""
    conversation = _visible(request, public_id)
    seen_id = line_id(request.POST.get("seen", ""))
    try:
        done = services.resolve_conversation(
            conversation=conversation, by=request.user, seen_id=seen_id
        )
    except DomainError as error:
        return refusal_page(request, conversation, str(error), status=error.status)
    undo = reverse("inbox:conversation_undo_resolve", args=[public_id, done.cycle_number])
    text = _("Done: %(contact)s.") % {"contact": done.contact.name}
    messages.success(request, text, extra_tags=undo)
    return redirect("inbox:conversation_list")


@require_POST
@role_required(*EVERYONE)
def conversation_undo_resolve(
    request: HttpRequest, public_id: UUID, cycle_number: int
) -> HttpResponse:
    """Take "done" back and go on with the conversation."""
    conversation = _visible(request, public_id)
    try:
        services.undo_resolve(conversation=conversation, by=request.user, cycle_number=cycle_number)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("inbox:conversation_detail", public_id=public_id)


@require_POST
@role_required(*EVERYONE)
def conversation_unread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark as unread and go back to the list, which shows it so."""
    conversation = _visible(request, public_id)
    try:
        services.mark_unread(conversation=conversation, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("inbox:conversation_detail", public_id=public_id)
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
    form = ContactForm(request.POST or None, initial=ContactForm.initial_of(person))
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


def _send(request: HttpRequest, conversation: Conversation, form: ReplyForm) -> None:
    """Hand a valid form to the service it is for."""
    data, user = form.cleaned_data, request.user
    what = {"text": data["text"], "submission": data["submission"]}
    if form.is_note:
        mentioned = data["mention"]
        services.add_note(conversation=conversation, author=user, mentioned=mentioned, **what)
    else:
        seen_id = None if data["anyway"] else data["seen"]
        canned_id = data["canned"]
        services.send_reply(
            conversation=conversation, author=user, seen_id=seen_id, canned_id=canned_id, **what
        )
    services.stop_typing(conversation=conversation, user=user)


def _keep(request: HttpRequest, conversation: Conversation, form: ReplyForm) -> None:
    """What was refused is there again wherever this person opens the conversation."""
    services.save_draft(
        conversation=conversation,
        author=request.user,
        text=form.cleaned_data["text"],
        is_note=form.is_note,
    )


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
    before_id = line_id(request.GET.get("before", ""))
    context = (
        _thread_context(request, conversation, before_id=before_id)
        | _list_context(request, selected=conversation)
        | _contact_context(request.user, conversation)
        | composer_context(
            request.user,
            conversation,
            form,
            canned_id=request.GET.get("canned", ""),
            kind=request.GET.get("kind", ""),
        )
        | {"view": view}
    )
    page, context = "inbox/conversation_detail.html", context | (extra or {})
    response = render(request, page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])  # as `render_page` does
    return response


def refusal_page(
    request: HttpRequest, conversation: Conversation, text: str, *, status: int
) -> HttpResponse:
    """The conversation, with why what its button asked for was not done."""
    extra = {"refusal": text}
    return _thread_page(
        request, conversation, ReplyForm(), view="thread", status=status, extra=extra
    )


def _composer_box(
    request: HttpRequest,
    conversation: Conversation,
    form: ReplyForm | None = None,
    *,
    kind: str = "",
    held: str = "",
    status: int = 200,
) -> HttpResponse:
    """The box alone, for an htmx swap."""
    context = composer_context(request.user, conversation, form, kind=kind) | {"held": held}
    response = render(request, "inbox/_composer_box.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _thread_context(
    request: HttpRequest, conversation: Conversation, *, before_id: int | None
) -> dict:
    """What the thread and its head show."""
    thread, now = load_thread(conversation, before_id=before_id), timezone.now()
    is_workable = conversation.is_workable_by(request.user)
    stamp_lines(thread.lines, conversation, is_workable=is_workable)
    is_claimable = conversation.is_waiting and conversation.is_claimable_by(request.user)
    seen_id = newest_inbound_id(thread.lines) if before_id is None else None
    asked = {name: request.GET.get(name, "") for name in ("view", "scope", "status")}
    return {
        "conversation": conversation,
        "thread": thread,
        "is_earlier_page": before_id is not None,
        "is_workable": is_workable,
        "is_claimable": is_claimable,
        "newest_seen_id": seen_id,
        "head_version": stamp_head(conversation, is_workable, is_claimable, now=now),
        "view": asked["view"] if asked["view"] in VIEWS else "thread",
        "scope": asked["scope"] if asked["scope"] in _scopes(request.user) else "",
        "status": asked["status"] if asked["status"] in dict(ConversationFilter.STATUSES) else "",
        "now": now,
    }


def _contact_context(user: User, conversation: Conversation) -> dict:
    """What the panel about the contact shows."""
    person = conversation.contact
    return {
        "contact_form": ContactForm(initial=ContactForm.initial_of(person)),
        "earlier": _earlier_conversations(user, conversation),
    }


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
    in_scope = Conversation.objects.visible_to(user).in_scope(scope, user).with_draft_of(user)
    now = timezone.now()
    page = load_page(in_scope, status, request.GET)
    counts, groups = in_scope.counts(), None
    if status == Conversation.Status.OPEN:
        groups = group_by_deadline(page.rows, now=now)
    return {
        "scope": scope,
        "scopes": scopes,
        "status": status,
        "statuses": ConversationFilter.STATUSES,
        "counts": counts,
        "rows": page.rows,
        "groups": groups,
        "page": page,
        "list_version": stamp_list(page.rows, groups, counts, page.previous, page.next, now=now),
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
    return ["mine", "department"] if user.may_claim else ["mine"]
