"""The queue board in a real browser: it follows by itself, and gives out from its rows."""

from __future__ import annotations

import re
import time
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM
from tests.e2e.desk import Desk, row, took, wait_for_badge, window
from tests.e2e.installation import wait_until

pytestmark = IN_CHROMIUM

TEXT = "Máy còn bảo hành không ạ?"
COLLEAGUE, PASSWORD = "tung", "saomaipass"
TEAM = """(SELECT u.id FROM accounts_user u JOIN accounts_department d ON d.id = u.department_id
    WHERE d.name = 'CustomerService')"""
# Since the check-in of the colleague, in the database's own words.
WAITED = """SELECT a.assigned_at, e.checked_in_at FROM routing_assignment a
    JOIN workforce_timeentry e ON e.user_id = a.assignee_id AND e.checked_out_at IS NULL
    JOIN inbox_conversation c ON c.id = a.conversation_id
    JOIN inbox_contactidentity i ON i.id = c.identity_id
    WHERE i.external_id = ? AND a.ended_at IS NULL"""


def seconds_of(moment) -> float:
    """PostgreSQL gives a moment, SQLite its text."""
    if isinstance(moment, str):
        return time.mktime(time.strptime(moment[:19], "%Y-%m-%d %H:%M:%S")) + float(
            f"0{moment[19:26]}" if moment[19:20] == "." else 0
        )
    return moment.timestamp()


@pytest.fixture
def full(desk) -> Desk:
    """Of CustomerService only staff1 is at work, and has no place left; no shift says otherwise."""
    desk.house.write("UPDATE workforce_shiftassignment SET published_at = NULL")
    desk.house.write(f"UPDATE routing_agent SET capacity = 0 WHERE user_id IN {TEAM}")  # noqa: S608
    key = desk.house.bearer(COLLEAGUE, PASSWORD)
    desk.house.post("/api/v1/shifts/checkout", **key)  # 409 when not at work
    for name, capacity in (("staff1", "open_count"), (COLLEAGUE, "50")):
        who = "(SELECT id FROM accounts_user WHERE username = ?)"
        sql = f"UPDATE routing_agent SET capacity = {capacity} WHERE user_id = {who}"  # noqa: S608
        desk.house.write(sql, name)
    return desk


def queue_row(sender: str) -> str:
    return f"#queue tr:has-text('{sender}')"


def open_queue(page, desk: Desk) -> None:
    page.goto(f"{desk.house.url}/queue")
    wait_for_badge(page, "live")


def test_all_full_it_waits_with_its_reason_and_a_colleague_who_checks_in_has_it(browser, full):
    desk, sender = full, "+84900555001"
    with window(browser, desk, "admin") as board:
        open_queue(board, desk)
        answer = desk.customer_writes(sender, TEXT)
        assert (answer["assigned_to"], answer["queued"]) == (None, True)
        board.wait_for_selector(queue_row(sender))
        expect(board.locator(queue_row(sender)).locator("td.soft")).to_contain_text(
            re.compile("at capacity|kín chỗ")
        )
        board.evaluate("window.stays = true")  # a reload would forget it
        with window(browser, desk, "staff1") as page:
            page.context.clear_cookies()
            page.goto(f"{desk.house.url}/login")
            page.fill("input[name=username]", COLLEAGUE)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button.is-main")
            page.wait_for_url("**/messages")
            wait_for_badge(page, "live")
            page.evaluate("window.stays = true")
            start = time.monotonic()
            key = desk.house.bearer(COLLEAGUE, PASSWORD)
            assert desk.house.post("/api/v1/shifts/checkin", **key).status == 201
            page.wait_for_selector(row(sender))
            took("on the colleague's list", start)
            board.wait_for_selector(queue_row(sender), state="detached")
            took("off the board", start)
            assert page.evaluate("window.stays")
            assert board.evaluate("window.stays")
            ((assigned_at, checked_in_at),) = desk.house.rows(WAITED, sender)
            assert 0 <= seconds_of(assigned_at) - seconds_of(checked_in_at) < 2
            page.click(row(sender))
            page.wait_for_selector("#why ol.why li")
            assert "bảo hành" in page.inner_text("#why ol.why")


def test_a_lead_gives_it_out_from_the_row(browser, full):
    desk, sender = full, "+84900555002"
    key = desk.house.bearer(COLLEAGUE, PASSWORD)
    desk.house.post("/api/v1/shifts/checkout", **key)
    with window(browser, desk, "admin") as board:
        open_queue(board, desk)
        desk.customer_writes(sender, TEXT)
        board.wait_for_selector(queue_row(sender))
        board.evaluate("window.stays = true")
        board.click(f"{queue_row(sender)} [hx-target='#assign-box']")
        board.click("#assign:popover-open button:has-text('Nguyễn Thị Lan')")
        board.wait_for_selector(queue_row(sender), state="detached")
        board.wait_for_selector(".toast:has-text('Nguyễn Thị Lan')")
        assert board.is_hidden("#assign")
        assert board.evaluate("window.stays")
    assert assignee_of(desk, sender) == "staff1"


def test_the_same_without_scripts(browser, full):
    desk, sender = full, "+84900555003"
    key = desk.house.bearer(COLLEAGUE, PASSWORD)
    desk.house.post("/api/v1/shifts/checkout", **key)
    desk.customer_writes(sender, TEXT)
    with window(browser, desk, "admin") as signed_in:
        context = browser.new_context(
            java_script_enabled=False, storage_state=signed_in.context.storage_state()
        )
        page = context.new_page()
        page.goto(f"{desk.house.url}/queue")
        page.click(f"{queue_row(sender)} a.btn")
        page.click("main button:has-text('Nguyễn Thị Lan')")
        page.wait_for_url("**/queue")
        assert page.locator(queue_row(sender)).count() == 0
        assert page.locator(".toast:has-text('Nguyễn Thị Lan')").count() == 1
        context.close()
    assert assignee_of(desk, sender) == "staff1"


def test_g_and_q_lead_there(browser, desk):
    with window(browser, desk, "admin") as page:
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url("**/queue")
        assert page.locator("#queue h1").count() == 1


def assignee_of(desk: Desk, sender: str) -> str:
    conversation = desk.conversation_of(sender)
    sql = (
        "SELECT u.username FROM inbox_conversation c JOIN accounts_user u ON u.id = c.assignee_id"
        " JOIN inbox_contactidentity i ON i.id = c.identity_id WHERE i.external_id = ?"
    )
    assert UUID(conversation)
    assert wait_until(lambda: len(desk.house.rows(sql, sender)) == 1, 10)
    return desk.house.one(sql, sender)
