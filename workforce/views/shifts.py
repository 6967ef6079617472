"""Pages of the shifts a department has: list, add, change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.client_ip import client_ip
from accounts.permissions import LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.models import Shift
from workforce.roster_forms import ShiftForm


@require_GET
@role_required(*LEADS)
def shift_list(request: HttpRequest) -> HttpResponse:
    """The shifts one may plan with, those in use first."""
    shifts = Shift.objects.managed_by(request.user).select_related("department")
    shifts = shifts.order_by("-is_active", "department", "starts_at", "ends_at", "pk")
    return render(request, "workforce/shift_list.html", {"shifts": shifts})


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def shift_new(request: HttpRequest) -> HttpResponse:
    """Add a shift to a department."""
    form, status = ShiftForm(user=request.user), 200
    if request.method == "POST":
        form = ShiftForm(request.POST, user=request.user)

        def create() -> Shift:
            return services.create_shift(
                **form.cleaned_data, actor=request.user, ip=client_ip(request)
            )

        status, shift = _try(form, create)
        if shift:
            messages.success(request, _("“%(name)s” can be planned now.") % {"name": shift.name})
            return redirect("workforce:shift_list")
    return render(request, "workforce/shift_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def shift_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a shift, or stop using it."""
    shift = get_object_or_404(Shift.objects.managed_by(request.user), pk=pk)
    name = shift.name  # a form writes into its row before it is saved
    form, status = ShiftForm(instance=shift, user=request.user), 200
    if request.method == "POST":
        form = ShiftForm(request.POST, instance=shift, user=request.user)

        def change() -> Shift:
            return services.update_shift(
                shift=shift, actor=request.user, changes=form.cleaned_data, ip=client_ip(request)
            )

        status, changed = _try(form, change)
        if changed:
            messages.success(request, _("Saved. What is planned already keeps its hours."))
            return redirect("workforce:shift_list")
    context = {"form": form, "shift": shift, "name": name}
    return render(request, "workforce/shift_form.html", context, status=status)


def _try(form: ShiftForm, act) -> tuple[int, Shift | None]:
    """Do what a valid form asks for; a refusal is shown at its field. Returns status and result."""
    if not form.is_valid():
        return 400, None
    try:
        return 200, act()
    except DomainError as error:
        name = {"department_id": "department"}.get(error.field, error.field)
        form.add_error(name if name in form.fields else None, str(error))
        return error.status, None
