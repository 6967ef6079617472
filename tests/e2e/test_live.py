"""What an open page shows follows the database by itself: real processes, real browser.

Pages come from a web process, news from a live process of its own, so that one can go away
without the other.
"""

import threading
import time

import pytest

from tests.e2e.chromium import IN_CHROMIUM
from tests.e2e.desk import Desk, open_thread, row, took, wait_for_badge, window
from tests.e2e.installation import wait_until

PATIENCE_WITHOUT_SOCKET_MS = 40_000  # asked every 15 s
RATE = 20  # messages a second
# A page whose live process is away says so itself; the browser says it too.
SOCKET_IS_AWAY = "WebSocket connection to"

pytestmark = IN_CHROMIUM


# --- Arrival ------------------------------------------------------------------------------------
def test_a_message_arrives_on_the_open_list_and_in_the_open_thread(browser, desk):
    sender = "+84900333001"
    with window(browser, desk, "staff1") as page:
        before = page.inner_text("#count-open")
        start = time.monotonic()
        assert desk.customer_writes(sender, "Còn bảo hành không ạ?")["assigned_to"] == "staff1"
        page.wait_for_selector(row(sender))
        took("on the list", start)
        assert int(page.inner_text("#count-open")) == int(before) + 1
        open_thread(page, sender)
        page.fill("textarea[name=text]", "đang viết dở")
        start = time.monotonic()
        desk.customer_writes(sender, "Alo shop ơi")
        page.wait_for_selector(".msg >> text=Alo shop ơi")
        took("in the thread", start)
        assert page.input_value("textarea[name=text]") == "đang viết dở"
        assert page.get_attribute(row(sender), "aria-current") == "true"


def test_own_load_follows_and_an_open_menu_stays(browser, desk):
    with window(browser, desk, "staff1") as page:
        before = int(page.inner_text("#presence-button .num").split("/")[0])
        page.click("#presence-button")
        desk.customer_writes("+84900333002", "Còn bảo hành không ạ?")
        page.wait_for_selector(f"#presence-button .num:has-text('{before + 1}/')")
        assert page.is_visible("#presence button[value=checkout]")


# --- The list -----------------------------------------------------------------------------------
def test_the_list_moves_only_while_nobody_is_in_it(browser, desk):
    known, new = "+84900333011", "+84900333012"
    desk.customer_writes(known, "Còn bảo hành không ạ?")
    with window(browser, desk, "staff1") as page:
        page.focus(row(known))
        order = "[...document.querySelectorAll('a.convo')].map(row => row.id)"
        before = page.evaluate(order)
        focused = page.evaluate("document.activeElement.id")
        desk.customer_writes(known, "Trả lời em với")
        page.wait_for_selector(f"{row(known)} >> text=Trả lời em với")
        assert page.is_hidden("#list-changed")
        desk.customer_writes(new, "Còn bảo hành không ạ?")
        page.wait_for_selector("#list-changed")
        assert page.inner_text("#list-changed span >> nth=0") == "1 hội thoại mới hoặc đổi thứ tự"
        assert page.evaluate(order) == before
        assert page.evaluate("document.activeElement.id") == focused
        page.click("#list-changed")
        page.wait_for_selector(row(new))
        assert page.is_hidden("#list-changed")
        page.focus(row(known))
        desk.customer_writes("+84900333013", "Còn bảo hành không ạ?")
        page.wait_for_selector("#list-changed")
        page.focus("#presence-button")  # leaving is enough
        page.wait_for_selector(row("+84900333013"))


# --- The thread ---------------------------------------------------------------------------------
def test_a_reader_above_stays_where_they_are(browser, desk):
    sender = "+84900333021"
    for number in range(60):
        desk.customer_writes(sender, f"Dòng số {number}, còn bảo hành không ạ?")
    with window(browser, desk, "staff1") as page:
        open_thread(page, sender)
        page.wait_for_selector(".msg >> text=Dòng số 59")
        page.click("#earlier a")
        page.wait_for_selector(".msg:has-text('Dòng số 0,')", state="attached")
        assert page.locator("#earlier").count() == 0
        assert page.locator("#thread .msg").count() == 60
        page.locator(".msg >> text=Dòng số 20").scroll_into_view_if_needed()
        place = "document.getElementById('thread').children[30].getBoundingClientRect().top"
        before = page.evaluate(place)
        desk.customer_writes(sender, "Một dòng mới")
        page.wait_for_selector(".msg >> text=Một dòng mới", state="attached")
        assert abs(page.evaluate(place) - before) < 2
        page.evaluate("document.querySelector('.pane-scroll:has(> #thread)').scrollTop = 0")
        desk.customer_writes(sender, "Dòng cuối cùng")
        page.wait_for_selector(".msg >> text=Dòng cuối cùng")
        assert page.locator(".msg >> text=Dòng cuối cùng").evaluate(
            "el => el.getBoundingClientRect().bottom <= innerHeight"
        )


