"""The box below a thread, as two people use it: real processes, real browsers.

`window` fails on whatever the browser complains about, a breach of the content policy among it.
"""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from inbox.services.viewers import SHOWN_FOR
from tests.e2e.chromium import IN_CHROMIUM
from tests.e2e.desk import (
    Desk,
    colleague_answers,
    draft,
    goto_thread,
    parts,
    said,
    stored,
    took,
    wait_for_badge,
    window,
)
from tests.e2e.installation import wait_until

SOON_MS = 5000  # without news a page asks every 120 s; two cores may have other work
DRAFT_SAVED_SECONDS = 5
HELD = "409"  # the browser tells of a refused answer, too
TEXT = "#reply"
BOX = '[data-picker="{}"] [role=combobox]'

pytestmark = IN_CHROMIUM


# --- Canned replies -----------------------------------------------------------------------------
def uses(desk: Desk, shortcut: str) -> list[str]:
    sql = (
        "SELECT u.username FROM inbox_cannedreplyuse s"
        " JOIN inbox_cannedreply r ON r.id = s.canned_reply_id"
        " JOIN accounts_user u ON u.id = s.user_id WHERE r.shortcut = ? ORDER BY s.id"
    )
    return [name for (name,) in desk.house.rows(sql, shortcut)]


def name_customer(desk: Desk, sender: str, name: str) -> None:
    sql = (
        "UPDATE inbox_contact SET name = ? WHERE id ="
        " (SELECT contact_id FROM inbox_contactidentity WHERE external_id = ?)"
    )
    desk.house.write(sql, name, sender)


def chosen(page: Page) -> str:
    return page.locator("#canned [aria-selected=true] b").inner_text()


def test_a_canned_reply_by_keys_alone(browser, desk, sender, receiver):
    name_customer(desk, sender, "Trương Mỹ Hoa")
    before = uses(desk, "xinloi-tre")
    filled = "Dạ Lan bên Sao Mai xin lỗi Hoa vì đơn {} tới trễ."
    filled += " Em đang hỏi bên vận chuyển, có giờ giao em báo mình liền ạ."
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.keyboard.press("r")
        page.keyboard.type("/xin loi")  # as quickly as one can, and without its marks
        expect(page.locator(BOX.format("/"))).to_have_value("xin loi")
        expect(page.locator("#canned [role=option]")).to_have_count(1)
        for _letter in " loi":
            page.keyboard.press("Backspace")
        found = page.locator("#canned [role=option] b")
        expect(found).to_have_text(["/xinloi-tre", "/bh-tem", "/bh-lich"])
        assert chosen(page) == "/xinloi-tre"
        ways = ("Down", "/bh-tem"), ("Down", "/bh-lich"), ("Down", "/xinloi-tre")
        for way, there in (*ways, ("Up", "/bh-lich"), ("Down", "/xinloi-tre")):
            page.keyboard.press(f"Arrow{way}")
            assert chosen(page) == there
        marked = page.locator(BOX.format("/")).get_attribute("aria-activedescendant")
        assert page.inner_text(f"#{marked} b") == "/xinloi-tre"
        page.keyboard.press("Enter")
        expect(page.locator(TEXT)).to_be_focused()
        expect(page.locator(TEXT)).to_have_value(filled.format("{mã đơn}"))
        assert uses(desk, "xinloi-tre") == before  # chosen is not sent
        assert stored(desk, sender) == []
        page.keyboard.type("DH-2048")  # over the blank, which is selected
        expect(page.locator(TEXT)).to_have_value(filled.format("DH-2048"))
        page.keyboard.press("Control+Enter")
        expect(said(page, filled.format("DH-2048"))).to_be_visible()
        expect(page.locator(TEXT)).to_have_value("")
    assert stored(desk, sender) == [("staff1", filled.format("DH-2048"))]
    assert uses(desk, "xinloi-tre") == [*before, "staff1"]
    assert wait_until(lambda: receiver.keys(filled.format("DH-2048")), 20)


def test_enter_takes_what_was_typed_not_what_is_still_shown(browser, desk, sender):
    name_customer(desk, sender, "Trương Mỹ Hoa")
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.keyboard.press("r")
        page.keyboard.type("/")
        expect(page.locator("#canned [role=option]")).not_to_have_count(0)
        assert chosen(page) != "/chao"
        page.keyboard.type("chao")
        page.keyboard.press("Enter")  # before the answer to it is here
        greeting = "Chào Hoa, em là Lan bên Sao Mai. Em giúp gì được cho mình ạ?"
        expect(page.locator(TEXT)).to_have_value(greeting)
        page.fill(TEXT, "")
        page.keyboard.type("/khong co cau nay")
        page.keyboard.press("Enter")
        expect(page.locator("#canned")).to_have_text(re.compile("Không có câu"))
        expect(page.locator(TEXT)).to_have_value("/")
        page.keyboard.press("Escape")
        expect(page.locator(TEXT)).to_have_value("/khong co cau nay")
        page.fill(TEXT, "")
    assert stored(desk, sender) == []


