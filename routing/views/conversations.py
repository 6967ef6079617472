"""Pages of one conversation's routing: why somebody got it, handing it over."""

from __future__ import annotations

from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import EVERYONE, LEADS, role_required
from inbox.models import Conversation
from inbox.sentences import waiting_sentence
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page
from routing import services
from routing.explanation import explain
from routing.forms import AssignForm
from routing.people.team import member_of
from routing.views.queue import after_handing, is_from_queue


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
            return after_handing(request, public_id)
    if is_from_queue(request):
        for text in chain.from_iterable(form.errors.values()):
            messages.error(request, text)
        return after_handing(request, public_id)
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
    else:
        if is_from_queue(request):  # else it stands before the reader
            text = _("%(contact)s is yours now.") % {"contact": conversation.contact.name}
            messages.success(request, text)
    return after_handing(request, public_id)


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
        "member": member_of(latest.assignee) if is_current else None,
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
