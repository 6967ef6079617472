"""A changed word counts at once: in the box of another window, and in every other process."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import IN_CHROMIUM
from tests.e2e.desk import window
from tests.e2e.installation import free_port
from tests.e2e.processes import House

pytestmark = IN_CHROMIUM

IN_FORCE_SECONDS = 2.0


@pytest.fixture
def second_web(desk) -> Iterator[House]:
    """Another web process on the same database, which has its own dictionary already."""
    first = desk.house
    other = House(first.folder, first.database_url, free_port(), first.env)
    other.web()
    yield other
    other.stop_all()


def sums_of(house: House, text: str) -> dict[str, float]:
    """What this process finds in a text."""
    key = house.bearer("manager", "managerpass")
    answer = house.post("/api/v1/routing/preview", {"text": text}, **key)
    assert answer.status == 200, answer
    return {one["department"]: one["sum"] for one in answer.body["sums"]}


def wait_for(house: House, text: str, expected: dict[str, float]) -> None:
    until = time.monotonic() + IN_FORCE_SECONDS
    while (found := sums_of(house, text)) != expected and time.monotonic() < until:
        time.sleep(0.1)
    assert found == expected


def test_a_change_is_in_force_in_another_process(desk, second_web):
    house, text = desk.house, "máy này bị xì khói"
    sales = house.one("SELECT id FROM accounts_department WHERE name = 'Sales'")
    assert sums_of(second_web, text) == {}
    key = house.bearer("admin", "adminpass")
    body = {"word": "xì khói", "department_id": sales, "weight": 3}
    created = house.post("/keywords", body, **key)
    assert created.status == 201, created
    wait_for(second_web, text, {"Sales": 3.0})
    wait_for(second_web, "may nay bi xi khoi", {"Sales": 2.7})


def test_a_keyword_of_one_window_changes_the_box_of_another(desk, browser):
    text = "cho em hỏi chuyện lọ mọ"
    with window(browser, desk, "manager") as box, window(browser, desk, "admin") as other:
        box.goto(f"{desk.house.url}/keywords")
        box.fill("#id_text", text)
        result = box.locator("#try-result")
        expect(result.locator("mark")).to_have_count(0)
        expect(result.locator(".try")).to_have_text(text)

        other.goto(f"{desk.house.url}/keywords")
        form = other.locator("main form:has([name=weight])")
        form.locator("[name=word]").fill("lọ mọ")
        form.locator("[name=department]").select_option(label="Sales")
        form.locator("[name=weight]").fill("2,5")
        form.locator("button.is-main, button[type=submit]").first.click()
        expect(other.locator("main")).to_contain_text("lọ mọ")

        expect(result.locator("mark")).to_have_text(["lọ mọ"], timeout=IN_FORCE_SECONDS * 1000)
        expect(result.locator(".parts b").first).to_have_text("Sales")