def test_the_state_of_a_reply_follows(browser, desk):
    sender = "+84900333022"
    desk.customer_writes(sender, "Còn bảo hành không ạ?")
    with window(browser, desk, "staff1") as page:
        open_thread(page, sender)
        page.fill("textarea[name=text]", "Dạ còn ạ")
        page.click(".composer button[type=submit]:has-text('Gửi')")
        page.wait_for_selector(".msg.is-out >> text=Dạ còn ạ")
        page.wait_for_selector(".msg.is-out .meta:has-text('Đã gửi')", timeout=30_000)


def test_two_windows_see_each_others_assignments(browser, desk):
    sender = "+84900333031"
    desk.customer_writes(sender, "Còn bảo hành không ạ?")
    with (
        window(browser, desk, "staff1", expects="404") as former,
        window(browser, desk, "staff2") as new,
    ):
        open_thread(former, sender)
        former.fill("textarea[name=text]", "đang viết dở")
        start = time.monotonic()
        desk.assign(sender, "staff2")
        new.wait_for_selector(row(sender))
        took("with the new one", start)
        former.wait_for_selector(row(sender), state="detached")
        took("gone from the former one", start)
        former.wait_for_selector("#gone")
        assert former.input_value("textarea[name=text]") == "đang viết dở"


def test_a_conversation_that_comes_back_is_shown_again(browser, desk):
    sender = "+84900333033"
    desk.customer_writes(sender, "Còn bảo hành không ạ?")
    with window(browser, desk, "staff1", expects="404") as page:
        open_thread(page, sender)
        page.fill("textarea[name=text]", "đang viết dở")
        desk.assign(sender, "staff2")
        page.wait_for_selector("#gone")
        desk.customer_writes(sender, "Alo?")
        desk.assign(sender, "staff1")
        page.wait_for_selector(".msg >> text=Alo?")
        page.wait_for_selector("#gone", state="hidden")
        assert page.input_value("textarea[name=text]") == "đang viết dở"


def test_what_is_written_stays_when_somebody_else_closes_it(browser, desk):
    sender = "+84900333032"
    desk.customer_writes(sender, "Còn bảo hành không ạ?")
    # Opened again it is nobody's until it is assigned: who asks at that moment gets a 404.
    with window(browser, desk, "staff1", expects="404") as page:
        open_thread(page, sender)
        page.fill("textarea[name=text]", "đang viết dở")
        desk.resolve(sender)
        page.wait_for_selector("#moved-on")
        page.wait_for_selector("#thread-head .tag:has-text('Xong')")
        assert page.input_value("textarea[name=text]") == "đang viết dở"
        page.fill("textarea[name=text]", "")
        page.focus("#presence-button")
        desk.customer_writes(sender, "Em hỏi thêm")
        page.wait_for_selector(".msg >> text=Em hỏi thêm")
        page.wait_for_selector("#moved-on", state="hidden")
        desk.resolve(sender)
        page.wait_for_selector("#composer >> text=Hội thoại này đã xong")


# --- Without and with a socket again ------------------------------------------------------------
def test_the_badge_tells_and_asking_goes_on(browser, desk):
    first, second = "+84900333041", "+84900333042"
    with window(browser, desk, "staff1", expects=SOCKET_IS_AWAY) as page:
        assert page.inner_text("#live") == "Trực tiếp"
        desk.live.kill()
        wait_for_badge(page, "reconnecting")
        assert page.inner_text("#live") == "Đang nối lại"
        desk.customer_writes(first, "Còn bảo hành không ạ?")
        wait_for_badge(page, "paused", 30_000)
        assert page.inner_text("#live") == "Tạm dừng cập nhật trực tiếp"
        assert page.text_content("#announce") == "Tạm dừng cập nhật trực tiếp"
        page.wait_for_selector(row(first), timeout=PATIENCE_WITHOUT_SOCKET_MS)
        desk.start_live()
        wait_for_badge(page, "live", PATIENCE_WITHOUT_SOCKET_MS)
        desk.customer_writes(second, "Còn bảo hành không ạ?")
        page.wait_for_selector(row(second))