# --- Notes and mentions -------------------------------------------------------------------------
def bell(page: Page) -> int:
    count = page.locator("#bell-count .count")
    return int(count.inner_text()) if count.count() else 0


def test_a_note_calls_a_colleague_who_sees_it_at_once(browser, desk, sender):
    talk = f"{desk.house.url}/conversations/{desk.conversation_of(sender)}"
    note = "@Lê Thu Hà xem giúp giá máy này nhé"
    with window(browser, desk, "admin") as author, window(browser, desk, "staff2") as called:
        assert called.request.get(talk).status == 404
        before = bell(called)
        called.evaluate("window.isSame = true")
        goto_thread(author, desk, sender)
        author.keyboard.press("n")
        author.keyboard.type("@thu ha")
        expect(author.locator("#people [role=option]")).to_have_count(1)
        author.keyboard.press("Enter")
        expect(author.locator(TEXT)).to_have_value("@Lê Thu Hà ")
        author.keyboard.type("xem giúp giá máy này nhé")
        assert called.request.get(talk).status == 404  # chosen is not called
        assert bell(called) == before
        start = time.monotonic()
        author.keyboard.press("Control+Enter")
        expect(called.locator("#bell-count .count")).to_have_text(str(before + 1), timeout=SOON_MS)
        took("the bell counts a mention", start)
        called.click("[popovertarget=noti]")
        news = called.locator("#bell-list a.opt").first
        expect(news).to_contain_text(f"Phan Đức Anh nhắc bạn trong ghi chú: “{note}”")
        assert called.evaluate("window.isSame")
        news.click()
        expect(called.locator(".msg.is-note .bubble")).to_have_text(note)
        expect(called.locator(".composer-box")).not_to_contain_text("Trả lời")  # notes only
        wait_for_badge(called, "live")
        called.evaluate("window.isSame = true")
        expect(author.locator(TEXT)).to_have_value("")
        author.click("label:has([value=note])")
        author.fill(TEXT, "Khách cần trong hôm nay")
        start = time.monotonic()
        author.keyboard.press("Control+Enter")
        second = called.locator(".msg.is-note .bubble").nth(1)
        expect(second).to_have_text("Khách cần trong hôm nay", timeout=SOON_MS)
        took("the next note in the open thread", start)
        assert called.evaluate("window.isSame")
    assert stored(desk, sender, "note") == [("admin", note), ("admin", "Khách cần trong hôm nay")]
    assert (stored(desk, sender), parts(desk, sender)) == ([], 0)  # nothing for the customer


# --- Somebody else answers while one writes -----------------------------------------------------
def test_a_colleagues_answer_holds_mine_until_i_say_so(browser, desk, sender, receiver):
    mine = "Dạ máy của mình còn bảo hành ạ"
    theirs = "Chị Đức Anh trả lời rồi nhé"
    with window(browser, desk, "staff1", expects=HELD) as page:
        goto_thread(page, desk, sender)
        page.fill(TEXT, mine)
        colleague_answers(desk, sender, theirs)
        expect(said(page, theirs)).to_be_visible(timeout=SOON_MS)
        expect(page.locator(TEXT)).to_have_value(mine)
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        held = page.locator("#held")
        says = r"Chưa gửi: Phan Đức Anh vừa trả lời lúc \d\d:\d\d\. Tin của bạn vẫn còn trong ô\."
        expect(held).to_contain_text(re.compile(says))
        expect(page.locator(TEXT)).to_have_value(mine)
        expect(page.locator(TEXT)).to_be_focused()
        assert stored(desk, sender) == [("admin", theirs)]
        assert parts(desk, sender) == 1
        assert draft(desk, sender) == [("staff1", mine)]
        page.dblclick("#held button[name=anyway]")
        expect(said(page, mine)).to_have_count(1)
        expect(page.locator(TEXT)).to_have_value("")
        expect(page.locator("#held")).to_have_count(0)
    assert stored(desk, sender) == [("admin", theirs), ("staff1", mine)]
    assert (parts(desk, sender), draft(desk, sender)) == (2, [])
    assert wait_until(lambda: receiver.keys(mine), 20)
    assert len(set(receiver.keys(mine))) == 1


