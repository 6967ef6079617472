"""The first run's page: there only while nobody exists, and only with the server's token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.client_ip import client_ip
from accounts.services import begin_session, is_first_run
from omnichat.lib.errors import DomainError
from omnichat.setup.forms import SetupForm
from omnichat.setup.services import AlreadySetUp, Founded, set_up
from omnichat.setup.token import is_setup_token

MAX_WRONG_TOKENS = 10  # of one address, in
WINDOW_SECONDS = 15 * 60


@login_not_required
@never_cache
@sensitive_post_parameters("token", "password", "repeat")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Found the installation, sign its administrator in, and be gone."""
    if not is_first_run():
        raise Http404
    token = request.POST.get("token") or request.GET.get("token", "")
    if refusal := _refuse(request, token):
        return refusal
    form, status = SetupForm(initial={"language": request.LANGUAGE_CODE}), 200
    if request.method == "POST":
        form, status = SetupForm(request.POST), 400
        if form.is_valid():
            try:
                founded = set_up(**form.chosen(), ip=client_ip(request))
            except AlreadySetUp as error:
                raise Http404 from error
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return _enter(request, founded)
    context = {"form": form, "token": token}
    return render(request, "setup/setup.html", context, status=status)


def _refuse(request: HttpRequest, token: str) -> HttpResponse | None:
    """Without the token: where to find it. Wrong ones are counted by address."""
    key = f"setup:{client_ip(request)}"
    if cache.get(key, 0) >= MAX_WRONG_TOKENS:
        return render(request, "setup/closed.html", {"is_locked": True}, status=429)
    if is_setup_token(token):
        return None
    if token:
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)
    return render(request, "setup/closed.html", {"is_wrong": bool(token)}, status=403)


def _enter(request: HttpRequest, founded: Founded) -> HttpResponse:
    begin_session(request, founded.admin)
    if founded.channel is None:
        return redirect("home")
    translation.activate(founded.admin.language)
    context = {
        "channel": founded.channel,
        "secret": founded.secret,
        "address": request.build_absolute_uri(reverse("webhook")),
    }
    return render(request, "setup/done.html", context)
