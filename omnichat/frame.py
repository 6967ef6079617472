"""Where the logo leads, and what the frame around every page asks for by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.htmx import wants_fragment


def home(request: HttpRequest) -> HttpResponse:
    """Leads begin with how things stand, staff with their conversations."""
    is_lead = request.user.role in LEADS
    return redirect("reporting:dashboard" if is_lead else "inbox:conversation_list")


@require_GET
@role_required(*EVERYONE)
def presence(request: HttpRequest) -> HttpResponse:
    """Own availability and load, for the top bar and the rail; no page of its own."""
    if not wants_fragment(request):
        return redirect("home")
    return render(request, "includes/_me.html", {"here": request.htmx.current_url_abs_path})
