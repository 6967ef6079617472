"""A person's work in a real browser against real processes, with JavaScript and without.

One demo installation (web, worker, database of its own) serves both; the customer's side is a
small server that counts the signed replies.
"""

import json
import time
import urllib.request

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.e2e.chromium import IN_CHROMIUM, hear, sign_in
from tests.e2e.installation import demo_installation, wait_until

REPLY = "Dạ còn ạ, em giữ hàng cho mình nhé.\nMai em giao."

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def receiver():
    """The shop's program that takes the replies; `received` is what came, by its id."""
    received: dict[str, dict] = {}

    def take(request: Request) -> Response:
        body = json.loads(request.data)
        body["signature"] = request.headers["X-OmniChat-Signature"]
        received[request.headers["Idempotency-Key"]] = body
        return Response(status=200)

    with HTTPServer(port=0) as server:
        server.expect_request("/replies", method="POST").respond_with_handler(take)
        server.received = received
        yield server


@pytest.fixture(scope="module")
def installation(tmp_path_factory, receiver):
    with demo_installation(tmp_path_factory.mktemp("demo")) as running:
        running.run_python(
            "from inbox.models import Channel; from routing.models import Agent;"
            "Agent.objects.filter(capacity=8).update(capacity=50);"  # room for every test
            f"Channel.objects.update(reply_url={receiver.url_for('/replies')!r})"
        )
        yield running


@pytest.fixture
def complaints(page) -> list[str]:
    """What the browser complains about: console errors, script errors, broken policy."""
    return hear(page, "error", "warning")


def customer_writes(installation, sender: str, text: str) -> dict:
    body = json.dumps({"platform": "zalo", "sender": sender, "content": text}).encode()
    request = urllib.request.Request(
        f"{installation.url}/webhook", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def reply_to(receiver, sender: str) -> dict | None:
    return next((r for r in receiver.received.values() if r["contact"]["id"] == sender), None)


def answer_and_complete(page, receiver, sender: str) -> None:
    """From the opened thread: reply, see it arrive, complete."""
    page.fill("textarea[name=text]", REPLY)
    page.click(".composer button[type=submit]")
    page.wait_for_selector(".msg.is-out >> text=Mai em giao.")
    assert wait_until(lambda: reply_to(receiver, sender) is not None)
    assert reply_to(receiver, sender)["message"]["text"] == REPLY
    assert reply_to(receiver, sender)["signature"].startswith("t=")
    wait_until(lambda: "Đã gửi" in _reloaded(page).inner_text(".msg.is-out >> nth=-1"))
    assert "Đã gửi" in page.inner_text(".msg.is-out >> nth=-1")
    page.click(".pane-thread .pane-head button:has-text('Xong')")
    page.wait_for_url("**/messages")
    assert page.locator(f"a.convo:has-text('{sender}')").count() == 0
    page.click("nav.tabs a:has-text('Đã xong')")
    page.wait_for_selector(f"a.convo:has-text('{sender}')")


def _reloaded(page):
    time.sleep(0.5)
    page.reload()
    return page


def test_a_message_appears_is_answered_and_completed(page, installation, receiver, complaints):
    sender = "+84900111001"
    sign_in(page, installation.url, "staff1")
    assert page.locator(f"a.convo:has-text('{sender}')").count() == 0
    answer = customer_writes(installation, sender, "Máy lọc nước của em còn bảo hành không ạ?")
    assert answer["assigned_to"] == "staff1"
    # The list refreshes itself: nothing is pressed here.
    page.wait_for_selector(f"a.convo:has-text('{sender}')", timeout=25_000)
    page.click(f"a.convo:has-text('{sender}')")
    page.wait_for_selector("h1:has-text('+84900111001')")
    assert page.inner_text(".msg mark") == "bảo hành"
    page.wait_for_selector("#why ol.why li >> nth=2")  # three reasons, loaded in place
    answer_and_complete(page, receiver, sender)
    assert complaints == []


def test_the_thread_refreshes_itself(page, installation, complaints):
    sender = "+84900111002"
    customer_writes(installation, sender, "Đơn của em giao trễ rồi")
    sign_in(page, installation.url, "staff1")
    page.click(f"a.convo:has-text('{sender}')")
    page.wait_for_selector(".msg >> text=giao trễ")
    page.fill("textarea[name=text]", "đang viết dở")
    customer_writes(installation, sender, "Alo shop ơi")
    page.wait_for_selector(".msg >> text=Alo shop ơi", timeout=25_000)
    assert page.input_value("textarea[name=text]") == "đang viết dở"
    assert complaints == []


def test_pages_keep_the_policy_in_both_languages_and_themes(page, installation, complaints):
    sign_in(page, installation.url, "admin")
    for path in ("/messages", "/keywords", "/profile", "/users", "/admin/", "/api/v1/docs"):
        page.goto(f"{installation.url}{path}")
        page.wait_for_load_state("networkidle")
    page.goto(f"{installation.url}/messages")
    page.click("button[popovertarget=account]")
    page.click("#account button[value=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("button[popovertarget=account]")
    page.click("#account button[value=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text(".top-title") == "Inbox"
    page.click("button[popovertarget=account]")
    page.click("#account button[value=vi]")
    assert page.inner_text(".top-title") == "Hộp thư"
    assert complaints == []


def test_markup_in_a_message_stays_text(page, installation, complaints):
    sender = "+84900111003"
    customer_writes(installation, sender, "<img src=x onerror=alert(1)> còn bảo hành <b>không</b>?")
    sign_in(page, installation.url, "staff1")
    page.click(f"a.convo:has-text('{sender}')")
    text = page.inner_text(".msg .bubble")
    assert text.strip() == "<img src=x onerror=alert(1)> còn bảo hành <b>không</b>?"
    assert complaints == []


@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_shows_one_view_at_a_time(browser, installation, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, has_touch=True)
    page = context.new_page()
    sign_in(page, installation.url, "staff1")
    assert page.is_visible(".pane-list")
    assert not page.is_visible(".pane-thread")
    page.click("a.convo >> nth=0")
    assert page.is_visible(".pane-thread")
    assert not page.is_visible(".pane-list")
    page.click("a[aria-label='Thông tin khách']")
    assert page.is_visible(".pane-info")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    context.close()


def test_the_same_path_without_javascript(browser, installation, receiver):
    sender = "+84900111004"
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, installation.url, "staff1")
    customer_writes(installation, sender, "Em muốn hỏi bảo hành máy lọc nước")
    page.reload()
    page.click(f"a.convo:has-text('{sender}')")
    page.click("#why a")
    # The one who got it stands first of those the choice was made among.
    assert "Nguyễn Thị Lan" in page.inner_text("table tbody tr >> nth=0")
    page.go_back()
    answer_and_complete(page, receiver, sender)
    context.close()
