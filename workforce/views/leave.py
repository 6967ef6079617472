"""Pages of leave: granting it, one leave, taking it back."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.leave_forms import LeaveForm
from workforce.models import Leave, Request
from workforce.roster_plan import monday_of


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def leave_new(request: HttpRequest) -> HttpResponse:
    """Grant leave; the address may name the person and the first day."""
    initial = {"user": request.GET.get("person"), "first": request.GET.get("date")}
    form, status = LeaveForm(initial=initial, user=request.user), 200
    if request.method == "POST":
        form, status = LeaveForm(request.POST, user=request.user), 400
        if form.is_valid():
            try:
                leave = services.grant_leave(
                    actor=request.user, ip=client_ip(request), **form.cleaned_data
                )
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = error.status
            else:
                text = _("%(person)s has leave: %(type)s.")
                messages.success(request, text % {"person": leave.user, "type": leave.type})
                return redirect(_week_of(leave.first))
    context = {"form": form, "back": reverse("workforce:roster")}
    return render(request, "workforce/leave_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """One leave; a lead who sends the form takes it back."""
    rows = Leave.objects.visible_to(request.user).select_related("user", "type", "granted_by")
    row = get_object_or_404(rows.select_related("withdrawn_by"), pk=pk)
    may_settle = services.may_settle(actor=request.user, user=row.user)
    context = {"leave": row, "back": _week_of(row.first), "may_settle": may_settle}
    asked = Request.objects.visible_to(request.user).filter(pk=row.request_id)
    context["asked"] = row.request_id if row.request_id and asked.exists() else None
    if request.method == "GET":
        return render(request, "workforce/leave.html", context)
    if not may_settle:
        raise PermissionDenied
    try:
        services.withdraw_leave(leave=row, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        context["refusal"] = str(error)
        return render(request, "workforce/leave.html", context, status=error.status)
    text = _("The leave of %(person)s is taken back.")
    messages.success(request, text % {"person": row.user})
    return redirect(context["back"])


def _week_of(on: date) -> str:
    return f"{reverse('workforce:roster')}?week={monday_of(on).isoformat()}"
