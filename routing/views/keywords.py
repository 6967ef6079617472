"""Pages of the words that lead to a department: list, add, edit, switch, remove, try out."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.client_ip import client_ip
from accounts.models import Department
from accounts.permissions import EVERYONE, LEADS, role_required
from omnichat.lib.errors import DomainError
from omnichat.lib.htmx import render_page, wants_fragment
from routing import services
from routing.filters import KeywordFilter
from routing.forms import KeywordForm, SwitchForm, TryForm
from routing.keyword_sentences import limits_of
from routing.models import Keyword
from routing.services.conflicts import others_claiming

PAGE_SIZE = 50
DAYS = ("7", "30")


@require_http_methods(["GET", "POST"])
@role_required(*EVERYONE)
def keyword_list(request: HttpRequest) -> HttpResponse:
    """The words with what became of them; leads add to theirs. With htmx the table alone."""
    if request.method == "GET":
        return render_page(
            request, "routing/keyword_list.html", "routing/_keyword_table.html", _context(request)
        )
    if request.user.role not in LEADS:
        raise PermissionDenied
    form = KeywordForm(request.POST, user=request.user)
    if _save(request, form, services.create_keyword):
        return redirect("routing:keyword_list")
    context = _context(request) | {"form": form}
    return render(request, "routing/keyword_list.html", context, status=400)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def keyword_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one keyword of one's own department."""
    keyword = get_object_or_404(Keyword.objects.editable_by(request.user), pk=pk)
    initial = KeywordForm.initial_of(keyword)
    form = KeywordForm(request.POST or None, initial=initial, user=request.user)

    def save(*, actor, ip, **changes) -> Keyword:
        return services.update_keyword(keyword=keyword, actor=actor, ip=ip, changes=changes)

    if request.method == "POST" and _save(request, form, save):
        return redirect("routing:keyword_list")
    context = {"form": form, "keyword": keyword}
    status = 400 if form.errors else 200
    return render(request, "routing/keyword_edit.html", context, status=status)


@require_POST
@role_required(*LEADS)
def keyword_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch one off or on; with htmx its row comes back."""
    rows = Keyword.objects.editable_by(request.user).select_related("department", "channel")
    keyword = get_object_or_404(rows, pk=pk)
    form, status = SwitchForm(request.POST), 400
    if form.is_valid():
        try:
            keyword = services.update_keyword(
                keyword=keyword,
                actor=request.user,
                changes={"is_active": form.cleaned_data["state"] == "on"},
                ip=client_ip(request),
            )
            status = 200
        except DomainError as error:
            messages.error(request, str(error))
            status = error.status
    if wants_fragment(request) and status == 200:
        _mark([keyword], request)
        context = {"keyword": keyword, "may_edit": True, "query": _query(request)}
        return render(request, "routing/_keyword_row.html", context)
    if status == 200:
        return redirect(f"{reverse('routing:keyword_list')}{_query(request)}")
    return render(request, "routing/keyword_list.html", _context(request), status=status)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def keyword_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove."""
    keyword = get_object_or_404(Keyword.objects.editable_by(request.user), pk=pk)
    if request.method == "GET":
        hits = services.hits_of([keyword.pk], days=30).get(keyword.pk, {}).get("hits", 0)
        return render(request, "routing/keyword_delete.html", {"keyword": keyword, "hits": hits})
    services.delete_keyword(keyword=keyword, actor=request.user, ip=client_ip(request))
    messages.success(request, _("“%(word)s” is removed.") % {"word": keyword.word})
    return redirect("routing:keyword_list")


@require_POST
@role_required(*LEADS)
def keyword_try(request: HttpRequest) -> HttpResponse:
    """Show what would happen to a message; nothing is written. With htmx the result alone."""
    form, status = TryForm(request.POST, channels=services.preview_channels()), 400
    preview = None
    if form.is_valid():
        preview, status = services.preview_message(**form.cleaned_data, reader=request.user), 200
    context = {"try_form": form, "preview": preview}
    if wants_fragment(request):
        # htmx swaps answers of success only; the sentence at the box says what is wrong.
        return render(request, "routing/_keyword_try_result.html", context)
    context = _context(request) | context
    return render(request, "routing/keyword_list.html", context, status=status)


def _context(request: HttpRequest) -> dict:
    """What the page shows, whatever form of it was sent."""
    filtered = KeywordFilter(request.GET, queryset=Keyword.objects.visible_to(request.user))
    days = request.GET.get("days")
    days = days if days in DAYS else DAYS[0]
    page = Paginator(filtered.qs.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    keywords = _mark(list(page), request, days=int(days))
    may_edit = request.user.role in LEADS
    query = _query(request)
    return {
        "keywords": keywords,
        "page": page,
        "days": days,
        "query": query,
        "other_days": _without(request, days="30" if days == "7" else "7"),
        "page_query": _without(request),
        "counted_to": services.hits_counted_to(),
        "conflicts": services.conflict_counts(page.paginator.count),
        "departments": list(Department.objects.visible_to(request.user).active()),
        "chosen": {name: request.GET.get(name, "") for name in ("q", "department", "is_active")},
        "is_filtered": any(request.GET.get(name) for name in ("q", "department", "is_active")),
        "may_edit": may_edit,
        "form": KeywordForm(user=request.user),
        "try_form": TryForm(channels=services.preview_channels()) if may_edit else None,
    }


def _mark(keywords: list[Keyword], request: HttpRequest, *, days: int = 7) -> list[Keyword]:
    """Give each row `is_editable`, `limits`, `hit_count`, `decided` and the percent that stayed."""
    managed = set(Department.objects.managed_by(request.user).values_list("pk", flat=True))
    numbers = services.hits_of([keyword.pk for keyword in keywords], days=days)
    for keyword in keywords:
        found = numbers.get(keyword.pk, {"hits": 0, "decided": 0, "handed_on": 0})
        keyword.is_editable = keyword.department_id in managed
        keyword.limits = limits_of(keyword)
        keyword.hit_count, keyword.decided = found["hits"], found["decided"]
        stayed = max(found["decided"] - found["handed_on"], 0)
        keyword.stayed_percent = (
            round(100 * stayed / found["decided"]) if found["decided"] else None
        )
    return keywords


def _query(request: HttpRequest) -> str:
    """The query string of the list that a form was on, or of this page, with its question mark."""
    asked = request.POST.get("query")
    query = request.GET if asked is None else QueryDict(asked.lstrip("?")[:2000])
    known = {
        name: query[name]
        for name in ("q", "department", "is_active", "days", "page")
        if query.get(name)
    }
    return _encoded(known)


def _without(request: HttpRequest, **others: str) -> str:
    """The query string without the page, for links that change something else."""
    names = ("q", "department", "is_active", "days")
    known = {name: request.GET[name] for name in names if request.GET.get(name)}
    return _encoded(known | others)


def _encoded(values: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return f"?{query.urlencode()}" if values else ""


def _save(request: HttpRequest, form: KeywordForm, save) -> bool:
    """Save a valid form; a refusal is shown at its field. True when it is saved."""
    if not form.is_valid():
        return False
    try:
        keyword = save(**form.cleaned_data, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        name = {"department_id": "department"}.get(error.field, error.field)
        form.add_error(name if name in form.fields else None, str(error))
        return False
    text = _("Saved. It counts from the next message on.")
    if others := others_claiming(keyword):
        about = {"word": keyword.word, "departments": ", ".join(others)}
        text += " " + _("“%(word)s” is a keyword of %(departments)s too.") % about
    messages.success(request, text)
    return True
