"""The page of canned replies: what a team writes often."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Department
from accounts.permissions import LEADS, role_required
from inbox import services
from inbox.canned import fill, given_name, search
from inbox.forms import CannedReplyForm
from inbox.models import CannedReply
from omnichat.lib.errors import DomainError

FOR_ALL = "all"


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def canned_list(request: HttpRequest) -> HttpResponse:
    """All that one may see, by department and by words; a form to add one."""
    form = CannedReplyForm(request.POST or None, user=request.user)
    if request.method == "POST" and _save(request, form, services.create_canned_reply):
        return redirect("inbox:canned_list")
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def canned_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or switch off one of one's own department."""
    row = _editable(request, pk)
    names = ("shortcut", "title", "text", "is_active")
    initial = {name: getattr(row, name) for name in names} | {"department": row.department_id}
    form = CannedReplyForm(request.POST or None, initial=initial, user=request.user)

    def save(*, actor, **changes) -> None:
        services.update_canned_reply(canned_reply=row, actor=actor, **changes)

    if request.method == "POST" and _save(request, form, save):
        return redirect("inbox:canned_list")
    return _page(request, form, row)


@require_POST
@role_required(*LEADS)
def canned_delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _editable(request, pk)
    services.delete_canned_reply(canned_reply=row, actor=request.user)
    messages.success(request, _("/%(shortcut)s is removed.") % {"shortcut": row.shortcut})
    return redirect("inbox:canned_list")


def _editable(request: HttpRequest, pk: int) -> CannedReply:
    rows = CannedReply.objects.editable_by(request.user).select_related("department")
    return get_object_or_404(services.with_uses(rows), pk=pk)


def _save(request: HttpRequest, form: CannedReplyForm, save) -> bool:
    """Save a valid form; a refusal is shown at its field. True when it is saved."""
    if not form.is_valid():
        return False
    try:
        save(**form.cleaned_data, actor=request.user)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


def _page(request: HttpRequest, form: CannedReplyForm, edited: CannedReply | None) -> HttpResponse:
    user, query = request.user, request.GET.get("q", "")
    rows = CannedReply.objects.visible_to(user).select_related("department", "updated_by")
    rows = list(services.with_uses(rows).order_by("-use_count", "shortcut", "pk"))
    editable = set(CannedReply.objects.editable_by(user).values_list("pk", flat=True))
    department = request.GET.get("department", "")
    shown = search([row for row in rows if _is_in(row, department)], query)
    for row in shown:
        row.is_editable = row.pk in editable
    managed = Department.objects.managed_by(user).active()
    context = {
        "rows": shown,
        "total": len(rows),
        "use_total": sum(row.use_count for row in rows),
        "unused": sum(not row.use_count for row in rows),
        "departments": managed,
        "department": department,
        "query": query,
        "form": form,
        "edited": edited,
        "preview": _preview(request, form),
    }
    status = 400 if form.errors else 200
    return render(request, "inbox/canned_list.html", context, status=status)


def _is_in(row: CannedReply, department: str) -> bool:
    if department == FOR_ALL:
        return row.department_id is None
    return not department.isdecimal() or str(row.department_id) == department


def _preview(request: HttpRequest, form: CannedReplyForm) -> str:
    """The text with an invented customer: what is not filled is what one will type."""
    user, language = request.user, request.organisation.language
    values = {
        "customer": given_name(_("Jane Miller"), language),
        "me": given_name(user.display_name, language),
        "department": user.department.name if user.department else "",
        "channel": "Zalo",
    }
    return fill(str(form["text"].value() or ""), values)
