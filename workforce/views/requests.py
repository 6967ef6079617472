"""Pages of requests: the list, sending one, one request, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.permissions import EVERYONE, LEADS, role_required
from accounts.services import mark_notifications_read
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page
from workforce import services
from workforce.models import Request, RequestFile
from workforce.models.request import MAX_TEXT
from workforce.request_forms import KindForm, RequestForm, ReviewForm
from workforce.request_page import PAGE_SIZE, detail_of, missing_form, rows_of, waiting_words
from workforce.request_words import TONES
from workforce.services.request_files import MAX_BYTES
from workforce.services.request_kinds.base import BadRequest
from workforce.swap_page import read_swap

VIEWS = ("pending", "mine", "all")
RECENT = 8  # decided ones beside those that wait
LEAVE = Request.Kind.LEAVE


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, what they asked for, or all they may see; POST sends a new one."""
    if request.method == "POST":
        return request_new(request)
    form = RequestForm(kind=LEAVE, owner=request.user)
    return render(request, "workforce/request_list.html", _list_context(request, LEAVE, form))


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def request_new(request: HttpRequest) -> HttpResponse:
    """The form of one kind, and sending it; a refusal stands on the form, nothing is lost."""
    kind = _kind_of(request)
    if request.method == "GET":
        form = RequestForm(kind=kind, owner=request.user, initial=request.GET.dict())
        context = _new_context(kind, form)
        return render_page(
            request, "workforce/request_new.html", "workforce/_request_form.html", context
        )
    form, status = RequestForm(request.POST, kind=kind, owner=request.user), 400
    form.is_valid()
    for error in KindForm(request.POST).errors.get("kind", ()):
        form.add_error(None, error)
    if form.is_valid():
        try:
            sent = services.submit_request(
                user=request.user,
                kind=kind,
                description=form.cleaned_data["description"],
                details=form.details,
                files=_files_of(request),
                ip=client_ip(request),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = error.status
        else:
            messages.success(request, _sent_words(sent))
            return redirect("workforce:request_detail", sent.pk)
    return render(request, "workforce/request_new.html", _new_context(kind, form), status=status)


@require_GET
@role_required(*EVERYONE)
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: to decide, to answer, to read."""
    row = _find(request, pk)
    mark_notifications_read(user=request.user, path=request.path)
    return _detail(request, row)


@require_POST
@role_required(*LEADS)
def request_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide: `decision` is approve, approve_only (no cover is planned) or reject."""
    row = _find(request, pk)
    form, decision = ReviewForm(request.POST), request.POST.get("decision", "")
    missing = missing_form(row, request.POST)
    is_valid = form.is_valid()
    if decision != "reject" and missing is not None:
        is_valid = missing.is_valid() and is_valid
    if not is_valid or decision not in ("approve", "approve_only", "reject"):
        refusal = _("Correct what is marked.") if not is_valid else _("Choose a decision.")
        return _detail(request, row, refusal=refusal, form=form, missing=missing, status=400)
    note, ip = form.cleaned_data["note"], client_ip(request)
    about = {"request": row, "actor": request.user, "note": note, "ip": ip}
    try:
        if decision == "reject":
            services.reject_request(**about)
            text = _("Rejected. %(person)s is told why.")
        else:
            details = missing.details if missing else {}
            details["amount_granted"] = form.cleaned_data["amount_granted"]
            covers = _covers_of(request) if decision == "approve" else {}
            services.approve_request(**about, details=details, covers=covers)
            text = _("Approved. %(person)s is told, and it counts at once.")
    except DomainError as error:
        if missing is not None and error.field in missing.fields:
            missing.add_error(error.field, str(error))
        return _detail(
            request, row, refusal=str(error), form=form, missing=missing, status=error.status
        )
    messages.success(request, text % {"person": row.user})
    return redirect("workforce:request_list")


@require_POST
@role_required(*EVERYONE)
def request_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel it, with all it changed."""

    def cancel(row: Request) -> str:
        services.cancel_request(request=row, actor=request.user, ip=client_ip(request))
        if row.is_approved:
            return _("Cancelled. What it had changed is taken back.")
        return _("Cancelled. Nothing had changed yet.")

    return _act(request, pk, cancel)


@require_POST
@role_required(*EVERYONE)
def request_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the colleague agree to change shifts, or not."""

    def answer(row: Request) -> str:
        answer = request.POST.get("answer", "")
        if answer not in ("yes", "no"):
            raise BadRequest(_("Say whether you agree."))
        agrees, note = answer == "yes", _typed(request, "note", 500)
        services.answer_swap(
            request=row, actor=request.user, agrees=agrees, note=note, ip=client_ip(request)
        )
        if agrees:
            return _("You agreed. Your shifts change once a manager has approved it.")
        return _("You declined. Nothing changes.")

    return _act(request, pk, answer)


@require_POST
@role_required(*EVERYONE)
def request_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the other side."""

    def comment(row: Request) -> str:
        text = _typed(request, "text", MAX_TEXT)
        if not text:
            return ""
        services.comment_on(request=row, author=request.user, text=text)
        return _("Sent.")

    return _act(request, pk, comment)


@require_POST
@role_required(*EVERYONE)
def request_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in papers."""

    def hand_in(row: Request) -> str:
        files = _files_of(request)
        services.hand_in(request=row, files=files, actor=request.user)
        return _("Handed in.") if files else ""

    return _act(request, pk, hand_in)


@require_GET
@role_required(*EVERYONE)
def request_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Download a paper; it is never shown within the product."""
    files = RequestFile.objects.visible_to(request.user)
    file = get_object_or_404(files, public_id=public_id)
    response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response.headers["Content-Disposition"] = _disposition(file.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _find(request: HttpRequest, pk: int) -> Request:
    rows = Request.objects.visible_to(request.user).for_list().select_related("time_entry")
    return get_object_or_404(rows, pk=pk)


def _act(request: HttpRequest, pk: int, act: Callable[[Request], str]) -> HttpResponse:
    """Do it and go back to the request; a refusal stands on its page."""
    row = _find(request, pk)
    try:
        said = act(row)
    except DomainError as error:
        return _detail(request, _find(request, pk), refusal=str(error), status=error.status)
    if said:
        messages.success(request, said)
    return redirect("workforce:request_detail", pk)


def _detail(
    request: HttpRequest,
    row: Request,
    *,
    refusal: str = "",
    form: ReviewForm | None = None,
    missing: RequestForm | None = None,
    status: int = 200,
) -> HttpResponse:
    detail = detail_of(row, request.user)
    if missing is not None and detail.missing is not None:
        detail.missing = missing
    context = {
        "detail": detail,
        "row": row,
        "refusal": refusal,
        "form": form or ReviewForm(initial={"amount_granted": row.amount}),
        "waiting": waiting_words(row, timezone.now()),
        "tone": TONES[row.status],
        "pending_count": Request.objects.decidable_by(request.user).count(),
        "max_text": MAX_TEXT,
    }
    template = "workforce/request_detail.html"
    if row.colleague_id == request.user.pk and row.is_asked:
        template, context["swap"] = "workforce/request_swap.html", read_swap(row)
    return render(request, template, context, status=status)


def _list_context(request: HttpRequest, kind: str, form: RequestForm) -> dict:
    user = request.user
    is_lead = user.role in LEADS
    view = request.GET.get("view", "")
    if view not in VIEWS or (view == "pending" and not is_lead):
        view = "pending" if is_lead else "mine"
    visible = Request.objects.visible_to(user).for_list()
    waiting = Request.objects.decidable_by(user)
    asked = visible.filter(colleague=user, consent="asked", status="pending")
    if view == "pending":
        rows = waiting.for_list().order_by("created_at", "pk")
    else:
        rows = visible.filter(user=user) if view == "mine" else visible
        rows = rows.order_by("-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = rows_of(list(page.object_list), with_lines=view == "pending")
    for row in shown:
        row.request.tone = TONES[row.request.status]
        row.request.waiting = waiting_words(row.request, timezone.now())
    decided = visible.exclude(user=user).exclude(decided_at=None).order_by("-decided_at")
    return _new_context(kind, form) | {
        "view": view,
        "page": page,
        "rows": shown,
        "asked": rows_of(list(asked)),
        "recent": _toned(rows_of(list(decided[:RECENT]))) if view == "pending" else [],
        "is_lead": is_lead,
        "pending_count": page.paginator.count if view == "pending" else waiting.count(),
    }


def _toned(rows: list) -> list:
    for row in rows:
        row.request.tone = TONES[row.request.status]
    return rows


def _new_context(kind: str, form: RequestForm) -> dict:
    return {
        "kind": kind,
        "kind_label": Request.Kind(kind).label,
        "kinds": Request.Kind.choices,
        "form": form,
        "balance": form.balance_words(),
        "max_files": services.MAX_FILES,
    }


def _kind_of(request: HttpRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    form = KindForm({"kind": sent.get("kind", LEAVE)})
    return form.cleaned_data["kind"] if form.is_valid() else LEAVE


def _typed(request: HttpRequest, name: str, most: int) -> str:
    """What was typed into a field; what no database stores (a NUL) is refused."""
    try:
        return CharField(required=False).clean(request.POST.get(name, "")[:most])
    except ValidationError as error:
        raise BadRequest(error.messages[0], field=name) from error


def _files_of(request: HttpRequest) -> list[services.NewFile]:
    limit = services.MAX_FILES + 1  # one more than allowed is refused by the service
    files = request.FILES.getlist("files")[:limit]
    # A byte more than allowed is enough to be refused.
    return [services.NewFile(file.name or "", file.read(MAX_BYTES + 1)) for file in files]


def _covers_of(request: HttpRequest) -> dict[int, UUID]:
    """Who was chosen for which shift, by the names of the radio buttons."""
    chosen: dict[int, UUID] = {}
    for name, value in request.POST.items():
        number = name.removeprefix("cover-")
        if name.startswith("cover-") and number.isdecimal() and len(number) < 12 and value:
            try:
                chosen[int(number)] = UUID(value)
            except ValueError:
                continue
    return chosen


def _sent_words(sent: Request) -> str:
    if sent.is_asked:
        return _("Sent. %(person)s is asked first, then a manager decides.") % {
            "person": sent.colleague
        }
    return _("Sent. You will be told as soon as it is decided.")


def _disposition(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
