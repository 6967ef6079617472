"""The inbox by keys alone, in a real browser; nothing happens while typing or composing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM, hear, sign_in
from tests.e2e.installation import demo_installation, wait_until

pytestmark = IN_CHROMIUM

GROUPS = """() => {
  const groups = [];
  for (const item of document.querySelector("#convo-list").children) {
    if (item.matches(".group")) groups.push([]);
    const link = item.querySelector("a.convo");
    if (link) (groups.at(-1) ?? groups[groups.push([]) - 1]).push(link.id);
  }
  return groups;
}"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with demo_installation(tmp_path_factory.mktemp("keys")) as running:
        yield running


@pytest.fixture
def desk(page, installation):
    """The list of staff1, who has six open conversations, at a desk."""
    complaints = hear(page, "error")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, installation.url, "staff1")
    yield page
    assert complaints == []


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def rows(page) -> list[str]:
    return [row for group in page.evaluate(GROUPS) for row in group]


def opened(page, row: str) -> bool:
    return page.url.split("?")[0].endswith(row.removeprefix("c-"))


def open_first(page) -> str:
    row = rows(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversations/**")
    assert opened(page, row)
    return row


def test_j_and_k_move_the_focus_and_enter_opens(desk):
    first, second, third = rows(desk)[:3]
    for key, there in zip("jjjkkk", (first, second, third, second, first, first), strict=True):
        desk.keyboard.press(key)
        assert focused(desk) == there
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/conversations/**")
    assert opened(desk, second)
    desk.keyboard.press("j")  # from the open one
    assert focused(desk) == third


def test_r_and_n_write_and_escape_leads_back(desk):
    row = open_first(desk)
    desk.keyboard.press("n")
    assert focused(desk) == "reply"
    assert desk.locator("[name=kind]:checked").get_attribute("value") == "note"
    desk.keyboard.press("Escape")
    assert focused(desk) == row
    desk.keyboard.press("r")
    assert focused(desk) == "reply"
    assert desk.locator("[name=kind]:checked").get_attribute("value") == "reply"
    desk.keyboard.type("jk?nrgi")
    assert desk.input_value("#reply") == "jk?nrgi"
    assert opened(desk, row)
    desk.fill("#reply", "")
    desk.keyboard.press("Escape")
    assert focused(desk) == row
    desk.keyboard.press("Escape")  # out of the conversation
    desk.wait_for_url("**/messages**")


def test_one_menu_is_open_at_a_time_and_escape_closes_it(desk):
    row = open_first(desk)
    opened = desk.locator("details.menu[open]")
    desk.keyboard.press("p")
    expect(opened).to_have_attribute("id", "priority-head")
    desk.keyboard.press("h")
    expect(opened).to_have_count(1)
    expect(opened).to_have_attribute("id", "snooze-head")
    desk.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(desk.locator("#snooze-head summary")).to_be_focused()
    assert desk.locator(f"#{row}[aria-current]").count() == 1
    desk.keyboard.press("Escape")
    assert focused(desk) == row


def test_keys_stay_with_what_is_open_when_an_answer_took_it_off_the_list(desk):
    row = open_first(desk)
    desk.keyboard.press("r")
    desk.keyboard.type("Dạ, em gửi chị ngay ạ.")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector(f"#{row}", state="detached")
    others = rows(desk)
    desk.keyboard.press("Escape")
    assert focused(desk) == "convo-list"
    desk.keyboard.press("n")
    assert focused(desk) == "reply"
    assert opened(desk, row)
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    desk.wait_for_url("**/messages")
    assert rows(desk) == others


def test_r_on_another_row_opens_it_ready_to_write(desk):
    second = rows(desk)[1]
    open_first(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    desk.wait_for_url("**#reply")
    assert opened(desk, second) or second.removeprefix("c-") in desk.url
    assert wait_until(lambda: focused(desk) == "reply", 5)


def test_nothing_happens_in_a_composition_or_with_a_modifier(desk):
    row = open_first(desk)
    for options in (
        '{key: "j", isComposing: true}',
        '{key: "Process", keyCode: 229}',
        '{key: "e", keyCode: 229}',
        '{key: "j", ctrlKey: true}',
        '{key: "e", metaKey: true}',
        '{key: "r", altKey: true}',
        '{key: "E", shiftKey: true}',
    ):
        prevented = desk.evaluate(
            "(() => { const event = new KeyboardEvent('keydown', Object.assign("
            f"{{bubbles: true, cancelable: true}}, {options}));"
            "document.body.dispatchEvent(event); return event.defaultPrevented; })()"
        )
        assert not prevented, options
    desk.focus("#reply")
    desk.evaluate(
        "document.querySelector('#reply').dispatchEvent(new KeyboardEvent('keydown',"
        "{key: 'Escape', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert focused(desk) == "reply"
    assert opened(desk, row)


def test_a_leads_to_whom_it_can_be_given(page, installation):
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, installation.url, "manager")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_assignee", state="attached")
    page.keyboard.press("a")
    assert focused(page) == "id_assignee"


def test_question_mark_shows_the_keys_and_g_i_leads_to_the_inbox(desk):
    open_first(desk)
    desk.keyboard.press("?")
    sheet = desk.locator("#shortcuts")
    assert sheet.is_visible()
    assert Axe().run(desk).violations_count == 0
    desk.keyboard.press("e")  # not ours while something is open
    desk.keyboard.press("Escape")
    assert not sheet.is_visible()
    assert "/conversations/" in desk.url
    desk.keyboard.press("g")
    desk.keyboard.press("i")
    desk.wait_for_url("**/messages")


def test_u_marks_as_unread(desk):
    row = open_first(desk)
    desk.wait_for_selector(f"#{row}:not([data-unread])")
    desk.keyboard.press("u")
    desk.wait_for_url("**/messages")
    desk.wait_for_selector(f"#{row}[data-unread]")
    assert wait_until(lambda: focused(desk) == row, 5)


def test_e_leads_to_the_next_of_the_same_group(desk):
    group = max(desk.evaluate(GROUPS), key=len)
    assert len(group) >= 2
    desk.focus(f"#{group[0]}")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/conversations/**")
    desk.keyboard.press("e")
    desk.wait_for_url("**/messages")
    assert group[0] not in rows(desk)
    assert wait_until(lambda: focused(desk) == group[1], 5)

    left = next(g for g in desk.evaluate(GROUPS) if group[1] in g)
    desk.keyboard.press("e")  # the row that has the focus, without opening it
    desk.wait_for_selector(f"#{group[1]}", state="detached")
    after = left[left.index(group[1]) + 1 :] or left[: left.index(group[1])][::-1]
    expected = after[0] if after else rows(desk)[0]
    assert wait_until(lambda: focused(desk) == expected, 5)


def test_keys_can_be_switched_off(desk, installation):
    code = "from accounts.models import User; User.objects.update(has_shortcuts={})"
    installation.run_python(code.format(False))
    try:
        desk.reload()
        for key in ("j", "e", "?", "g", "i"):
            desk.keyboard.press(key)
        assert desk.evaluate("document.activeElement === document.body")
        assert not desk.locator("#shortcuts").is_visible()
        desk.click("[popovertarget=account]")
        desk.click("[popovertarget=shortcuts]:visible")
        assert "Bạn đã tắt phím tắt một phím" in desk.inner_text("#shortcuts")
    finally:
        installation.run_python(code.format(True))


def test_what_was_typed_behind_a_sign_is_text_when_nothing_is_chosen(desk):
    desk.locator("#convo-list a.convo").first.click()
    text = desk.locator("#reply")
    box = desk.locator('[data-picker="/"] [role=combobox]')

    def type_behind_the_sign(typed: str) -> None:
        text.fill("")
        text.focus()
        desk.keyboard.type("dạ /")
        expect(box).to_be_focused()
        desk.keyboard.type(typed)

    type_behind_the_sign("5 ngày")
    desk.keyboard.press("Escape")
    expect(text).to_have_value("dạ /5 ngày")
    expect(text).to_be_focused()
    type_behind_the_sign(" 5")
    expect(text).to_have_value("dạ / 5")
    type_behind_the_sign("hẹn")
    desk.locator("#thread-head h1").click()
    expect(box).to_be_hidden()
    expect(text).to_have_value("dạ /hẹn")
    text.fill("")
