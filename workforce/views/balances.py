"""Pages of leave accounts: one's own, a person's, the team's, and opening balances."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.client_ip import client_ip
from accounts.models import User
from accounts.permissions import ADMINS, EVERYONE, LEADS, role_required
from omnichat.lib.csv_files import BadTable
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.balance_forms import (
    AdjustForm,
    LedgerForm,
    OpeningForm,
    TeamBalanceForm,
    table_error,
    table_limits,
)
from workforce.balance_page import (
    counted_types,
    may_see,
    team_of,
    team_rows,
    terms_of,
    tiles_of,
    year_of,
)
from workforce.opening_file import read_opening_table

PAGE_SIZE = 50


@require_GET
@role_required(*EVERYONE)
def leave_balance(request: HttpRequest) -> HttpResponse:
    """One's own accounts."""
    return _balance_page(request, request.user)


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def leave_balance_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The accounts of somebody one looks after; an administrator's POST adjusts one."""
    people = User.objects.visible_to(request.user).select_related("department")
    person = get_object_or_404(people, public_id=public_id)
    if not may_see(request.user, person):
        raise Http404
    if request.method == "GET":
        return _balance_page(request, person)
    if not request.user.is_admin:
        raise PermissionDenied
    form, status = AdjustForm(request.POST, user=request.user), 400
    if form.is_valid():
        by = {"actor": request.user, "ip": client_ip(request)}
        try:
            line = services.adjust_balance(user=person, **form.cleaned_data, **by)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, _("The account is adjusted."))
            address = reverse("workforce:leave_balance_person", args=[person.public_id])
            query = urlencode({"type": line.type_id, "year": line.on.year})
            return redirect(f"{address}?{query}")
    return _balance_page(request, person, form=form, status=status)


@require_GET
@role_required(*LEADS)
def leave_balance_team(request: HttpRequest) -> HttpResponse:
    """What everybody of a department has left."""
    form = TeamBalanceForm(request.GET, user=request.user)
    department = form.cleaned_data["department"] if form.is_valid() else None
    people, types = team_of(request.user, department), list(counted_types(request.user))
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "departments": list(form.fields["department"].queryset),
        "department": department,
        "types": types,
        "page": page,
        "rows": team_rows(page.object_list, types),
        "query": urlencode({"department": department.pk}) if department else "",
    }
    return render(request, "workforce/leave_balance_team.html", context)


@require_http_methods(["GET", "POST"])
@role_required(*ADMINS)
def leave_balance_import(request: HttpRequest) -> HttpResponse:
    """Choose a file or paste a table: it is checked; the checked text is sent again to write it."""
    if request.method == "GET":
        return _import_page(request, OpeningForm())
    form = OpeningForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=400)
    content = form.cleaned_data["content"]
    try:
        rows = read_opening_table(content)
    except BadTable as error:
        name = "file" if form.cleaned_data["file"] else "text"
        form.add_error(name, table_error(error))
        return _import_page(request, form, status=400)
    about: dict = {"content": content}
    if form.cleaned_data["confirm"]:
        try:
            result = services.import_opening_balances(
                rows=rows, actor=request.user, ip=client_ip(request)
            )
        except DomainError as error:
            about |= {"refusal": str(error), "status": error.status}
        else:
            text = ngettext(
                "%(count)d opening balance is written.",
                "%(count)d opening balances are written.",
                result.new,
            )
            messages.success(request, text % {"count": result.new})
            return redirect("workforce:leave_balance_team")
    result = services.check_opening_balances(rows)
    return _import_page(request, OpeningForm(), result=result, **about)


# --- What they share ----------------------------------------------------------------------------
def _balance_page(
    request: HttpRequest, person: User, *, form: AdjustForm | None = None, status: int = 200
) -> HttpResponse:
    today, viewer = timezone.localdate(), request.user
    tiles = tiles_of(viewer, person, today)
    counted = [tile for tile in tiles if tile.type.is_counted]
    asked = LedgerForm(request.GET, user=viewer)
    asked.is_valid()
    type = asked.cleaned_data.get("type")
    tile = next((tile for tile in counted if tile.type == type), counted[0] if counted else None)
    context = {
        "person": person,
        "is_own": person.pk == viewer.pk,
        "tiles": tiles,
        "counted": counted,
        "tile": tile,
        "today": today,
        "form": form,
    }
    if tile is not None:
        number = asked.cleaned_data.get("year") or today.year
        context["year"] = year_of(viewer, person, tile.type, number, today)
        context["terms"] = terms_of(person, tile.type, tile.days, today)
        if viewer.is_admin and form is None:
            context["form"] = AdjustForm(initial={"type": tile.type.pk}, user=viewer)
    return render(request, "workforce/leave_balance.html", context, status=status)


def _import_page(
    request: HttpRequest, form: OpeningForm, *, result=None, content="", refusal="", status=200
) -> HttpResponse:
    context = {
        "form": form,
        "result": result,
        "content": content,
        "refusal": refusal,
        "types": list(counted_types(request.user)),
        "limits": table_limits(),
    }
    return render(request, "workforce/leave_balance_import.html", context, status=status)
