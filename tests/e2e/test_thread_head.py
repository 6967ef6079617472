"""The head of a thread in a real browser: done and undo, handing over, room on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.chromium import IN_CHROMIUM, hear, sign_in
from tests.e2e.installation import demo_installation, wait_until

pytestmark = IN_CHROMIUM

DESK = {"viewport": {"width": 1440, "height": 900}}
DONE = "#thread-head button:has-text('Xong')"
UNDONE = ".event:has-text('hoàn tác “Xong”')"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("head")) as running:
        yield running


@pytest.fixture
def open_first(browser, installation):
    """`open_first("staff1", **options)`: their first conversation in a browser of its own."""
    contexts, complaints = [], []

    def call(name: str, path: str = "", **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        hear(page, "error", into=complaints)
        sign_in(page, installation.url, name)
        path = path or page.locator("a.convo").first.get_attribute("href")
        page.goto(installation.url + path.split("?")[0])
        return page

    yield call
    for context in contexts:
        context.close()
    assert complaints == []


def phone(width: int) -> dict:
    return {
        "viewport": {"width": width, "height": 800},
        "has_touch": True,
        "is_mobile": True,
    }


def path_of(page) -> str:
    return page.url.partition("/conversations/")[2].split("/")[0].split("?")[0]


def box(page, selector: str) -> dict:
    return page.locator(selector).bounding_box()


# --- Done, and undo -----------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["button", "key", "without a script"])
def test_done_can_be_taken_back(open_first, how):
    page = open_first("staff1", **DESK, java_script_enabled=how != "without a script")
    there = page.url
    before = page.locator(UNDONE).count()
    page.click(DONE)
    page.wait_for_url("**/messages")
    assert page.is_visible(".toast >> text=Hoàn tác")
    if how == "button":
        assert Axe().run(page).violations_count == 0
    if how == "key":
        page.keyboard.press("z")
    else:
        page.click(".toast button")
    page.wait_for_url(there)
    assert page.locator(UNDONE).count() == before + 1
    assert page.is_visible(DONE)


def test_other_open_pages_follow_it_there_and_back(open_first):
    mine = open_first("staff1", **DESK)
    theirs = open_first("admin", f"/conversations/{path_of(mine)}")
    before = theirs.locator(UNDONE).count()
    mine.click(DONE)
    assert wait_until(lambda: not theirs.is_visible(DONE), 10)
    mine.click(".toast button")
    assert wait_until(lambda: theirs.is_visible(DONE), 10)
    assert wait_until(lambda: theirs.locator(UNDONE).count() == before + 1, 10)
    composer = theirs.locator("#composer")
    assert wait_until(lambda: composer.get_attribute("data-composer") == "write", 10)
    assert theirs.locator("#reply").get_attribute("placeholder")


def test_the_toast_is_gone_after_eight_seconds_and_its_key_with_it(open_first, installation):
    page = open_first("staff1", **DESK)
    there = page.url
    page.click(DONE)
    page.wait_for_url("**/messages")
    page.wait_for_timeout(6500)
    toast = page.locator(".toast")
    assert toast.is_visible()
    assert wait_until(lambda: not toast.is_visible(), 4)
    page.keyboard.press("z")
    page.wait_for_timeout(500)
    assert page.url.endswith("/messages")
    page.goto(there)
    assert not page.is_visible(DONE)


# --- Handing over -------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [390, 360])
def test_a_lead_hands_over_from_the_head_on_a_phone(open_first, width):
    page = open_first("admin", **phone(width))
    thread = page.url
    page.click("#hand-over")
    page.wait_for_url("**/why")
    options = page.locator("#id_assignee option:not([value=''])")
    page.select_option("#id_assignee", options.nth(width % 2).get_attribute("value"))
    page.click("text=Giao >> visible=true >> nth=-1")
    page.wait_for_url(thread)
    assert page.is_visible(".toast >> text=Đã giao")


def test_at_a_desk_it_leads_to_the_choice_beside_the_thread(open_first):
    page = open_first("manager", **DESK)
    page.wait_for_selector("#id_assignee", state="attached")  # in a fold, where one has it
    there = page.url
    page.click("#hand-over")
    assert page.evaluate("document.activeElement.id") == "id_assignee"
    assert page.url == there


def test_staff_hand_over_what_is_theirs(open_first):
    page = open_first("staff1", **phone(390))
    page.click("#hand-over")
    page.wait_for_url("**/why")
    assert page.locator("#id_assignee").is_visible()


# --- Room ---------------------------------------------------------------------------------------
LONG_NAMES = """
from inbox.models import Contact, ContactIdentity
Contact.objects.update(name='Công Tằng Tôn Nữ Nguyễn Thị Phương Thảo')
ContactIdentity.objects.update(platform='messenger')
"""


@pytest.mark.parametrize("name", ["staff1", "admin"])
@pytest.mark.parametrize("width", [320, 360, 390])
def test_the_platform_stands_there_whole_or_not_at_all(open_first, installation, name, width):
    installation.run_python(LONG_NAMES)
    page = open_first(name, **phone(width))
    line, platform = box(page, ".thread-facts"), box(page, ".thread-facts small")
    is_below = platform["y"] >= line["y"] + line["height"] - 1
    clipped = page.evaluate(
        "() => { const el = document.querySelector('.thread-facts small');"
        " return el.scrollWidth - el.clientWidth }"
    )
    assert is_below or clipped == 0
    wait = page.locator(".thread-facts .sla")
    if wait.count():
        shown = wait.bounding_box()
        assert shown["x"] + shown["width"] <= line["x"] + line["width"] + 1
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0


@pytest.mark.parametrize("options", [DESK, phone(390)], ids=["desk", "phone"])
def test_who_else_is_here_does_not_touch_the_box(open_first, options):
    page = open_first("staff1", **options)
    public_id = path_of(page)
    open_first("admin", f"/conversations/{public_id}", **DESK)
    page.wait_for_selector("#viewers:not([hidden])")
    line, below = box(page, "#viewers"), box(page, ".composer-box")
    assert below["y"] - (line["y"] + line["height"]) >= 6


# --- Last, because nobody has room afterwards ---------------------------------------------------
QUEUED = """
from accounts.models import Department
from inbox.models import Conversation
from routing.models import Agent
Department.objects.update(staff_can_claim=True)
Agent.objects.update(capacity=0)
row = Conversation.objects.filter(assignee__username='staff1', status='open').order_by('pk').last()
Conversation.objects.filter(pk=row.pk).update(assignee=None)
print(row.public_id)
"""


def test_who_may_take_what_waits_takes_it_in_the_head(open_first, installation):
    public_id = installation.run_python(QUEUED).strip()
    page = open_first("staff1", f"/conversations/{public_id}", **phone(390))
    assert page.is_visible("#thread-head button:has-text('Nhận')")
