"""The hand-over at the end of a shift."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, role_required
from omnichat.lib.errors import DomainError
from routing import services
from routing.handover_forms import HandoverForm
from routing.handover_page import Handover, read_handover, summary_of
from routing.services.handover import NEXT, QUEUE, Outcome
from workforce.services import STAY_MINUTES, stay_longer

STATUS_CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EVERYONE)
def shift_handover(request: HttpRequest) -> HttpResponse:
    """What one has, where it goes; hand it over and check out, or stay longer."""
    page = read_handover(request.user, timezone.now())
    if request.method != "POST":
        return _page(request, page, HandoverForm(page=page))
    do = request.POST.get("do", "")
    if do == "stay":
        return _stay(request)
    if do in (NEXT, QUEUE):
        return _page(request, page, HandoverForm(_all_to(request.POST, page, do), page=page))
    form = HandoverForm(request.POST, page=page)
    is_whole = form.is_valid()
    if do == "show":  # Enter in a text box
        return _page(request, page, form)
    if do == "preview":
        return render(request, "routing/_handover_summary.html", _context(page, form))
    if do != "handover":
        raise BadRequest
    if not page.is_open:
        return _page(request, page, form, status=STATUS_CONFLICT)
    if not is_whole:
        return _page(request, page, form, status=400)
    return _hand_over(request, form, _gone_before(request.POST, page))


def _hand_over(request: HttpRequest, form: HandoverForm, gone: int) -> HttpResponse:
    outcome = services.hand_over(
        user=request.user, decisions=form.decisions(), ip=client_ip(request)
    )
    _tell(request, outcome, gone)
    if outcome.is_out:
        return redirect(settings.LOGIN_REDIRECT_URL)
    for conversation_id, error in outcome.refused.items():
        form.refuse(conversation_id, str(error))
    return _page(request, form.page, form, status=STATUS_CONFLICT)


def _tell(request: HttpRequest, outcome: Outcome, gone: int) -> None:
    gone += outcome.gone
    if gone:
        text = ngettext(
            "%(n)d conversation was not yours any more, so it stayed where it is.",
            "%(n)d conversations were not yours any more, so they stayed where they are.",
            gone,
        )
        messages.info(request, text % {"n": gone})
    if outcome.is_out:
        messages.success(request, _("Everything is handed over and you are checked out."))
    else:
        text = ngettext(
            "%(n)d conversation cannot go where you chose, so nothing was handed over."
            " You are still checked in.",
            "%(n)d conversations cannot go where you chose, so nothing was handed over."
            " You are still checked in.",
            len(outcome.refused),
        )
        messages.error(request, text % {"n": len(outcome.refused)})


def _stay(request: HttpRequest) -> HttpResponse:
    try:
        until = stay_longer(user=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("You stay until %(time)s. It is recorded as overtime, for your lead to approve.")
        messages.success(request, text % {"time": f"{timezone.localtime(until):%H:%M}"})
    return redirect("routing:shift_handover")


def _all_to(data: QueryDict, page: Handover, to: str) -> QueryDict:
    data = data.copy()
    for row in page.rows:
        data[f"to_{row.key}"] = to
    data["waiting"] = data["snoozed"] = to
    return data


def _gone_before(data: QueryDict, page: Handover) -> int:
    """How many of those on the page that was sent are somebody else's by now."""
    mine = {f"to_{key}" for key in page.keys}
    return sum(name.startswith("to_") and name not in mine for name in data)


def _context(page: Handover, form: HandoverForm) -> dict:
    if form.is_bound:
        form.is_valid()
    return {
        "handover": page,
        "form": form,
        "parts": summary_of(form.decisions()),
        "stay_minutes": STAY_MINUTES,
    }


def _page(
    request: HttpRequest, page: Handover, form: HandoverForm, status: int = 200
) -> HttpResponse:
    return render(request, "routing/handover.html", _context(page, form), status=status)
