"""The page of a rotation: a pattern for several people, looked at first and then written."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.client_ip import client_ip
from accounts.models import Department
from accounts.permissions import LEADS, role_required
from omnichat.lib.errors import DomainError
from workforce import services
from workforce.roster_forms import RotationForm, RotationSetupForm
from workforce.roster_plan import WEEK, monday_of
from workforce.rotation_page import RotationPreview, read_preview


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def roster_rotation(request: HttpRequest) -> HttpResponse:
    """Ask for a pattern; the first POST shows what it comes to, `step=write` plans the drafts."""
    is_post = request.method == "POST"
    setup = RotationSetupForm(request.POST if is_post else request.GET, user=request.user)
    if not setup.is_valid():
        return render(request, "workforce/roster_refused.html", {"form": setup}, status=400)
    department, preview, status = setup.cleaned_data["department"], None, 200
    if department is None:
        return _page(request, setup, None, None, 200)
    about = {
        "user": request.user,
        "department": department,
        "length": setup.cleaned_data["length"],
    }
    form = RotationForm(initial={"first": monday_of(timezone.localdate()) + WEEK}, **about)
    if is_post:
        form, status = RotationForm(request.POST, **about), 400
        if form.is_valid():
            try:
                if setup.cleaned_data["step"] == "write":
                    return _write(request, form)
                draft = services.draft_rotation(form.order, request.user)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = error.status
            else:
                preview = read_preview(form.order, draft, timezone.get_current_timezone())
                status = 200
    return _page(request, setup, form, preview, status)


def _write(request: HttpRequest, form: RotationForm) -> HttpResponse:
    """Plan it and show the first week. Raises what `plan_rotation` does."""
    order = form.order
    done = services.plan_rotation(order=order, actor=request.user, ip=client_ip(request))
    told = ngettext(
        "%(count)d shift is planned as a draft.",
        "%(count)d shifts are planned as drafts.",
        done.added,
    ) % {"count": done.added}
    if done.skipped:
        left_out = ngettext(
            "%(count)d day is left out.", "%(count)d days are left out.", done.skipped
        )
        told = f"{told} {left_out % {'count': done.skipped}}"
    messages.success(request, told)
    return redirect(_week_address(order.department, monday_of(order.first).isoformat()))


def _page(
    request: HttpRequest,
    setup: RotationSetupForm,
    form: RotationForm | None,
    preview: RotationPreview | None,
    status: int,
) -> HttpResponse:
    department = setup.cleaned_data["department"]
    sent = []
    if preview:  # what the second form says again, unseen
        names = ["department", "length", *form.fields]
        sent = [(name, value) for name in names for value in request.POST.getlist(name)]
    context = {
        "setup": setup,
        "department": department,
        "length": setup.cleaned_data["length"],
        "has_choice": setup.fields["department"].queryset.count() > 1,
        "form": form,
        "preview": preview,
        "sent": sent,
        "back": _week_address(department if request.user.is_admin else None),
    }
    return render(request, "workforce/roster_rotation.html", context, status=status)


def _week_address(department: Department | None, week: str = "") -> str:
    query = {"week": week} if week else {}
    query |= {"department": department.pk} if department else {}
    return reverse("workforce:roster") + (f"?{urlencode(query)}" if query else "")
