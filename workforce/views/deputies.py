"""Pages of deputies: who stands in for whom, naming one, ending it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.permissions import LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.deputy_forms import DeputyForm
from workforce.models import Delegation
from workforce.time_words import short_date

PAGE_SIZE = 50


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def deputy_list(request: HttpRequest) -> HttpResponse:
    """Those one named and those one stands in for; the form names another."""
    form = DeputyForm(user=request.user)
    if request.method == "GET":
        return _page(request, form)
    form, status = DeputyForm(request.POST, user=request.user), 400
    if form.is_valid():
        try:
            row = services.name_deputy(
                actor=request.user, ip=client_ip(request), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            text = _("%(deputy)s decides for %(manager)s from %(first)s to %(last)s.")
            days = {"first": short_date(row.first), "last": short_date(row.last)}
            words = {"deputy": row.deputy, "manager": row.user, **days}
            messages.success(request, text % words)
            return redirect("workforce:deputy_list")
    return _page(request, form, status)


@require_POST
@role_required(*LEADS)
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End it; the deputy sees it and cannot."""
    rows = Delegation.objects.visible_to(request.user).select_related("user", "deputy")
    row = get_object_or_404(rows, pk=pk)
    if not services.may_end_delegation(delegation=row, actor=request.user):
        raise PermissionDenied
    try:
        services.end_delegation(delegation=row, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        form = DeputyForm(user=request.user)
        return _page(request, form, error.status, refusal=str(error))
    text = _("%(deputy)s no longer decides for %(manager)s.")
    messages.success(request, text % {"deputy": row.deputy, "manager": row.user})
    return redirect("workforce:deputy_list")


def _page(
    request: HttpRequest, form: DeputyForm, status: int = 200, refusal: str = ""
) -> HttpResponse:
    today = timezone.localdate()
    rows = Delegation.objects.visible_to(request.user).select_related(
        "user__department", "deputy__department"
    )
    page = Paginator(rows.order_by("-last", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.is_over = row.last < today
        row.is_now = row.first <= today <= row.last
        row.may_end = not row.is_over and services.may_end_delegation(
            delegation=row, actor=request.user
        )
    context = {"form": form, "page": page, "refusal": refusal}
    return render(request, "workforce/deputy_list.html", context, status=status)
