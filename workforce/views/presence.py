"""The presence control of the top bar."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import EVERYONE, role_required
from omnichat.lib.addresses import own_path
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.models import Break

CHOICES = ("checkin", "checkout", "break", "back", User.Presence.AVAILABLE, User.Presence.BUSY)


class BreakForm(forms.Form):
    """Why somebody goes on a break, and in how many minutes they mean to be back."""

    reason = forms.ChoiceField(choices=Break.Reason.choices)
    minutes = forms.IntegerField(min_value=1, max_value=services.MAX_BREAK_MINUTES, required=False)


@require_POST
@role_required(*EVERYONE)
def presence(request: HttpRequest) -> HttpResponse:
    """Check in or out, go on a break or come back, or say busy or available."""
    choice = request.POST.get("choice", "")
    form = BreakForm(request.POST)
    if choice not in CHOICES or (choice == "break" and not form.is_valid()):
        raise BadRequest
    try:
        if choice == "checkin":
            services.check_in(user=request.user, address=client_ip(request))
        elif choice == "checkout":
            services.check_out(user=request.user)
            messages.success(
                request, _("You are checked out. What still waited for you is back in the queue.")
            )
            # The page they came from may be a conversation that is no longer theirs.
            return redirect(settings.LOGIN_REDIRECT_URL)
        elif choice == "break":
            services.start_break(user=request.user, **form.cleaned_data)
        elif choice == "back":
            services.end_break(user=request.user)
        else:
            services.choose_presence(user=request.user, presence=choice)
    except DomainError as error:
        messages.error(request, str(error))
    target = own_path(request, request.POST.get("next", ""))
    return redirect(target or settings.LOGIN_REDIRECT_URL)
