"""What was begun in the box below a thread and not sent, or sent and not heard of again."""

import re

from playwright.sync_api import Route, expect

from tests.e2e.chromium import IN_CHROMIUM
from tests.e2e.desk import (
    draft,
    goto_thread,
    open_thread,
    parts,
    row,
    said,
    stored,
    window,
)
from tests.e2e.installation import wait_until

DRAFT_SAVED_SECONDS = 5
TEXT = "#reply"

pytestmark = IN_CHROMIUM


def test_what_was_begun_is_there_after_a_reload_and_in_another_window(browser, desk, sender):
    text = "Dạ em đang hỏi kho,\nmình chờ em chút ạ"
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.focus(TEXT)
        page.keyboard.insert_text(text)
        page.reload()  # before it was kept
        expect(page.locator(TEXT)).to_have_value(text)
        assert wait_until(lambda: draft(desk, sender) == [("staff1", text)], DRAFT_SAVED_SECONDS)
        with window(browser, desk, "staff1") as other:
            begun = "Nháp Dạ em đang hỏi kho, mình chờ em chút ạ"
            expect(other.locator(f"{row(sender)} .convo-text")).to_have_text(begun)
            open_thread(other, sender)
            expect(other.locator(TEXT)).to_have_value(text)
            assert stored(desk, sender) == []
            other.focus(TEXT)
            other.keyboard.press("Control+Enter")
            expect(said(other, text)).to_have_count(1)
        page.reload()
        expect(said(page, text)).to_have_count(1)
        expect(page.locator(TEXT)).to_have_value("")
    assert (stored(desk, sender), draft(desk, sender)) == ([("staff1", text)], [])


def test_a_note_that_was_begun_is_still_a_note(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.keyboard.press("n")
        page.keyboard.type("Khách khó tính")
        saved = [("staff1", "Khách khó tính")]
        assert wait_until(lambda: draft(desk, sender) == saved, DRAFT_SAVED_SECONDS)
        page.reload()
        expect(page.locator(TEXT)).to_have_value("Khách khó tính")
        expect(page.locator("[name=kind]:checked")).to_have_value("note")
        page.fill(TEXT, "")
        assert wait_until(lambda: draft(desk, sender) == [], DRAFT_SAVED_SECONDS)
        page.reload()
        expect(page.locator(TEXT)).to_have_value("")
    assert (stored(desk, sender), stored(desk, sender, "note")) == ([], [])


# --- The box that comes -------------------------------------------------------------------------


def test_what_the_server_never_got_is_not_lost_to_an_older_draft(browser, desk, sender):
    with window(browser, desk, "staff1", expects="Failed to load resource") as page:
        goto_thread(page, desk, sender)
        page.fill(TEXT, "Dạ em")
        saved = [("staff1", "Dạ em")]
        assert wait_until(lambda: draft(desk, sender) == saved, DRAFT_SAVED_SECONDS)
        page.route("**/draft", lambda route: route.abort())
        page.fill(TEXT, "Dạ em gửi chị bảng giá ạ")
        page.reload()
        expect(page.locator(TEXT)).to_have_value("Dạ em gửi chị bảng giá ạ")
        page.unroute("**/draft")
        saved = [("staff1", "Dạ em gửi chị bảng giá ạ")]
        page.keyboard.press("r")
        page.keyboard.press("End")
        page.keyboard.type(" ")
        assert wait_until(lambda: [d[1].strip() for d in draft(desk, sender)] == [saved[0][1]], 5)
        page.fill(TEXT, "")
        assert wait_until(lambda: draft(desk, sender) == [], DRAFT_SAVED_SECONDS)


def test_a_note_that_was_not_kept_is_still_a_note(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.keyboard.press("n")
        page.keyboard.type("Khách khó tính")
        page.reload()  # before the server had it
        expect(page.locator(TEXT)).to_have_value("Khách khó tính")
        expect(page.locator("[name=kind]:checked")).to_have_value("note")
        page.fill(TEXT, "")
        assert wait_until(lambda: draft(desk, sender) == [], DRAFT_SAVED_SECONDS)
    assert (stored(desk, sender), stored(desk, sender, "note")) == ([], [])


def test_after_a_note_comes_a_note(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.keyboard.press("n")
        for text in ("Khách khó tính", "Nhớ gọi lại"):
            page.keyboard.type(text)
            page.keyboard.press("Control+Enter")
            page.wait_for_selector(f".msg.is-note >> text={text}")
            expect(page.locator(TEXT)).to_be_focused()
            expect(page.locator(TEXT)).to_have_value("")
        expect(page.locator("[name=kind]:checked")).to_have_value("note")
        expect(page.locator(TEXT)).to_have_attribute("placeholder", re.compile("Ghi chú"))
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        expect(page.locator(TEXT)).to_have_attribute("placeholder", re.compile("Trả lời qua"))
    notes = [("staff1", "Khách khó tính"), ("staff1", "Nhớ gọi lại")]
    assert (stored(desk, sender), stored(desk, sender, "note")) == ([], notes)


def test_an_answer_that_arrived_unheard_does_not_come_back(browser, desk, sender):
    """Left before the server said that it has it."""
    text = "Dạ còn ạ"
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.route("**/reply", send_and_say_nothing)
        page.fill(TEXT, text)
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        assert wait_until(lambda: stored(desk, sender) == [("staff1", text)], 10)
        page.unroute("**/reply")
        page.goto(f"{desk.house.url}/messages")
        goto_thread(page, desk, sender)
        expect(page.locator(TEXT)).to_have_value("")
        page.fill(TEXT, "Mai em giao")
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        expect(said(page, "Mai em giao")).to_have_count(1)
    assert stored(desk, sender) == [("staff1", text), ("staff1", "Mai em giao")]
    assert (parts(desk, sender), draft(desk, sender)) == (2, [])


def send_and_say_nothing(route: Route) -> None:
    route.fetch()
