"""Pages that take keywords out of files and put them into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.client_ip import client_ip
from accounts.models import Department
from accounts.permissions import EVERYONE, LEADS, role_required
from inbox.models import Message
from omnichat.lib.csv_files import BadTable, write_csv
from omnichat.lib.errors import DomainError
from routing import services
from routing.filters import KeywordFilter
from routing.forms import KeywordFileForm
from routing.import_sentences import describe_row, file_error
from routing.keyword_files import COLUMNS, PRIORITIES, read_keyword_file
from routing.models import Keyword, KeywordImport

PAGE_SIZE = 100
RESULTS = ("error", "changed", "added", "same")


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def keyword_import(request: HttpRequest) -> HttpResponse:
    """Choose a file or paste a table; it is checked, and nothing is written yet."""
    if request.method == "GET":
        return _upload_page(request, KeywordFileForm())
    form = KeywordFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = read_keyword_file(form.cleaned_data["content"])
        except BadTable as error:
            form.add_error("file" if form.cleaned_data["name"] else "text", file_error(error))
        else:
            prepared = services.prepare_keyword_import(
                file=file, actor=request.user, file_name=form.cleaned_data["name"]
            )
            return redirect("routing:keyword_import_check", import_id=prepared.public_id)
    return _upload_page(request, form, status=400)


@require_http_methods(["GET", "POST"])
@role_required(*LEADS)
def keyword_import_check(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What a checked file would do; a POST writes exactly that."""
    mine = KeywordImport.objects.visible_to(request.user)
    prepared = get_object_or_404(mine, public_id=import_id)
    if request.method == "GET":
        return _check_page(request, prepared)
    try:
        services.apply_keyword_import(prepared=prepared, actor=request.user, ip=client_ip(request))
    except DomainError as error:
        return _check_page(request, prepared, refusal=str(error), status=error.status)
    count = prepared.facts["added"] + prepared.facts["changed"]
    text = ngettext(
        "%(count)d keyword is written. It counts from the next message on.",
        "%(count)d keywords are written. They count from the next message on.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("routing:keyword_list")


@require_GET
@role_required(*LEADS)
def keyword_import_errors(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The rows that cannot be written, to be corrected and imported again."""
    mine = KeywordImport.objects.visible_to(request.user)
    prepared = get_object_or_404(mine, public_id=import_id)
    rows = (
        [*row["raw"], " · ".join(describe_row(row))]
        for row in prepared.rows
        if row["result"] == "error"
    )
    return _csv(write_csv(rows, heading=[*COLUMNS, "error"]), "keywords-errors.csv")


@require_GET
@role_required(*EVERYONE)
def keyword_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file that import reads again; written while it is sent."""
    keywords = Keyword.objects.visible_to(request.user)
    rows = KeywordFilter(request.GET, queryset=keywords).qs.for_list()
    name = f"keywords-{timezone.localdate():%Y-%m-%d}.csv"
    return _csv(write_csv(_exported(rows), heading=COLUMNS), name)


def _exported(rows) -> Iterator[list[str]]:
    for keyword in rows.select_related("channel").iterator(chunk_size=1000):
        priority = keyword.sets_priority
        yield [
            keyword.word,
            keyword.department.name,
            f"{keyword.weight.normalize():f}",
            "yes" if keyword.is_active else "no",
            "; ".join(keyword.synonyms),
            keyword.valid_from.isoformat() if keyword.valid_from else "",
            keyword.valid_to.isoformat() if keyword.valid_to else "",
            keyword.channel.name if keyword.channel else "",
            PRIORITIES[priority - 1] if priority else "",
            keyword.note,
        ]


def _csv(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _upload_page(request: HttpRequest, form: KeywordFileForm, status: int = 200) -> HttpResponse:
    departments = Department.objects.managed_by(request.user).active()
    context = {"form": form, "departments": [department.name for department in departments]}
    return render(request, "routing/keyword_import.html", context, status=status)


def _check_page(
    request: HttpRequest, prepared: KeywordImport, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = prepared.facts
    shown = request.GET.get("show", "")
    shown = shown if shown in RESULTS else ""
    order = {result: place for place, result in enumerate(RESULTS)}
    rows = [row for row in prepared.rows if shown in ("", row["result"])]
    rows.sort(key=lambda row: (order[row["result"]], row["number"]))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    effect = facts["effect"]
    looked_at = effect["looked_at"]
    context = {
        "prepared": prepared,
        "facts": facts,
        "writable": facts["added"] + facts["changed"],
        "page": page,
        "rows": [row | {"told": describe_row(row)} for row in page],
        "shown": shown,
        "tabs": [(result, facts[result]) for result in ("error", "changed", "added")],
        "by_department": Counter(dict(facts["added_by_department"])).most_common(),
        "percent": 100 * effect["moved"] / looked_at if looked_at else None,
        "examples": _examples(request, effect["examples"]),
        "refusal": refusal,
    }
    return render(request, "routing/keyword_import_check.html", context, status=status)


def _examples(request: HttpRequest, examples: list[list]) -> list[dict]:
    """The kept examples whose message this person may still read, with the names."""
    ids = [example[0] for example in examples]
    visible = Message.objects.visible_to(request.user).filter(pk__in=ids)
    texts = dict(visible.values_list("pk", "text"))
    departments = Department.objects.visible_to(request.user)
    names = dict(departments.values_list("pk", "name")) | {None: _("Common queue")}
    return [
        {
            "text": texts[pk],
            "before": names.get(before, ""),
            "after": names.get(after, ""),
            "others": count - 1,
        }
        for pk, before, after, count in examples
        if pk in texts
    ]