def equal_after_reconnects(browser, desk: Desk, sender: str, reconnects: int) -> None:
    """Cut the page's socket again and again while customers write, then compare."""
    # A row shows what was begun there; other tests begin and do not send.
    desk.house.write("DELETE FROM inbox_draft")
    desk.customer_writes(sender, "Còn bảo hành không ạ?")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.wait(1 / RATE):
            number += 1
            who = sender if number % 2 else f"{sender}{number % 7}"
            desk.customer_writes(who, f"Tin số {number}, còn bảo hành không ạ?")

    with window(browser, desk, "staff1") as page:
        open_thread(page, sender)
        writers = [threading.Thread(target=write) for _ in range(2)]
        for writer in writers:
            writer.start()
        start = time.monotonic()
        for number in range(reconnects):
            assert wait_until(lambda: sockets_opened(page) > number, 20)  # noqa: B023 - at once
            wait_for_badge(page, "live")  # let in: a refusal would be asked again ever later
            page.evaluate("window.sockets.at(-1).close()")
        stop.set()
        for writer in writers:
            writer.join(60)
        took(f"{reconnects} reconnects", start)
        wait_for_badge(page, "live")
        assert wait_until(lambda: sockets_opened(page) > reconnects, 20)
        assert wait_until(lambda: thread_shown(page) == thread_stored(desk, sender), 20)
        assert wait_until(lambda: list_shown(page) == list_stored(desk), 20)


def sockets_opened(page) -> int:
    """How many the page has had, once the newest is open."""
    return page.evaluate("window.sockets.at(-1)?.readyState === 1 ? window.sockets.length : 0")


def thread_shown(page) -> list[str]:
    page.wait_for_timeout(200)
    return page.evaluate(
        "[...document.querySelectorAll('#thread .msg .bubble > p:first-child')]"
        ".map(p => p.textContent).slice(-50)"
    )


def thread_stored(desk: Desk, sender: str) -> list[str]:
    sql = (
        "SELECT m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id"
        " JOIN inbox_contactidentity i ON i.id = c.identity_id"
        " WHERE i.external_id = ? AND m.direction = 'inbound' ORDER BY m.sent_at, m.id"
    )
    return [text for (text,) in desk.house.rows(sql, sender)][-50:]


def list_shown(page) -> list[tuple[str, str]]:
    page.wait_for_timeout(200)
    rows = page.evaluate(
        "[...document.querySelectorAll('a.convo')].map(a =>"
        " [a.querySelector('bdi').textContent, a.querySelector('.convo-text').textContent])"
    )
    return [tuple(row) for row in rows]


def list_stored(desk: Desk) -> list[tuple[str, str]]:
    sql = (
        "SELECT k.name, c.preview FROM inbox_conversation c"
        " JOIN inbox_contact k ON k.id = c.contact_id JOIN accounts_user u ON u.id = c.assignee_id"
        " WHERE u.username = 'staff1' AND c.status = 'open' ORDER BY c.priority,"
        " c.due_at NULLS LAST, c.waiting_since, c.id"
    )
    return desk.house.rows(sql)[:50]


def test_five_reconnects_under_load_lose_nothing(browser, desk):
    equal_after_reconnects(browser, desk, "+84900333051", 5)


@pytest.mark.long
def test_fifty_reconnects_under_load_lose_nothing(browser, desk):
    equal_after_reconnects(browser, desk, "+84900333052", 50)


# --- A phone ------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_goes_from_list_to_thread_to_contact_and_back(browser, desk, width):
    sender = f"+84900333{width}"
    with window(browser, desk, "staff1", width=width) as page:
        desk.customer_writes(sender, "Còn bảo hành không ạ?")
        page.wait_for_selector(row(sender))  # live here too
        assert page.is_visible("nav.rail")
        fits(page)
        page.tap(row(sender))
        page.wait_for_selector(f"h1:has-text('{sender}')")
        assert not page.is_visible("nav.rail")
        assert not page.is_visible(".pane-list")
        assert page.is_visible("#thread-head .wait-under")
        fits(page)
        page.tap("a[aria-label='Thông tin khách']")
        page.wait_for_selector(f".pane-info h1:has-text('{sender}')")
        assert page.is_visible("nav.rail")
        fits(page)
        page.tap("a[aria-label='Về hội thoại']")
        page.wait_for_selector("#thread-head")
        page.tap("a[aria-label='Về danh sách']")
        page.wait_for_selector(row(sender))


def fits(page) -> None:
    """Nothing scrolls sideways, and a thumb can hit what one came for."""
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    small = page.evaluate(
        "[...document.querySelectorAll('.btn, .rail a, .tabs a, .seg a, .seg label, a.convo')]"
        ".filter(el => el.checkVisibility() && el.getBoundingClientRect().height < 36)"
        ".map(el => el.textContent.trim() + ' ' + el.getBoundingClientRect().height)"
    )
    assert small == []