def test_a_held_answer_goes_when_the_other_was_looked_at(browser, desk, sender):
    with window(browser, desk, "staff1", expects=HELD) as page:
        goto_thread(page, desk, sender)
        page.fill(TEXT, "Dạ còn ạ")
        colleague_answers(desk, sender, "Dạ còn 3 tháng nhé")
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#held")).to_be_visible()
        expect(said(page, "Dạ còn 3 tháng nhé")).to_be_visible()
        page.click("#held a")
        expect(page.locator("#held")).to_have_count(0)
        expect(page.locator(TEXT)).to_have_value("Dạ còn ạ")
        expect(page.locator(TEXT)).to_be_focused()
        assert stored(desk, sender) == [("admin", "Dạ còn 3 tháng nhé")]
        page.keyboard.press("Control+Enter")
        expect(said(page, "Dạ còn ạ")).to_have_count(1)
    assert stored(desk, sender) == [("admin", "Dạ còn 3 tháng nhé"), ("staff1", "Dạ còn ạ")]


def test_an_answer_counts_as_seen_only_when_it_was_shown_for_a_while(browser, desk, sender):
    with window(browser, desk, "staff1", expects=HELD) as page:
        goto_thread(page, desk, sender)
        page.fill(TEXT, "Dạ còn ạ")
        # News of other things make the page look at the thread all the time.
        for number in range(4):
            desk.customer_writes(sender, f"Alo {number}")
            page.wait_for_timeout(700)
        colleague_answers(desk, sender, "Dạ còn 3 tháng nhé")
        expect(said(page, "Dạ còn 3 tháng nhé")).to_be_visible(timeout=SOON_MS)
        page.wait_for_timeout(1000)
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#held")).to_be_visible()
        assert stored(desk, sender) == [("admin", "Dạ còn 3 tháng nhé")]
        page.wait_for_timeout(3500)  # now it was
        page.keyboard.press("Control+Enter")
        expect(said(page, "Dạ còn ạ")).to_have_count(1)
    assert stored(desk, sender) == [("admin", "Dạ còn 3 tháng nhé"), ("staff1", "Dạ còn ạ")]


def test_what_the_customer_adds_leaves_my_text_and_holds_nothing(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        page.fill(TEXT, "Dạ còn ạ")
        desk.customer_writes(sender, "Máy mua năm ngoái")
        page.wait_for_selector(".msg .bubble >> text=Máy mua năm ngoái", timeout=SOON_MS)
        expect(page.locator(TEXT)).to_have_value("Dạ còn ạ")
        page.focus(TEXT)
        page.keyboard.press("Control+Enter")
        expect(said(page, "Dạ còn ạ")).to_have_count(1)
        expect(page.locator("#held")).to_have_count(0)
    assert stored(desk, sender) == [("staff1", "Dạ còn ạ")]


# --- Sent once ----------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["keys", "mouse"])
@pytest.mark.parametrize("is_slow", [False, True])
def test_sent_twice_in_a_hurry_is_one_message(browser, desk, sender, receiver, how, is_slow):
    text = f"Dạ còn ạ ({sender})"
    waiting: list[Route] = []
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if r.url.endswith("/reply") else None)
        page.fill(TEXT, text)
        if is_slow:
            page.route("**/reply", lambda route: waiting.append(route))
        if how == "mouse":
            page.dblclick(".composer-tools button[type=submit]")
        else:
            page.focus(TEXT)
            page.keyboard.press("Control+Enter")
            page.keyboard.press("Control+Enter")
        if is_slow:
            page.wait_for_timeout(300)
            assert stored(desk, sender) == []
            for route in waiting:
                route.continue_()
        expect(said(page, text)).to_have_count(1)
        expect(page.locator(TEXT)).to_have_value("")
        page.wait_for_timeout(300)
        assert len(asked) == 1
    assert stored(desk, sender) == [("staff1", text)]
    assert parts(desk, sender) == 1
    assert wait_until(lambda: receiver.keys(text), 20)
    assert len(set(receiver.keys(text))) == 1


