"""Pages of reports: figures, the rows behind them, files, paper, what each figure means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from accounts.permissions import LEADS, role_required
from omnichat.lib.csv_files import write_csv
from omnichat.lib.reading import Source, broken_off, read, stream
from omnichat.lib.workbooks import XLSX, workbook_of
from reporting.forms import ReportForm, RowsForm
from reporting.metrics import CATALOGUE, Group
from reporting.report import make_report
from reporting.report_page import page_of, query_of, rows_title, scope_words
from reporting.rows import facts_behind, readable_conversations
from reporting.sheets import report_table, rows_table

PAGE_SIZE = 50
Table = Callable[[Source], Iterator[list[object]]]


@require_GET
@role_required(*LEADS)
def report(request: HttpRequest) -> HttpResponse:
    """Figures of a period, divided by lines, beside the period before."""
    form = ReportForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reporting/report.html", {"form": form}, status=400)
    return render(request, "reporting/report.html", _report_context(request, form))


@require_GET
@role_required(*LEADS)
def report_print(request: HttpRequest) -> HttpResponse:
    """The same for paper."""
    form = ReportForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reporting/report.html", {"form": form}, status=400)
    context = _report_context(request, form, on_paper=True) | {
        "now": timezone.now(),
        "zone": timezone.get_current_timezone_name(),
        "scope": scope_words(form),
    }
    return render(request, "reporting/report_print.html", context)


def _report_context(request: HttpRequest, form: ReportForm, *, on_paper: bool = False) -> dict:
    found = form.cleaned_data
    subject = found["report"]
    made = make_report(form.slice(), found["group_by"], subject.metrics, drawn=subject.drawn)
    query = query_of(form)
    return {
        "form": ReportForm(QueryDict(query), user=request.user),
        "page": page_of(subject, made, query, on_paper=on_paper),
        "query": query,
    }


@require_GET
@role_required(*LEADS)
def report_export(request: HttpRequest) -> HttpResponse:
    """The same as a file: `format` is csv, else it is a workbook."""
    form = ReportForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reporting/report.html", {"form": form}, status=400)
    found = form.cleaned_data
    name = f"{found['report'].code}-{found['start']:%Y%m%d}-{found['end']:%Y%m%d}"
    made = make_report(form.slice(), found["group_by"], found["report"].metrics)
    return _file(request, lambda source: report_table(made), name)


@require_GET
@role_required(*LEADS)
def report_rows(request: HttpRequest) -> HttpResponse:
    """What stands behind one figure of a report."""
    form = RowsForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reporting/report_rows.html", {"form": form}, status=400)
    return render(request, "reporting/report_rows.html", read(lambda source: _rows(form, source)))


def _rows(form: RowsForm, source: Source) -> dict:
    facts = _behind(form, source)
    page = Paginator(facts, PAGE_SIZE).get_page(form.data.get("page"))
    rows = list(page.object_list)
    readable = readable_conversations(rows, form.slice().viewer, using=source.alias)
    return {
        "form": form,
        "metric": form.cleaned_data["metric"],
        "title": rows_title(form, source),
        "page": page,
        "rows": [(fact, readable.get(fact.conversation_id)) for fact in rows],
        "count": page.paginator.count,
        "query": query_of(form),
        "source": source,
    }


@require_GET
@role_required(*LEADS)
def report_rows_export(request: HttpRequest) -> HttpResponse:
    """All the rows behind one figure as a file."""
    form = RowsForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reporting/report_rows.html", {"form": form}, status=400)
    found = form.cleaned_data
    name = f"{found['metric'].code}-{found['start']:%Y%m%d}-{found['end']:%Y%m%d}"
    viewer = request.user
    return _file(
        request, lambda source: rows_table(_behind(form, source), viewer, using=source.alias), name
    )


def _behind(form: RowsForm, source: Source):
    found = form.cleaned_data
    return facts_behind(
        form.slice(), found["metric"], found["group_by"], found["key"], using=source.alias
    )


@require_GET
@role_required(*LEADS)
def glossary(request: HttpRequest) -> HttpResponse:
    """Every figure and what it means."""
    groups = [(group, [one for one in CATALOGUE.values() if one.group == group]) for group in Group]
    return render(request, "reporting/glossary.html", {"groups": groups})


# --- Files --------------------------------------------------------------------------------------
def _file(request: HttpRequest, table: Table, name: str) -> HttpResponse:
    if request.GET.get("format") == "csv":
        response = StreamingHttpResponse(
            _csv(table, broken_off()), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    book = read(lambda source: workbook_of(table(source), name[:31]))
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _csv(table: Table, warning: str) -> Iterator[str]:
    """Line by line, in the language and zone of the request, which is over by then."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def lines(source: Source) -> Iterable[str]:
        rows = table(source)
        return write_csv(rows, heading=next(rows))

    def localised() -> Iterator[str]:
        pieces = stream(lines, last=warning)
        while True:
            with translation.override(language), timezone.override(zone):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return localised()
