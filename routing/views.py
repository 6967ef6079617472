"""Pages of routing: keywords, why somebody got a conversation, handing it over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.models import Department, User
from accounts.permissions import EVERYONE, LEADS, role_required
from inbox.models import Conversation
from inbox.sentences import waiting_sentence
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page
from routing import services
from routing.explanation import explain
from routing.forms import AssignForm, KeywordForm
from routing.models import Keyword


@require_GET
@role_required(*EVERYONE)
def conversation_why(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Why it was assigned this way, or why nobody has it yet; hand-over for those who may."""
    conversation = _visible(request, public_id)
    return _why_page(request, conversation, AssignForm(user=request.user))


@require_POST
@role_required(*LEADS)
def conversation_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a conversation to somebody the caller may hand work to."""
    conversation = _visible(request, public_id)
    form, status = AssignForm(request.POST, user=request.user), 400
    if form.is_valid():
        try:
            services.assign_conversation(
                conversation=conversation,
                assignee=form.cleaned_data["assignee"],
                by=request.user,
                ip=client_ip(request),
            )
        except DomainError as error:
            form.add_error("assignee", str(error))
            status = error.status
        else:
            text = _("Assigned to %(person)s.") % {"person": form.cleaned_data["assignee"]}
            messages.success(request, text)
            return redirect("inbox:conversation_detail", public_id=public_id)
    return _why_page(request, conversation, form, status=status)


@require_POST
@role_required(*EVERYONE)
def conversation_take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a waiting conversation."""
    conversation = _visible(request, public_id)
    try:
        services.take_conversation(
            conversation=conversation, by=request.user, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("inbox:conversation_detail", public_id=public_id)


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def keyword_list(request: HttpRequest) -> HttpResponse:
    """All keywords; managers and administrators add to theirs."""
    may_edit = request.user.role in LEADS
    form, status = KeywordForm(user=request.user), 200
    if request.method == "POST":
        form = KeywordForm(request.POST, user=request.user)
        save = services.create_keyword
        if may_edit and _save(request, form, save):
            return redirect("routing:keyword_list")
        status = 400 if may_edit else 403
    context = {
        "keywords": _editable_marked(request, Keyword.objects.visible_to(request.user).for_list()),
        "departments": Department.objects.visible_to(request.user).active(),
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "routing/keyword_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def keyword_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one keyword of one's own department."""
    keyword = get_object_or_404(Keyword.objects.editable_by(request.user), pk=pk)
    initial = {
        "word": keyword.word,
        "department": keyword.department_id,
        "weight": keyword.weight,
        "is_active": keyword.is_active,
    }
    form = KeywordForm(request.POST or None, initial=initial, user=request.user)

    def save(*, actor, ip, **changes) -> None:
        services.update_keyword(keyword=keyword, actor=actor, ip=ip, changes=changes)

    if request.method == "POST" and _save(request, form, save):
        return redirect("routing:keyword_list")
    context = {"form": form, "keyword": keyword}
    status = 400 if form.errors else 200
    return render(request, "routing/keyword_edit.html", context, status=status)


@require_POST
@role_required(*LEADS)
def keyword_delete(request: HttpRequest, pk: int) -> HttpResponse:
    keyword = get_object_or_404(Keyword.objects.editable_by(request.user), pk=pk)
    services.delete_keyword(keyword=keyword, actor=request.user, ip=client_ip(request))
    messages.success(request, _("“%(word)s” is removed.") % {"word": keyword.word})
    return redirect("routing:keyword_list")


def _visible(request: HttpRequest, public_id: UUID) -> Conversation:
    visible = Conversation.objects.visible_to(request.user).for_list()
    return get_object_or_404(visible, public_id=public_id)


def _why_page(
    request: HttpRequest, conversation: Conversation, form: AssignForm, status: int = 200
) -> HttpResponse:
    records = conversation.assignments.order_by("-pk")
    latest = records.select_related("assignee", "assigned_by").first()
    is_current = latest is not None and latest.assignee_id == conversation.assignee_id
    context = {
        "conversation": conversation,
        "assignment": latest if is_current else None,
        "explanation": explain(latest) if is_current else None,
        "form": form,
        "may_assign": request.user.role in LEADS and not conversation.is_resolved,
        "may_take": _may_take(request.user, conversation),
        "waiting_because": waiting_sentence(conversation),
    }
    return render_page(request, "routing/why.html", "routing/_why.html", context, status=status)


def _may_take(user: User, conversation: Conversation) -> bool:
    """Show the button only to those the service would not refuse at once."""
    if not conversation.is_waiting:
        return False
    try:
        services.require_may_take(conversation, user)
    except DomainError:
        return False
    return True


def _save(request: HttpRequest, form: KeywordForm, save) -> bool:
    """Save a valid form; a refusal is shown at its field. True when it is saved."""
    if not form.is_valid():
        return False
    try:
        save(**form.cleaned_data, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    messages.success(request, _("Saved. It counts from the next message on."))
    return True


def _editable_marked(request: HttpRequest, keywords: QuerySet[Keyword]) -> list[Keyword]:
    """The rows, each with `is_editable` for this person."""
    editable = set(Keyword.objects.editable_by(request.user).values_list("pk", flat=True))
    rows = list(keywords)
    for keyword in rows:
        keyword.is_editable = keyword.pk in editable
    return rows
