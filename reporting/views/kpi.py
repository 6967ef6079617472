"""Pages of KPI: one's own, that of somebody one leads, a doubt of a figure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.errors import DomainError
from reporting.kpi_forms import KpiDepartmentForm, KpiDisputeForm, KpiPeriodForm
from reporting.kpi_page import load_page, periods_of
from reporting.services import dispute_kpi
from reporting.services.kpi import this_month


@require_GET
@role_required(*EVERYONE)
def kpi(request: HttpRequest) -> HttpResponse:
    """One's own score of a month; leads find their people there too."""
    return _page(request, request.user)


@require_GET
@role_required(*LEADS)
def kpi_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The score of somebody the reader leads."""
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    return _page(request, person)


def _page(
    request: HttpRequest, person: User, *, doubt: KpiDisputeForm | None = None
) -> HttpResponse:
    asked = KpiPeriodForm(request.GET)
    is_good = asked.is_valid()
    period = asked.cleaned_data["period"] if is_good else this_month()
    if doubt is not None and not doubt.errors.get("period"):
        period = doubt.cleaned_data["period"]
    context = {
        "page": load_page(person, period, reader=request.user, people=_led(request, person)),
        "person": person,
        "period": period,
        "periods": periods_of(period),
        "form": asked,
        "doubt": doubt or KpiDisputeForm(user=request.user),
    }
    is_wrong = not is_good or doubt is not None
    return render(request, "reporting/kpi.html", context, status=400 if is_wrong else 200)


def _led(request: HttpRequest, person: User) -> list[User]:
    """Whom a lead sees on their own page."""
    if request.user.role not in LEADS or person != request.user:
        return []
    form = KpiDepartmentForm({}, user=request.user)
    form.is_valid()
    return list(form.people())


@require_POST
@role_required(*EVERYONE)
def kpi_dispute(request: HttpRequest) -> HttpResponse:
    """Ask whoever leads the reader to look at a figure of theirs."""
    form = KpiDisputeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, request.user, doubt=form)
    found = form.cleaned_data
    try:
        sent = dispute_kpi(
            user=request.user,
            definition=found["figure"],
            period=found["period"],
            note=found["note"],
            ip=client_ip(request),
        )
    except DomainError as refusal:
        form.add_error("figure", str(refusal))
        return _page(request, request.user, doubt=form)
    messages.success(request, _("Your request is sent."))
    return redirect("workforce:request_detail", pk=sent.pk)
