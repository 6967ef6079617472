"""The presence control of the top bar."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import EVERYONE, role_required
from accounts.services import set_presence
from omnichat.lib.addresses import own_path
from omnichat.lib.errors import DomainError
from workforce import services

CHOICES = ("checkin", "checkout", User.Presence.AVAILABLE, User.Presence.BUSY)


@require_POST
@role_required(*EVERYONE)
def presence(request: HttpRequest) -> HttpResponse:
    """Check in or out, or say busy or available, and go back to the page."""
    choice = request.POST.get("choice", "")
    if choice not in CHOICES:
        raise BadRequest
    try:
        if choice == "checkin":
            services.check_in(user=request.user)
        elif choice == "checkout":
            services.check_out(user=request.user)
            messages.success(
                request, _("You are checked out. What still waited for you is back in the queue.")
            )
            # The page they came from may be a conversation that is no longer theirs.
            return redirect(settings.LOGIN_REDIRECT_URL)
        else:
            set_presence(user=request.user, presence=choice)
    except DomainError as error:
        messages.error(request, str(error))
    target = own_path(request, request.POST.get("next", ""))
    return redirect(target or settings.LOGIN_REDIRECT_URL)
