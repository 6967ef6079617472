"""Putting a conversation off and bringing it back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import EVERYONE, role_required
from inbox import services
from inbox.attention_forms import SnoozeForm
from inbox.models import Conversation
from inbox.views import refusal_page
from omnichat.lib.errors import DomainError


@require_POST
@role_required(*EVERYONE)
def conversation_snooze(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put it off and go back to the list; "Undo" brings it back."""
    conversation = _visible(request, public_id)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return refusal_page(request, conversation, first_error(form), status=400)
    until = form.cleaned_data["until"]
    try:
        services.snooze_conversation(conversation=conversation, until=until, by=request.user)
    except DomainError as error:
        return refusal_page(request, conversation, str(error), status=error.status)
    values = {
        "contact": conversation.contact.name,
        "time": date_format(timezone.localtime(until), "DATETIME_FORMAT"),
    }
    text = _("Snoozed until %(time)s: %(contact)s.") % values
    messages.success(request, text, extra_tags=reverse("inbox:conversation_wake", args=[public_id]))
    return redirect("inbox:conversation_list")


@require_POST
@role_required(*EVERYONE)
def conversation_wake(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring it back before its time."""
    conversation = _visible(request, public_id)
    try:
        services.wake_conversation(conversation=conversation, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("inbox:conversation_detail", public_id=public_id)


def _visible(request: HttpRequest, public_id: UUID) -> Conversation:
    visible = Conversation.objects.visible_to(request.user).for_list()
    return get_object_or_404(visible, public_id=public_id)


def first_error(form: forms.Form) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)
