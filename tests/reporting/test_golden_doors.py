"""The golden set through every door: page, API, CSV and workbook tell the same figures."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.utils import translation
from openpyxl import load_workbook

from reporting.figures import figure
from reporting.metrics import CATALOGUE, Unit
from reporting.report import make_report
from reporting.services import rebuild_facts
from reporting.slices import GroupBy, Slice
from reporting.subjects import SUBJECTS
from tests.reporting.golden import totals
from tests.reporting.golden.load import AT, FIRST, LAST, loaded
from tests.workforce.timesheet_rows import moment

EVERY_LINE = [
    pytest.param(subject, group_by, id=f"{subject.code} by {group_by}")
    for subject in SUBJECTS.values()
    for group_by in subject.groupings
]
PERIOD = f"start={FIRST}&end={LAST}"
TAGS = re.compile(r"<[^>]+>")
CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), loaded() as world:
        rebuild_facts(progress=lambda done, of: None, at=moment(AT))
        yield world


@pytest.fixture(autouse=True)
def within(world, db) -> None:
    """Every test in a savepoint of its own."""


@pytest.fixture
def boss(world):
    return world.people["boss"]


def expected_report(world, subject, group_by):
    what = Slice(viewer=world.people["boss"], first=FIRST, last=LAST)
    with translation.override(world.people["boss"].language):  # names, and their order
        return make_report(what, group_by, subject.metrics)


@pytest.mark.parametrize(("subject", "group_by"), EVERY_LINE)
def test_the_api_tells_every_figure(world, boss, api, subject, group_by):
    found = api(boss).get(
        f"/api/v1/reports/summary?{PERIOD}&report={subject.code}&group_by={group_by.value}"
    )
    assert found.status_code == 200
    body, made = found.json(), expected_report(world, subject, group_by)
    lines = {row.key: row.values for row in made.rows} | {"total": made.total}
    told = {row["key"]: row["metrics"] for row in body["rows"]} | {"total": body["total"]}
    assert told.keys() == lines.keys()
    for key, values in lines.items():
        for code, value in values.items():
            assert told[key][code] == {
                "value": value.amount,
                "n": value.n,
                "median": value.median,
                "p90": value.p90,
                "mean": value.mean,
            }
            if key == "total" and code in totals.WHOLE:
                assert value.amount == pytest.approx(totals.WHOLE[code])


def numbers_of(made) -> list[list]:
    """The lines of a file without their names: what the figures rest on."""
    lines = []
    for values in [*(row.values for row in made.rows), made.total]:
        cells = []
        for metric in made.metrics:
            value = values[metric.code]
            if metric.unit == Unit.SECONDS:
                cells += [value.n, value.median, value.p90, value.mean]
            elif metric.unit == Unit.PERCENT:
                cells += [value.amount, value.n]
            else:
                cells += [value.amount]
        lines.append([None if cell is None else round(cell, 2) for cell in cells])
    return lines


@pytest.mark.parametrize(("subject", "group_by"), EVERY_LINE)
def test_both_files_tell_every_figure(world, boss, client, subject, group_by):
    client.force_login(boss)
    address = f"/reports/export?{PERIOD}&report={subject.code}&group_by={group_by.value}"
    wanted = numbers_of(expected_report(world, subject, group_by))
    text = b"".join(client.get(f"{address}&format=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [[float(cell) if cell else None for cell in row[1:]] for row in rows] == wanted
    book = load_workbook(io.BytesIO(b"".join(client.get(address).streaming_content)))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert [[None if cell == "" else cell for cell in row[1:]] for row in rows] == wanted


@pytest.mark.parametrize("door", ["/reports", "/reports/print"])
@pytest.mark.parametrize(("subject", "group_by"), EVERY_LINE)
def test_page_and_paper_show_every_figure(world, boss, client, door, subject, group_by):
    client.force_login(boss)
    page = client.get(f"{door}?{PERIOD}&report={subject.code}&group_by={group_by.value}")
    table = page.content.decode().split('aria-labelledby="rt"')[-1]
    cells = [unescape(TAGS.sub("", cell)).strip() for cell in CELL.findall(table)]
    cells = cells[1 + len(subject.codes) :]
    made = expected_report(world, subject, group_by)
    wanted = []
    with translation.override(boss.language):
        for values in [*(row.values for row in made.rows), made.total]:
            wanted.append([str(figure(m, values[m.code].amount)) for m in made.metrics])
    width = 1 + len(subject.codes)
    lines = [cells[at + 1 : at + width] for at in range(0, len(cells), width)]
    assert lines == wanted


@pytest.mark.parametrize("group_by", [GroupBy.DEPARTMENT, GroupBy.USER, GroupBy.DAY])
@pytest.mark.parametrize("code", ["started", "resolved", "sla_breached", "assigned", "late"])
def test_behind_a_figure_are_as_many_rows(world, boss, client, code, group_by):
    client.force_login(boss)
    what = Slice(viewer=boss, first=FIRST, last=LAST)
    made = make_report(what, group_by, [CATALOGUE[code]])
    assert sum(row.values[code].n for row in made.rows) == totals.WHOLE[code]
    subject = next(one for one in SUBJECTS.values() if code in (*one.codes, "sla_breached"))
    if group_by not in subject.groupings:
        subject = SUBJECTS["attendance"]
    for row in made.rows:
        query = f"{PERIOD}&report={subject.code}&group_by={group_by.value}&metric={code}"
        page = client.get(f"/reports/rows?{query}&key={row.key}")
        assert page.context["count"] == row.values[code].n
