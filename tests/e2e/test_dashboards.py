"""Dashboards in a real browser: they follow what happens without anybody touching them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, sign_in
from tests.e2e.desk import Desk, wait_for_badge, window

pytestmark = IN_CHROMIUM

COMMON = "-common td.num >> nth=0"  # what waits in the common queue, on the wall
LIVE_MS = 20_000  # a board is asked for seldom


def open_page(page, desk: Desk, path: str) -> None:
    page.goto(f"{desk.house.url}{path}")
    wait_for_badge(page, "live")
    page.evaluate("window.stays = true")  # a reload would forget it


def test_leads_begin_with_the_dashboard_and_staff_with_the_inbox(browser, desk):
    for name, path in (("manager", "/dashboard"), ("admin", "/dashboard"), ("staff1", "/messages")):
        page = browser.new_context(locale="vi").new_page()
        sign_in(page, desk.house.url, name)
        page.click("nav.rail a.logo")
        page.wait_for_url(f"**{path}")
        page.context.close()


def test_the_wall_and_the_dashboard_count_who_writes_now(browser, desk):
    with window(browser, desk, "admin") as wall, window(browser, desk, "manager") as other:
        open_page(wall, desk, "/dashboard/wall")
        open_page(other, desk, "/dashboard")
        waiting = wall.locator("#wall-tiles .tile-num >> nth=0")
        before = int(waiting.inner_text())
        in_common = wall.locator(f"#w{COMMON}")
        common = int(in_common.inner_text()) if in_common.count() else 0
        # Nobody knows whose this is: it waits in the common queue.
        desk.customer_writes("+84900777001", "alo")
        expect(waiting).to_have_text(str(before + 1), timeout=LIVE_MS)
        expect(in_common).to_have_text(str(common + 1))
        expect(wall.locator("#wall-clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
        assert wall.evaluate("window.stays")
        assert other.evaluate("window.stays")


def test_g_g_leads_to_the_overview(browser, desk):
    with window(browser, desk, "staff1") as page:
        page.keyboard.press("g")
        page.keyboard.press("g")
        page.wait_for_url("**/dashboard")
        page.wait_for_selector("#own-day h1")
