"""Reports and the rows behind them as tables for spreadsheets: a heading, then rows. Plain values.

Amounts are whole seconds and numbers, never words, so that whoever adds them up gets what the
pages show.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from inbox.models import Conversation
from reporting.metrics import Metric, Unit
from reporting.metrics.measures import Value
from reporting.models import Fact
from reporting.report import Report
from reporting.rows import readable_conversations
from reporting.words import label_words

CHUNK = 2000


def report_table(report: Report) -> Iterator[list[object]]:
    """The lines of a report with everything a figure rests on, and their total."""
    heading: list[object] = [str(report.group_by.label)]
    for metric in report.metrics:
        heading += _headings(metric)
    yield heading
    for row in report.rows:
        yield _line(row.name, row.values, report.metrics)
    yield _line(_("Total"), report.total, report.metrics)


def _headings(metric: Metric) -> list[str]:
    name = str(metric.name)
    if metric.unit == Unit.SECONDS:
        parts = (_("number"), _("median, s"), _("p90, s"), _("mean, s"))
        return [f"{name} ({part})" for part in parts]
    if metric.unit == Unit.TOTAL:
        return [f"{name} ({pgettext('unit', 's')})"]
    if metric.unit == Unit.PERCENT:
        return [f"{name} (%)", f"{name} ({_('number')})"]
    return [name]


def _line(name: str, values: dict[str, Value], metrics: tuple[Metric, ...]) -> list[object]:
    cells: list[object] = [name]
    for metric in metrics:
        cells += _cells(metric, values[metric.code])
    return cells


def _cells(metric: Metric, value: Value) -> list[object]:
    if metric.unit == Unit.SECONDS:
        return [value.n, _number(value.median), _number(value.p90), _number(value.mean)]
    if metric.unit == Unit.PERCENT:
        return [_number(value.amount), value.n]
    return [_number(value.amount)]


def _number(amount: float | None) -> float | str:
    """Two decimals at most; nothing where there is no figure."""
    return "" if amount is None else round(amount, 2)


def rows_table(facts, viewer: User, *, using: str) -> Iterator[list[object]]:
    """The facts behind a figure, read bit by bit: a long export takes no more memory."""
    yield [
        pgettext("report", "When"),
        pgettext("report", "What"),
        _("Conversation"),
        _("Customer"),
        _("Channel"),
        _("Department"),
        _("Person"),
        _("Keyword"),
        _("All hours, s"),
        _("Business hours, s"),
    ]
    chunk: list[Fact] = []
    for fact in facts.iterator(chunk_size=CHUNK):
        chunk.append(fact)
        if len(chunk) == CHUNK:
            yield from _fact_rows(chunk, viewer, using)
            chunk = []
    yield from _fact_rows(chunk, viewer, using)


def _fact_rows(facts: list[Fact], viewer: User, using: str) -> Iterator[list[object]]:
    readable = readable_conversations(facts, viewer, using=using)
    for fact in facts:
        conversation = readable.get(fact.conversation_id)
        yield [
            date_format(timezone.localtime(fact.at), "Y-m-d H:i:s"),
            label_words(fact),
            fact.conversation_id or "",
            _customer(conversation),
            str(fact.channel or ""),
            str(fact.department or ""),
            str(fact.actor or ""),
            fact.keyword,
            "" if fact.seconds is None else fact.seconds,
            "" if fact.business_seconds is None else fact.business_seconds,
        ]


def _customer(conversation: Conversation | None) -> str:
    return "" if conversation is None else conversation.contact.name or str(conversation.identity)
