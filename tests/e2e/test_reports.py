"""Reports in a real browser: ask otherwise, go behind a figure, take it along, put it on paper."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chromium import IN_CHROMIUM, entering
from tests.e2e.installation import wait_until
from tests.e2e.processes import House, house

pytestmark = IN_CHROMIUM

FACTS = "SELECT count(*) FROM reporting_fact WHERE kind = 'cycle_started'"


@pytest.fixture(scope="module")
def counted(tmp_path_factory) -> House:
    """The demo company with a worker that has counted what happened there."""
    with house(tmp_path_factory.mktemp("reports")) as made:
        made.web()
        made.worker()
        conversations = made.one("SELECT count(*) FROM inbox_cycle")
        assert wait_until(lambda: made.one(FACTS) >= conversations, 120)
        yield made


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def open_reports(page: Page, made: House, query: str = "") -> None:
    page.goto(f"{made.url}/reports?{query}")
    page.wait_for_selector("#rt")


def test_another_filter_another_report(browser, counted):
    with entering(browser, counted.url, allowed="WebSocket") as enter:
        page = enter("admin")
        open_reports(page, counted)
        every = number(page.inner_text("tfoot td:nth-child(2)"))
        page.select_option("[name=group_by]", "user")
        page.click("summary:has-text('Thêm điều kiện')")
        department = page.locator("[name=department] option").nth(1)
        page.select_option("[name=department]", department.get_attribute("value"))
        page.click("main form button.is-main")
        page.wait_for_url(re.compile("group_by=user"))
        assert page.input_value("[name=group_by]") == "user"
        one = number(page.inner_text("tfoot td:nth-child(2)"))
        assert 0 < one < every
        lines = page.locator("[aria-labelledby=rt] tbody tr")
        cells = [lines.nth(at).locator("td").first.inner_text() for at in range(lines.count())]
        assert sum(map(number, cells)) == one


def test_from_a_figure_to_its_conversations(browser, counted):
    with entering(browser, counted.url, allowed="WebSocket") as enter:
        page = enter("admin")
        open_reports(page, counted)
        cell = page.locator("[aria-labelledby=rt] tbody tr").first.locator("td a").first
        figure = number(cell.inner_text())
        cell.click()
        expect(page.locator(".page-head p").last).to_contain_text(str(figure))
        link = page.locator("[aria-labelledby=dt] tbody a").first
        customer = link.locator(".clip").inner_text()
        link.click()
        expect(page.locator("h1")).to_contain_text(customer)


def test_taken_along_as_a_file(browser, counted, tmp_path):
    with entering(browser, counted.url, allowed="WebSocket") as enter:
        page = enter("admin")
        open_reports(page, counted)
        total = number(page.inner_text("tfoot td:nth-child(2)"))
        page.click("summary:has-text('Xuất')")
        with page.expect_download() as download:
            page.click("a[download]:has-text('CSV')")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        assert path.name.endswith(".csv")
        assert (rows[-1][0], int(rows[-1][1])) == ("Tổng", total)


def test_on_paper(browser, counted):
    with entering(browser, counted.url, allowed="WebSocket") as enter:
        page = enter("admin")
        open_reports(page, counted)
        total = page.inner_text("tfoot td:nth-child(2)")
        page.click("summary:has-text('Xuất')")
        page.click("a:has-text('In hoặc lưu PDF')")
        page.wait_for_selector("main.paper")
        assert page.inner_text("tfoot td:nth-child(2)") == total
        page.emulate_media(media="print")
        assert not any(part.is_visible() for part in page.locator(".no-print").all())
        assert page.locator("svg[role=img]").first.is_visible()
