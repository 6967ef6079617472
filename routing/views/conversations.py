"""Pages of one conversation's routing: why somebody got it, handing it over, its priority."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import EVERYONE, LEADS, role_required
from inbox.attention_forms import PriorityForm
from inbox.attention_views import first_error
from inbox.deadlines import Kind, deadline_of
from inbox.models import Conversation
from inbox.sentences import waiting_sentence
from inbox.services import set_priority
from inbox.views import refusal_page
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page, wants_fragment
from routing import services
from routing.forms import AssignForm, HandBackForm
from routing.models import Agent
from routing.people.team import member_of
from routing.views.queue import after_handing, is_from_queue
from routing.why_page import load_why


@require_GET
@role_required(*EVERYONE)
def conversation_why(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Why it was assigned this way, or why nobody has it yet; hand-over for those who may."""
    conversation = _visible(request, public_id)
    form = AssignForm(user=request.user, conversation=conversation)
    return _why_page(request, conversation, form)


@require_POST
@role_required(*EVERYONE)
def conversation_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand a conversation to somebody the caller may hand work to, or to a department."""
    conversation = _visible(request, public_id)
    form = AssignForm(request.POST, user=request.user, conversation=conversation)
    status = 400
    if form.is_valid():
        try:
            text, undo = _hand_on(request, conversation, form.cleaned_data)
        except DomainError as error:
            field = "to_department" if error.field == "department" else "assignee"
            form.add_error(field, str(error))
            status = error.status
        else:
            messages.success(request, text, extra_tags=undo)
            return _go_on(request, conversation)
    if is_from_queue(request):
        for text in chain.from_iterable(form.errors.values()):
            messages.error(request, text)
        return after_handing(request, public_id)
    return _why_page(request, conversation, form, status=status)


def _hand_on(request: HttpRequest, conversation: Conversation, data: dict) -> tuple[str, str]:
    """Do what a valid form says; returns what to tell, and the address that takes it back.

    Only what somebody got beyond their places from the queue can be taken back in one step.
    """
    named = {
        "conversation": conversation,
        "by": request.user,
        "note": data["note"],
        "ip": client_ip(request),
    }
    if assignee := data["assignee"]:
        services.assign_conversation(assignee=assignee, **named)
        agent = Agent.objects.options_for(request.user).filter(user=assignee).first()
        if agent is None or agent.free_percent >= 0:
            return _("Assigned to %(person)s.") % {"person": assignee}, ""
        load = {"open": agent.open_count, "capacity": agent.capacity}
        text = _("Assigned to %(person)s, who is over capacity: %(open)d/%(capacity)d.")
        undo = reverse("routing:conversation_hand_back", args=[conversation.public_id])
        return text % (load | {"person": assignee}), "" if conversation.assignee_id else undo
    services.move_conversation(department=data["to_department"], **named)
    return _("Moved to %(department)s.") % {"department": data["to_department"]}, ""


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
    return _go_on(request, conversation)


@require_POST
@role_required(*EVERYONE)
def conversation_hand_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put one's conversation back into the queue for a colleague."""
    conversation = _visible(request, public_id)
    form = HandBackForm(request.POST)
    if not form.is_valid():  # the button is one of the form to hand on, whose note it takes
        form = AssignForm(request.POST, user=request.user, conversation=conversation)
        return _why_page(request, conversation, form, 400)
    note = form.cleaned_data["note"]
    try:
        services.hand_back(
            conversation=conversation, by=request.user, note=note, ip=client_ip(request)
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Back in the queue."))
    return _go_on(request, conversation)


@require_POST
@role_required(*EVERYONE)
def conversation_priority(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set what is served first, by hand; says what that does to the deadline."""
    conversation = _visible(request, public_id)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, conversation, first_error(form), status=400)
    try:
        set_priority(
            conversation=conversation,
            priority=form.cleaned_data["priority"],
            by=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        return refusal_page(request, conversation, str(error), status=error.status)
    services.follow_clock(conversation.pk)
    conversation.refresh_from_db()
    messages.success(request, _priority_words(conversation, timezone.now()))
    return redirect("inbox:conversation_detail", public_id=public_id)


def _priority_words(conversation: Conversation, now: datetime) -> str:
    """The priority, and when something is due by it; nothing of a deadline that stands still."""
    values = {"priority": conversation.get_priority_display()}
    shown = deadline_of(conversation, now=now)
    if conversation.is_clock_stale or shown is None or shown.kind not in (Kind.LEFT, Kind.LATE):
        return _("Priority: %(priority)s.") % values
    due = timezone.localtime(conversation.due_at)
    is_today = due.date() == timezone.localtime(now).date()
    values["what"] = conversation.get_due_kind_display()
    values["time"] = date_format(due, "H:i" if is_today else "H:i d/m")
    if shown.kind == Kind.LATE:
        return _("Priority: %(priority)s. The %(what)s was due at %(time)s: already late.") % values
    return _("Priority: %(priority)s. The %(what)s is due at %(time)s.") % values


def _go_on(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Where it was handed over; to the list, if the conversation is not the caller's to read."""
    mine = Conversation.objects.visible_to(request.user).filter(pk=conversation.pk)
    if is_from_queue(request):
        return after_handing(request, conversation.public_id)
    place = conversation.path if mine.exists() else reverse("inbox:conversation_list")
    # From the panel of the thread: the whole page changes, not the panel alone.
    return HttpResponseClientRedirect(place) if wants_fragment(request) else redirect(place)


def _visible(request: HttpRequest, public_id: UUID) -> Conversation:
    visible = Conversation.objects.visible_to(request.user).for_list()
    return get_object_or_404(visible, public_id=public_id)


def _why_page(
    request: HttpRequest, conversation: Conversation, form: AssignForm, status: int = 200
) -> HttpResponse:
    why = load_why(conversation, request.user)
    assignee = why.assignment.assignee if why.assignment else None
    is_lead = request.user.role in LEADS
    may_assign = is_lead or conversation.assignee_id == request.user.pk
    context = {
        "conversation": conversation,
        "why": why,
        "assignment": why.assignment,
        "explanation": why.explanation,
        "member": member_of(assignee) if assignee and why.may_name else None,
        "form": form,
        "refusals": list(chain.from_iterable(form.errors.values())),
        "may_assign": may_assign and not conversation.is_resolved,
        "may_hand_back": may_assign and conversation.assignee_id and not conversation.is_resolved,
        "may_take": _may_take(request.user, conversation),
        "waiting_because": waiting_sentence(conversation, {"count": why.at_work}),
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