# --- Others and input methods ------------------------------------------------------------------
def test_a_box_with_a_style_of_its_own_is_replaced_within_the_policy(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        # As a dragged corner of a text box or an extension of the browser leaves it.
        page.eval_on_selector(TEXT, "area => { area.style.height = '12rem'; }")
        desk.resolve(sender)
        expect(page.locator("#composer")).to_contain_text("Hội thoại này đã xong", timeout=SOON_MS)
        expect(page.locator(TEXT)).to_have_value("")
        page.wait_for_timeout(300)  # htmx settles what it swapped a moment later


# --- Two at once --------------------------------------------------------------------------------
def test_writing_is_shown_to_the_other_and_ends_by_itself(browser, desk, sender):
    writes = "Phan Đức Anh đang soạn trả lời…"
    with window(browser, desk, "staff1") as page, window(browser, desk, "admin") as other:
        goto_thread(page, desk, sender)
        goto_thread(other, desk, sender)
        line = page.locator("#viewers")
        expect(line).to_have_text("Phan Đức Anh đang xem", timeout=SOON_MS)
        other.keyboard.press("n")
        other.keyboard.type("Ghi chú")  # is nobody else's business
        other.wait_for_timeout(500)
        expect(line).to_have_text("Phan Đức Anh đang xem")
        other.fill(TEXT, "")
        other.click("label:has([value=reply])")
        other.focus(TEXT)
        start = time.monotonic()
        other.keyboard.type("D")
        expect(line).to_have_text(writes, timeout=SOON_MS)
        took("writing is shown", start)
        expect(other.locator("#viewers")).to_have_text("Nguyễn Thị Lan đang xem")
        shown_for = SHOWN_FOR.total_seconds()
        assert 1 <= int(line.get_attribute("data-expires")) <= shown_for + 1
        expect(line).not_to_have_text(writes, timeout=(shown_for + 5) * 1000)
        took("gone again", start)
        assert time.monotonic() - start > shown_for - 1
        expect(line).to_have_text("Phan Đức Anh đang xem")
        other.keyboard.type("ạ")
        expect(line).to_have_text(writes, timeout=SOON_MS)
        other.keyboard.press("Control+Enter")  # what is sent is written no more
        expect(line).to_have_text("Phan Đức Anh đang xem", timeout=SOON_MS)
    assert stored(desk, sender) == [("admin", "Dạ")]


# --- Input methods ------------------------------------------------------------------------------
def compose(page: Page, text: str) -> None:
    """Text an input method is not done with, as the browser itself treats it."""
    caret = {"selectionStart": len(text), "selectionEnd": len(text)}
    page.context.new_cdp_session(page).send("Input.imeSetComposition", {"text": text, **caret})


def takes_composing(page: Page, selector: str, **key: object) -> bool:
    """Whether the page takes a key that belongs to the input method, however it is told so."""
    return page.eval_on_selector(
        selector,
        "(el, key) => [{ isComposing: true }, { keyCode: 229 }].some((sign) =>"
        " !el.dispatchEvent(new KeyboardEvent('keydown',"
        " { bubbles: true, cancelable: true, ...key, ...sign })))",
        key,
    )


def test_nothing_is_sent_or_chosen_while_an_input_method_composes(browser, desk, sender):
    with window(browser, desk, "staff1") as page:
        goto_thread(page, desk, sender)
        here = page.url
        for key in "jkrnaeuz/?gi":
            assert not takes_composing(page, "body", key=key), key
        assert page.evaluate("document.activeElement === document.body")
        page.keyboard.press("r")
        page.keyboard.type("Dạ ")
        compose(page, "conf")
        expect(page.locator(TEXT)).to_have_value("Dạ conf")
        page.keyboard.press("Control+Enter")  # a real key in a real composition
        assert not takes_composing(page, TEXT, key="Enter", ctrlKey=True)
        assert not takes_composing(page, TEXT, key="Enter", metaKey=True)
        assert not takes_composing(page, TEXT, key="Escape")
        page.wait_for_timeout(500)
        expect(page.locator(TEXT)).to_be_focused()
        assert page.url == here
        assert (stored(desk, sender), parts(desk, sender)) == ([], 0)
        page.fill(TEXT, "")
        page.keyboard.type("/")
        box = page.locator(BOX.format("/"))
        expect(box).to_be_focused()
        expect(page.locator("#canned [aria-selected=true]")).to_have_count(1)
        first = chosen(page)
        for key in ("Enter", "ArrowDown", "Escape"):
            assert not takes_composing(page, BOX.format("/"), key=key), key
        expect(box).to_be_focused()
        assert chosen(page) == first
        expect(page.locator(TEXT)).to_have_value("/")
        page.keyboard.press("Escape")
        page.fill(TEXT, "Dạ còn")
        page.keyboard.press("Control+Enter")  # afterwards it works
        expect(said(page, "Dạ còn")).to_have_count(1)
    assert stored(desk, sender) == [("staff1", "Dạ còn")]
